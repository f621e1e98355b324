//! Where secrets are kept, and their former versions.
