//! What is sent: bodies of bid requests, each with a place for an id of its own.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::LoadError;
use super::target::Target;
use crate::replay::rows;
use crate::world::{World, WorldSettings};

/// How many bodies are made of a world in advance, for each target; they are sent round and round.
const WORLD_BODIES_MAX: usize = 4_096;
/// How many asks of a world are looked at for them: a rare exchange may have fewer.
const WORLD_ASKS_MAX: u64 = 32_768;
/// How many rows of a file are taken.
const ROWS_MAX: usize = 1_000_000;
/// How many bytes all bodies together may have.
const BYTES_MAX: usize = 512 * 1024 * 1024;

/// What is sent.
#[derive(Clone, Debug)]
pub enum Bodies {
    /// Requests of the world of a seed. A target whose name is that of an exchange of the world gets this exchange's,
    /// uncompressed; any other gets those of `demo`.
    World {
        /// The seed.
        seed: u64,
    },
    /// The OpenRTB requests of a file: the kinds of rows that [`crate::replay`] reads, but for whole HTTP requests.
    File(PathBuf),
    /// These, in JSON.
    Given(Vec<String>),
}

impl fmt::Display for Bodies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bodies::World { seed } => write!(f, "the world of seed {seed}"),
            Bodies::File(file) => write!(f, "{}", file.display()),
            Bodies::Given(texts) => write!(f, "{} given requests", texts.len()),
        }
    }
}

/// A request's body, cut where its id goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Body {
    before: Box<[u8]>,
    after: Box<[u8]>,
    /// When it was recorded, in seconds since an epoch: `ext.ts`.
    pub(super) recorded_at: Option<f64>,
}

impl Body {
    /// Its length with an id of so many bytes.
    pub(super) fn len(&self, id: usize) -> usize {
        self.before.len() + id + self.after.len()
    }

    /// Writes it with an id, which has no character that JSON escapes.
    pub(super) fn write(&self, id: &[u8], to: &mut Vec<u8>) {
        to.extend_from_slice(&self.before);
        to.extend_from_slice(id);
        to.extend_from_slice(&self.after);
    }

    /// Reads a row: a bid request, or an object with one in `request`. None where there is no JSON object that could
    /// be sent, or the row is a whole HTTP request.
    pub(super) fn read(row: &str) -> Option<Body> {
        let row = row.trim();
        let fields: Fields<'_> = serde_json::from_str(row).ok()?;
        if fields.line.is_some() {
            return None;
        }
        match fields.request {
            None => Body::cut(row, &fields),
            Some(request) => match serde_json::from_str::<String>(request.get()) {
                Ok(text) => Body::cut(text.trim(), &serde_json::from_str(text.trim()).ok()?),
                Err(_) => Body::cut(request.get(), &serde_json::from_str(request.get()).ok()?),
            },
        }
    }

    fn cut(text: &str, fields: &Fields<'_>) -> Option<Body> {
        let ext: Option<Ext> = fields
            .ext
            .and_then(|ext| serde_json::from_str(ext.get()).ok());
        let body = |before: String, after: String| Body {
            before: before.into_bytes().into(),
            after: after.into_bytes().into(),
            recorded_at: ext
                .and_then(|ext| ext.ts)
                .filter(|seconds| seconds.is_finite()),
        };
        match fields.id {
            Some(id) => {
                // Both borrow from the same text, so that the distance is the place.
                let at = id.get().as_ptr() as usize - text.as_ptr() as usize;
                let (before, rest) = text.split_at_checked(at)?;
                let after = rest.strip_prefix(id.get())?;
                Some(body(format!("{before}\""), format!("\"{after}")))
            }
            None => {
                let rest = text.strip_prefix('{')?.trim_start();
                let comma = if rest.starts_with('}') { "" } else { "," };
                Some(body("{\"id\":\"".to_string(), format!("\"{comma}{rest}")))
            }
        }
    }
}

/// The fields of a row that are looked at.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    request: Option<&'a RawValue>,
    #[serde(borrow, default)]
    ext: Option<&'a RawValue>,
    #[serde(borrow, default)]
    line: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Deserialize)]
struct Ext {
    #[serde(default)]
    ts: Option<f64>,
}

/// The bodies of each target, and how many rows of the file could not be taken.
pub(super) struct Supply {
    pub(super) of_target: Vec<Arc<[Body]>>,
    pub(super) rows_left_out: u64,
}

impl Supply {
    pub(super) fn gather(bodies: &Bodies, targets: &[Target]) -> Result<Supply, LoadError> {
        let supply = match bodies {
            Bodies::World { seed } => Supply::of_world(*seed, targets),
            Bodies::File(file) => {
                let mut pile = Pile::default();
                for row in rows(file)? {
                    pile.add(&row?);
                    if pile.is_full() {
                        break;
                    }
                }
                pile.for_all(targets.len())
            }
            Bodies::Given(texts) => {
                let mut pile = Pile::default();
                texts.iter().for_each(|text| pile.add(text));
                pile.for_all(targets.len())
            }
        };
        match supply.of_target.iter().any(|bodies| bodies.is_empty()) {
            true => Err(LoadError::NoBodies(bodies.to_string())),
            false => Ok(supply),
        }
    }

