//! Pages of each family and what is read from them.
