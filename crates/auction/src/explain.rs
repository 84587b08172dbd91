//! Why a request was bid on or not: the whole funnel, ad by ad, and the nearest miss.

use std::collections::{BTreeMap, BTreeSet};

use bumpalo::Bump;
use campaign::creative::Format;
use campaign::id::{AdId, CampaignId, CreativeId};
use campaign::money::{Cpm, Currency, Rounding};
use openrtb::Decimal;
use openrtb::request::{BidRequest, Imp};
use openrtb::response::{Bid, BidResponse};

use crate::book::Slot;
use crate::candidates::asks_for;
use crate::decide::{Desk, decide};
use crate::pricing;
use crate::privacy::Reduced;
use crate::state::{State, Witness};

use crate::reason::{NoBidReason, Step};

/// One request explained.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// The request's own id.
    pub request_id: String,
    /// Why the request as a whole was passed over, if it was.
    pub refused: Option<NoBidReason>,
    /// What may be used of personal data, in one sentence, and why not more.
    pub privacy: String,
    /// Each impression, in the request's order, those that could not be understood among them.
    pub impressions: Vec<ImpressionFunnel>,
}

/// One impression explained.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImpressionFunnel {
    /// The impression's id in the request.
    pub imp_id: String,
    /// Why the impression as a whole was passed over, if it was.
    pub refused: Option<NoBidReason>,
    /// What it is: formats, sizes, floor, as the bidder understood it.
    pub understood: String,
    /// How many ads were considered.
    pub considered: usize,
    /// How many ads each reason refused, in the order of the steps.
    pub refusals: Vec<(NoBidReason, usize)>,
    /// Each ad's own fate, the bid first, then those that came furthest first.
    pub ads: Vec<AdFate>,
    /// The ad that came nearest to a bid without making one, if any did not.
    pub nearest_miss: Option<AdFate>,
}

/// What became of one ad on one impression.
#[derive(Clone, Debug, PartialEq)]
pub struct AdFate {
    /// The ad.
    pub ad: AdId,
    /// Its name for people.
    pub ad_name: String,
    /// Its campaign.
    pub campaign: CampaignId,
    /// What became of it.
    pub outcome: Outcome,
    /// One sentence with the figures: "bids 1.20 USD CPM, the floor is 2.00 USD".
    pub detail: String,
}

/// What became of an ad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It would bid.
    Bid {
        /// The price.
        price: Cpm,
        /// The price's currency.
        currency: Currency,
        /// What would be shown.
        creative: CreativeId,
    },
    /// It would not, for this reason.
    Refused(NoBidReason),
}

/// How many ads' fates are kept for one impression; the counts by reason go on.
const MAX_FATES: usize = 1_000;

/// Decides the request as the bidder would, and writes down what became of each ad. `state` decides whether anything is
/// reserved: an explanation's own only looks.
pub fn explain<'a>(
    desk: &Desk<'a>,
    reduced: &'a Reduced<'a>,
    state: &mut impl State,
    arena: &'a Bump,
) -> Explanation {
    let request = reduced.request();
    let mut funnel = Funnel {
        desk,
        request,
        participant: reduced.participant(),
        impressions: Vec::new(),
    };
    for skipped in request.skipped {
        funnel.impression_refused(skipped.id, NoBidReason::InvalidImpression);
    }
    let decided = decide(desk, reduced, state, &mut funnel, arena);
    let mut explanation = Explanation {
        request_id: request.id.to_string(),
        refused: decided.as_ref().err().copied(),
        privacy: privacy(reduced),
        impressions: Vec::new(),
    };
    if let Ok(response) = &decided {
        funnel.bids(response);
    }
    for imp in request.imp {
        funnel.of(imp.id);
        // Where the request as a whole was refused, no ad was looked at, and none is to blame.
        if explanation.refused.map(NoBidReason::step) != Some(Step::Request) {
            funnel.passed_over(imp);
        }
    }
    explanation.impressions = funnel
        .impressions
        .into_iter()
        .map(|(impression, _)| finish(impression))
        .collect();
    explanation
}

/// Writes down what the decision says on its way.
struct Funnel<'f, 'a> {
    desk: &'f Desk<'a>,
    request: &'a BidRequest<'a>,
    participant: Option<u64>,
    impressions: Vec<(ImpressionFunnel, BTreeMap<NoBidReason, usize>)>,
}

