//! What the server says, as data.
