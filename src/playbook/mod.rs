//! What somebody wants, as a playbook says it.

mod model;
mod template;

use std::path::Path;

pub use model::{AuthTemplate, Play, Playbook, SmtpTemplate, WantedAuth, WantedSmtp};
pub use template::Template;

use crate::files::{FileError, Problem};
use crate::inventory::{Device, Site};

impl Playbook {
    /// Reads a playbook.
    ///
    /// # Errors
    /// Everything that is wrong in the file, with places.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        Err(FileError::of_file(path, Problem::new("playbooks cannot be read yet")))
    }
}

impl Play {
    /// Fills in the templates for one device.
    ///
    /// # Errors
    /// An undefined value, or a result that is no server, port, address or user name; at its place in the playbook.
    pub fn wanted(
        &self,
        playbook: &Playbook,
        _device: &Device,
        _site: Option<&Site>,
    ) -> Result<WantedSmtp, FileError> {
        Err(FileError::in_source(&playbook.source, vec![Problem::new("templates cannot be filled in yet")]))
    }
}
