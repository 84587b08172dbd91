//! A configuration that is read again while the process runs: what of it changed, and when that is in force.

use std::collections::BTreeMap;

use api::v1::{ConfigurationChange, ConfigurationEffect as Effect};
use toml::Value;

use crate::config::{Config, RawConfig};
use crate::engine::Engine;
use crate::logs::Logs;

/// The keys whose values can change while the process runs; those of `tls` can where it was started with any.
const AT_ONCE: [&str; 7] = [
    "log_level",
    "exploration_percent",
    "bidder.limits.connections",
    "bidder.limits.concurrent_bids",
    "bidder.limits.concurrent_notices",
    "bidder.drain_notice_ms",
    "bidder.drain_limit_ms",
];
/// What the store holds since the first start.
const PLANTED: [&str; 2] = ["exchanges", "rates"];
/// Tells whether there are certificates.
const CERTIFICATE: &str = "tls.cert";

/// The values of a configuration, each by its key; a list is one value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(BTreeMap<String, Value>);

impl Values {
    /// Those of a file, with what it leaves out.
    pub fn of(raw: &RawConfig) -> Result<Values, toml::ser::Error> {
        let mut values = BTreeMap::new();
        flatten("", Value::try_from(raw)?, &mut values);
        Ok(Values(values))
    }

    /// What is another value in `new`, and when that is in force.
    pub fn changes(&self, new: &Values) -> Vec<ConfigurationChange> {
        let keys: std::collections::BTreeSet<&String> = self.0.keys().chain(new.0.keys()).collect();
        let changed = keys
            .into_iter()
            .filter(|key| self.0.get(*key) != new.0.get(*key));
        let change = |key: &String| ConfigurationChange {
            key: key.clone(),
            old_value: self.0.get(key).map(Value::to_string),
            new_value: new.0.get(key).map(Value::to_string),
            effect: self.effect(key, new) as i32,
        };
        changed.map(change).collect()
    }

    fn effect(&self, key: &str, new: &Values) -> Effect {
        let top = key.split('.').next().unwrap_or(key);
        let secured = |values: &Values| values.0.contains_key(CERTIFICATE);
        match top {
            "tls" if secured(self) && secured(new) => Effect::AtOnce,
            _ if AT_ONCE.contains(&key) => Effect::AtOnce,
            _ if PLANTED.contains(&top) => Effect::StoreHolds,
            _ => Effect::NextStart,
        }
    }

    /// Takes over what is in force at once.
    fn take(&mut self, new: &Values, changes: &[ConfigurationChange]) {
        let at_once = changes
            .iter()
            .filter(|change| change.effect() == Effect::AtOnce);
        for change in at_once {
            match new.0.get(&change.key) {
                Some(value) => self.0.insert(change.key.clone(), value.clone()),
                None => self.0.remove(&change.key),
            };
        }
    }
}

fn flatten(path: &str, value: Value, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let path = match path {
                    "" => key,
                    path => format!("{path}.{key}"),
                };
                flatten(&path, value, into);
            }
        }
        value => {
            into.insert(path.to_string(), value);
        }
    }
}

/// Reads the configuration again, and keeps what of it is in force.
pub struct Reloader<R> {
    read: R,
    logs: Logs,
    in_force: Values,
}

impl<R: Fn() -> anyhow::Result<(Values, Config)>> Reloader<R> {
    /// `in_force` is what the process was started with, `read` reads the file.
    pub fn new(read: R, logs: Logs, in_force: Values) -> Reloader<R> {
        Reloader {
            read,
            logs,
            in_force,
        }
    }

