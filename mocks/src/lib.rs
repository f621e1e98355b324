//! Simulated copiers, their subnets and a small mail service. Written from the evidence; depends on nothing of the program.

pub mod mail;
