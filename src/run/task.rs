//! What is to be done to one device of a run.

use scanfleet_sdk::{Category, DeviceError, FieldChange, Rerun};

use super::BookAim;
use super::attach::{same_model, same_serial};
use super::engine::KnownSecret;
use crate::inventory::Device;
use crate::journal::RunId;
use crate::plan::Desired;

/// What is to be done to the devices of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Read and compare; nothing that can alter a device leaves.
    Plan,
    /// Bring the devices to what is desired.
    Apply(RunId),
    /// Bring the devices back to a snapshot.
    Rollback(RunId),
}

impl Mode {
    /// The run of the journal; plans are kept in none.
    pub(super) fn run(&self) -> Option<&RunId> {
        match self {
            Self::Plan => None,
            Self::Apply(run) | Self::Rollback(run) => Some(run),
        }
    }
}

/// Who the device was when the plan was made, and what was to change.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The model the plan is for; absent where it names none.
    pub model: Option<String>,
    /// The serial number the plan or the snapshot is for.
    pub serial: Option<String>,
    /// What a person agreed to; absent means whatever differs.
    pub changes: Option<Vec<FieldChange>>,
}

impl Expected {
    /// Stops where the device is another than the one the plan was made for.
    pub(super) fn check(&self, identity: &scanfleet_sdk::Identity) -> Result<(), DeviceError> {
        self.check_model(identity)?;
        match (&self.serial, &identity.serial) {
            (Some(planned), Some(seen)) if !same_serial(planned, seen) => Err(DeviceError::new(
                Category::UnknownModel,
                "make sure it is the right device",
                format!("the plan was made for the serial number {planned}, and the device says {seen}"),
            )
            .hint("make a new plan; nothing was sent to this device")
            .rerun(Rerun::AfterMending)),
            (Some(planned), None) => Err(DeviceError::new(
                Category::UnknownModel,
                "make sure it is the right device",
                format!("the plan was made for the serial number {planned}, and the device tells none"),
            )
            .rerun(Rerun::AfterMending)),
            _ => Ok(()),
        }
    }

    /// Stops where the device is of another model than the one the plan was made for.
    pub(super) fn check_model(&self, identity: &scanfleet_sdk::Identity) -> Result<(), DeviceError> {
        match &self.model {
            Some(planned) if !same_model(planned, &identity.model) => Err(DeviceError::new(
                Category::UnknownModel,
                "make sure it is the right device",
                format!("the plan was made for the model {planned}, and the device says {}", identity.model),
            )
            .hint("make a new plan; nothing was sent to this device")
            .rerun(Rerun::AfterMending)),
            _ => Ok(()),
        }
    }
}

/// What a device should hold.
#[derive(Debug, Clone, Default)]
pub struct Aim {
    /// The settings; where nothing is asked for, they are not even read.
    pub desired: Desired,
    /// The password behind the wish, resolved before any connection.
    pub password: Option<KnownSecret>,
    /// Fields whose former value nobody knows (rollback).
    pub unrestorable: Vec<String>,
    /// Why nobody knows it.
    pub unrestorable_because: Option<String>,
    /// What the address book should become; absent means leave it.
    pub book: Option<BookAim>,
}

/// One device's part of a run.
#[derive(Debug, Clone)]
pub struct Task {
    /// The device.
    pub device: Device,
    /// Its administrator's password, resolved before any connection; absent where the inventory names none.
    pub admin: Option<KnownSecret>,
    /// What it should hold, or why that cannot be said.
    pub aim: Aim,
    /// Who it has to be.
    pub expected: Option<Expected>,
}
