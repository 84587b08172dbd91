//! Targeting as the wire says it: friendly lists, and boolean expressions, both read into one expression.

use std::collections::BTreeSet;
use std::ops::Range;

use campaign::country::Country;
use campaign::creative::{Format, Size};
use campaign::id::{AudienceId, ExchangeId};
use campaign::targeting::{Channel, Circle, Condition, Expression, Region, Texts};
use campaign::time::WeekHour;

use crate::errors::Violations;
use crate::v1;
use crate::v1::condition::Test;

/// How many values one targeting may hold in all its lists.
pub const MAX_VALUES: usize = 20_000;
/// How long one value may be, in bytes.
pub const MAX_VALUE: usize = 256;

/// What targeting names and does not hold itself.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// The number of an exchange by its name.
    pub exchange: &'a dyn Fn(&str) -> Option<ExchangeId>,
    /// The number of an audience of the same advertiser by its resource name, deleted or not.
    pub audience: &'a dyn Fn(&str) -> Option<AudienceId>,
}

/// Reads targeting; `path` is where it stands in the request. None at all wants everything.
pub fn read(
    wire: Option<&v1::Targeting>,
    named: Named<'_>,
    path: &str,
    wrong: &mut Violations,
) -> Expression {
    let Some(wire) = wire else {
        return Expression::default();
    };
    let mut reader = Reader {
        named,
        wrong,
        values: 0,
        parts: Vec::new(),
    };
    reader.targeting(wire, path);
    if let Some(expression) = &wire.expression {
        let part = reader.expression(expression, &format!("{path}.expression"));
        reader.parts.push(part);
    }
    let (mut parts, values) = (reader.parts, reader.values);
    let read = match parts.len() {
        1 => parts.remove(0),
        _ => Expression::All(parts),
    };
    let mut conditions = 0;
    read.for_each(&mut |_, _| conditions += 1);
    if read.depth() > Expression::MAX_DEPTH
        || conditions > Expression::MAX_CONDITIONS
        || values > MAX_VALUES
    {
        let (depth, most) = (Expression::MAX_DEPTH, Expression::MAX_CONDITIONS);
        let what = format!(
            "nest at most {depth} deep, with at most {most} conditions and {MAX_VALUES} values"
        );
        wrong.add(path, "TOO_LARGE", what);
        return Expression::default();
    }
    read
}

struct Reader<'a> {
    named: Named<'a>,
    wrong: &'a mut Violations,
    values: usize,
    parts: Vec<Expression>,
}

/// The dimensions that are lists: the field in `Targeting`, the arm of `Condition`, and what reads the values.
macro_rules! lists {
    ($apply:ident) => {
        $apply! {
            countries Countries, regions Regions, cities Cities, metros Metros, zips Zips, circles Circles,
            device_types DeviceTypes, operating_systems OperatingSystems, browsers Browsers,
            connection_types ConnectionTypes, languages Languages, day_parts DayParts, domains Domains,
            bundles Bundles, publishers Publishers, exchanges Exchanges, keywords Keywords, segments Segments,
            deals Deals, positions Positions, sizes Sizes, formats Formats, video_placements VideoPlacements,
            channels Channels, audiences Audiences
        }
    };
}