    fn of_world(seed: u64, targets: &[Target]) -> Supply {
        let world = World::new(seed, WorldSettings::default());
        let exchanges = world.marketplaces();
        let place = |target: &Target| {
            exchanges
                .iter()
                .position(|marketplace| marketplace.exchange.name == target.name)
                .unwrap_or(0)
        };
        let places: Vec<usize> = targets.iter().map(place).collect();
        let mut of_exchange: Vec<Vec<Body>> = vec![Vec::new(); exchanges.len()];
        let wanting = |of_exchange: &[Vec<Body>]| {
            places
                .iter()
                .any(|place| of_exchange[*place].len() < WORLD_BODIES_MAX)
        };
        for number in 0..WORLD_ASKS_MAX {
            if !wanting(&of_exchange) {
                break;
            }
            let ask = world.ask(number);
            let bodies = &mut of_exchange[ask.marketplace];
            if places.contains(&ask.marketplace) && bodies.len() < WORLD_BODIES_MAX {
                bodies.extend(Body::read(&world.json(&ask).to_string()));
            }
        }
        let of_exchange: Vec<Arc<[Body]>> = of_exchange.into_iter().map(Arc::from).collect();
        Supply {
            of_target: places
                .iter()
                .map(|place| of_exchange[*place].clone())
                .collect(),
            rows_left_out: 0,
        }
    }
}

/// Bodies as they are read from a file.
#[derive(Default)]
struct Pile {
    bodies: Vec<Body>,
    bytes: usize,
    left_out: u64,
}

impl Pile {
    fn add(&mut self, row: &str) {
        match Body::read(row) {
            Some(body) => {
                self.bytes += body.len(0);
                self.bodies.push(body);
            }
            None if row.trim().is_empty() => {}
            None => self.left_out += 1,
        }
    }

    fn is_full(&self) -> bool {
        self.bodies.len() >= ROWS_MAX || self.bytes >= BYTES_MAX
    }

    fn for_all(self, targets: usize) -> Supply {
        let bodies: Arc<[Body]> = self.bodies.into();
        Supply {
            of_target: vec![bodies; targets],
            rows_left_out: self.left_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_gets_another_id_and_stays_otherwise_as_it_was() {
        let check = |row: &str, expect: Option<&str>| {
            let written = Body::read(row).map(|body| {
                let mut written = Vec::new();
                body.write(b"new", &mut written);
                assert_eq!(written.len(), body.len(3), "{row}");
                String::from_utf8(written).unwrap()
            });
            assert_eq!(written.as_deref(), expect, "{row}");
        };
        check(r#"{"id":"old","imp":[]}"#, Some(r#"{"id":"new","imp":[]}"#));
        check(
            r#" {"imp":[{"id":"1"}], "id" : 7 }"#,
            Some(r#"{"imp":[{"id":"1"}], "id" : "new" }"#),
        );
        check(r#"{"a":"é\"","id":"é"}"#, Some(r#"{"a":"é\"","id":"new"}"#));
        check(r#"{"imp":[]}"#, Some(r#"{"id":"new","imp":[]}"#));
        check("{ }", Some(r#"{"id":"new"}"#));
        check(
            r#"{"request":{"id":"r"},"id":"row"}"#,
            Some(r#"{"id":"new"}"#),
        );
        check(
            r#"{"request":"{\"id\":\"r\",\"at\":1}"}"#,
            Some(r#"{"id":"new","at":1}"#),
        );
        for wrong in [
            "",
            "[]",
            "17",
            r#"{"id":"#,
            r#"{"id":"a","id":"b"}"#,
            r#"{"request":17}"#,
            r#"{"line":"POST / HTTP/1.1"}"#,
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn the_time_of_a_recorded_request_is_read_where_there_is_one() {
        let check = |row: &str, expect: Option<f64>| {
            assert_eq!(Body::read(row).unwrap().recorded_at, expect, "{row}");
        };
        check(
            r#"{"id":"a","ext":{"ts":1326240000.064852}}"#,
            Some(1326240000.064852),
        );
        check(r#"{"request":{"id":"r","ext":{"ts":3}}}"#, Some(3.0));
        check(r#"{"id":"a","ext":{"ts":"soon"}}"#, None);
        check(r#"{"id":"a","ext":"odd"}"#, None);
        check(r#"{"id":"a"}"#, None);
    }

    #[test]
    fn an_exchange_of_the_world_gets_its_own_requests() {
        let targets = ["demo", "lantern", "unknown"].map(|name| Target {
            name: name.to_string(),
            authority: String::new(),
            path: String::new(),
            weight: 1,
        });
        let supply = Supply::gather(&Bodies::World { seed: 1 }, &targets).unwrap();
        let says = |target: usize, exchange: &str| {
            let mut text = Vec::new();
            supply.of_target[target][0].write(b"new", &mut text);
            let text = String::from_utf8(text).unwrap();
            assert!(
                text.contains(&format!(r#""marketplace":"{exchange}""#)),
                "{text}"
            );
        };
        says(0, "demo");
        says(1, "lantern");
        says(2, "demo");
    }
}
