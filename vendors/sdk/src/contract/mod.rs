//! One suite for every driver: what the contract in [`crate::driver`] promises, tried against simulated devices.
//!
//! The suite knows makers and profiles only through a [`Bench`], which whoever runs it brings along. Every case runs
//! on every profile, each on a fresh device; a profile that cannot have a point must say why, and a maker or profile
//! that is missing is a failure. [`run`] gives a [`Matrix`], which prints itself as a table of profile by case.
//!
//! Only built with the feature `contract`: nothing of it is in the program.

mod bench;
mod book;
mod cases;
mod device;
mod hand;
mod hand_book;
mod leak;
mod matrix;
mod run;

pub use bench::{
    ADMIN_PASSWORD, Bench, Field, Offers, Profile, SMTP_PASSWORD, Seen, Setup, Simulated, Standing, Times,
    Trouble, Truth,
};
pub use book::{BookOffers, BookTruth, FOLDER_PASSWORD, Held, PanelEdit};
pub use cases::{Case, cases};
pub use matrix::{Matrix, Verdict};
pub use run::run;