impl Reader<'_> {
    /// Adds each dimension's lists to the parts that must all hold.
    fn targeting(&mut self, wire: &v1::Targeting, path: &str) {
        macro_rules! each {
            ($($field:ident $arm:ident),*) => {$(
                if let Some(lists) = &wire.$field {
                    let path = format!("{path}.{}", stringify!($field));
                    self.both(&lists.include, &lists.exclude, &path, Self::$field);
                }
            )*};
        }
        lists!(each);
        for (place, lists) in wire.categories.iter().enumerate() {
            let path = format!("{path}.categories[{place}]");
            self.both(
                &lists.include,
                &lists.exclude,
                &path,
                |reader, ids, path| reader.categories(lists.taxonomy, ids, path),
            );
        }
        if let Some(range) = &wire.video_duration {
            let part = self.video_duration(range, &format!("{path}.video_duration"));
            self.parts.push(Expression::Is(part));
        }
        if let Some(range) = &wire.age {
            let part = self.age(range, &format!("{path}.age"));
            self.parts.push(Expression::Is(part));
        }
    }

    fn both<T>(
        &mut self,
        include: &[T],
        exclude: &[T],
        path: &str,
        read: impl Fn(&mut Self, &[T], &str) -> Condition,
    ) {
        if !include.is_empty() {
            let part = read(self, include, &format!("{path}.include"));
            self.parts.push(Expression::Is(part));
        }
        if !exclude.is_empty() {
            let part = read(self, exclude, &format!("{path}.exclude"));
            self.parts
                .push(Expression::Not(Box::new(Expression::Is(part))));
        }
    }

    fn expression(&mut self, wire: &v1::Expression, path: &str) -> Expression {
        use v1::expression::Kind;
        let mut list = |list: &v1::ExpressionList, arm: &str| {
            let parts = list.expressions.iter().enumerate();
            parts
                .map(|(place, part)| {
                    self.expression(part, &format!("{path}.{arm}.expressions[{place}]"))
                })
                .collect()
        };
        match &wire.kind {
            Some(Kind::All(parts)) => Expression::All(list(parts, "all")),
            Some(Kind::Any(parts)) => Expression::Any(list(parts, "any")),
            Some(Kind::Not(part)) => {
                Expression::Not(Box::new(self.expression(part, &format!("{path}.not"))))
            }
            Some(Kind::Condition(condition)) => {
                Expression::Is(self.condition(condition, &format!("{path}.condition")))
            }
            None => {
                self.wrong
                    .add(path, "REQUIRED", "write one of all, any, not or condition");
                Expression::default()
            }
        }
    }

    fn condition(&mut self, wire: &v1::Condition, path: &str) -> Condition {
        macro_rules! each {
            ($($field:ident $arm:ident),*) => {
                match &wire.test {
                    $(Some(Test::$arm(list)) => {
                        let path = format!("{path}.{}.values", stringify!($field));
                        self.some(&list.values, &path);
                        self.$field(&list.values, &path)
                    })*
                    Some(Test::Categories(list)) => {
                        let path = format!("{path}.categories.values");
                        self.some(&list.values, &path);
                        self.categories(list.taxonomy, &list.values, &path)
                    }
                    Some(Test::VideoDuration(range)) => {
                        self.video_duration(range, &format!("{path}.video_duration"))
                    }
                    Some(Test::Age(range)) => self.age(range, &format!("{path}.age")),
                    None => {
                        self.wrong.add(path, "REQUIRED", "write one test, such as countries");
                        Condition::Country(BTreeSet::new())
                    }
                }
            };
        }
        lists!(each)
    }

    fn some<T>(&mut self, values: &[T], path: &str) {
        if values.is_empty() {
            self.wrong.add(
                path,
                "REQUIRED",
                "name at least one value: an empty list never holds",
            );
        }
    }

    /// Reads each value, and says of those that cannot be read what to write.
    fn values<T, V: Ord>(
        &mut self,
        values: &[T],
        path: &str,
        what: &str,
        read: impl Fn(&Self, &T) -> Option<V>,
    ) -> BTreeSet<V> {
        self.values += values.len();
        let mut set = BTreeSet::new();
        for (place, value) in values.iter().enumerate().take(MAX_VALUES) {
            match read(self, value) {
                Some(value) => {
                    set.insert(value);
                }
                None => self
                    .wrong
                    .add(&format!("{path}[{place}]"), "INVALID_VALUE", what),
            }
        }
        set
    }

    fn texts(&mut self, values: &[String], path: &str) -> Texts {
        let fits = |text: &String| !text.trim().is_empty() && text.len() <= MAX_VALUE;
        self.values(values, path, "write a text of 1 to 256 bytes", |_, text| {
            fits(text).then(|| text.clone())
        })
        .iter()
        .collect()
    }

    fn countries(&mut self, values: &[String], path: &str) -> Condition {
        let what = "write a country of ISO 3166-1, such as DE or DEU";
        Condition::Country(self.values(values, path, what, |_, code| Country::parse(code)))
    }

    fn regions(&mut self, values: &[String], path: &str) -> Condition {
        let what = "write a region of ISO 3166-2, such as US-CA";
        let regions = self.values(values, path, what, |_, text| {
            let (country, code) = text.split_once('-')?;
            let fits =
                (1..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
            let country = Country::parse(country).filter(|_| fits)?;
            Some(Region {
                country,
                code: code.to_ascii_uppercase(),
            })
        });
        Condition::Region(regions.into_iter().collect())
    }

    fn circles(&mut self, values: &[v1::Circle], path: &str) -> Condition {
        self.values += values.len();
        let mut circles = Vec::new();
        for (place, circle) in values.iter().enumerate().take(MAX_VALUES) {
            let &v1::Circle {
                latitude,
                longitude,
                radius_km,
            } = circle;
            let fits = (-90.0..=90.0).contains(&latitude)
                && (-180.0..=180.0).contains(&longitude)
                && radius_km > 0.0
                && radius_km <= 20_000.0;
            if fits {
                circles.push(Circle {
                    latitude,
                    longitude,
                    radius_km,
                });
            } else {
                let what = "write a latitude from -90 to 90, a longitude from -180 to 180, and a radius above 0 km";
                self.wrong
                    .add(&format!("{path}[{place}]"), "INVALID_VALUE", what);
            }
        }
        Condition::Near(circles)
    }

    fn day_parts(&mut self, values: &[v1::DayPart], path: &str) -> Condition {
        self.values += values.len();
        let mut hours = BTreeSet::new();
        for (place, part) in values.iter().enumerate().take(MAX_VALUES) {
            let Some((days, ours)) = day_part(part) else {
                self.wrong
                    .add(&format!("{path}[{place}]"), "INVALID_VALUE", NO_DAY_PART);
                continue;
            };
            for weekday in days {
                hours.extend(ours.clone().map(|hour| WeekHour { weekday, hour }));
            }
        }
        Condition::DayPart(hours)
    }

    fn exchanges(&mut self, values: &[String], path: &str) -> Condition {
        let what = "write the name of an exchange that is configured";
        Condition::Exchange(self.values(values, path, what, |reader, name| {
            (reader.named.exchange)(name)
        }))
    }

    fn audiences(&mut self, values: &[String], path: &str) -> Condition {
        let what = "write the resource name of an audience of this advertiser";
        Condition::Audience(self.values(values, path, what, |reader, name| {
            (reader.named.audience)(name)
        }))
    }

    fn categories(&mut self, taxonomy: i32, values: &[String], path: &str) -> Condition {
        Condition::Category {
            taxonomy: if taxonomy == 0 { 1 } else { taxonomy },
            ids: self.texts(values, path),
        }
    }

    fn deals(&mut self, values: &[String], path: &str) -> Condition {
        let fits = |id: &str| !id.is_empty() && id.len() <= MAX_VALUE;
        Condition::Deal(self.values(values, path, "write a deal's id", |_, id| {
            fits(id).then(|| id.clone())
        }))
    }

    fn sizes(&mut self, values: &[v1::Size], path: &str) -> Condition {
        let what = "write a width and a height above 0";
        Condition::Size(self.values(values, path, what, |_, size| {
            let &v1::Size { width, height } = size;
            (width > 0 && height > 0).then_some(Size { width, height })
        }))
    }

    fn formats(&mut self, values: &[i32], path: &str) -> Condition {
        let what = "write FORMAT_BANNER, FORMAT_VIDEO, FORMAT_AUDIO or FORMAT_NATIVE";
        Condition::Format(self.values(values, path, what, |_, value| {
            Format::ALL
                .into_iter()
                .find(|format| *format as i32 == *value)
        }))
    }

    fn channels(&mut self, values: &[i32], path: &str) -> Condition {
        let what = "write CHANNEL_SITE, CHANNEL_APP or CHANNEL_OUT_OF_HOME";
        Condition::Channel(self.values(values, path, what, |_, value| {
            match v1::Channel::try_from(*value).ok()? {
                v1::Channel::Unspecified => None,
                v1::Channel::Site => Some(Channel::Site),
                v1::Channel::App => Some(Channel::App),
                v1::Channel::OutOfHome => Some(Channel::OutOfHome),
            }
        }))
    }

    fn video_duration(&mut self, range: &v1::DurationRange, path: &str) -> Condition {
        let (min_seconds, max_seconds) = self.range(range.min_seconds, range.max_seconds, path);
        Condition::VideoDuration {
            min_seconds,
            max_seconds,
        }
    }

    fn age(&mut self, range: &v1::AgeRange, path: &str) -> Condition {
        let (min, max) = self.range(range.min_years, range.max_years, path);
        Condition::Age { min, max }
    }

    fn range(&mut self, min: i32, max: i32, path: &str) -> (i32, i32) {
        let max = if max == 0 { i32::MAX } else { max };
        if min < 0 || max < min {
            self.wrong.add(
                path,
                "INVALID_VALUE",
                "write 0 or more, the smaller one first",
            );
        }
        (min, max)
    }
}

