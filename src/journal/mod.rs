//! What was done, what was seen and what was there before.
