//! What can be set: as it is written, and as it is used.
//!
//! [`RawConfig`] is what stands in a file: units last in names, nothing required, unknown fields refused.
//! [`RawConfig::check`] makes a [`Config`] of it, in which every value is good.

use std::net::SocketAddr;
use std::time::Duration;

use campaign::time::Span;
use serde::{Deserialize, Serialize};

/// The bidder's section of a configuration file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawConfig {
    /// Address and port to listen on.
    pub listen: String,
    /// Under which address exchanges and pages reach the bidder; notice URLs start with it.
    pub public_url: String,
    /// See [`Runtime`].
    pub runtime: Runtime,
    /// How many threads serve where they do nothing else; 0 for one a core.
    pub threads: usize,
    /// See [`RawLimits`].
    pub limits: RawLimits,
    /// See [`RawLeases`].
    pub leases: RawLeases,
    /// How many pairs of a user and an ad or campaign are counted for frequency caps; the least recently used go first.
    pub frequency_entries: usize,
    /// A click that is older than this does not lead anywhere and is not counted, in hours.
    pub click_expiry_hours: u32,
    /// An answer of more bytes than this is compressed for those who take it so.
    pub gzip_above_bytes: usize,
    /// How long after readiness ended requests are still accepted when the bidder drains, so that balancers notice,
    /// in milliseconds.
    pub drain_notice_ms: u64,
    /// How long a drain waits for open connections, in milliseconds.
    pub drain_limit_ms: u64,
}

/// Which threads serve exchanges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// Threads that do nothing else, each with its own share of the connections.
    #[default]
    PerCore,
    /// Those of the rest of the process, which pass connections among themselves.
    Shared,
}

/// What one peer, and all of them together, may take.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawLimits {
    /// Open connections; those above are closed at once.
    pub connections: usize,
    /// Bid requests under way; those above are answered 204 unread.
    pub concurrent_bids: usize,
    /// Notices that wait for the disk; those above are answered 503.
    pub concurrent_notices: usize,
    /// Bytes of a request's head.
    pub header_bytes: usize,
    /// How long the head of a request may take from its first byte, in milliseconds.
    pub header_timeout_ms: u64,
    /// How long a connection may stay open with no request under way, in milliseconds.
    pub idle_timeout_ms: u64,
    /// How long the body of a request may take, in milliseconds.
    pub body_timeout_ms: u64,
    /// How long a peer may let an answer wait, in milliseconds.
    pub write_timeout_ms: u64,
    /// Bytes of a body as they come.
    pub body_bytes: usize,
    /// Bytes of a body after inflating.
    pub inflated_bytes: usize,
}

/// How money is asked for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawLeases {
    /// How long a lease can be spent, in milliseconds of the trade's clock. As control grants them.
    pub time_to_live_ms: i64,
    /// The least that is asked for: so many impressions at the ad's highest bid.
    pub least_impressions: u32,
    /// The most that is asked for at once: so many impressions at the ad's highest bid.
    pub most_impressions: u32,
    /// In a book of up to so many ads each always has a lease; in a larger one only those that bid.
    pub warm_ads: usize,
}

impl Default for RawConfig {
    fn default() -> RawConfig {
        RawConfig {
            listen: "127.0.0.1:8080".to_string(),
            public_url: "http://127.0.0.1:8080".to_string(),
            runtime: Runtime::default(),
            threads: 0,
            limits: RawLimits::default(),
            leases: RawLeases::default(),
            frequency_entries: 1_000_000,
            click_expiry_hours: 24,
            gzip_above_bytes: 1_400,
            drain_notice_ms: 0,
            drain_limit_ms: 5_000,
        }
    }
}

impl Default for RawLimits {
    fn default() -> RawLimits {
        RawLimits {
            connections: 4_096,
            concurrent_bids: 512,
            concurrent_notices: 8_192,
            header_bytes: 16 * 1024,
            header_timeout_ms: 2_000,
            // Exchanges keep connections for minutes, and lose an auction where one closes under a request.
            idle_timeout_ms: 180_000,
            body_timeout_ms: 2_000,
            write_timeout_ms: 5_000,
            body_bytes: 256 * 1024,
            inflated_bytes: 256 * 1024,
        }
    }
}

