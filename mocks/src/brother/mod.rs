//! Brother's Web Based Management, simulated.
//!
//! Transport, skeleton, log-in, tokens, marks of success and failure, identity pages and two-step pages follow what is
//! known of machines. The SMTP page, its test e-mail and the address book behind its list are an ASSUMPTION as a whole: a
//! client that passes here is not proven against a machine.

mod book;
mod device;
mod door;
mod machine;
mod network;
mod pages;
mod profile;
mod profiles;
mod route;
mod script_door;
mod session;
mod smtp;
mod texts;
mod wire;

pub use book::{
    BookCharset, BookColumn, BookDelete, BookExport, BookPage, BrotherBook, BrotherGroups, BrotherTransfer,
    EntryFields, GroupMembers, ImportAnswer,
};
pub(crate) use device::Device;
pub use profile::{
    BrotherOption, BrotherPaths, BrotherProfile, BrotherRow, DoorManners, FieldIds, FormTokens, Generation,
    Marker, MissingFields, MntInfo, PageIds, Stars, TestMail, TokenBreaks, TokenManners, WrongPassword,
};
