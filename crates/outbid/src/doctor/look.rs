//! One look at each thing.

use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;

use campaign::time::{Span, Timestamp};
use control::secure::Certificates;
use rustix::process::{Resource, getrlimit};

use super::Finding;
use crate::clock::machine_now;
use crate::server::Server;
use crate::session::Session;

/// A connection is a file; below the first number the bidder's own limit on connections is not reached.
const GOOD_FILES: u64 = 65_536;
const LEAST_FILES: u64 = 1_024;
/// Free bytes on the disk of the journal, which only grows.
const GOOD_BYTES: u64 = 20 << 30;
const LEAST_BYTES: u64 = 1 << 30;
/// A certificate that ends sooner is to be renewed.
const LEAST_LIFE: Span = Span::days(21);
const CERTIFICATES: &str = "certificates";
/// 2026-01-01: no release of this program is older.
const FIRST_DAY: Timestamp = Timestamp(1_767_225_600_000);
/// What the database's file begins with.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// Flights, days and leases go by the machine's clock.
pub fn clock() -> Finding {
    const WHAT: &str = "clock";
    if machine_now() < FIRST_DAY {
        return Finding::fail(
            WHAT,
            "it shows a time before this program was made: set it (timedatectl set-ntp true)",
        );
    }
    // The marks that systemd-timesyncd and chrony leave while they keep the clock.
    let kept = [
        "/run/systemd/timesync/synchronized",
        "/run/chrony/chronyd.pid",
        "/run/ntpd.pid",
    ];
    match kept.iter().any(|mark| Path::new(mark).exists()) {
        true => Finding::good(WHAT, "it is kept by the network's time"),
        false => Finding::warn(
            WHAT,
            "nothing here seems to keep it: on a machine of its own, run chrony or systemd-timesyncd",
        ),
    }
}

/// For how long the certificates are good.
pub fn certificates(certificates: &Certificates) -> Finding {
    lifetime(certificates.begins, certificates.ends, machine_now())
}

fn lifetime(begins: Timestamp, ends: Timestamp, now: Timestamp) -> Finding {
    let renew = "renew it, and tell `outbid serve` by SIGHUP";
    let days = (ends - now).0.div_euclid(Span::days(1).0);
    match () {
        () if now < begins => Finding::fail(
            CERTIFICATES,
            format!("the server's certificate is not good before {begins}: wait, or set the clock"),
        ),
        () if now >= ends => Finding::fail(
            CERTIFICATES,
            format!("the server's certificate ended at {ends}: {renew}"),
        ),
        () if ends - now < LEAST_LIFE => Finding::warn(
            CERTIFICATES,
            format!("the server's certificate ends in {days} days, at {ends}: {renew}"),
        ),
        () => Finding::good(
            CERTIFICATES,
            format!("the server's certificate is good for {days} days, until {ends}"),
        ),
    }
}

/// How many files, and so connections, a process may have open.
pub fn open_files() -> Finding {
    const WHAT: &str = "open files";
    match getrlimit(Resource::Nofile).current {
        None => Finding::good(WHAT, "no limit"),
        Some(limit) => judge(limit, GOOD_FILES, LEAST_FILES, WHAT, |limit, advice| {
            format!(
                "at most {limit}{}",
                if advice {
                    ": each connection is one, so set LimitNOFILE=65536 or ulimit -n 65536"
                } else {
                    ""
                }
            )
        }),
    }
}

/// Whether a book of many ads can lie in large pages. With small ones, a processor waits longer for their tables than
/// for what is in them.
pub fn large_pages() -> Finding {
    let enabled = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    judge_pages(enabled.as_deref().unwrap_or_default())
}

fn judge_pages(enabled: &str) -> Finding {
    const WHAT: &str = "large pages";
    if enabled.contains("[always]") {
        return Finding::good(WHAT, "every process has them");
    }
    if enabled.contains("[madvise]") {
        return Finding::good(
            WHAT,
            "for who asks: start the server with GLIBC_TUNABLES=glibc.malloc.hugetlb=1, as ops/systemd does",
        );
    }
    Finding::warn(
        WHAT,
        "the kernel gives none: with many ads, bids take longer; \
         echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
    )
}

/// The space that is left for the journal.
pub fn disk(directory: &Path) -> Finding {
    const WHAT: &str = "disk";
    let nearest = directory
        .ancestors()
        .find(|path| path.exists())
        .unwrap_or(Path::new("/"));
    match rustix::fs::statvfs(nearest) {
        Err(error) => Finding::fail(
            WHAT,
            format!("{} cannot be looked at: {error}", nearest.display()),
        ),
        Ok(space) => {
            let free = space.f_bavail.saturating_mul(space.f_frsize);
            judge(free, GOOD_BYTES, LEAST_BYTES, WHAT, |free, advice| {
                let gib = free >> 30;
                let advice = if advice {
                    ": the journal only grows, so give it more"
                } else {
                    ""
                };
                format!("{gib} GiB free at {}{advice}", nearest.display())
            })
        }
    }
}

fn judge(
    seen: u64,
    good: u64,
    least: u64,
    what: &'static str,
    told: impl Fn(u64, bool) -> String,
) -> Finding {
    match seen {
        _ if seen >= good => Finding::good(what, told(seen, false)),
        _ if seen >= least => Finding::warn(what, told(seen, true)),
        _ => Finding::fail(what, told(seen, true)),
    }
}