impl Funnel<'_, '_> {
    fn of(&mut self, imp_id: &str) -> &mut (ImpressionFunnel, BTreeMap<NoBidReason, usize>) {
        if let Some(place) = self
            .impressions
            .iter()
            .position(|(funnel, _)| funnel.imp_id == imp_id)
        {
            return &mut self.impressions[place];
        }
        let imp = self.request.imp.iter().find(|imp| imp.id == imp_id);
        let understood = imp.map_or_else(|| "not understood".to_string(), understood);
        let funnel = ImpressionFunnel {
            imp_id: imp_id.to_string(),
            understood,
            ..ImpressionFunnel::default()
        };
        self.impressions.push((funnel, BTreeMap::new()));
        self.impressions.last_mut().expect("one was just added")
    }

    /// The ads that were never candidates.
    fn passed_over(&mut self, imp: &Imp<'_>) {
        let desk = self.desk;
        let considered: BTreeSet<AdId> = self.of(imp.id).0.ads.iter().map(|fate| fate.ad).collect();
        if considered.len() >= MAX_FATES {
            return;
        }
        for (slot, offer) in (0..).map(Slot).zip(desk.book.offers()) {
            if considered.contains(&offer.ad.id) {
                continue;
            }
            let (reason, lacks) = match offer.creatives.is_empty() {
                true => (NoBidReason::NoCreative, "no creative at all"),
                false => (
                    NoBidReason::Format,
                    "no creative of a format that the impression takes",
                ),
            };
            self.ad_refused(imp.id, slot, reason, || format!("the ad has {lacks}"));
        }
    }

    fn bids(&mut self, response: &BidResponse<'_>) {
        let currency = response
            .cur
            .and_then(|code| Currency::parse(code).ok())
            .unwrap_or(Currency::USD);
        for bid in response.seatbid.iter().flat_map(|seat| seat.bid) {
            let Some(fate) = self.bid_fate(bid, currency) else {
                continue;
            };
            let (funnel, _) = self.of(bid.impid);
            funnel.refused = None;
            funnel.considered += 1;
            funnel.ads.insert(0, fate);
        }
    }

    fn bid_fate(&self, bid: &Bid<'_>, currency: Currency) -> Option<AdFate> {
        let ad = AdId(bid.adid?.parse().ok()?);
        let offer = self.desk.book.offer(self.desk.book.slot(ad)?);
        let price = Cpm(bid.price.units);
        let creative = CreativeId(bid.crid?.parse().ok()?);
        let shown = offer.creatives.iter().find(|it| it.id == creative);
        let shown = shown.map_or(creative.to_string(), |it| {
            format!("\"{}\"", it.display_name)
        });
        let slot = self.desk.book.slot(ad)?;
        let terms = self.desk.terms.get(slot);
        let user = self.participant;
        let arm = user.and_then(|user| self.desk.book.arm_of(slot, user, self.desk.now));
        let reckoning = pricing::reckoning(terms, arm, offer.advertiser.currency);
        let deal = bid
            .dealid
            .map(|deal| format!(" for deal {deal}"))
            .unwrap_or_default();
        let own = offer.advertiser.currency;
        let asking = pricing::asking(terms);
        let asking = self
            .desk
            .book
            .rates()
            .cpm(asking, own, currency, Rounding::Down);
        let shaded = asking.filter(|asking| bid.dealid.is_none() && price < *asking);
        let shaded = shaded.map(|asking| {
            let asking = asking.to_decimal(currency);
            format!("; of these {asking} {currency} CPM it bids less, since the winner of this auction pays its bid")
        });
        Some(AdFate {
            ad,
            ad_name: offer.ad.display_name.clone(),
            campaign: offer.campaign.id,
            outcome: Outcome::Bid {
                price,
                currency,
                creative,
            },
            detail: format!(
                "bids {} {currency} CPM{deal} with creative {shown}: {reckoning}{}",
                price.to_decimal(currency),
                shaded.unwrap_or_default()
            ),
        })
    }
}

impl Witness for Funnel<'_, '_> {
    fn impression_refused(&mut self, imp: &str, reason: NoBidReason) {
        self.of(imp).0.refused = Some(reason);
    }

