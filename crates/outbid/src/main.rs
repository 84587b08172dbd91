//! The binary: parse the command line, do what it says, exit with its code.
//!
//! Most commands are clients of the control process's API and live in one file each.

use std::process::ExitCode;

mod cli;
mod confirm;
mod failure;
mod session;

mod context;
mod contexts;
mod private_file;

mod history;
mod token;

mod dev;
mod serve;

mod clock;
mod config;
mod engine;
mod logs;

mod check;
mod completion;
mod doctor;
mod loadtest;
mod reload;
mod replay;
mod simulate;

mod apply;
mod diff;
mod plan;

mod edit;
mod export;
mod exported;
mod schema;

mod audience;
mod budget;
mod create;
mod describe;
mod get;
mod pacing;
mod report;
mod switch;
mod tail;
mod top;
mod why;

mod document;
mod resolve;
mod server;

mod contract;
mod length;
mod print;
mod resource;

fn main() -> ExitCode {
    match cli::Cli::read().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            session::complain(&failure);
            ExitCode::from(failure.exit as u8)
        }
    }
}
