//! scanfleet: pushes scan-to-email settings to a fleet of office copiers through their own web pages, and proves that
//! they can send again.
//!
//! The engine knows intent and never a vendor's page. Arrows point one way: [`cli`] uses [`run`], which uses [`plan`],
//! [`journal`] and [`secrets`]; [`plan`] uses [`playbook`] and [`inventory`]; all of them may use [`files`]. See
//! `docs/architecture.md`.

pub mod book;
pub mod cli;
pub mod family;
pub mod files;
pub mod inventory;
pub mod journal;
pub mod plan;
pub mod playbook;
pub mod run;
pub mod secrets;
