//! Creatives as they go out: compared with files that a person has read (`golden/`), and read again by what reads them
//! out there: a video player's parser, a browser, a JSON parser.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[path = "markup/golden.rs"]
mod golden;
#[path = "markup/sample.rs"]
mod sample;
#[path = "markup/tools.rs"]
mod tools;

#[path = "markup/always_renders.rs"]
mod always_renders;
#[path = "markup/banner.rs"]
mod banner;
#[path = "markup/fit.rs"]
mod fit;
#[path = "markup/native.rs"]
mod native;
#[path = "markup/validate.rs"]
mod validate;
#[path = "markup/vast.rs"]
mod vast;