/// Dimensions of plain texts.
macro_rules! texts {
    ($($field:ident $condition:ident),*) => {
        impl Reader<'_> {$(
            fn $field(&mut self, values: &[String], path: &str) -> Condition {
                Condition::$condition(self.texts(values, path))
            }
        )*}
    };
}

texts! {
    cities City, metros Metro, zips Zip, operating_systems Os, browsers Browser, languages Language, domains Domain,
    bundles Bundle, publishers Publisher, keywords Keyword, segments Segment
}

/// Dimensions whose numbers are those of a published list, which the wire's enums repeat.
macro_rules! codes {
    ($($field:ident $condition:ident $values:ident),*) => {
        impl Reader<'_> {$(
            fn $field(&mut self, values: &[i32], path: &str) -> Condition {
                let what = "write one of the names that the contract lists";
                Condition::$condition(self.values(values, path, what, |_, value| {
                    (*value != 0 && v1::$values::try_from(*value).is_ok()).then_some(*value)
                }))
            }
        )*}
    };
}

codes! {
    device_types DeviceType DeviceType, connection_types Connection ConnectionType, positions Position Position,
    video_placements VideoPlacement VideoPlacement
}

/// What is wrong with hours that are none.
pub const NO_DAY_PART: &str =
    "write a weekday, a start_hour from 0 to 23 and an end_hour after it, 24 at most";

/// The weekdays (0 is Monday) and hours of a part of the week; None where it is none.
pub fn day_part(part: &v1::DayPart) -> Option<(Range<u8>, Range<u8>)> {
    let days = match v1::Weekday::try_from(part.weekday).ok()? {
        v1::Weekday::Unspecified => 0..7,
        day => day as u8 - 1..day as u8,
    };
    let fits = 0 <= part.start_hour && part.start_hour < part.end_hour && part.end_hour <= 24;
    fits.then_some((days, part.start_hour as u8..part.end_hour as u8))
}

#[cfg(test)]
mod tests;
