//! Whose machine it is: one type over the profiles of all makers.

use crate::book::{Book, BookLimits};
use crate::brother::{self, BrotherProfile};
use crate::machine::Machine;
use crate::ricoh;
use crate::settings::Settings;
use crate::spec::{DeviceSpec, TlsKind};
use crate::xerox;

/// A profile of any maker.
#[derive(Debug, Clone)]
pub enum MakerProfile {
    /// A Ricoh.
    Ricoh(Box<ricoh::Profile>),
    /// A Brother.
    Brother(Box<BrotherProfile>),
    /// A Xerox.
    Xerox(Box<xerox::XeroxProfile>),
}

impl MakerProfile {
    /// A profile by its name, whoever made the machine; an unknown name gives Ricoh's newer generation.
    pub fn named(name: &str) -> Self {
        if BrotherProfile::NAMES.contains(&name) {
            return BrotherProfile::named(name).into();
        }
        match xerox::XeroxProfile::find(name) {
            Some(profile) => profile.into(),
            None => ricoh::Profile::named(name).into(),
        }
    }

    /// The profile's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Ricoh(profile) => &profile.name,
            Self::Brother(profile) => &profile.name,
            Self::Xerox(profile) => &profile.name,
        }
    }

    /// The maker in the word of an inventory: `ricoh`, `xerox`, `brother`.
    pub fn vendor(&self) -> &'static str {
        match self {
            Self::Ricoh(_) => "ricoh",
            Self::Brother(_) => "brother",
            Self::Xerox(_) => "xerox",
        }
    }

    /// How it is secured unless its specification says otherwise.
    pub fn tls(&self) -> TlsKind {
        match self {
            Self::Ricoh(profile) => profile.tls,
            Self::Brother(profile) => profile.tls,
            Self::Xerox(profile) => profile.tls,
        }
    }

    /// The model name unless its specification says otherwise.
    pub fn model(&self) -> &str {
        match self {
            Self::Ricoh(profile) => &profile.model,
            Self::Brother(profile) => &profile.model,
            Self::Xerox(profile) => &profile.model,
        }
    }

    /// A serial number as such a model has it.
    pub fn sample_serial(&self) -> &str {
        match self {
            Self::Ricoh(profile) => &profile.sample_serial,
            Self::Brother(profile) => &profile.sample_serial,
            Self::Xerox(profile) => &profile.sample_serial,
        }
    }

    /// The firmware version.
    pub fn firmware(&self) -> &str {
        match self {
            Self::Ricoh(profile) => &profile.firmware,
            Self::Brother(profile) => &profile.firmware,
            Self::Xerox(profile) => &profile.firmware,
        }
    }

    /// What it holds when it leaves the factory: the items that its e-mail page has, and no others.
    pub fn factory_settings(&self) -> Settings {
        match self {
            Self::Ricoh(_) => Settings::default(),
            Self::Brother(profile) => profile.factory_settings(),
            Self::Xerox(profile) => profile.factory_settings(),
        }
    }

    /// How much its address book takes.
    pub fn book_limits(&self) -> BookLimits {
        match self {
            Self::Ricoh(_) => BookLimits::default(),
            Self::Brother(profile) => profile.book.limits,
            Self::Xerox(profile) => profile.book.limits,
        }
    }

    /// What such a copier would hold of a ready-made address book, beside what it would add.
    pub(crate) fn fit_book(&self, book: Book) -> Book {
        match self {
            Self::Ricoh(profile) => book.fitted(|entry| profile.address.fit(entry)),
            Self::Brother(profile) => book.fitted(|entry| profile.book.fit(entry)),
            Self::Xerox(_) => book.fitted(xerox::fit),
        }
    }

    /// The Ricoh profile, to look at.
    pub fn ricoh(&self) -> Option<&ricoh::Profile> {
        match self {
            Self::Ricoh(profile) => Some(profile),
            _ => None,
        }
    }

    /// The Ricoh profile, to change.
    pub fn ricoh_mut(&mut self) -> Option<&mut ricoh::Profile> {
        match self {
            Self::Ricoh(profile) => Some(profile),
            _ => None,
        }
    }

    /// The Brother profile, to look at.
    pub fn brother(&self) -> Option<&BrotherProfile> {
        match self {
            Self::Brother(profile) => Some(profile),
            _ => None,
        }
    }

    /// The Xerox profile, to look at.
    pub fn xerox(&self) -> Option<&xerox::XeroxProfile> {
        match self {
            Self::Xerox(profile) => Some(profile),
            _ => None,
        }
    }

    /// The Brother profile, to change.
    pub fn brother_mut(&mut self) -> Option<&mut BrotherProfile> {
        match self {
            Self::Brother(profile) => Some(profile),
            _ => None,
        }
    }

    /// The Xerox profile, to change.
    pub fn xerox_mut(&mut self) -> Option<&mut xerox::XeroxProfile> {
        match self {
            Self::Xerox(profile) => Some(profile),
            _ => None,
        }
    }
}

impl From<BrotherProfile> for MakerProfile {
    fn from(profile: BrotherProfile) -> Self {
        Self::Brother(Box::new(profile))
    }
}

impl From<xerox::XeroxProfile> for MakerProfile {
    fn from(profile: xerox::XeroxProfile) -> Self {
        Self::Xerox(Box::new(profile))
    }
}

impl From<ricoh::Profile> for MakerProfile {
    fn from(profile: ricoh::Profile) -> Self {
        Self::Ricoh(Box::new(profile))
    }
}

impl DeviceSpec {
    /// The machine of this specification.
    pub(crate) fn build(self) -> Box<dyn Machine> {
        match self.profile.clone() {
            MakerProfile::Ricoh(profile) => Box::new(ricoh::Device::new(self, *profile)),
            MakerProfile::Brother(profile) => Box::new(brother::Device::new(self, *profile)),
            MakerProfile::Xerox(profile) => Box::new(xerox::Device::new(self, *profile)),
        }
    }
}
