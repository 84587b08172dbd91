//! The configuration file: as it is written, and as it is used.
//!
//! One TOML file has a section for each part of the product. Unknown fields are refused, and what
//! is wrong is told all at once where the part can.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use api::names::Kind;
use campaign::time::Span;
use control::secure::Certificates;
use openrtb::consent::{PurposeSet, VendorConfig};
use serde::{Deserialize, Serialize};

use crate::resolve::nearest;
use crate::resource::collection;

/// What `outbid dev` runs with where no file is named.
pub const DEFAULT: &str = include_str!("../../../config/outbid.toml");

/// The file, as it is written.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawConfig {
    /// What is logged: `info`, or a list such as `warn,control=debug`. SIGHUP takes a new one.
    pub log_level: LogLevel,
    /// See [`control::config::RawMarket`].
    pub exploration_percent: Option<f64>,
    /// See [`bidder::config::RawConfig`].
    pub bidder: bidder::config::RawConfig,
    /// See [`RawControl`].
    pub control: RawControl,
    /// See [`RawTls`]. None for control on loopback.
    pub tls: Option<RawTls>,
    /// See [`RawMoney`].
    pub money: RawMoney,
    /// See [`RawPrivacy`].
    pub privacy: RawPrivacy,
    /// See [`control::config::RawMarket`].
    pub exchanges: Vec<control::config::RawExchange>,
    /// See [`control::config::RawMarket`].
    pub rates: std::collections::BTreeMap<String, String>,
}

/// What is logged.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub struct LogLevel(pub String);

impl Default for LogLevel {
    fn default() -> LogLevel {
        LogLevel("info".to_string())
    }
}

/// The control plane's section.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawControl {
    /// Address and port to listen on; loopback only, unless there are certificates.
    pub listen: String,
}

impl Default for RawControl {
    fn default() -> RawControl {
        RawControl {
            listen: "127.0.0.1:9090".to_string(),
        }
    }
}

/// Certificates of the control plane: PEM files. Where a path is relative, it begins at the configuration file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RawTls {
    /// The server's certificate, with those between it and its authority.
    pub cert: PathBuf,
    /// The certificate's key.
    pub key: PathBuf,
    /// Who signs the certificates that callers must show; they need none where it is left out.
    pub client_ca: Option<PathBuf>,
}

impl RawTls {
    fn check(self, wrong: &mut Vec<String>) -> Option<Certificates> {
        let mut read = |field: &str, path: &Path| {
            let read = std::fs::read(path);
            read.map_err(|error| {
                wrong.push(format!(
                    "tls.{field}: {} cannot be read: {error}",
                    path.display()
                ))
            })
            .ok()
        };
        let (cert, key) = (read("cert", &self.cert), read("key", &self.key));
        let client_ca = match &self.client_ca {
            None => Some(None),
            Some(path) => read("client_ca", path).map(Some),
        };
        let tls = control::config::Tls {
            cert: cert?,
            key: key?,
            client_ca: client_ca?,
        };
        let read = Certificates::read(&tls);
        read.map_err(|error| wrong.push(error.to_string())).ok()
    }

    /// The same with paths that begin at this directory, where they are relative.
    fn below(self, directory: &Path) -> RawTls {
        RawTls {
            cert: directory.join(self.cert),
            key: directory.join(self.key),
            client_ca: self.client_ca.map(|path| directory.join(path)),
        }
    }
}

/// How money is lent. The trade's time.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawMoney {
    /// How long a lease may be spent.
    pub lease_seconds: i64,
    /// How long after that a billing is waited for.
    pub billing_lateness_seconds: i64,
}

impl Default for RawMoney {
    fn default() -> RawMoney {
        RawMoney {
            lease_seconds: 15,
            billing_lateness_seconds: 900,
        }
    }
}

/// What we are under the TCF.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawPrivacy {
    /// Our id in the global vendor list.
    pub tcf_vendor_id: Option<u16>,
    /// The purposes registered as resting on legitimate interest.
    pub legitimate_interest_purposes: Vec<u8>,
    /// The purposes that a publisher may move to the other ground.
    pub flexible_purposes: Vec<u8>,
    /// Whether the GDPR applies where a request does not say.
    pub assume_gdpr: bool,
}

/// The file, as it is used.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is logged.
    pub log_level: String,
    /// The bidder's part.
    pub bidder: bidder::config::Config,
    /// Where control listens.
    pub control_listen: SocketAddr,
    /// Control's certificates.
    pub certificates: Option<Certificates>,
    /// How long a lease may be spent. The trade's time.
    pub lease_life: Span,
    /// How long after that a billing is waited for. The trade's time.
    pub billing_lateness: Span,
    /// How consent is read.
    pub vendor: VendorConfig,
    /// Exchanges and rates.
    pub market: control::config::Market,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("cannot read {path}: {error}")]
    Read {
        /// Which file.
        path: String,
        /// What the system said. It is told already, so it is no source of its own.
        error: std::io::Error,
    },
    /// It is no TOML, or has fields that are not known.
    #[error("{path}: {error}{help}")]
    Toml {
        /// Which file.
        path: String,
        /// Where and what. It is told already, so it is no source of its own.
        error: Box<toml::de::Error>,
        /// What was probably meant, on a line of its own; empty where nobody can tell.
        help: String,
    },
    /// Values that cannot be used; a line each.
    #[error("{path}:\n  {}", .wrong.join("\n  "))]
    Values {
        /// Which file.
        path: String,
        /// What is wrong, each with what to do.
        wrong: Vec<String>,
    },
}

