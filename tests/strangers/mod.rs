//! What every test against copiers that are not ours shares: a workspace and the program run in it.

pub mod program;