impl Default for RawLeases {
    fn default() -> RawLeases {
        RawLeases {
            time_to_live_ms: 5_000,
            least_impressions: 100,
            most_impressions: 1_000_000,
            warm_ads: 10_000,
        }
    }
}

/// What is used.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What notice URLs start with; no slash at the end.
    pub public_url: String,
    /// Which threads serve.
    pub runtime: Runtime,
    /// How many, where they do nothing else.
    pub threads: usize,
    /// See [`Limits`].
    pub limits: Limits,
    /// See [`LeaseRules`].
    pub leases: LeaseRules,
    /// How many pairs of a user and an ad or campaign are counted.
    pub frequency_entries: usize,
    /// How old a click may be.
    pub click_expiry: Span,
    /// An answer of more bytes than this is compressed.
    pub gzip_above_bytes: usize,
    /// How long requests are still accepted after readiness ended.
    pub drain_notice: Duration,
    /// How long a drain waits.
    pub drain_limit: Duration,
}

/// See [`RawLimits`], field by field. Real time.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is explained where it is written")]
pub struct Limits {
    pub connections: usize,
    pub concurrent_bids: usize,
    pub concurrent_notices: usize,
    pub header_bytes: usize,
    pub header_timeout: Duration,
    pub idle_timeout: Duration,
    pub body_timeout: Duration,
    pub write_timeout: Duration,
    pub body_bytes: usize,
    pub inflated_bytes: usize,
}

/// See [`RawLeases`], field by field. The trade's time.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each field is explained where it is written")]
pub struct LeaseRules {
    pub time_to_live: Span,
    pub least_impressions: u32,
    pub most_impressions: u32,
    pub warm_ads: usize,
}

/// A value that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is {value}: {expected}")]
pub struct ConfigError {
    /// Where it stands.
    pub field: &'static str,
    /// What stands there.
    pub value: String,
    /// What could.
    pub expected: &'static str,
}

impl RawConfig {
    /// Makes values that can be used.
    ///
    /// # Errors
    /// [`ConfigError`] for the first value that cannot.
    pub fn check(&self) -> Result<Config, ConfigError> {
        let listen = self.listen.parse().map_err(|_| ConfigError {
            field: "listen",
            value: format!("{:?}", self.listen),
            expected: "write an address and a port such as 127.0.0.1:8080",
        })?;
        let drain_limit = millis("drain_limit_ms", self.drain_limit_ms)?;
        Ok(Config {
            listen,
            public_url: public_url(&self.public_url)?,
            runtime: self.runtime,
            threads: threads(self.threads)?,
            limits: self.limits.check()?,
            leases: self.leases.check()?,
            frequency_entries: count("frequency_entries", self.frequency_entries)?,
            click_expiry: Span::hours(i64::from(self.click_expiry_hours)),
            gzip_above_bytes: self.gzip_above_bytes,
            drain_notice: Duration::from_millis(self.drain_notice_ms.min(600_000)),
            drain_limit,
        })
    }
}

impl RawLimits {
    fn check(&self) -> Result<Limits, ConfigError> {
        // hyper reads heads into a buffer that is never smaller.
        if self.header_bytes < 8_192 {
            return Err(ConfigError {
                field: "limits.header_bytes",
                value: self.header_bytes.to_string(),
                expected: "at least 8192",
            });
        }
        Ok(Limits {
            connections: count("limits.connections", self.connections)?,
            concurrent_bids: count("limits.concurrent_bids", self.concurrent_bids)?,
            concurrent_notices: count("limits.concurrent_notices", self.concurrent_notices)?,
            header_bytes: count("limits.header_bytes", self.header_bytes)?,
            header_timeout: millis("limits.header_timeout_ms", self.header_timeout_ms)?,
            idle_timeout: millis("limits.idle_timeout_ms", self.idle_timeout_ms)?,
            body_timeout: millis("limits.body_timeout_ms", self.body_timeout_ms)?,
            write_timeout: millis("limits.write_timeout_ms", self.write_timeout_ms)?,
            body_bytes: count("limits.body_bytes", self.body_bytes)?,
            inflated_bytes: count("limits.inflated_bytes", self.inflated_bytes)?,
        })
    }
}

