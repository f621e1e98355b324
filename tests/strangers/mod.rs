//! What every test against copiers that are not ours shares: a web server that speaks well or badly, a workspace and the
//! program run in it.
#![allow(dead_code)]

pub mod program;
pub mod wire;
