//! The binary: parse the command line, do what it says, exit with its code.
//!
//! Most commands are clients of the control process's API and live in one file each.

use std::process::ExitCode;

use clap::Parser;

mod cli;
mod failure;
mod session;

mod confirm;
mod context;
mod contexts;
mod private_file;

mod history;
mod token;

mod dev;

mod clock;
mod config;
mod engine;

mod check;
mod loadtest;
mod replay;
mod simulate;

mod apply;
mod budget;
mod create;
mod describe;
mod get;
mod pacing;
mod report;
mod switch;
mod why;

mod document;
mod resolve;
mod server;

mod contract;
mod length;
mod print;
mod resource;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            session::note(&format!("error: {failure}"));
            ExitCode::from(failure.exit as u8)
        }
    }
}
