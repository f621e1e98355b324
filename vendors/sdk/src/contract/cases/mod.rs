//! The cases, each one promise of the contract.

mod book_reading;
mod book_trouble;
mod book_writing;
mod door;
mod limits;
mod page;
mod reading;
mod safety;
mod session;
mod trouble;
mod writing;

use std::future::Future;
use std::pin::Pin;

use super::device::Stand;
use super::matrix::Stop;

/// Whom a case suits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    /// Profiles that are read and written.
    Driven,
    /// Profiles that are recognised and refused.
    Refused,
    /// All.
    All,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Stop>> + Send + 'a>>;

/// One promise, and how it is tried.
#[derive(Clone, Copy)]
pub struct Case {
    /// Its name in the table.
    pub id: &'static str,
    pub(super) suits: For,
    pub(super) run: for<'a> fn(&'a Stand) -> Running<'a>,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Case").field(&self.id).finish()
    }
}

/// A table of cases by name and function.
macro_rules! promises {
    ($suits:expr; $($id:literal => $function:ident),+ $(,)?) => {
        pub(super) fn all() -> Vec<super::Case> {
            vec![$(super::Case { id: $id, suits: $suits, run: |stand| Box::pin($function(stand)) }),+]
        }
    };
}
use promises;

/// All cases, in the order of the table.
pub fn cases() -> Vec<Case> {
    let mut all = reading::all();
    all.extend(safety::for_all());
    all.extend(writing::all());
    all.extend(limits::all());
    all.extend(door::all());
    all.extend(session::all());
    all.extend(trouble::all());
    all.extend(page::all());
    all.extend(safety::all());
    all.extend(book_reading::all());
    all.extend(book_writing::all());
    all.extend(book_trouble::all());
    all
}
