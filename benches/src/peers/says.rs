//! Targeting as the peers know it: an ad wants one of some values in each of its clauses and shuts out others, and an
//! event says values. Values are texts, so that
//! all engines are told exactly the same.

use auction::book::Offer;
use campaign::creative::{Format, Material, Size};
use campaign::targeting::{Condition, Expression};
use campaign::time::TimeZone;

use crate::matching::Event;

/// The attributes, in the order of [`Attribute::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// What the impression takes: a size of banner, or another format.
    Shape,
    /// A country's three letters.
    Country,
    /// A country and a region of it.
    Region,
    /// A city's name.
    City,
    /// A market's code.
    Metro,
    /// AdCOM's type.
    DeviceType,
    /// A system's family.
    Os,
    /// A browser's family.
    Browser,
    /// AdCOM's type.
    Connection,
    /// Two letters.
    Language,
    /// A zone and an hour of the week in it.
    Hour,
    /// A domain, and those above it.
    Domain,
    /// A bundle.
    Bundle,
    /// A publisher's id.
    Publisher,
    /// An exchange's number.
    Exchange,
    /// A category, and the one above it.
    Category,
    /// A keyword.
    Keyword,
    /// A provider and a segment.
    Segment,
    /// A deal's id.
    Deal,
    /// A place on the page.
    Position,
    /// A size that is asked for.
    Size,
    /// A kind of place for films.
    VideoPlacement,
    /// Years.
    Age,
    /// Site or app.
    Channel,
}

impl Attribute {
    /// All of them.
    pub const ALL: [Attribute; 24] = {
        use Attribute::*;
        [
            Shape,
            Country,
            Region,
            City,
            Metro,
            DeviceType,
            Os,
            Browser,
            Connection,
            Language,
            Hour,
            Domain,
            Bundle,
            Publisher,
            Exchange,
            Category,
            Keyword,
            Segment,
            Deal,
            Position,
            Size,
            VideoPlacement,
            Age,
            Channel,
        ]
    };

    /// Whether an event says at most one value of it.
    pub fn is_single(self) -> bool {
        use Attribute::*;
        !matches!(
            self,
            Shape | Language | Hour | Domain | Category | Keyword | Segment | Deal | Size
        )
    }
}

/// Values of an attribute.
pub type Values = (Attribute, Vec<String>);

/// One clause of an ad.
#[derive(Clone, Debug)]
pub struct Clause {
    /// One of all these is to be said.
    pub any: Vec<Values>,
    /// Or rather none of them.
    pub not: bool,
}

/// The clauses of an ad, or `None` where it asks for something that cannot be said so.
pub fn clauses(offer: &Offer) -> Option<Vec<Clause>> {
    let shapes = offer
        .creatives
        .iter()
        .map(|creative| match &creative.material {
            Material::Banner(banner) => size(banner.size),
            _ => creative.format().name().to_string(),
        });
    let mut clauses = vec![Clause {
        any: vec![(Attribute::Shape, shapes.collect())],
        not: false,
    }];
    let Expression::All(parts) = &offer.ad.targeting else {
        return None;
    };
    let zone = &offer.campaign.time_zone;
    for part in parts {
        clauses.push(match part {
            Expression::Not(inner) => Clause {
                not: true,
                ..wanted(inner, zone)?
            },
            other => wanted(other, zone)?,
        });
    }
    Some(clauses)
}

fn wanted(expression: &Expression, zone: &TimeZone) -> Option<Clause> {
    let conditions = match expression {
        Expression::Is(condition) => vec![values(condition, zone)?],
        Expression::Any(parts) => parts
            .iter()
            .map(|part| match part {
                Expression::Is(condition) => values(condition, zone),
                _ => None,
            })
            .collect::<Option<_>>()?,
        _ => return None,
    };
    Some(Clause {
        any: conditions,
        not: false,
    })
}

fn values(condition: &Condition, zone: &TimeZone) -> Option<Values> {
    fn all<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<String> {
        values.into_iter().map(|value| value.to_string()).collect()
    }
    Some(match condition {
        Condition::Country(set) => (Attribute::Country, all(set)),
        Condition::Region(list) => (
            Attribute::Region,
            list.iter().map(|r| region(&r.country, &r.code)).collect(),
        ),
        Condition::City(set) => (Attribute::City, all(set.iter())),
        Condition::Metro(set) => (Attribute::Metro, all(set.iter())),
        Condition::DeviceType(set) => (Attribute::DeviceType, all(set)),
        Condition::Os(set) => (Attribute::Os, all(set.iter())),
        Condition::Browser(set) => (Attribute::Browser, all(set.iter())),
        Condition::Connection(set) => (Attribute::Connection, all(set)),
        Condition::Language(set) => (Attribute::Language, all(set.iter())),
        Condition::DayPart(set) => (
            Attribute::Hour,
            set.iter().map(|at| hour(zone, at.index())).collect(),
        ),
        Condition::Domain(set) => (Attribute::Domain, all(set.iter())),
        Condition::Bundle(set) => (Attribute::Bundle, all(set.iter())),
        Condition::Publisher(set) => (Attribute::Publisher, all(set.iter())),
        Condition::Exchange(set) => (Attribute::Exchange, all(set)),
        Condition::Category { taxonomy: 1, ids } => (Attribute::Category, all(ids.iter())),
        Condition::Keyword(set) => (Attribute::Keyword, all(set.iter())),
        Condition::Segment(set) => (Attribute::Segment, all(set.iter())),
        Condition::Deal(set) => (Attribute::Deal, all(set)),
        Condition::Position(set) => (Attribute::Position, all(set)),
        Condition::Size(set) => (Attribute::Size, set.iter().copied().map(size).collect()),
        Condition::VideoPlacement(set) => (Attribute::VideoPlacement, all(set)),
        Condition::Age { min, max } => (Attribute::Age, all(*min..=*max)),
        Condition::Channel(set) => (
            Attribute::Channel,
            set.iter().map(|c| format!("{c:?}")).collect(),
        ),
        _ => return None,
    })
}

