//! Ricoh's Web Image Monitor, simulated.

mod address;
mod device;
mod door;
mod email_flow;
mod pages;
mod posting;
mod profile;
mod profiles;
mod route;
mod session;
mod texts;

pub use address::{AddressPages, Batch, BookGeneration, Column, Counters};
pub(crate) use device::Device;
pub use profile::{
    AfterPassword, AfterSave, CookiePage, Dashes, EmailPages, Markup, Profile, Row, ScriptStyle,
    SessionManners, SwitchWords, TokenLife, ValueStyle,
};
pub use texts::{Heading, Wording};
