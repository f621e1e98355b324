//! What happens while a run is going on, for progress lines, bars and reports.

use super::DeviceOutcome;

/// Something that happened to a device.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// Its turn has come.
    Started {
        /// The device's name.
        device: &'a str,
    },
    /// It has come to a step.
    Step {
        /// The device's name.
        device: &'a str,
        /// What is being done, in the present participle ("reading the settings").
        step: &'a str,
    },
    /// It goes through many entries.
    Entries {
        /// The device's name.
        device: &'a str,
        /// How many are behind.
        done: usize,
        /// How many there are.
        total: usize,
    },
    /// It is done.
    Finished {
        /// What came of it.
        outcome: &'a DeviceOutcome,
    },
}

/// Hears of events as they happen, from many tasks at once.
pub trait Observer: Send + Sync {
    /// Takes one event; must return quickly.
    fn event(&self, event: &Event<'_>);
}

/// Hears and forgets.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _event: &Event<'_>) {}
}