/// What an event says, with the hour in each of the zones.
pub fn event(event: &Event<'_>, zones: &[TimeZone]) -> Vec<Values> {
    let (visit, opportunity) = (event.visit, &event.opportunity);
    let place = &visit.place;
    let text = |value: Option<&str>| value.map(str::to_string).into_iter().collect::<Vec<_>>();
    let number = |value: Option<i32>| {
        value
            .map(|number| number.to_string())
            .into_iter()
            .collect::<Vec<_>>()
    };
    let country = place.country.map(|country| country.to_string());
    let within = place
        .country
        .zip(place.region)
        .map(|(country, code)| region(&country, code));
    let mut categories: Vec<String> = visit
        .categories
        .iter()
        .map(|(_, id)| id.to_string())
        .collect();
    let parents: Vec<String> = categories
        .iter()
        .filter_map(|id| Some(id.split_once('-')?.0.to_string()))
        .collect();
    categories.extend(parents);
    vec![
        (Attribute::Shape, shapes(event)),
        (Attribute::Country, country.into_iter().collect()),
        (Attribute::Region, within.into_iter().collect()),
        (Attribute::City, text(place.city)),
        (Attribute::Metro, text(place.metro)),
        (Attribute::DeviceType, number(visit.device_type)),
        (Attribute::Os, text(visit.os)),
        (Attribute::Browser, text(visit.browser)),
        (Attribute::Connection, number(visit.connection)),
        (
            Attribute::Language,
            visit.languages.iter().map(|l| l.to_string()).collect(),
        ),
        (
            Attribute::Hour,
            zones
                .iter()
                .map(|zone| hour(zone, zone.week_hour(visit.now).index()))
                .collect(),
        ),
        (
            Attribute::Domain,
            visit.domain.map(with_those_above).unwrap_or_default(),
        ),
        (Attribute::Bundle, text(visit.bundle)),
        (Attribute::Publisher, text(visit.publisher)),
        (Attribute::Exchange, vec![visit.exchange.id.to_string()]),
        (Attribute::Category, categories),
        (
            Attribute::Keyword,
            visit.keywords.iter().map(|word| word.to_string()).collect(),
        ),
        (
            Attribute::Segment,
            visit
                .segments
                .iter()
                .map(|(provider, id)| format!("{provider}/{id}"))
                .collect(),
        ),
        (
            Attribute::Deal,
            opportunity
                .deals
                .iter()
                .map(|open| open.deal.id.to_string())
                .collect(),
        ),
        (Attribute::Position, number(opportunity.position)),
        (
            Attribute::Size,
            opportunity.sizes.iter().copied().map(size).collect(),
        ),
        (
            Attribute::VideoPlacement,
            number(opportunity.imp.video.and_then(|video| video.plcmt)),
        ),
        (Attribute::Age, number(visit.age)),
        (
            Attribute::Channel,
            visit
                .channel
                .iter()
                .map(|channel| format!("{channel:?}"))
                .collect(),
        ),
    ]
}

/// What the event's impression takes: the workload's banners list their sizes, each with both numbers.
fn shapes(event: &Event<'_>) -> Vec<String> {
    let imp = event.opportunity.imp;
    let mut shapes = Vec::new();
    for format in imp.banner.map(|banner| banner.format).unwrap_or_default() {
        if let (Some(width), Some(height)) = (format.w, format.h) {
            shapes.push(size(Size { width, height }));
        }
    }
    for (asked, format) in [
        (imp.video.is_some(), Format::Video),
        (imp.audio.is_some(), Format::Audio),
        (imp.native.is_some(), Format::Native),
    ] {
        if asked {
            shapes.push(format.name().to_string());
        }
    }
    shapes
}

fn size(size: Size) -> String {
    format!("{}x{}", size.width, size.height)
}

fn region(country: &campaign::country::Country, code: &str) -> String {
    format!("{country}-{code}")
}

fn hour(zone: &TimeZone, index: usize) -> String {
    format!("{} {index}", zone.name())
}

fn with_those_above(domain: &str) -> Vec<String> {
    let mut all = vec![domain.to_string()];
    let mut rest = domain;
    while let Some((_, above)) = rest.split_once('.') {
        all.push(above.to_string());
        rest = above;
    }
    all
}
