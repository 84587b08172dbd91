//! Whether an ad wants a request: its expression over again, by other hands, for the conditions that a request answers
//! plainly. The others are left open, so that what comes out is sure.

use campaign::country::Country;
use campaign::creative::{Format, Size};
use campaign::id::ExchangeId;
use campaign::targeting::{Channel, Condition, Expression};

use super::asked::{Asked, AskedImp, Scene};

/// Three values: `None` where the auditor does not look.
type Verdict = Option<bool>;

/// Whether the ad surely does not want the impression.
pub(crate) fn surely_unwanted(
    expression: &Expression,
    asked: &Asked,
    imp: &AskedImp,
    exchange: Option<ExchangeId>,
) -> bool {
    holds(expression, asked, imp, exchange) == Some(false)
}

fn holds(
    expression: &Expression,
    asked: &Asked,
    imp: &AskedImp,
    exchange: Option<ExchangeId>,
) -> Verdict {
    let part = |part: &Expression| holds(part, asked, imp, exchange);
    match expression {
        Expression::All(parts) => every(parts.iter().map(part)),
        Expression::Any(parts) => every(parts.iter().map(part).map(not)).map(|none| !none),
        Expression::Not(inner) => not(part(inner)),
        Expression::Is(condition) => test(condition, &asked.scene, imp, exchange),
    }
}

fn not(verdict: Verdict) -> Verdict {
    verdict.map(|holds| !holds)
}

/// False where one is, else open where one is, else true.
fn every(mut verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    verdicts
        .try_fold(Some(true), |all, one| match one {
            Some(false) => Err(()),
            None => Ok(None),
            Some(true) => Ok(all),
        })
        .unwrap_or(Some(false))
}

fn test(
    condition: &Condition,
    scene: &Scene,
    imp: &AskedImp,
    exchange: Option<ExchangeId>,
) -> Verdict {
    match condition {
        Condition::Country(countries) => {
            let country = scene.country.as_deref().and_then(Country::parse);
            Some(country.is_some_and(|country| countries.contains(&country)))
        }
        Condition::DeviceType(types) => {
            Some(scene.device_type.is_some_and(|kind| types.contains(&kind)))
        }
        Condition::Connection(types) => {
            Some(scene.connection.is_some_and(|kind| types.contains(&kind)))
        }
        // Where there is no domain, the page's address may still tell one.
        Condition::Domain(domains) => {
            let domain = scene.domain.as_deref()?;
            Some(
                domains
                    .iter()
                    .any(|wanted| under(domain, wanted.trim_start_matches("www."))),
            )
        }
        Condition::Bundle(bundles) => Some(
            scene
                .bundle
                .as_deref()
                .is_some_and(|bundle| bundles.contains(bundle)),
        ),
        Condition::Publisher(ids) => Some(
            scene
                .publisher
                .as_deref()
                .is_some_and(|id| ids.contains(id)),
        ),
        Condition::Exchange(ids) => exchange.map(|exchange| ids.contains(&exchange)),
        Condition::Deal(ids) => Some(imp.deals.iter().any(|deal| ids.contains(&deal.id))),
        Condition::Position(positions) => Some(
            imp.position
                .is_some_and(|position| positions.contains(&position)),
        ),
        Condition::Format(formats) => Some(formats.iter().any(|format| offers(imp, *format))),
        Condition::Size(sizes) => Some(sizes.iter().any(|size| takes(imp, *size))),
        Condition::VideoPlacement(wanted) => {
            // Without `plcmt` an older field may stand for it.
            let plcmt = imp.video.as_ref()?.plcmt?;
            Some(wanted.contains(&plcmt))
        }
        Condition::Channel(channels) => {
            let [site, app, dooh] = scene.channels;
            let only = match (site, app, dooh) {
                (true, false, false) => Channel::Site,
                (false, true, false) => Channel::App,
                (false, false, true) => Channel::OutOfHome,
                (false, false, false) => return Some(false),
                _ => return None,
            };
            Some(channels.contains(&only))
        }
        // Personal: what is not in the request cannot be known, what is may not be used.
        Condition::Segment(wanted) => {
            let known = |wanted: &str| {
                let id = wanted.rsplit('/').next().unwrap_or(wanted);
                scene.segments.iter().any(|segment| segment == id)
            };
            if wanted.iter().any(known) {
                None
            } else {
                Some(false)
            }
        }
        Condition::Age { .. } => scene.year_of_birth.is_none().then_some(false),
        _ => None,
    }
}

