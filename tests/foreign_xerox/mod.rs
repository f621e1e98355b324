//! Copiers that are not ours: small simulators written from what is known of the maker's pages, each in another manner
//! for all that is not known.

pub mod altalink;
pub mod connectkey;
pub mod device;
pub mod other;
pub mod taught;
pub mod versalink;
pub mod workcentre;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use altalink::{AltaLink, Tongue};
use connectkey::ConnectKey;
use device::{Device, Manner};
use other::Other;
use taught::Taught;
use versalink::VersaLink;
use workcentre::WorkCentre;

use crate::strangers::program::{Setup, Workspace};
use crate::strangers::wire::{self, Wire};

/// The administrator's password on every copier here.
pub const ADMIN: &str = "Geh+eim/42&ü=7";
/// The mail account's password.
pub const MAIL: &str = "M365 wört%<7>'\"";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    WorkCentre,
    /// A WorkCentre without STARTTLS.
    ClearOnly,
    ConnectKey,
    /// Host and port are two attributes.
    ConnectKeyApart,
    AltaLink(Tongue),
    VersaLink,
    Other(Other),
    Taught,
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
        let manner: Arc<dyn Manner> = match which {
            Which::WorkCentre => Arc::new(WorkCentre { clear_only: false }),
            Which::ClearOnly => Arc::new(WorkCentre { clear_only: true }),
            Which::ConnectKey => Arc::new(ConnectKey { apart: false }),
            Which::ConnectKeyApart => Arc::new(ConnectKey { apart: true }),
            Which::AltaLink(tongue) => Arc::new(AltaLink(tongue)),
            Which::VersaLink => Arc::new(VersaLink),
            Which::Other(other) => Arc::new(other),
            Which::Taught => Arc::new(Taught),
        };
        let plain = Wire { keep_alive: true, ..Wire::default() };
        let wire = match which {
            Which::WorkCentre | Which::ClearOnly => Wire { old: true, ..Wire::default() },
            Which::AltaLink(_) => Wire { tls: true, ..plain },
            Which::VersaLink => Wire { chunked: true, gzip: true, ..plain },
            _ => plain,
        };
        let device = Arc::new(Mutex::new(Device::new(manner)));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let address = runtime.block_on(wire::serve(device.clone(), wire));
        Self { device, address, which, _runtime: runtime }
    }

    pub fn get(&self) -> MutexGuard<'_, Device> {
        self.device.lock().unwrap()
    }

    /// A workspace for the program, with this copier in its inventory.
    pub fn workspace(&self) -> Workspace {
        let scheme = if matches!(self.which, Which::AltaLink(_)) { "https" } else { "http" };
        Workspace::new(&Setup {
            vendor: "xerox",
            url: &format!("{scheme}://{}", self.address),
            admin_user: Some("admin"),
            admin: Some(ADMIN),
            mail: MAIL,
        })
    }

    /// Everything that is stored and can be read.
    pub fn all(&self) -> BTreeMap<&'static str, String> {
        self.get().attributes.clone()
    }

    /// Stored values by what they mean: encryption none and STARTTLS; signing in as nobody and as the system.
    pub fn words(&self) -> [&'static str; 4] {
        match self.which {
            Which::WorkCentre | Which::ClearOnly => ["none", "tls", "none", "system"],
            Which::ConnectKey | Which::ConnectKeyApart => ["NONE", "STARTTLS", "none", "system"],
            Which::AltaLink(Tongue::English) => ["3", "1", "7", "9"],
            Which::Taught => ["0", "1", "none", "system"],
            _ => ["none", "starttls", "none", "system"],
        }
    }
}
