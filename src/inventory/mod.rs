//! The devices a user writes down, and selections over them.

mod device;
mod selection;

use std::path::{Path, PathBuf};

pub use device::{Device, Place, Site};
pub use selection::{SelectError, Selection};

use crate::files::{FileError, Problem};

/// Every device of a workspace.
#[derive(Debug, Clone)]
pub struct Inventory {
    /// The file it came from.
    pub file: PathBuf,
    /// The devices in the file's order; names are unique.
    pub devices: Vec<Device>,
    /// The sites in the file's order, also those that only devices name.
    pub sites: Vec<Site>,
    /// What is legal and yet looks odd, as full sentences.
    pub notes: Vec<String>,
}

impl Inventory {
    /// Reads an inventory; the suffix tells the format (`yaml`, `yml`, `csv`, `xlsx`).
    ///
    /// # Errors
    /// Everything that is wrong in the file, with places.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        Err(FileError::of_file(path, Problem::new("inventories cannot be read yet")))
    }

    /// Finds the one `inventory.{yaml,yml,csv,xlsx}` of a workspace.
    ///
    /// # Errors
    /// There is none, or there are several.
    pub fn find(workspace: &Path) -> Result<PathBuf, FileError> {
        Err(FileError::of_file(workspace, Problem::new("inventories cannot be found yet")))
    }

    /// The devices meant by a selection, in the file's order; at least one.
    ///
    /// # Errors
    /// An unknown key or name, or nothing matches.
    pub fn select(&self, _selection: &Selection) -> Result<Vec<&Device>, SelectError> {
        Ok(self.devices.iter().collect())
    }

    /// The device of a name, case-insensitive.
    pub fn device(&self, name: &str) -> Option<&Device> {
        self.devices
            .iter()
            .find(|d| d.name == name)
            .or_else(|| self.devices.iter().find(|d| d.name.to_lowercase() == name.to_lowercase()))
    }

    /// The site of a device.
    pub fn site_of(&self, device: &Device) -> Option<&Site> {
        let name = device.site.as_deref()?;
        self.sites.iter().find(|site| site.name == name)
    }

    /// The devices by subnet, sorted by address; subnets in order of address, names last.
    pub fn subnets(&self) -> Vec<(String, Vec<&Device>)> {
        Vec::new()
    }
}