    /// Reads the file, puts what can change in force, and tells all that changed. A rehearsal changes nothing, and
    /// neither does a file that is wrong.
    pub async fn reload(
        &mut self,
        engine: &mut Engine,
        is_rehearsal: bool,
    ) -> anyhow::Result<Vec<ConfigurationChange>> {
        let (values, config) = (self.read)()?;
        let mut changes = self.in_force.changes(&values);
        // The files may hold others than those that were read at the same paths before.
        let renewed = match (engine.control.certificates(), &config.certificates) {
            (Some(shown), Some(read)) => shown != *read,
            _ => false,
        };
        if renewed && !changes.iter().any(|change| change.key.starts_with("tls.")) {
            changes.push(ConfigurationChange {
                key: "tls".to_string(),
                effect: Effect::AtOnce as i32,
                ..ConfigurationChange::default()
            });
        }
        if is_rehearsal {
            return Ok(changes);
        }
        let explored = engine.control.explore(config.market.explored_ppm).await;
        explored.map_err(|error| anyhow::anyhow!("{}", tonic::Status::from(error).message()))?;
        self.logs.set_level(&config.log_level);
        engine.bidder.adapt(&config.bidder);
        if let Some(certificates) = config.certificates.filter(|_| renewed) {
            engine.control.renew_certificates(certificates);
        }
        self.in_force.take(&values, &changes);
        tell(&config.log_level, renewed, &changes);
        Ok(changes)
    }
}

/// Says in the log what is in force, and what is not.
fn tell(log_level: &str, certificates: bool, changes: &[ConfigurationChange]) {
    let keys = |effect: Effect| {
        let of = changes.iter().filter(|change| change.effect() == effect);
        let keys: Vec<&str> = of.map(|change| change.key.as_str()).collect();
        keys.join(", ")
    };
    let (changed, later) = (keys(Effect::AtOnce), keys(Effect::NextStart));
    let planted = keys(Effect::StoreHolds);
    tracing::info!(%log_level, certificates, %changed, "the configuration was read again");
    if !later.is_empty() {
        tracing::warn!(
            keys = later,
            "these changed in the file and are in force at the next start only"
        );
    }
    if !planted.is_empty() {
        tracing::warn!(
            keys = planted,
            "the store holds these since the first start: change them by `outbid edit`"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Values {
        Values::of(&RawConfig::parse(text, "x.toml").unwrap()).unwrap()
    }

    #[test]
    fn each_value_that_changed_is_told_with_when_it_is_in_force() {
        let check = |old: &str, new: &str, expect: &[(&str, Effect)]| {
            let changes = values(old).changes(&values(new));
            let told = changes.iter();
            let told: Vec<_> = told.map(|it| (it.key.as_str(), it.effect())).collect();
            assert_eq!(told, expect, "{old} {new}");
        };
        check("", "", &[]);
        check(
            "log_level = 'info'",
            "log_level = 'warn'\nexploration_percent = 2.5",
            &[
                ("exploration_percent", Effect::AtOnce),
                ("log_level", Effect::AtOnce),
            ],
        );
        check(
            "",
            "[bidder.limits]\nconcurrent_bids = 9\nheader_bytes = 9000\n[money]\nlease_seconds = 20",
            &[
                ("bidder.limits.concurrent_bids", Effect::AtOnce),
                ("bidder.limits.header_bytes", Effect::NextStart),
                ("money.lease_seconds", Effect::NextStart),
            ],
        );
        check(
            "",
            "[rates]\nEUR = '1.1'",
            &[("rates.EUR", Effect::StoreHolds)],
        );
        let (one, two) = (
            "[tls]\ncert = 'a'\nkey = 'b'",
            "[tls]\ncert = 'a'\nkey = 'b'\nclient_ca = 'c'",
        );
        check(one, two, &[("tls.client_ca", Effect::AtOnce)]);
        check(
            "",
            one,
            &[
                ("tls.cert", Effect::NextStart),
                ("tls.key", Effect::NextStart),
            ],
        );
        check(
            two,
            "",
            &[
                ("tls.cert", Effect::NextStart),
                ("tls.client_ca", Effect::NextStart),
                ("tls.key", Effect::NextStart),
            ],
        );
    }

    #[test]
    fn what_waits_for_the_next_start_is_told_until_then() {
        let mut in_force = values("");
        let new = values("log_level = 'warn'\n[control]\nlisten = '127.0.0.1:1'");
        let changes = in_force.changes(&new);
        in_force.take(&new, &changes);
        let left = in_force.changes(&new);
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].key, "control.listen");
        assert_eq!(left[0].old_value.as_deref(), Some("\"127.0.0.1:9090\""));
        assert_eq!(left[0].new_value.as_deref(), Some("\"127.0.0.1:1\""));
    }
}
