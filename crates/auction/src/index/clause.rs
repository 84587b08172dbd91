//! What an ad asks for, cut into clauses that sets of ads can carry.
//!
//! An ad's expression is first read as a conjunction. A part of it that says "at least one of these terms" becomes a
//! clause to include by, a part that says "none of these" one to exclude by. Of a part that says more ("(a and b) or
//! c"), what must hold whatever else does ("a or c") is carried, and the ad is marked as one whose expression is tested
//! again.

use std::collections::BTreeSet;

use campaign::targeting::{Condition, Expression, Texts};
use campaign::time::TimeZone;

use super::dictionary::{Dictionary, TermId};
use super::term::{Attribute, Term, category, channel, of_number, of_size, region, week_hour};

/// What an ad asks for, as far as it can be carried. **Invariant:** an ad that wants a request passes every clause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clauses {
    /// Of each, at least one term must be said.
    pub include: Vec<Vec<TermId>>,
    /// None of these may be said.
    pub exclude: Vec<TermId>,
    /// Whether the clauses say all that the expression says.
    pub exact: bool,
}

/// What gives numbers to terms while a book's ads are read.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// The terms.
    pub dictionary: Dictionary,
    /// Conditions that are tested once a request for all ads that ask them; a term's number is its place here.
    pub tests: Vec<Condition>,
    /// The time zones of hours of the week; a term's number names one by its place here.
    pub zones: Vec<TimeZone>,
}

/// More conditions than this are not tested at each request: the ads that ask the others are tested one by one.
pub const MAX_TESTS: usize = 64;
/// A test with more circles than this is not made at each request.
const MAX_CIRCLES: usize = 8;
/// More zones than this have no terms.
pub const MAX_ZONES: usize = 64;

/// Cuts an ad's expression into clauses. `zone` is where its hours of the week pass.
pub fn split(expression: &Expression, zone: &TimeZone, vocabulary: &mut Vocabulary) -> Clauses {
    let mut clauses = Clauses {
        exact: true,
        ..Clauses::default()
    };
    let mut splitter = Splitter { zone, vocabulary };
    splitter.conjunct(expression, false, &mut clauses);
    clauses
}

struct Splitter<'s> {
    zone: &'s TimeZone,
    vocabulary: &'s mut Vocabulary,
}

