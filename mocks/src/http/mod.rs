//! A small HTTP/1.1 server whose every byte can be spoilt on purpose.
//!
//! Own code rather than a library, because the faults of a copier lie below what a library lets one say.

mod date;
mod multipart;
mod request;
mod response;
mod serve;
mod turn;

pub(crate) use date::{civil_time, epoch};
pub(crate) use multipart::Part;
pub(crate) use request::{Form, Request};
pub(crate) use response::{Manner, Response, escape};
pub(crate) use serve::{Reply, serve};
pub(crate) use turn::Turn;
