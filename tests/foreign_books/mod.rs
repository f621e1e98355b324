//! Copiers with address books that are not ours.

pub mod brother;
pub mod ricoh;
pub mod xerox;

use std::collections::BTreeMap;

use crate::strangers::program::Workspace;

/// What the tests ask of a copier behind the program's back.
pub trait Stranger {
    fn workspace(&self) -> Workspace;
    /// Every entry by its name: all the copier holds of it, besides the numbers it makes itself.
    fn people(&self) -> BTreeMap<String, String>;
    /// How many entries there are.
    fn entries(&self) -> usize {
        self.people().len()
    }
    /// Two people with an address; the second holds more than the program knows of.
    fn known(&self) -> [(&'static str, &'static str); 2];
    /// Somebody adds an entry at the panel.
    fn typed(&self, name: &str, address: &str);
    /// What the copier took exception to.
    fn complaints(&self) -> Vec<String>;
    fn logins(&self) -> usize;
    fn logouts(&self) -> usize;
    /// How many are logged in.
    fn inside(&self) -> usize;
    /// How many edits were begun and neither ended nor given up.
    fn half_open(&self) -> usize;
    /// Requests that begin, alter or end anything in the book.
    fn writes(&self) -> Vec<String>;
    fn log(&self) -> Vec<String>;
    /// Forgets the requests seen so far.
    fn forget(&self);
}
