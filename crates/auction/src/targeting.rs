//! Whether a request is one that an ad wants.
//!
//! A condition on what the request does not say does not hold; its negation therefore does.

use campaign::targeting::{Circle, Condition, Expression, Texts};
use campaign::time::TimeZone;
use openrtb::request::Imp;

use crate::candidates::asks_for;
use crate::opportunity::{Opportunity, Visit};
use crate::reason::NoBidReason;

/// Tests an expression. Where it does not hold, tells the reason of the condition that failed: in
/// an "all", the first; in an "any", the last that was tried; in a "not", the condition that held.
pub fn check(
    expression: &Expression,
    visit: &Visit<'_>,
    opportunity: &Opportunity<'_>,
    zone: &TimeZone,
) -> Result<(), NoBidReason> {
    let test = Test {
        visit,
        opportunity,
        zone,
    };
    match test.holds(expression) {
        Verdict::Holds(_) => Ok(()),
        Verdict::Fails(reason) => Err(reason),
    }
}

/// Whether the user is inside one of these circles.
pub(crate) fn is_near(circles: &[Circle], visit: &Visit<'_>) -> bool {
    visit.place.point.is_some_and(|(latitude, longitude)| {
        circles
            .iter()
            .any(|circle| circle.contains(latitude, longitude))
    })
}

/// Whether the user is of an age in this range, in years, ends included.
pub(crate) fn is_aged(min: i32, max: i32, visit: &Visit<'_>) -> bool {
    visit.age.is_some_and(|age| (min..=max).contains(&age))
}

/// Whether the impression takes films of some length in this range, in seconds, ends included.
pub(crate) fn takes_length(min_seconds: i32, max_seconds: i32, imp: &Imp<'_>) -> bool {
    imp.video.is_some_and(|video| {
        let shortest = video.minduration.unwrap_or(0);
        let longest = video.maxduration.unwrap_or(i32::MAX);
        shortest <= max_seconds && longest >= min_seconds
    })
}

/// Whether an expression asks for what is read to choose an ad and never kept: `docs/privacy.md` says of what.
pub fn asks_about_user(expression: &Expression) -> bool {
    let mut asks = false;
    expression.for_each(&mut |condition, _| asks |= is_about_user(condition));
    asks
}

fn is_about_user(condition: &Condition) -> bool {
    match condition {
        // The exact place; and the user's keywords, which stand among those of the page.
        Condition::Zip(_) | Condition::Near(_) | Condition::Keyword(_) => true,
        Condition::Segment(_) | Condition::Audience(_) | Condition::Age { .. } => true,
        Condition::Country(_)
        | Condition::Region(_)
        | Condition::City(_)
        | Condition::Metro(_)
        | Condition::DeviceType(_)
        | Condition::Os(_)
        | Condition::Browser(_)
        | Condition::Connection(_)
        | Condition::Language(_)
        | Condition::DayPart(_)
        | Condition::Domain(_)
        | Condition::Bundle(_)
        | Condition::Publisher(_)
        | Condition::Exchange(_)
        | Condition::Category { .. }
        | Condition::Deal(_)
        | Condition::Position(_)
        | Condition::Size(_)
        | Condition::Format(_)
        | Condition::VideoPlacement(_)
        | Condition::VideoDuration { .. }
        | Condition::Channel(_) => false,
    }
}

/// Whether it holds, and by which condition, so that a "not" around it can say which.
enum Verdict {
    Holds(NoBidReason),
    Fails(NoBidReason),
}

struct Test<'t, 'a> {
    visit: &'t Visit<'a>,
    opportunity: &'t Opportunity<'a>,
    zone: &'t TimeZone,
}

impl Test<'_, '_> {
    fn holds(&self, expression: &Expression) -> Verdict {
        // An empty list names no condition; nobody is told of this reason but by a "not" around an empty "all".
        let mut last = NoBidReason::Deal;
        match expression {
            Expression::Is(condition) => {
                let reason = self.reason(condition);
                if self.is(condition) {
                    Verdict::Holds(reason)
                } else {
                    Verdict::Fails(reason)
                }
            }
            Expression::Not(inner) => match self.holds(inner) {
                Verdict::Holds(reason) => Verdict::Fails(reason),
                Verdict::Fails(reason) => Verdict::Holds(reason),
            },
            Expression::All(parts) => {
                for part in parts {
                    match self.holds(part) {
                        Verdict::Holds(reason) => last = reason,
                        fails @ Verdict::Fails(_) => return fails,
                    }
                }
                Verdict::Holds(last)
            }
            Expression::Any(parts) => {
                for part in parts {
                    match self.holds(part) {
                        holds @ Verdict::Holds(_) => return holds,
                        Verdict::Fails(reason) => last = reason,
                    }
                }
                Verdict::Fails(last)
            }
        }
    }

