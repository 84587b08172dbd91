//! An ad as the wire says it.

use campaign::ad::{Ad, Goal, State};
use campaign::id::{AdId, AudienceId, CampaignId, CreativeId, ExchangeId};
use campaign::money::{Cpm, Currency, Money};

use crate::errors::Violations;
use crate::names::{Kind, Name};
use crate::{money, spending, targeting, text, time, v1};

/// How many creatives one ad may name.
pub const MAX_CREATIVES: usize = 200;

/// What an ad's message does not say by itself.
pub struct Context<'a> {
    /// Its advertiser's name, whose creatives it may show.
    pub advertiser: &'a Name,
    /// Its advertiser's currency.
    pub currency: Currency,
    /// The number of a creative by its name. Deleted ones have theirs too: an ad may go on naming them.
    pub creative: &'a dyn Fn(&Name) -> Option<CreativeId>,
    /// The number of an exchange by its name.
    pub exchange: &'a dyn Fn(&str) -> Option<ExchangeId>,
    /// The number of an audience of its advertiser by its resource name, deleted or not.
    pub audience: &'a dyn Fn(&str) -> Option<AudienceId>,
}

/// Reads an ad; `path` is where it stands in the request.
pub fn read(
    wire: &v1::Ad,
    (id, campaign): (AdId, CampaignId),
    state: State,
    context: &Context<'_>,
    path: &str,
    wrong: &mut Violations,
) -> Ad {
    let at = |field: &str| format!("{path}.{field}");
    let currency = context.currency;
    let goal = goal(wire.goal.as_ref(), currency, &at("goal"), wrong);
    Ad {
        id,
        campaign,
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        state,
        flight: time::flight(wire.flight.as_ref(), &at("flight"), wrong),
        budget: money::budget(wire.budget.as_ref(), currency, &at("budget"), wrong),
        goal,
        max_bid: max_bid(
            wire.max_bid_cpm_micros,
            goal,
            currency,
            &at("max_bid_cpm_micros"),
            wrong,
        ),
        delivery: spending::delivery((wire.delivery, wire.ahead_percent), path, wrong),
        frequency_caps: money::frequency_caps(&wire.frequency_caps, &at("frequency_caps"), wrong),
        targeting: targeting::read(
            wire.targeting.as_ref(),
            targeting::Named {
                exchange: context.exchange,
                audience: context.audience,
            },
            &at("targeting"),
            wrong,
        ),
        creatives: creatives(&wire.creatives, context, &at("creatives"), wrong),
        share: spending::share(
            (wire.min_share_percent, wire.max_share_percent),
            path,
            wrong,
        ),
    }
}

fn goal(wire: Option<&v1::Goal>, currency: Currency, path: &str, wrong: &mut Violations) -> Goal {
    use v1::goal::Worth;
    let mut worth = |micros: i64, field: &str| {
        let path = format!("{path}.{field}");
        if micros == 0 {
            wrong.add(&path, "OUT_OF_RANGE", "write an amount above 0");
        }
        money::amount(micros, currency, &path, wrong)
    };
    match wire.and_then(|goal| goal.worth) {
        Some(Worth::FixedCpmMicros(micros)) => {
            let path = format!("{path}.fixed_cpm_micros");
            Goal::FixedCpm(money::cpm(micros, currency, &path, wrong))
        }
        Some(Worth::ClickMicros(micros)) => Goal::Click(worth(micros, "click_micros")),
        Some(Worth::ConversionMicros(micros)) => {
            Goal::Conversion(worth(micros, "conversion_micros"))
        }
        None => {
            let what = "say what an impression is worth: fixed_cpm_micros, click_micros or conversion_micros";
            wrong.add(path, "REQUIRED", what);
            Goal::Click(Money::ZERO)
        }
    }
}

fn max_bid(micros: i64, goal: Goal, currency: Currency, path: &str, wrong: &mut Violations) -> Cpm {
    match (micros, goal) {
        (0, Goal::FixedCpm(price)) => price,
        (0, _) => {
            wrong.add(
                path,
                "REQUIRED",
                "say the most that it may bid, in micros for a thousand impressions",
            );
            Cpm::ZERO
        }
        (micros, _) => money::cpm(micros, currency, path, wrong),
    }
}

fn creatives(
    wire: &[String],
    context: &Context<'_>,
    path: &str,
    wrong: &mut Violations,
) -> Vec<CreativeId> {
    if wire.len() > MAX_CREATIVES {
        wrong.add(
            path,
            "TOO_MANY",
            format!("name at most {MAX_CREATIVES} creatives"),
        );
    }
    let mut found = Vec::new();
    for (place, text) in wire.iter().take(MAX_CREATIVES).enumerate() {
        let path = format!("{path}[{place}]");
        let name = match Name::of(Kind::Creative, text) {
            Ok(name) => name,
            Err(error) => {
                wrong.add(&path, "INVALID_NAME", error.to_string());
                continue;
            }
        };
        if name.advertiser() != *context.advertiser {
            let what = format!(
                "name a creative of {}: an ad shows its own advertiser's",
                context.advertiser
            );
            wrong.add(&path, "OTHER_ADVERTISER", what);
            continue;
        }
        match (context.creative)(&name) {
            Some(id) if found.contains(&id) => {
                wrong.add(&path, "DUPLICATE", "name each creative once");
            }
            Some(id) => found.push(id),
            None => wrong.add(
                &path,
                "NOT_FOUND",
                format!("{name} does not exist: create it first"),
            ),
        }
    }
    found
}