/// Whether the domain is this one or below it.
fn under(domain: &str, wanted: &str) -> bool {
    domain == wanted
        || domain
            .strip_suffix(wanted)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// Whether the impression takes this format.
pub(crate) fn offers(imp: &AskedImp, format: Format) -> bool {
    match format {
        Format::Banner => imp.banner.is_some(),
        Format::Video => imp.video.is_some(),
        Format::Native => imp.native.is_some(),
        Format::Audio => imp.audio.is_some(),
    }
}

fn takes(imp: &AskedImp, size: Size) -> bool {
    let size = (size.width, size.height);
    imp.banner
        .as_ref()
        .is_some_and(|banner| banner.sizes.contains(&size))
        || imp
            .video
            .as_ref()
            .is_some_and(|video| video.player == Some(size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn what_a_request_answers_is_judged_and_the_rest_left_open() {
        let request = json!({
            "id": "1", "imp": [{"id": "1", "banner": {"w": 300, "h": 250, "pos": 1}}],
            "site": {"domain": "www.News.example", "publisher": {"id": "P-1"}},
            "device": {"devicetype": "4", "geo": {"country": "de"}},
            "user": {"data": [{"id": "x", "segment": [{"id": "Cars"}]}]},
        });
        let asked = Asked::read(&request);
        let imp = &asked.imps[0];
        let judge = |condition: Condition| test(&condition, &asked.scene, imp, Some(ExchangeId(3)));
        let country =
            |code| Condition::Country(BTreeSet::from([Country::parse(code).expect("a country")]));
        let domain = |text: &str| Condition::Domain([text].into_iter().collect());
        let segment = |text: &str| Condition::Segment([text].into_iter().collect());
        let city = Condition::City(["berlin"].into_iter().collect());
        for (condition, expect) in [
            (country("DEU"), Some(true)),
            (country("USA"), Some(false)),
            (Condition::DeviceType(BTreeSet::from([4, 5])), Some(true)),
            (domain("news.example"), Some(true)),
            (domain("s.example"), Some(false)),
            (segment("x/cars"), None),
            (segment("boats"), Some(false)),
            (Condition::Age { min: 18, max: 30 }, Some(false)),
            (
                Condition::Exchange(BTreeSet::from([ExchangeId(3)])),
                Some(true),
            ),
            (
                Condition::Channel(BTreeSet::from([Channel::App])),
                Some(false),
            ),
            (
                Condition::Size(BTreeSet::from([Size {
                    width: 300,
                    height: 250,
                }])),
                Some(true),
            ),
            (city.clone(), None),
        ] {
            assert_eq!(judge(condition.clone()), expect, "{condition:?}");
        }
        let is = |condition| Expression::Is(condition);
        let unwanted = |expression: &Expression| surely_unwanted(expression, &asked, imp, None);
        assert!(!unwanted(&Expression::All(vec![
            is(country("DEU")),
            is(city.clone())
        ])));
        assert!(unwanted(&Expression::All(vec![
            is(city.clone()),
            is(country("USA"))
        ])));
        assert!(!unwanted(&Expression::Any(vec![
            is(city.clone()),
            is(country("USA"))
        ])));
        assert!(unwanted(&Expression::Not(Box::new(is(country("DEU"))))));
        assert!(!unwanted(&Expression::Not(Box::new(is(city)))));
        assert!(unwanted(&Expression::Any(Vec::new())));
    }
}
