//! The devices a user writes down, and selections over them.
