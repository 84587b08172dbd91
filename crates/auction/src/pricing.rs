//! What an eligible ad bids, and what that may cost.

use campaign::ad::Goal;
use campaign::deal::Deal;
use campaign::experiment::Arm;
use campaign::money::{Cpm, Currency, Money, RateTable, Rounding};
use journal::context::PriceContext;
use learning::rates::Rates;

use crate::book::{AdTerms, Offer};
use crate::eligibility::Eligible;
use crate::opportunity::{OpenDeal, Opportunity, Visit};
use crate::reason::NoBidReason;
use crate::targeting;

/// An ad with its price.
#[derive(Clone, Copy, Debug)]
pub struct Priced<'a> {
    /// The ad.
    pub eligible: Eligible<'a>,
    /// What it bids, in the currency of the answer.
    pub price: Cpm,
    /// What the bid may cost at most, in the advertiser's currency: what is reserved.
    pub max_cost: Money,
    /// What one smallest unit of the answer's currency is worth in smallest units of the advertiser's, in
    /// thousand-millionths.
    pub fx_nanos: i64,
    /// The deal that it bids for.
    pub deal: Option<OpenDeal<'a>>,
    /// What kind of impression it is, as far as what comes of the bid is to teach prices; [`crate::shading`] says it.
    pub context: PriceContext,
}

impl Priced<'_> {
    /// Whether the publisher was promised a bid.
    pub fn is_guaranteed(&self) -> bool {
        self.deal.is_some_and(|open| open.deal.guar)
    }
}

/// A price that was refused, with the figures that show by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: NoBidReason,
    /// What the ad would have bid.
    pub price: Cpm,
    /// What it would have had to bid.
    pub floor: Cpm,
}

impl Refused {
    /// The figures in words, with what led to the price.
    pub fn sentence(&self, visit: &Visit<'_>, reckoning: &str) -> String {
        match self.reason {
            NoBidReason::Floor | NoBidReason::DealFloor => {
                format!(
                    "would bid {}, and the floor is {}: {reckoning}",
                    visit.show(self.price),
                    visit.show(self.floor)
                )
            }
            reason => format!(
                "would bid {}: {}",
                visit.show(self.price),
                reason.sentence()
            ),
        }
    }
}

/// Prices an ad on an impression: value, cut to the most that it bids, in the currency of the
/// answer, against the floors.
pub fn price<'a>(
    eligible: Eligible<'a>,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
    rates: &RateTable,
) -> Result<Priced<'a>, Refused> {
    let own = eligible.offer.advertiser.currency;
    let terms = &eligible.terms;
    let refused = |reason, price, floor| Refused {
        reason,
        price,
        floor,
    };
    let convert = |cpm: Cpm| {
        rates
            .cpm(cpm, own, visit.currency, Rounding::Down)
            .ok_or(refused(NoBidReason::NoRate, cpm, Cpm::ZERO))
    };
    let most = convert(terms.max_bid)?;
    let asking = asking(terms);
    let asking = eligible
        .arm
        .map_or(asking, |arm| arm.bid(asking, terms.max_bid));
    let value = convert(asking)?;
    let (price, deal) = meet_floors(&eligible, value, most, visit, opportunity)
        .map_err(|(reason, floor)| refused(reason, value, floor))?;
    if price <= Cpm::ZERO {
        return Err(refused(NoBidReason::PriceTooLow, price, Cpm(1)));
    }
    let (max_cost, fx_nanos) = worst_cost(
        price,
        terms.max_bid,
        (visit.currency, own),
        opportunity,
        rates,
    )
    .ok_or(refused(NoBidReason::NoRate, price, Cpm::ZERO))?;
    Ok(Priced {
        eligible,
        price,
        max_cost,
        fx_nanos,
        deal,
        context: PriceContext::NONE,
    })
}

/// What an ad of these terms bids, in its own currency, before floors and deals:
///
/// > min(value ÷ μ, most), μ the terms' multiplier: the price of the budget's money
///
/// A price that a person fixed is not divided: what is fixed is paced by chance.
pub fn asking(terms: &AdTerms) -> Cpm {
    let value = value(terms.goal, &terms.rates);
    let paced = if is_paced_by_price(terms.goal) && terms.multiplier > 0.0 {
        // A cast keeps to the range.
        Cpm((value.0 as f64 / terms.multiplier) as i64)
    } else {
        value
    };
    paced.min(terms.max_bid)
}

/// Whether an ad with this goal is paced by its price: not one whose price a person fixed.
pub fn is_paced_by_price(goal: Goal) -> bool {
    !matches!(goal, Goal::FixedCpm(_))
}

