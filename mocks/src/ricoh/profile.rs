//! What differs between two generations of copiers.

use crate::spec::TlsKind;

/// One generation of copiers: its pages, names, words and manners. All fields can be changed by a test.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name: `mp-c3003`, `mp-c4504ex`, `im-c4500`, `aficio-mp-301`.
    pub name: String,
    /// The model name that a device of this profile has unless its spec says otherwise.
    pub model: String,
    /// A serial number as such a model has it.
    pub sample_serial: String,
    /// The system firmware version.
    pub firmware: String,
    /// How it is secured unless its spec says otherwise.
    pub tls: TlsKind,
}

impl Profile {
    /// The names that [`Profile::named`] knows.
    pub const NAMES: [&'static str; 4] = ["mp-c3003", "mp-c4504ex", "im-c4500", "aficio-mp-301"];

    /// A profile by its name; an unknown name gives the newer generation, `mp-c4504ex`.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.into(),
            model: "RICOH MP C4504ex".into(),
            sample_serial: "C737M900123".into(),
            firmware: "2.01".into(),
            tls: TlsKind::None,
        }
    }
}
