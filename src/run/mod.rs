//! Carrying out a plan on many devices at once.