impl RawConfig {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<RawConfig, ConfigError> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let mut raw = RawConfig::parse(&text, &name)?;
                let directory = path.parent().unwrap_or(Path::new(""));
                raw.tls = raw.tls.map(|tls| tls.below(directory));
                Ok(raw)
            }
            Err(error) => Err(ConfigError::Read { path: name, error }),
        }
    }

    /// Reads a file's text.
    pub fn parse(text: &str, path: &str) -> Result<RawConfig, ConfigError> {
        toml::from_str(text).map_err(|error: toml::de::Error| ConfigError::Toml {
            path: path.to_string(),
            help: meant(error.message()),
            error: Box::new(error),
        })
    }

    /// Makes values that can be used, or tells all that is wrong.
    pub fn check(self, path: &str) -> Result<Config, ConfigError> {
        let mut wrong = Vec::new();
        if !(1..=3_600).contains(&self.money.lease_seconds) {
            wrong.push("money.lease_seconds: write 1 to 3600".to_string());
        }
        if !(1..=7 * 86_400).contains(&self.money.billing_lateness_seconds) {
            wrong.push("money.billing_lateness_seconds: write 1 to 604800".to_string());
        }
        if !crate::logs::is_level(&self.log_level.0) {
            wrong.push(
                "log_level: write error, warn, info, debug, or a list such as warn,control=debug"
                    .to_string(),
            );
        }
        let listen = self.control.listen.parse();
        if listen.is_err() {
            wrong.push(
                "control.listen: write an address and a port such as 127.0.0.1:9090".to_string(),
            );
        }
        let certificates = self.tls.and_then(|tls| tls.check(&mut wrong));
        let mut raw_bidder = self.bidder;
        raw_bidder.leases.time_to_live_ms = self.money.lease_seconds.saturating_mul(1_000);
        let bidder = raw_bidder
            .check()
            .map_err(|error| wrong.push(format!("bidder: {error}")));
        let market = control::config::RawMarket {
            exchanges: self.exchanges,
            rates: self.rates,
            exploration_percent: self.exploration_percent,
        };
        let market = market.check().map_err(|more| wrong.extend(more));
        match (bidder, listen, market) {
            (Ok(bidder), Ok(control_listen), Ok(market)) if wrong.is_empty() => Ok(Config {
                log_level: self.log_level.0,
                bidder,
                control_listen,
                certificates,
                lease_life: Span::seconds(self.money.lease_seconds),
                billing_lateness: Span::seconds(self.money.billing_lateness_seconds),
                vendor: VendorConfig {
                    tcf_vendor_id: self.privacy.tcf_vendor_id,
                    legitimate_interest_purposes: PurposeSet::of(
                        &self.privacy.legitimate_interest_purposes,
                    ),
                    flexible_purposes: PurposeSet::of(&self.privacy.flexible_purposes),
                    assume_gdpr: self.privacy.assume_gdpr,
                },
                market,
            }),
            _ => Err(ConfigError::Values {
                path: path.to_string(),
                wrong,
            }),
        }
    }
}

/// What a field that is not known was probably meant to be: the likeliest of those that are, or a file of another kind.
fn meant(message: &str) -> String {
    let named: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let [wrong, known @ ..] = named.as_slice() else {
        return String::new();
    };
    if Kind::ALL.iter().any(|kind| collection(*kind) == *wrong) && !known.contains(wrong) {
        return "this is a file of resources, and no configuration: `outbid apply -f FILE` takes it\n"
            .to_string();
    }
    match nearest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?\n"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_is_shipped_is_good() {
        let config = RawConfig::parse(DEFAULT, "config/outbid.toml")
            .unwrap()
            .check("config/outbid.toml")
            .unwrap();
        let names: Vec<_> = config
            .market
            .exchanges
            .iter()
            .map(|exchange| exchange.name.as_str())
            .collect();
        assert_eq!(names, ["demo", "harbor", "lantern", "meridian"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_what_to_do() {
        let check = |text: &str, parts: &[&str]| {
            let told = match RawConfig::parse(text, "x.toml") {
                Ok(raw) => raw.check("x.toml").unwrap_err().to_string(),
                Err(error) => error.to_string(),
            };
            assert!(parts.iter().all(|part| told.contains(part)), "{told}");
        };
        check(
            "[bider]",
            &["x.toml", "unknown field `bider`", "did you mean `bidder`?"],
        );
        check("[control]\nlissten = 'x'", &["did you mean `listen`?"]);
        check(
            "[[campaigns]]\nname = 'x'",
            &["`outbid apply -f FILE` takes it"],
        );
        check(
            "[bidder]\nlisten = 'here'\n[money]\nlease_seconds = 0",
            &["bidder: `listen`", "lease_seconds: write"],
        );
        check(
            "[control]\nlisten = ''\n[rates]\nEUR = 'x'",
            &["control.listen", "rates.EUR"],
        );
        check(
            "[tls]\ncert = 'no-such.pem'\nkey = 'none.pem'",
            &["tls.cert: no-such.pem", "tls.key: none.pem"],
        );
        check("[tls]\ncert = 'x'", &["missing field `key`"]);
    }

    #[test]
    fn an_error_is_told_once_whoever_tells_of_its_causes() {
        let error = RawConfig::parse("[bider]", "x.toml").unwrap_err();
        let told = format!("{:#}", anyhow::Error::from(error));
        assert_eq!(told.matches("unknown field").count(), 1, "{told}");
    }
}
