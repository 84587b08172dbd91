//! The substitution macros of section 4.4.