/// What led to an ad's price, in words: what a thousand impressions are worth, what its budget's money costs, and what
/// is tried.
pub fn reckoning(terms: &AdTerms, arm: Option<&Arm>, currency: Currency) -> String {
    let tried = arm.filter(|arm| arm.bid_percent != Arm::UNCHANGED_PERCENT);
    let tried = tried.map_or(String::new(), |arm| {
        let Arm {
            id, bid_percent, ..
        } = arm;
        format!("; arm {id} of its experiment bids {bid_percent} % of that")
    });
    let decimal = |cpm: Cpm| format!("{} {currency}", cpm.to_decimal(currency));
    let worth = decimal(value(terms.goal, &terms.rates));
    let most = decimal(terms.max_bid);
    if !is_paced_by_price(terms.goal) {
        return format!("its price is fixed at {worth} CPM{tried}");
    }
    let paced = if terms.multiplier == 1.0 {
        "its money is not short, so it bids that".to_string()
    } else {
        let share = 100.0 / terms.multiplier;
        format!(
            "it bids {share:.0} % of that (μ = {:.3}), so that its budget lasts",
            terms.multiplier
        )
    };
    format!(
        "a thousand impressions are worth {worth} to it, {paced}, and {most} CPM at most{tried}"
    )
}

/// What one impression is worth, in the advertiser's currency. A probability is a float; the product is rounded down.
pub fn value(goal: Goal, rates: &Rates) -> Cpm {
    let expected =
        |worth: Money, probability: f64| Cpm((worth.nanos() as f64 * probability) as i64);
    match goal {
        Goal::FixedCpm(cpm) => cpm,
        Goal::Click(worth) => expected(worth, rates.click),
        Goal::Conversion(worth) => expected(worth, rates.click * rates.conversion),
    }
}

/// The price and the deal that meet a floor. Deals first: a guaranteed one, then the first in the
/// request that the price reaches. Where no deal is reached, the open auction, if it is open and
/// the ad would be there without the deal.
fn meet_floors<'a>(
    eligible: &Eligible<'a>,
    value: Cpm,
    most: Cpm,
    visit: &Visit<'a>,
    opportunity: &Opportunity<'a>,
) -> Result<(Cpm, Option<OpenDeal<'a>>), (NoBidReason, Cpm)> {
    let offer = eligible.offer;
    let asked = |open: &&OpenDeal<'a>| offer.deals.iter().any(|id| id == open.deal.id);
    let mut nearest: Option<(NoBidReason, Cpm)> = None;
    let (guaranteed, others): (usize, usize) = (0, 1);
    for turn in [guaranteed, others] {
        let in_turn = |open: &&OpenDeal<'a>| open.deal.guar == (turn == guaranteed);
        for open in opportunity.deals.iter().filter(asked).filter(in_turn) {
            if !advertiser_allowed(eligible, open) {
                nearest = nearest.or(Some((NoBidReason::DealAdvertiserBlocked, Cpm::ZERO)));
                continue;
            }
            // The publisher was promised a bid: the ad pays the floor as long as that is not more than it ever pays.
            let offered = if open.deal.guar {
                value.max(open.floor).min(most)
            } else {
                value
            };
            if offered >= open.floor {
                let fixed = open.fixed_price && open.floor > Cpm::ZERO;
                return Ok((if fixed { open.floor } else { offered }, Some(*open)));
            }
            nearest = Some(
                nearest
                    .filter(|(_, floor)| *floor < open.floor)
                    .unwrap_or((NoBidReason::DealFloor, open.floor)),
            );
        }
    }
    if let Some(miss) =
        nearest.filter(|_| opportunity.private_auction || !wants_open(offer, visit, opportunity))
    {
        return Err(miss);
    }
    if value < opportunity.floor {
        return Err((NoBidReason::Floor, opportunity.floor));
    }
    Ok((value, None))
}

/// Whether the ad would want the impression if no deal came with it.
fn wants_open(offer: &Offer, visit: &Visit<'_>, opportunity: &Opportunity<'_>) -> bool {
    let open = Opportunity {
        deals: &[],
        ..*opportunity
    };
    targeting::check(&offer.ad.targeting, visit, &open, &offer.campaign.time_zone).is_ok()
}

/// Whether the deal is for the ad's advertiser, and for that of every creative that may be shown.
fn advertiser_allowed(eligible: &Eligible<'_>, open: &OpenDeal<'_>) -> bool {
    let advertiser = eligible.offer.advertiser.id;
    let named =
        |agreed: &Deal| agreed.advertisers.is_empty() || agreed.advertisers.contains(&advertiser);
    if !open.agreed.is_none_or(named) {
        return false;
    }
    let allowed = open.deal.wadomain;
    let named = |domain: &String| {
        allowed
            .iter()
            .any(|listed| listed.eq_ignore_ascii_case(domain))
    };
    allowed.is_empty()
        || eligible
            .fits
            .iter()
            .all(|fit| fit.creative.advertiser_domains.iter().any(named))
}

/// The most that the bid may cost, rounded up, but never over the most that the ad bids; and the
/// rate that billing will use.
fn worst_cost(
    price: Cpm,
    max_bid: Cpm,
    (answer, own): (Currency, Currency),
    opportunity: &Opportunity<'_>,
    rates: &RateTable,
) -> Option<(Money, i64)> {
    let fx_nanos = rates.convert(1_000_000_000, answer, own, Rounding::Up)?;
    let one = journal::entry::cost_at(price, fx_nanos)?.min(max_bid.impression_cost());
    let micros = i128::from(one.nanos()).checked_mul(i128::from(opportunity.multiplier_micros))?;
    let all = i64::try_from((micros + 999_999).div_euclid(1_000_000)).ok()?;
    Some((Money(all), fx_nanos))
}
