//! Where requests go: endpoints of exchanges, and whose turn it is.

use crate::client::split_url;
use crate::replay::ReplayError;

/// How many there may be.
pub const TARGETS_MAX: usize = 64;
/// The largest weight of one.
pub const WEIGHT_MAX: u32 = 1_000;

/// A bid endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name that it has in reports: the last part of its path, which for a bidder is the exchange's.
    pub name: String,
    /// `HOST:PORT`.
    pub authority: String,
    /// `/bid/demo`.
    pub path: String,
    /// How often it is sent to, against the others: 1 to [`WEIGHT_MAX`].
    pub weight: u32,
}

impl Target {
    /// The target of a URL of plain HTTP.
    ///
    /// # Errors
    /// [`ReplayError::Target`] where it is none.
    pub fn parse(url: &str, weight: u32) -> Result<Target, ReplayError> {
        let wrong = || ReplayError::Target(url.to_string());
        let (authority, path) = split_url(url).ok_or_else(wrong)?;
        // What is written into a request's head must not end one of its lines.
        if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong());
        }
        let plain = path.split('?').next().unwrap_or(path);
        let name = plain.rsplit('/').find(|part| !part.is_empty());
        Ok(Target {
            name: name.unwrap_or(authority).to_string(),
            authority: authority.to_string(),
            path: path.to_string(),
            weight: weight.clamp(1, WEIGHT_MAX),
        })
    }

    /// Another exchange of the same bidder: the last part of the path is its name.
    #[must_use]
    pub fn of_exchange(&self, name: &str, weight: u32) -> Target {
        let (plain, query) = match self.path.find('?') {
            Some(at) => self.path.split_at(at),
            None => (self.path.as_str(), ""),
        };
        let parent = plain
            .trim_end_matches('/')
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent);
        Target {
            name: name.to_string(),
            authority: self.authority.clone(),
            path: format!("{parent}/{name}{query}"),
            weight: weight.clamp(1, WEIGHT_MAX),
        }
    }
}

/// Whose turn it is, as places in the list of targets: a round in which each has as many turns as its weight says
/// against the others, spread as evenly as can be (smooth weighted round robin, as in nginx).
pub(super) fn turns(weights: &[u32]) -> Vec<usize> {
    let divisor = weights
        .iter()
        .copied()
        .fold(0, greatest_common_divisor)
        .max(1);
    let weights: Vec<i64> = weights
        .iter()
        .map(|weight| i64::from(weight / divisor))
        .collect();
    let total: i64 = weights.iter().sum();
    let mut standing = vec![0; weights.len()];
    let mut turns = Vec::new();
    for _ in 0..total {
        for (standing, weight) in standing.iter_mut().zip(&weights) {
            *standing += weight;
        }
        let first = standing.iter().max().copied().unwrap_or_default();
        if let Some(turn) = standing.iter().position(|standing| *standing == first) {
            standing[turn] -= total;
            turns.push(turn);
        }
    }
    turns
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    match b {
        0 => a,
        _ => greatest_common_divisor(b, a % b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_read_from_its_url() {
        let check = |url: &str, expect: Option<(&str, &str, &str)>| {
            let read = Target::parse(url, 1).ok();
            let read = read
                .as_ref()
                .map(|t| (t.name.as_str(), t.authority.as_str(), t.path.as_str()));
            assert_eq!(read, expect, "{url}");
        };
        check(
            "http://127.0.0.1:8080/bid/demo?x=1",
            Some(("demo", "127.0.0.1:8080", "/bid/demo?x=1")),
        );
        check("http://h:1/bid/a/", Some(("a", "h:1", "/bid/a/")));
        check("http://h:1", Some(("h:1", "h:1", "/")));
        check("https://h:1/bid/a", None);
        check("http:///bid/a", None);
        check("http://h:1/bid/a\r\nEvil: 1", None);
    }

    #[test]
    fn another_exchange_has_another_last_part_of_the_path() {
        let check = |url: &str, expect: &str| {
            let target = Target::parse(url, 1).unwrap().of_exchange("harbor", 3);
            assert_eq!((target.path.as_str(), target.weight), (expect, 3), "{url}");
        };
        check("http://h:1/bid/demo", "/bid/harbor");
        check("http://h:1/bid/demo/?key=a/b", "/bid/harbor?key=a/b");
        check("http://h:1", "/harbor");
    }

    #[test]
    fn each_has_turns_as_its_weight_says_and_they_are_spread() {
        let check = |weights: &[u32], expect: &[usize]| {
            assert_eq!(turns(weights), expect, "{weights:?}");
        };
        check(&[7], &[0]);
        check(&[10, 10], &[0, 1]);
        check(&[5, 1, 1], &[0, 0, 1, 0, 2, 0, 0]);
        check(&[2, 4], &[1, 0, 1]);
        assert_eq!(turns(&[999, 1_000]).len(), 1_999);
    }
}