    fn is(&self, condition: &Condition) -> bool {
        let Visit {
            place, categories, ..
        } = self.visit;
        let visit = self.visit;
        match condition {
            Condition::Country(set) => place.country.is_some_and(|country| set.contains(&country)),
            Condition::Region(list) => {
                place
                    .country
                    .zip(place.region)
                    .is_some_and(|(country, code)| {
                        list.iter()
                            .any(|region| region.country == country && region.code == code)
                    })
            }
            Condition::City(set) => said(place.city, set),
            Condition::Metro(set) => said(place.metro, set),
            Condition::Zip(set) => place.zip.is_some_and(|zip| zip_matches(zip, set)),
            Condition::Near(circles) => is_near(circles, visit),
            Condition::DeviceType(set) => visit.device_type.is_some_and(|kind| set.contains(&kind)),
            Condition::Os(set) => said(visit.os, set),
            Condition::Browser(set) => said(visit.browser, set),
            Condition::Connection(set) => visit.connection.is_some_and(|kind| set.contains(&kind)),
            Condition::Language(set) => visit
                .languages
                .iter()
                .any(|language| set.contains(language)),
            Condition::DayPart(hours) => hours.contains(&self.zone.week_hour(visit.now)),
            Condition::Domain(set) => visit
                .domain
                .is_some_and(|domain| domain_matches(domain, |d| set.contains(d))),
            Condition::Bundle(set) => said(visit.bundle, set),
            Condition::Publisher(set) => said(visit.publisher, set),
            Condition::Exchange(set) => set.contains(&visit.exchange.id),
            Condition::Category { taxonomy, ids } => categories
                .iter()
                .any(|(of, id)| of == taxonomy && category_matches(id, |c| ids.contains(c))),
            Condition::Keyword(set) => visit.keywords.iter().any(|word| set.contains(word)),
            Condition::Segment(set) => visit.segments.iter().any(|(provider, id)| {
                set.contains(id)
                    || set
                        .iter()
                        .any(|wanted| wanted.split_once('/') == Some((*provider, *id)))
            }),
            Condition::Audience(set) => visit.audiences.iter().any(|id| set.contains(id)),
            Condition::Deal(ids) => self
                .opportunity
                .deals
                .iter()
                .any(|open| ids.contains(open.deal.id)),
            Condition::Position(set) => self
                .opportunity
                .position
                .is_some_and(|position| set.contains(&position)),
            Condition::Size(set) => self.opportunity.sizes.iter().any(|size| set.contains(size)),
            Condition::Format(set) => set
                .iter()
                .any(|format| asks_for(self.opportunity.imp, *format)),
            Condition::VideoPlacement(set) => self
                .opportunity
                .imp
                .video
                .and_then(|video| video.plcmt)
                .is_some_and(|plcmt| set.contains(&plcmt)),
            Condition::VideoDuration {
                min_seconds,
                max_seconds,
            } => takes_length(*min_seconds, *max_seconds, self.opportunity.imp),
            Condition::Age { min, max } => is_aged(*min, *max, visit),
            Condition::Channel(set) => visit.channel.is_some_and(|channel| set.contains(&channel)),
        }
    }

    fn reason(&self, condition: &Condition) -> NoBidReason {
        match condition {
            Condition::Country(_)
            | Condition::Region(_)
            | Condition::City(_)
            | Condition::Metro(_)
            | Condition::Zip(_)
            | Condition::Near(_) => NoBidReason::Geo,
            Condition::DeviceType(_) => NoBidReason::Device,
            Condition::Os(_) => NoBidReason::Os,
            Condition::Browser(_) => NoBidReason::Browser,
            Condition::Connection(_) => NoBidReason::Connection,
            Condition::Language(_) => NoBidReason::Language,
            Condition::DayPart(_) => NoBidReason::DayPart,
            Condition::Domain(_) => NoBidReason::Domain,
            Condition::Bundle(_) => NoBidReason::Bundle,
            Condition::Publisher(_) => NoBidReason::Publisher,
            Condition::Exchange(_) => NoBidReason::Exchange,
            Condition::Category { .. } => NoBidReason::Category,
            Condition::Keyword(_) => NoBidReason::Keyword,
            // Without the right to look, the answer is not "no such user" but "no right".
            Condition::Segment(_) | Condition::Age { .. } if !self.visit.personal => {
                NoBidReason::NoConsent
            }
            Condition::Audience(_) if !self.visit.may_look_up() => NoBidReason::NoConsent,
            Condition::Audience(_) => NoBidReason::Audience,
            Condition::Segment(_) => NoBidReason::Segment,
            Condition::Age { .. } => NoBidReason::Age,
            Condition::Deal(_) => NoBidReason::Deal,
            Condition::Position(_) => NoBidReason::Position,
            Condition::Size(_) => NoBidReason::TargetedSize,
            Condition::Format(_) => NoBidReason::TargetedFormat,
            Condition::VideoPlacement(_) => NoBidReason::VideoPlacement,
            Condition::VideoDuration { .. } => NoBidReason::VideoDuration,
            Condition::Channel(_) => NoBidReason::Channel,
        }
    }
}

fn said(text: Option<&str>, set: &Texts) -> bool {
    text.is_some_and(|text| set.contains(text))
}

/// Whether the set names the domain or one above it.
pub(crate) fn domain_matches(domain: &str, contains: impl Fn(&str) -> bool) -> bool {
    let mut rest = domain;
    loop {
        if contains(rest) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, above)) => rest = above,
            None => return false,
        }
    }
}

/// Whether the set names the category or, in the first taxonomy ("iab2-3"), its parent.
pub(crate) fn category_matches(category: &str, contains: impl Fn(&str) -> bool) -> bool {
    contains(category)
        || category
            .split_once('-')
            .is_some_and(|(parent, _)| contains(parent))
}

fn zip_matches(zip: &str, set: &Texts) -> bool {
    set.contains(zip)
        || set.iter().any(|wanted| {
            wanted
                .strip_suffix('*')
                .is_some_and(|prefix| zip.starts_with(prefix))
        })
}
