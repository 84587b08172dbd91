//! A marketplace of any size: advertisers, campaigns and ads in the proportions of a mid-sized buyer.

use auction::book::Inventory;
use campaign::ad::{Ad, Budget, Delivery, FrequencyCap, Goal, Share, State};
use campaign::advertiser::{Advertiser, Campaign};
use campaign::exchange::Exchange;
use campaign::id::{AdId, AdvertiserId, CampaignId, ExchangeId};
use campaign::money::{Cpm, Currency, Money, RateTable};
use campaign::spending::Spending;
use campaign::time::{Flight, Span, TimeZone, Timestamp};

use super::dice::Dice;
use super::targeting::{self, Range};
use super::{creatives, words};

/// Ads in one campaign.
const ADS_A_CAMPAIGN: usize = 8;
/// Campaigns of one advertiser.
const CAMPAIGNS_AN_ADVERTISER: usize = 5;
const SEED: u64 = 20_261_122;

/// The zones in which campaigns keep their days.
pub const ZONES: [&str; 4] = ["America/New_York", "Europe/Berlin", "Europe/London", "UTC"];

/// The moment in which the workload plays: a Wednesday evening in Europe, its afternoon in America.
pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-18T18:30:00Z").expect("it is RFC 3339")
}

/// So many ads with all that belongs to them; the same for the same number and range.
pub fn inventory(ads: usize, range: Range) -> Inventory {
    let dice = &mut Dice::new(SEED);
    let zones = ZONES.map(|name| TimeZone::parse(name).expect("the list holds IANA names"));
    let mut inventory = Inventory {
        version: 1,
        exchanges: (1..=words::EXCHANGES).map(exchange).collect(),
        rates: RateTable::default(),
        ..Inventory::default()
    };
    for number in 0..ads {
        if number % (ADS_A_CAMPAIGN * CAMPAIGNS_AN_ADVERTISER) == 0 {
            let id = inventory.advertisers.len() as u64 + 1;
            inventory
                .advertisers
                .push(advertiser(id, zones[dice.zipf(zones.len())].clone()));
        }
        let owner = inventory
            .advertisers
            .last()
            .map(|owner| (owner.id, owner.time_zone.clone()));
        let (owner, zone) = owner.expect("the first ad brings the first advertiser");
        if number % ADS_A_CAMPAIGN == 0 {
            let id = inventory.campaigns.len() as u64 + 1;
            inventory.campaigns.push(campaign(id, owner, zone, dice));
        }
        add(&mut inventory, number as u64 + 1, owner, range, dice);
    }
    inventory
}

fn add(inventory: &mut Inventory, id: u64, owner: AdvertiserId, range: Range, dice: &mut Dice) {
    let format = creatives::format(dice);
    let shown = creatives::roll(format, owner, inventory.creatives.len() as u64 + 1, dice);
    let max_bid = Cpm(300_000 + (dice.unit() * dice.unit() * 11.0e6) as i64 / 10_000 * 10_000);
    inventory.ads.push(Ad {
        id: AdId(id),
        campaign: CampaignId(inventory.campaigns.len() as u64),
        display_name: format!("Ad {id}"),
        state: State::Active,
        flight: Flight::default(),
        budget: Budget {
            lifetime: Some(Money(5_000_000_000_000)),
            daily: Some(Money(200_000_000_000)),
        },
        goal: goal(max_bid, dice),
        max_bid,
        delivery: if dice.percent(80) {
            Delivery::Even
        } else {
            Delivery::AsFastAsPossible
        },
        frequency_caps: caps(12, dice),
        targeting: targeting::roll(format, range, dice),
        creatives: shown.iter().map(|creative| creative.id).collect(),
        share: Share::default(),
    });
    inventory.creatives.extend(shown);
}

/// A fixed price for most. What a click or a conversion is worth is set so that the usual rates (0.2 % and 2 %) make
/// a price of about the highest bid.
fn goal(max_bid: Cpm, dice: &mut Dice) -> Goal {
    let impression = max_bid.impression_cost().0;
    match dice.below(10) {
        0..6 => Goal::FixedCpm(max_bid),
        6..9 => Goal::Click(Money(impression * 450)),
        _ => Goal::Conversion(Money(impression * 22_000)),
    }
}

fn caps(percent: usize, dice: &mut Dice) -> Vec<FrequencyCap> {
    let cap = FrequencyCap {
        impressions: dice.between(2, 6) as u32,
        period: Span::days(1),
    };
    if dice.percent(percent) {
        vec![cap]
    } else {
        Vec::new()
    }
}

fn advertiser(id: u64, time_zone: TimeZone) -> Advertiser {
    Advertiser {
        id: AdvertiserId(id),
        display_name: format!("Brand {id}"),
        state: State::Active,
        currency: Currency::USD,
        time_zone,
        budget: Budget::default(),
        click_window_days: 30,
    }
}

fn campaign(id: u64, advertiser: AdvertiserId, time_zone: TimeZone, dice: &mut Dice) -> Campaign {
    Campaign {
        id: CampaignId(id),
        advertiser,
        display_name: format!("Campaign {id}"),
        state: State::Active,
        flight: Flight::default(),
        time_zone,
        budget: Budget {
            lifetime: Some(Money(40_000_000_000_000)),
            daily: None,
        },
        frequency_caps: caps(4, dice),
        spending: Spending::default(),
        share: Share::default(),
    }
}

fn exchange(number: u64) -> Exchange {
    Exchange {
        auction_type: 1,
        default_timeout: Span::milliseconds(300),
        ..Exchange::new(ExchangeId(number), &words::exchange(number), SEAT)
    }
}

/// Our seat on every exchange.
pub const SEAT: &str = "outbid";
