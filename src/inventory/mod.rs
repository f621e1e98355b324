//! The devices a user writes down, and selections over them.

mod build;
mod columns;
pub(crate) mod csv;
mod device;
mod document;
pub(crate) mod draft;
mod load;
mod select;
mod selection;
pub(crate) mod sheet;
mod subnet;
pub(crate) mod table;
mod write;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

pub use device::{Device, Place, Site};
pub use selection::{SelectError, Selection};

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
        let mut groups: BTreeMap<_, (String, Vec<&Device>)> = BTreeMap::new();
        for device in &self.devices {
            let group = groups
                .entry(subnet::order(&device.subnet))
                .or_insert_with(|| (device.subnet.clone(), Vec::new()));
            group.1.push(device);
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        for (_, devices) in &mut groups {
            devices.sort_by_key(|device| (device.endpoint.host.parse::<IpAddr>().ok(), device.name.clone()));
        }
        groups
    }
}
