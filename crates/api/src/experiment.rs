//! An experiment as the wire says it.

use std::collections::BTreeSet;

use campaign::experiment::{Arm, Experiment};
use campaign::id::{AdId, AdvertiserId, CampaignId, CreativeId, ExperimentId};
use campaign::time::Timestamp;

use crate::errors::Violations;
use crate::names::{self, Kind, Name};
use crate::{text, time, v1};

/// How many arms an experiment may have, and of how many campaigns it may be.
pub const MAX_ARMS: usize = 8;
/// Of how many campaigns an experiment may be.
pub const MAX_CAMPAIGNS: usize = 100;
/// How many ads or creatives an arm may name.
pub const MAX_NAMED: usize = 200;
/// The largest weight of an arm.
pub const MAX_WEIGHT: i32 = 10_000;
/// How long a salt may be, in characters.
pub const MAX_SALT: usize = 128;

/// What an experiment's message does not say by itself.
pub struct Context<'a> {
    /// Its own name.
    pub name: &'a Name,
    /// Its advertiser.
    pub advertiser: AdvertiserId,
    /// When it was made.
    pub created: Timestamp,
    /// The number of what has this name and kind, deleted or not.
    pub number: &'a dyn Fn(Kind, &Name) -> Option<u64>,
}

/// Reads an experiment; `path` is where it stands in the request.
pub fn read(
    wire: &v1::Experiment,
    id: ExperimentId,
    context: &Context<'_>,
    path: &str,
    wrong: &mut Violations,
) -> Experiment {
    let at = |field: &str| format!("{path}.{field}");
    let flight = v1::Flight {
        start_time: wire.start_time,
        end_time: wire.end_time,
    };
    let mut flight = time::flight(Some(&flight), path, wrong);
    flight.start = flight.start.max(context.created);
    let salt = text::line(wire.salt.trim(), MAX_SALT, &at("salt"), wrong);
    let campaigns = named(
        Kind::Campaign,
        &wire.campaigns,
        MAX_CAMPAIGNS,
        context,
        &at("campaigns"),
        wrong,
    );
    if wire.campaigns.is_empty() {
        wrong.add(
            &at("campaigns"),
            "REQUIRED",
            "name the campaigns that it is tried with",
        );
    }
    Experiment {
        id,
        advertiser: context.advertiser,
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        campaigns: campaigns.into_iter().map(CampaignId).collect(),
        arms: arms(wire, context, &at("arms"), wrong),
        flight,
        salt: match salt.as_str() {
            "" => context.name.to_string(),
            _ => salt,
        },
    }
}

fn arms(
    wire: &v1::Experiment,
    context: &Context<'_>,
    path: &str,
    wrong: &mut Violations,
) -> Vec<Arm> {
    if !(2..=MAX_ARMS).contains(&wire.arms.len()) {
        let what = format!("write 2 to {MAX_ARMS} arms, the one to compare with first");
        wrong.add(path, "OUT_OF_RANGE", what);
    }
    let mut ids = BTreeSet::new();
    let mut read = |(place, arm): (usize, &v1::ExperimentArm)| {
        let at = |field: &str| format!("{path}[{place}].{field}");
        if let Err(error) = names::check_id(&arm.arm_id) {
            wrong.add(&at("arm_id"), "INVALID_ID", error.to_string());
        }
        if !ids.insert(arm.arm_id.clone()) {
            wrong.add(&at("arm_id"), "DUPLICATE", "call each arm something else");
        }
        let weight = match arm.weight {
            weight @ 1..=MAX_WEIGHT => weight,
            _ => {
                let what = format!("write a weight from 1 to {MAX_WEIGHT}");
                wrong.add(&at("weight"), "OUT_OF_RANGE", what);
                1
            }
        };
        let bid_percent = match arm.bid_percent {
            0 => 100,
            percent @ 10..=1_000 => percent,
            _ => {
                wrong.add(
                    &at("bid_percent"),
                    "OUT_OF_RANGE",
                    "write 10 to 1,000, or 0 for 100",
                );
                100
            }
        };
        let ads = named(Kind::Ad, &arm.ads, MAX_NAMED, context, &at("ads"), wrong);
        for (place, ad) in arm.ads.iter().enumerate() {
            let campaign = Name::parse(ad).ok().and_then(|ad| ad.parent());
            if campaign.is_some_and(|it| !wire.campaigns.iter().any(|name| *name == it.as_str())) {
                let what = "name ads of the experiment's campaigns";
                wrong.add(&at(&format!("ads[{place}]")), "OTHER_CAMPAIGN", what);
            }
        }
        let creatives = named(
            Kind::Creative,
            &arm.creatives,
            MAX_NAMED,
            context,
            &at("creatives"),
            wrong,
        );
        Arm {
            id: arm.arm_id.clone(),
            weight: weight.unsigned_abs(),
            bid_percent: bid_percent.unsigned_abs(),
            ads: ads.into_iter().map(AdId).collect(),
            creatives: creatives.into_iter().map(CreativeId).collect(),
        }
    };
    wire.arms
        .iter()
        .take(MAX_ARMS)
        .enumerate()
        .map(&mut read)
        .collect()
}

/// The numbers of what is named, all of the experiment's own advertiser.
fn named(
    kind: Kind,
    texts: &[String],
    most: usize,
    context: &Context<'_>,
    path: &str,
    wrong: &mut Violations,
) -> BTreeSet<u64> {
    if texts.len() > most {
        wrong.add(path, "TOO_MANY", format!("name at most {most}"));
    }
    let mut found = BTreeSet::new();
    for (place, text) in texts.iter().take(most).enumerate() {
        let path = format!("{path}[{place}]");
        let name = match Name::of(kind, text) {
            Ok(name) => name,
            Err(error) => {
                wrong.add(&path, "INVALID_NAME", error.to_string());
                continue;
            }
        };
        let advertiser = context.name.advertiser();
        if name.advertiser() != advertiser {
            let what = format!("name a {} of {advertiser}", kind.noun());
            wrong.add(&path, "OTHER_ADVERTISER", what);
            continue;
        }
        match (context.number)(kind, &name) {
            Some(number) if !found.insert(number) => {
                wrong.add(
                    &path,
                    "DUPLICATE",
                    format!("name each {} once", kind.noun()),
                );
            }
            Some(_) => {}
            None => {
                wrong.add(
                    &path,
                    "NOT_FOUND",
                    format!("{name} does not exist: create it first"),
                );
            }
        }
    }
    found
}
