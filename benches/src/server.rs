//! The servers that are measured, each a process of its own: the real bidder, and a bare hyper echo.
//!
//! A server says its port on its standard output, and then answers the words that come on its standard input.

mod bidder;
mod child;
mod echo;

pub use child::Child;

use std::io::{BufRead, Write};
use std::net::SocketAddr;

use crate::{allocations, clock};

/// Every server runs on the first core that may be used, its client on the second.
const CORE: usize = 0;
/// See [`CORE`].
const CLIENT_CORE: usize = 1;

/// Keeps a client away from the servers' core until it is dropped.
///
/// # Errors
/// Where the system does not let it.
pub fn step_aside() -> std::io::Result<clock::Pinned> {
    clock::Pinned::to(CLIENT_CORE)
}

/// Serves as the arguments say, until standard input ends: `echo`; `bidder` and a number of ads; or `transport` and how
/// many bytes to answer with, which is the bidder's own way of serving with nothing behind it.
///
/// # Errors
/// Where the server cannot listen, or the words are none of these.
pub fn main(words: &[String]) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match words {
        [kind] if kind == "echo" => runtime.block_on(echo::serve()),
        [kind, ads] if kind == "bidder" => runtime.block_on(bidder::serve(ads.parse()?)),
        [kind, bytes] if kind == "transport" => runtime.block_on(bidder::transport(bytes.parse()?)),
        _ => anyhow::bail!(
            "say `echo`, `bidder` and a number of ads, or `transport` and a number of bytes"
        ),
    }
}

/// Says where it listens, and answers until standard input ends. Then the process ends: it has nothing to lose.
fn attend(address: SocketAddr) {
    std::thread::spawn(move || {
        println!("{}", address.port());
        for word in std::io::stdin().lock().lines().map_while(Result::ok) {
            match word.as_str() {
                "cpu" => println!("{}", clock::process_cpu().as_nanos()),
                "allocations" => println!("{}", allocations::made()),
                _ => println!("0"),
            }
            let _ = std::io::stdout().flush();
        }
        std::process::exit(0);
    });
}
