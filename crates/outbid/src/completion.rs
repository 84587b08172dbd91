//! `outbid completion`: a script that completes commands and options in a shell.

use clap::{Args as Arguments, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::session::out_bytes;

/// For which shell.
#[derive(Arguments, Debug)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints it.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "outbid", &mut script);
    out_bytes(&script)
}