impl RawLeases {
    fn check(&self) -> Result<LeaseRules, ConfigError> {
        if !(10..=3_600_000).contains(&self.time_to_live_ms) {
            return Err(ConfigError {
                field: "leases.time_to_live_ms",
                value: self.time_to_live_ms.to_string(),
                expected: "between 10 and 3600000",
            });
        }
        if self.least_impressions == 0 || self.least_impressions > self.most_impressions {
            return Err(ConfigError {
                field: "leases.least_impressions",
                value: self.least_impressions.to_string(),
                expected: "at least 1, and no more than `most_impressions`",
            });
        }
        Ok(LeaseRules {
            time_to_live: Span::milliseconds(self.time_to_live_ms),
            least_impressions: self.least_impressions,
            most_impressions: self.most_impressions,
            warm_ads: self.warm_ads,
        })
    }
}

/// More threads than this are a slip of the pen.
const THREADS_MAX: usize = 1_024;

fn threads(asked: usize) -> Result<usize, ConfigError> {
    match asked {
        0 => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
        1..=THREADS_MAX => Ok(asked),
        _ => Err(ConfigError {
            field: "threads",
            value: asked.to_string(),
            expected: "between 1 and 1024, or 0 for one a core",
        }),
    }
}

fn public_url(text: &str) -> Result<String, ConfigError> {
    let trimmed = text.trim_end_matches('/');
    let address = trimmed
        .strip_prefix("https://")
        .or_else(|| trimmed.strip_prefix("http://"));
    let good = address.is_some_and(|rest| {
        let of_url = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&b);
        !rest.is_empty() && rest.bytes().all(of_url)
    });
    if !good {
        return Err(ConfigError {
            field: "public_url",
            value: format!("{text:?}"),
            expected: "write an address without query such as https://bid.example",
        });
    }
    Ok(trimmed.to_string())
}

fn count(field: &'static str, value: usize) -> Result<usize, ConfigError> {
    match value {
        1..=100_000_000 => Ok(value),
        _ => Err(ConfigError {
            field,
            value: value.to_string(),
            expected: "between 1 and 100000000",
        }),
    }
}

fn millis(field: &'static str, value: u64) -> Result<Duration, ConfigError> {
    match value {
        1..=3_600_000 => Ok(Duration::from_millis(value)),
        _ => Err(ConfigError {
            field,
            value: value.to_string(),
            expected: "between 1 and 3600000",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let raw: RawConfig = toml::from_str(text).map_err(|e| e.to_string())?;
        raw.check().map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_not_set_has_a_good_value() {
        let config = read("").unwrap();
        assert_eq!(config.listen.port(), 8080);
        assert_eq!(config.limits.inflated_bytes, 256 * 1024);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let check = |text: &str, part: &str| {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        };
        check("listen = 'localhost'", "`listen` is \"localhost\"");
        check("listening = 'x'", "unknown field `listening`");
        check("runtime = 'x'", "unknown variant `x`");
        check("threads = 5000", "`threads` is 5000");
        check("public_url = 'bid.example'", "`public_url`");
        check("public_url = 'https://a.example/?x='", "`public_url`");
        check("public_url = 'https://'", "`public_url`");
        check("[limits]\nconnections = 0", "`limits.connections` is 0");
        check(
            "[limits]\nheader_timeout_ms = 0",
            "`limits.header_timeout_ms`",
        );
        check("[limits]\nheader_bytes = 10", "`limits.header_bytes`");
        check("[limits]\nheaders = 10", "unknown field `headers`");
        check("[leases]\ntime_to_live_ms = 0", "`leases.time_to_live_ms`");
        check(
            "[leases]\nleast_impressions = 0",
            "`leases.least_impressions`",
        );
    }

    #[test]
    fn the_public_address_ends_without_a_slash() {
        let config = read("public_url = 'https://bid.example/'").unwrap();
        assert_eq!(config.public_url, "https://bid.example");
    }
}
