//! Copiers that are not ours: small simulators written from what is known of the maker's pages, each in another manner
//! for all that is not known, and the program that is run against them.

pub mod device;
pub mod newer;
pub mod odd;
pub mod older;
pub mod sober;
pub mod strict;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::strangers::program::{Setup, Workspace};
use crate::strangers::wire::{self, Wire};
use device::{Device, Role};

/// The administrator's password on every copier here.
pub const ADMIN: &str = "Geh+eim/42&ü=7";
/// The mail account's password.
pub const MAIL: &str = "M365 wört%<7>'\"";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Sober,
    SoberTls,
    Newer,
    Spanish,
    Japanese,
    Strict,
    Odd,
}

/// A copier that answers; it stops with the test.
pub struct Copier {
    pub device: Arc<Mutex<Device>>,
    pub address: SocketAddr,
    pub which: Which,
    _runtime: tokio::runtime::Runtime,
}

impl Copier {
    pub fn start(which: Which) -> Self {
        let plain = Wire { keep_alive: true, ..Wire::default() };
        let (device, wire) = match which {
            Which::Sober => (Device::new(sober::profile(), Arc::new(sober::Sober), sober::fields()), plain),
            Which::SoberTls => (
                Device::new(sober::profile(), Arc::new(sober::Sober), sober::fields()),
                Wire { tls: true, ..Wire::default() },
            ),
            Which::Newer => (
                Device::new(newer::profile(), Arc::new(newer::Newer), newer::fields()),
                Wire { chunked: true, ..plain },
            ),
            Which::Spanish => (
                Device::new(older::profile(true), Arc::new(older::SPANISH), older::spanish()),
                Wire::default(),
            ),
            Which::Japanese => (
                Device::new(older::profile(false), Arc::new(older::JAPANESE), older::japanese()),
                Wire { old: true, ..Wire::default() },
            ),
            Which::Strict => {
                (Device::new(strict::profile(), Arc::new(strict::Strict), strict::fields()), plain)
            }
            Which::Odd => (
                Device::new(odd::profile(), Arc::new(odd::Odd), odd::fields()),
                Wire { old: true, gzip: true, slow: Some(Duration::from_millis(15)), ..Wire::default() },
            ),
        };
        let device = Arc::new(Mutex::new(device));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = runtime.block_on(wire::serve(device.clone(), wire));
        Self { device, address, which, _runtime: runtime }
    }

    pub fn get(&self) -> MutexGuard<'_, Device> {
        self.device.lock().unwrap()
    }

    /// What an inventory calls it.
    pub fn url(&self) -> String {
        match self.which {
            Which::SoberTls => format!("https://{}", self.address),
            _ => format!("http://{}", self.address),
        }
    }

    /// The value that stands for a switch's position.
    pub fn switch(&self, on: bool) -> &'static str {
        let (yes, no) = match self.which {
            Which::Sober | Which::SoberTls | Which::Odd => ("true", "false"),
            Which::Newer => ("On", "Off"),
            Which::Spanish | Which::Japanese => ("1", "0"),
            Which::Strict => ("ENABLE_RB", "DISABLE_RB"),
        };
        if on { yes } else { no }
    }

    /// The kind under which the copier keeps the mail account's password.
    pub fn kind(&self) -> &'static str {
        match self.which {
            Which::Odd => "smtp",
            Which::Spanish | Which::Japanese => "1",
            _ => "SMTP",
        }
    }

    /// All values of rows that no playbook here speaks of.
    pub fn others(&self) -> Vec<(String, String)> {
        let device = self.get();
        let others = device.fields.iter().filter(|f| f.role == Role::Other && !f.name.is_empty());
        others.map(|f| (f.name.to_owned(), f.value.clone())).collect()
    }

    /// Every value of the E-mail page.
    pub fn all(&self) -> Vec<(String, String)> {
        self.get().fields.iter().map(|f| (f.name.to_owned(), f.value.clone())).collect()
    }
}

impl Workspace {
    /// A workspace with this one copier in its inventory.
    pub fn of(copier: &Copier) -> Self {
        let user = copier.get().profile.admin.0;
        Self::new(&Setup {
            vendor: "ricoh",
            url: &copier.url(),
            admin_user: Some(user),
            admin: Some(ADMIN),
            mail: MAIL,
        })
    }
}
