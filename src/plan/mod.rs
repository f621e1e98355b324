//! What would change: desired against observed.
