//! The dashboard as files: what `web/` was built to, with how each is to be served.
//!
//! The page is a program in the browser that calls the contract over gRPC-Web on the origin that served it. Its sources
//! are in `web/`; what they are built to is committed in `web/dist`, so that cargo needs no Node. `scripts/dashboard`
//! builds it anew, and the tests compare.

mod files;
mod serve;

pub use files::{Asset, asset};
pub use serve::{Answer, answer, preview};
