//! Address books.

pub(crate) mod csv;
#[cfg(test)]
mod tests;