    fn ad_refused(
        &mut self,
        imp: &str,
        slot: Slot,
        reason: NoBidReason,
        detail: impl FnOnce() -> String,
    ) {
        let offer = self.desk.book.offer(slot);
        let (funnel, counts) = self.of(imp);
        funnel.considered += 1;
        *counts.entry(reason).or_default() += 1;
        funnel.refusals = counts
            .iter()
            .map(|(reason, count)| (*reason, *count))
            .collect();
        if funnel.ads.len() < MAX_FATES {
            funnel.ads.push(AdFate {
                ad: offer.ad.id,
                ad_name: offer.ad.display_name.clone(),
                campaign: offer.campaign.id,
                outcome: Outcome::Refused(reason),
                detail: detail(),
            });
        }
    }
}

/// The bid first, then those that came furthest; the nearest miss is the first of them that was not
/// beaten by our own bid.
fn finish(mut funnel: ImpressionFunnel) -> ImpressionFunnel {
    funnel.ads.sort_by_key(|fate| match fate.outcome {
        Outcome::Bid { .. } => None,
        Outcome::Refused(reason) => Some(std::cmp::Reverse(reason)),
    });
    let beaten = Outcome::Refused(NoBidReason::OutbidByOurs);
    let missed =
        |fate: &&AdFate| matches!(fate.outcome, Outcome::Refused(_)) && fate.outcome != beaten;
    funnel.nearest_miss = funnel.ads.iter().find(missed).cloned();
    funnel
}

fn understood(imp: &Imp<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for format in Format::ALL
        .into_iter()
        .filter(|format| asks_for(imp, *format))
    {
        parts.push(format.name().to_string());
    }
    let size = |w: Option<i32>, h: Option<i32>| w.zip(h).map(|(w, h)| format!("{w}x{h}"));
    if let Some(banner) = imp.banner {
        parts.extend(
            banner
                .format
                .iter()
                .filter_map(|f| size(f.w, f.h))
                .chain(size(banner.w, banner.h))
                .take(12),
        );
    }
    if let Some(video) = imp.video {
        parts.extend(size(video.w, video.h));
        let seconds = (
            video.minduration.unwrap_or(0),
            video.maxduration.unwrap_or(0),
        );
        parts.push(format!("{}-{} s", seconds.0, seconds.1));
    }
    parts.extend(
        imp.bidfloor
            .map(|floor| floor_in_words(floor, imp.bidfloorcur)),
    );
    if let Some(pmp) = imp.pmp {
        let kind = if pmp.private_auction {
            "private auction"
        } else {
            "deals"
        };
        parts.push(format!(
            "{kind}: {}",
            pmp.deals
                .iter()
                .map(|deal| deal.id)
                .take(12)
                .collect::<Vec<_>>()
                .join(" ")
        ));
    }
    parts.join(", ")
}

/// A floor as people write amounts, whatever way the exchange wrote the number.
fn floor_in_words(floor: Decimal<'_>, code: Option<&str>) -> String {
    let code = code.unwrap_or("USD");
    let known = Currency::parse(code).ok();
    let read = known.and_then(|it| Some((it, floor.to_scaled(it.cpm_scale())?)));
    match read {
        Some((currency, units)) => {
            format!("floor {} {currency} CPM", Cpm(units).to_decimal(currency))
        }
        None => format!("floor {floor} {code} CPM"),
    }
}

fn privacy(reduced: &Reduced<'_>) -> String {
    let rights = reduced.rights();
    let uses = [
        ("limited data", rights.basic_ads),
        ("knowing the user again", rights.user_id),
        ("personal targeting", rights.personal_targeting),
        ("the exact place", rights.precise_geo),
        ("measurement", rights.measurement),
    ];
    let allowed: Vec<_> = uses
        .iter()
        .filter(|(_, allowed)| *allowed)
        .map(|(name, _)| *name)
        .collect();
    let allowed = if allowed.is_empty() {
        "context only".to_string()
    } else {
        allowed.join(", ")
    };
    match reduced.verdict().why {
        Some(why) => format!("allowed: {allowed}; not more, because: {}", why.code()),
        None => format!("allowed: {allowed}"),
    }
}
