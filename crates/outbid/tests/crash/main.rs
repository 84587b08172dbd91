//! Kills the running product at random moments, under load, and looks what is left.
//!
//! A cycle starts `outbid dev` on the same data directory, trades with it over real sockets, sends
//! it SIGKILL at a moment that a seed chooses (under load, while it starts, while it drains), and
//! then holds three things against each other: what the outside world was told (`books`), what the
//! journal holds (`written`), and what the ledger says, both in the database as the crash left it
//! (`inspect`) and through the API of the next start (`reports`).
//!
//! `kill -9` keeps the page cache. That a 2xx comes after its fsync is shown elsewhere, on a
//! simulated disk that drops what was not synced: `crates/bidder/tests` and `crates/store/tests`.

mod books;
mod http;
mod inspect;
mod ordeal;
mod product;
mod reports;
mod tally;
mod traffic;
mod written;

use ordeal::Ordeal;

/// The kills that any run makes, and that `OUTBID_SOAK=1` makes for each of its seeds.
const KILLS: u32 = 50;
const SOAK_KILLS: u32 = 100;
const SOAK_SEEDS: u64 = 5;

#[test]
fn no_kill_loses_or_doubles_what_was_acknowledged() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
    };
    let soak = std::env::var_os("OUTBID_SOAK").is_some();
    let first = number("OUTBID_CRASH_SEED").unwrap_or(1);
    let (seeds, kills) = if soak {
        (SOAK_SEEDS, SOAK_KILLS)
    } else {
        (1, KILLS)
    };
    let kills = number("OUTBID_CRASH_KILLS")
        .and_then(|kills| u32::try_from(kills).ok())
        .unwrap_or(kills);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    for seed in first..first + seeds {
        match runtime.block_on(Ordeal::run(seed, kills)) {
            Ok(tally) => {
                eprintln!("seed {seed}: {tally}");
                assert!(
                    tally.bites(),
                    "seed {seed}: too little happened for the run to prove anything: {tally}"
                );
            }
            Err(failed) => {
                panic!("seed {seed} (OUTBID_CRASH_SEED={seed} to see it again), {failed:#}")
            }
        }
    }
}
