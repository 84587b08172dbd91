//! The process that answers bid requests and takes notices.
