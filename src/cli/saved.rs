//! Files that a person saved from a device, in place of the device.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use scanfleet_sdk::Saved;

use super::args::Global;
use super::context;
use super::error::{CliError, Exit};
use crate::run::read_saved;

/// Longest file, in bytes.
const LIMIT: u64 = 64 << 20;

/// Reads such a file.
pub(super) fn read(global: &Global, path: &Path) -> Result<Saved, CliError> {
    let named = path.display();
    let failed = |e: std::io::Error| CliError::new(Exit::Invalid, format!("{named} cannot be read: {e}."));
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LIMIT {
        return Err(CliError::new(Exit::Invalid, format!("{named} is too long for a file of a device.")));
    }
    match read_saved(&context::makers(global)?, &bytes) {
        Some(Ok(saved)) => Ok(saved),
        Some(Err(error)) => {
            Err(CliError::new(Exit::Invalid, format!("{named} cannot be used: {error}.")).hinted(error.next))
        }
        None => Err(CliError::new(
            Exit::Invalid,
            format!("{named} is no file that a known maker's devices save their settings in."),
        )
        .hinted("a Xerox clone file (`cloning.dlm`) begins with `%%XRXbegin`")),
    }
}
