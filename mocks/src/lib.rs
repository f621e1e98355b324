//! The lab: simulated copiers, their subnets and a mail server.
//!
//! Everything here is written from what is known of real devices and from nothing else in this workspace, so that a
//! mistake in reading a device cannot cancel itself out between the driver and its test bench. What had to be invented
//! is labelled as such in the code and listed in `README.md`.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use scanfleet_mocks::{Lab, LabSpec};
//!
//! let lab = Lab::start(LabSpec::demo()).await?;
//! for device in lab.devices() {
//!     println!("{} at {}", device.name, device.address);
//! }
//! lab.shutdown().await;
//! # Ok(())
//! # }
//! ```

pub mod mail;

mod book;
mod brother;
mod control;
mod delimited;
mod demo_fleet;
mod faults;
mod fleets;
mod handle;
mod host;
mod http;
mod lab;
mod law_firm;
mod machine;
mod maker;
mod ricoh;
mod scan;
mod settings;
mod spec;
mod state;
mod subnet;
mod tls;
mod workspace;
mod xerox;

pub use book::{Book, BookEntry, BookFolder, BookLimits, BookRefusal};
pub use brother::{
    BookCharset, BookColumn, BookDelete, BookExport, BookPage, BrotherBook, BrotherGroups, BrotherOption,
    BrotherPaths, BrotherProfile, BrotherRow, BrotherTransfer, DoorManners, EntryFields, FieldIds,
    FormTokens, Generation, GroupMembers, ImportAnswer, Marker, MissingFields, MntInfo, PageIds, Stars,
    TestMail, TokenBreaks, TokenManners, WrongPassword,
};
pub use faults::{Fault, FaultKind};
pub use handle::DeviceHandle;
pub use lab::{DeviceInfo, Lab};
pub use maker::MakerProfile;
pub use ricoh::{
    AddressPages, AfterPassword, AfterSave, Batch, BookGeneration, Column, CookiePage, Counters, Dashes,
    EmailPages, Heading, Markup, Profile, Row, ScriptStyle, SessionManners, SwitchWords, TokenLife,
    ValueStyle, Wording,
};
pub use scan::ScanRequest;
pub use settings::{Item, PasswordKind, Settings};
pub use spec::{DeviceSpec, LabSpec, PlainDoor, TlsKind};
pub use state::{DeviceState, LoggedRequest};
pub use subnet::{Egress, EgressRule, SubnetSpec};
pub use xerox::{
    BadRows, Barrier, Cloning, ContactFields, ContactPages, Csrf, ExportWay, FieldValues, LoginEnd, OnAgain,
    ProductStyle, SmtpField, SmtpPages, XeroxBook, XeroxColumns, XeroxDoor, XeroxExport, XeroxImport,
    XeroxProfile, XeroxQuotes, XeroxTestMail, XeroxUi, XeroxWording,
};