/// The data directory: whether it can be written, and whether what is in it is ours. Nothing in it is opened for
/// writing, since a product may be running on it.
pub fn store(directory: Option<&Path>) -> Finding {
    const WHAT: &str = "store";
    let Some(directory) = directory else {
        return Finding::good(
            WHAT,
            "no --data is named, so a temporary directory is used and deleted at the end",
        );
    };
    if !directory.exists() {
        return Finding::good(
            WHAT,
            format!("{} is not there yet and will be made", directory.display()),
        );
    }
    let writable = rustix::fs::access(
        directory,
        rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK,
    );
    if let Err(error) = writable {
        return Finding::fail(
            WHAT,
            format!(
                "{} cannot be written: {error}: chown it to who runs outbid",
                directory.display()
            ),
        );
    }
    let database = directory.join(store::database::FILE);
    let mut begin = [0; 16];
    match std::fs::File::open(&database).and_then(|mut file| file.read_exact(&mut begin)) {
        Ok(()) if begin == *SQLITE => Finding::good(
            WHAT,
            format!("{} has a database and can be written", directory.display()),
        ),
        Ok(()) => Finding::fail(
            WHAT,
            format!(
                "{} is no database: restore it from a backup",
                database.display()
            ),
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Finding::good(
            WHAT,
            format!("{} is empty and can be written", directory.display()),
        ),
        Err(error) => Finding::fail(
            WHAT,
            format!("{} cannot be read: {error}", database.display()),
        ),
    }
}

/// Whether a port is free, or has the product on it already.
pub async fn port(what: &'static str, address: SocketAddr) -> Finding {
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => Finding::good(what, format!("{address} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Finding::warn(
            what,
            format!(
                "{address} is taken: by a product that runs already, or choose another in the configuration"
            ),
        ),
        Err(error) => Finding::fail(
            what,
            format!("{address} cannot be listened on: {error}: choose one of this machine"),
        ),
    }
}

/// What a look for a server is told as, and what begins the words of one that found none.
pub const SERVER: &str = "server";
/// See [`SERVER`].
pub const NONE: &str = "none runs at";

/// Whether a product answers at `--server`.
pub async fn server(session: &Session) -> Finding {
    const WHAT: &str = SERVER;
    let address = match session.target() {
        Ok(target) => target.server,
        Err(failure) => return Finding::warn(WHAT, failure.message),
    };
    let status = match session.connect().await {
        Ok(server) => answer(&server).await,
        Err(_) => return Finding::good(WHAT, format!("{NONE} {address}")),
    };
    match status {
        Ok((true, version)) => Finding::good(
            WHAT,
            format!("version {version} runs at {} and is healthy", address),
        ),
        Ok((false, problem)) => Finding::fail(
            WHAT,
            format!("it runs at {} and is not healthy: {problem}", address),
        ),
        Err(failure) => Finding::warn(WHAT, failure.message),
    }
}

async fn answer(server: &Server) -> Result<(bool, String), crate::failure::Failure> {
    let status = server.status().await?;
    Ok(match status.healthy {
        true => (true, status.version),
        false => (false, status.problem),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn a_certificate_is_renewed_before_it_ends() {
        let day = |day: i64| Timestamp(day * Span::days(1).0);
        let check = |now: i64, verdict| {
            let finding = lifetime(day(10), day(100), day(now));
            assert_eq!(finding.verdict, verdict, "{}", finding.told);
        };
        check(9, Verdict::Fail);
        check(10, Verdict::Good);
        check(79, Verdict::Good);
        check(80, Verdict::Warn);
        check(100, Verdict::Fail);
    }

    #[test]
    fn large_pages_are_there_always_or_for_who_asks() {
        let check = |enabled, verdict| assert_eq!(judge_pages(enabled).verdict, verdict);
        check("[always] madvise never", Verdict::Good);
        check("always [madvise] never", Verdict::Good);
        check("always madvise [never]", Verdict::Warn);
        check("", Verdict::Warn);
    }

    #[test]
    fn what_is_scarce_is_told_with_what_to_do() {
        let check = |seen, verdict| {
            let finding = judge(seen, 100, 10, "x", |seen, advice| {
                format!("{seen} {advice}")
            });
            assert_eq!(
                (finding.verdict, finding.told),
                (verdict, format!("{seen} {}", verdict != Verdict::Good))
            );
        };
        check(100, Verdict::Good);
        check(99, Verdict::Warn);
        check(9, Verdict::Fail);
    }

    #[test]
    fn a_directory_that_holds_something_else_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let verdict = || store(Some(directory.path())).verdict;
        assert_eq!(verdict(), Verdict::Good);
        std::fs::write(
            directory.path().join(store::database::FILE),
            "this is no database at all",
        )
        .unwrap();
        assert_eq!(verdict(), Verdict::Fail);
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_told() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        assert_eq!(port("p", address).await.verdict, Verdict::Warn);
        drop(taken);
        assert_eq!(
            port("p", "203.0.113.1:1".parse().unwrap()).await.verdict,
            Verdict::Fail
        );
    }
}
