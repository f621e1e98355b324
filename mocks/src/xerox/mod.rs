//! Xerox's embedded web pages, simulated: the PHP pages of WorkCentre, AltaLink and the newer VersaLink, and as much
//! of two other generations as is needed to tell them apart.
//!
//! The session, the log-in, the way a post names its function and its next page, the attributes `connectivity.smtp.*`,
//! the clone file and the SOAP service follow what is known of devices. The page with the SMTP settings was never
//! recorded: its path, its markup, its scripts and its test mail are INVENTED, and differ from profile to profile so
//! that nobody can learn them by heart.

mod book;
mod clone_file;
mod device;
mod door;
mod machine;
mod other_generations;
mod pages;
mod posting;
mod profile;
mod profiles;
mod route;
mod session;
mod smtp_flow;
mod soap;

pub(crate) use book::fit;
pub use book::{
    BadRows, ContactFields, ContactPages, ExportWay, OnAgain, XeroxBook, XeroxColumns, XeroxExport,
    XeroxImport, XeroxQuotes,
};
pub(crate) use device::Device;
pub use profile::{
    Barrier, Cloning, Csrf, FieldValues, LoginEnd, ProductStyle, SmtpField, SmtpPages, XeroxDoor,
    XeroxProfile, XeroxTestMail, XeroxUi, XeroxWording,
};