impl Splitter<'_> {
    /// Carries a part that must hold, or, where `negated`, must not.
    fn conjunct(&mut self, part: &Expression, negated: bool, clauses: &mut Clauses) {
        match (part, negated) {
            (Expression::Not(inner), _) => self.conjunct(inner, !negated, clauses),
            (Expression::All(parts), false) | (Expression::Any(parts), true) => {
                parts
                    .iter()
                    .for_each(|part| self.conjunct(part, negated, clauses));
            }
            (Expression::Is(condition), true) => {
                if self.terms(condition, &mut clauses.exclude).is_none() {
                    clauses.exact = false;
                }
            }
            (Expression::Is(_) | Expression::Any(_), false) | (Expression::All(_), true) => {
                let mut terms = Vec::new();
                match self.disjunct(part, negated, &mut terms) {
                    Some(exact) => {
                        terms.sort_unstable();
                        terms.dedup();
                        clauses.include.push(terms);
                        clauses.exact &= exact;
                    }
                    None => clauses.exact = false,
                }
            }
        }
    }

    /// Adds terms of which at least one is said wherever the part holds. Whether the part holds wherever one is said;
    /// `None` where there are no such terms.
    fn disjunct(
        &mut self,
        part: &Expression,
        negated: bool,
        terms: &mut Vec<TermId>,
    ) -> Option<bool> {
        match (part, negated) {
            (Expression::Not(inner), _) => self.disjunct(inner, !negated, terms),
            (Expression::Is(_), true) => None,
            (Expression::Is(condition), false) => {
                self.terms(condition, terms)?;
                Some(true)
            }
            (Expression::Any(parts), false) | (Expression::All(parts), true) => {
                let mut exact = true;
                for part in parts {
                    exact &= self.disjunct(part, negated, terms)?;
                }
                Some(exact)
            }
            // Of an "and" one part is enough to know where the whole cannot hold.
            (Expression::All(parts), false) | (Expression::Any(parts), true) => {
                let only = parts.len() == 1;
                for part in parts {
                    let before = terms.len();
                    match self.disjunct(part, negated, terms) {
                        Some(exact) => return Some(exact && only),
                        None => terms.truncate(before),
                    }
                }
                None
            }
        }
    }

    /// Adds the terms of which one is said exactly where the condition holds. `None`, and nothing is added, where no
    /// terms do that.
    fn terms(&mut self, condition: &Condition, to: &mut Vec<TermId>) -> Option<()> {
        let words = &mut *self.vocabulary;
        match condition {
            Condition::Country(set) => words.add(
                set.iter()
                    .map(|country| Term::text(Attribute::Country, country.code())),
                to,
            ),
            Condition::Region(list) => {
                words.add(list.iter().map(|r| region(r.country, &r.code)), to)
            }
            Condition::City(set) => words.texts(Attribute::City, set, to),
            Condition::Metro(set) => words.texts(Attribute::Metro, set, to),
            Condition::Zip(set) => {
                let prefixes = set.iter().filter_map(|text| text.strip_suffix('*'));
                words.add(
                    prefixes.map(|prefix| Term::text(Attribute::ZipPrefix, prefix)),
                    to,
                );
                words.texts(Attribute::Zip, set, to);
            }
            Condition::Near(circles) if circles.len() > MAX_CIRCLES => return None,
            Condition::Near(_) => words.test(Attribute::Place, condition, to)?,
            Condition::DeviceType(set) => words.numbers(Attribute::DeviceType, set, to),
            Condition::Os(set) => words.texts(Attribute::Os, set, to),
            Condition::Browser(set) => words.texts(Attribute::Browser, set, to),
            Condition::Connection(set) => words.numbers(Attribute::Connection, set, to),
            Condition::Language(set) => words.texts(Attribute::Language, set, to),
            Condition::DayPart(hours) => {
                let zone = words.zone(self.zone)?;
                words.add(hours.iter().map(|hour| week_hour(zone, *hour)), to);
            }
            Condition::Domain(set) => words.texts(Attribute::Domain, set, to),
            Condition::Bundle(set) => words.texts(Attribute::Bundle, set, to),
            Condition::Publisher(set) => words.texts(Attribute::Publisher, set, to),
            Condition::Exchange(set) => {
                words.add(
                    set.iter().map(|id| Term::number(Attribute::Exchange, id.0)),
                    to,
                );
            }
            Condition::Category { taxonomy, ids } => {
                words.add(ids.iter().map(|id| category(*taxonomy, id)), to);
            }
            Condition::Keyword(set) => words.texts(Attribute::Keyword, set, to),
            Condition::Segment(set) => {
                let named = set.iter().filter(|text| text.contains('/'));
                words.add(
                    named.map(|text| Term::text(Attribute::ProviderSegment, text)),
                    to,
                );
                words.texts(Attribute::Segment, set, to);
            }
            Condition::Audience(set) => {
                words.add(
                    set.iter().map(|id| Term::number(Attribute::Audience, id.0)),
                    to,
                );
            }
            Condition::Deal(ids) => {
                words.add(ids.iter().map(|id| Term::text(Attribute::Deal, id)), to)
            }
            Condition::Position(set) => words.numbers(Attribute::Position, set, to),
            Condition::Size(set) => {
                words.add(set.iter().map(|size| of_size(Attribute::Size, *size)), to);
            }
            Condition::Format(set) => words.add(
                set.iter()
                    .map(|format| Term::number(Attribute::Format, *format as u64)),
                to,
            ),
            Condition::VideoPlacement(set) => words.numbers(Attribute::VideoPlacement, set, to),
            Condition::VideoDuration { .. } => words.test(Attribute::Seconds, condition, to)?,
            Condition::Age { .. } => words.test(Attribute::Years, condition, to)?,
            Condition::Channel(set) => words.add(set.iter().map(|place| channel(*place)), to),
        }
        Some(())
    }
}

impl Vocabulary {
    /// Adds the numbers of these terms to a list.
    pub fn add<'t>(&mut self, terms: impl Iterator<Item = Term<'t>>, to: &mut Vec<TermId>) {
        to.extend(terms.map(|term| self.dictionary.add(&term)));
    }

    fn texts(&mut self, attribute: Attribute, texts: &Texts, to: &mut Vec<TermId>) {
        to.reserve(texts.len());
        self.add(texts.iter().map(|text| Term::text(attribute, text)), to);
    }

    fn numbers(&mut self, attribute: Attribute, numbers: &BTreeSet<i32>, to: &mut Vec<TermId>) {
        self.add(
            numbers.iter().map(|number| of_number(attribute, *number)),
            to,
        );
    }

    fn test(
        &mut self,
        attribute: Attribute,
        condition: &Condition,
        to: &mut Vec<TermId>,
    ) -> Option<()> {
        let place = place_of(&mut self.tests, condition, MAX_TESTS)?;
        self.add([Term::number(attribute, place)].into_iter(), to);
        Some(())
    }

    fn zone(&mut self, zone: &TimeZone) -> Option<u64> {
        place_of(&mut self.zones, zone, MAX_ZONES)
    }
}

/// Where the item stands in the list, at its end if it is new. `None` where it is new and the list is full.
fn place_of<T: Clone + PartialEq>(list: &mut Vec<T>, item: &T, most: usize) -> Option<u64> {
    if let Some(place) = list.iter().position(|known| known == item) {
        return Some(place as u64);
    }
    if list.len() == most {
        return None;
    }
    list.push(item.clone());
    Some(list.len() as u64 - 1)
}
