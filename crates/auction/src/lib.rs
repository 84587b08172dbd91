//! One request decided.
