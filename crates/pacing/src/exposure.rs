//! How often one user has seen something.
