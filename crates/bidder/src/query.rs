//! The query of a URL.

use std::borrow::Cow;

/// A query string, as it came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a>(&'a str);

/// More parameters than any URL of ours has; those after them are not read.
const PARAMETERS_MAX: usize = 64;

impl<'a> Query<'a> {
    /// What stands after the question mark, if anything does.
    pub fn new(query: Option<&'a str>) -> Query<'a> {
        Query(query.unwrap_or_default())
    }

    /// The first parameter of this name, decoded.
    pub fn get(self, name: &str) -> Option<Cow<'a, str>> {
        self.all(name).next()
    }

    /// Whether there is a parameter of this name.
    pub fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every parameter of this name, decoded.
    pub fn all(self, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
        form_urlencoded::parse(self.0.as_bytes())
            .take(PARAMETERS_MAX)
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value)
    }
}
