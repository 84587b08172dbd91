//! What the findings about a campaign or an ad come to, in a sentence or two: what stands in the way most, with its
//! figures, and what can be done about that.

use api::v1;
use api::v1::{ServingStatus, ServingStatusReason as Reason};

use super::advice;
use super::campaign::Findings;
use crate::print::{amount, status, words};
use crate::report::percent;
use crate::resource::{Resource, short};

/// A funnel of fewer than this says nothing against what a whole day says.
const ENOUGH: i64 = 100;
/// A campaign that has spent less than this share of what its plan has by now is told what holds it back.
const BEHIND_PERCENT: f64 = 80.0;

impl Findings {
    /// Why it cannot bid, or buys little, in the order in which a manager checks.
    pub fn reasons(&self) -> Vec<Reason> {
        match &self.about {
            Resource::Campaign(campaign) => status::reasons(&campaign.serving_status_reasons),
            Resource::Ad(ad) => status::reasons(&ad.serving_status_reasons),
            _ => Vec::new(),
        }
    }

    fn is_limited(&self) -> bool {
        let serving = match &self.about {
            Resource::Campaign(campaign) => campaign.serving_status(),
            Resource::Ad(ad) => ad.serving_status(),
            _ => ServingStatus::Unspecified,
        };
        serving == ServingStatus::Limited
    }

    /// The ads that cannot bid.
    pub fn stopped(&self) -> impl Iterator<Item = &v1::Ad> {
        let able = [ServingStatus::Eligible, ServingStatus::Limited];
        let ads = self.ads.iter().map(|(ad, _)| ad);
        ads.filter(move |ad| !able.contains(&ad.serving_status()))
    }

    fn sum(&self, count: fn(&v1::Metrics) -> i64) -> i64 {
        self.ads.iter().map(|(_, metrics)| count(metrics)).sum()
    }

    /// What kept its ads from bidding.
    pub fn most_often_first(&self) -> Vec<&v1::Refusal> {
        let mut refusals: Vec<&v1::Refusal> = self.funnel.refusals.iter().collect();
        refusals.sort_by_key(|refusal| std::cmp::Reverse(refusal.count));
        refusals
    }

    /// How often an ad of it came to a decision.
    fn looks(&self) -> i64 {
        let refused = self.funnel.refusals.iter().map(|refusal| refusal.count);
        refused.fold(self.funnel.bid_count, i64::saturating_add)
    }

    /// The refusal that is met most often of those that a reason sums up; of all of them where it sums up none.
    fn top(&self, reason: Option<Reason>) -> Option<&v1::Refusal> {
        let refusals = self.most_often_first();
        let of_reason = |refusal: &&&v1::Refusal| {
            let code = refusal.reason.as_ref();
            reason
                .zip(code)
                .is_some_and(|(reason, code)| advice::is_part_of(reason, code))
        };
        let part = refusals.iter().find(of_reason);
        part.or(refusals.first()).copied()
    }

    /// What can be done about a reason: about the refusal that it sums up where traffic tells one.
    pub fn advice(&self, reason: Reason) -> &'static str {
        let general = status::advice(reason);
        if !self.is_limited() || reason == Reason::NoTraffic {
            return general;
        }
        self.top(Some(reason)).and_then(by_code).unwrap_or(general)
    }

    /// A refusal with its figures: `760 of 1,500 times the place is not one that the ad wants (geo)`.
    fn told(&self, refusal: &v1::Refusal) -> String {
        let reason = refusal.reason.clone().unwrap_or_default();
        let times = format!(
            "{} of {} times",
            words::thousands(refusal.count),
            words::thousands(self.looks())
        );
        match reason.code.as_str() {
            "outbid_by_ours" => format!("{times} the impression went to another ad of yours"),
            code => format!(
                "{times}: {} ({code})",
                reason.sentence.trim_end_matches('.')
            ),
        }
    }

    /// What it comes to.
    pub fn verdict(&self) -> String {
        if let Some(reason) = self.reasons().first() {
            return self.obstacle(*reason);
        }
        let (bids, wins) = (self.sum(|m| m.bids), self.sum(|m| m.wins));
        let silent = self.funnel.bid_count == 0 && self.looks() >= ENOUGH;
        if bids == 0 || silent {
            return self.silence(bids);
        }
        match (wins, self.sum(|m| m.impressions)) {
            (0, _) => "It bids and does not win: others pay more, or the floors are higher. To do: raise \
                       max_bid_cpm_micros or the goal, or widen the targeting."
                .to_string(),
            (_, 0) => "It wins and nothing was billed: the exchange does not show what it won, or its notices do not \
                       reach the bidder. To do: ask the exchange where it sends `burl`, and see `outbid tail wins`."
                .to_string(),
            _ => {
                let mut text = format!("It serves: {} of its bids win.", percent(wins, bids));
                let stopped = self.stopped().count();
                if stopped > 0 {
                    text.push_str(&format!(" {stopped} of its ads cannot bid."));
                }
                text.push_str(&self.plan());
                text
            }
        }
    }

    /// What stands in its way.
    fn obstacle(&self, reason: Reason) -> String {
        let (words, advice) = (status::words(reason), self.advice(reason));
        if !self.is_limited() {
            let stopped = self.ads.len();
            // Each of them tells its own reason: the first one's is where to begin.
            let first = self.stopped().next();
            let own =
                first.and_then(|ad| status::reasons(&ad.serving_status_reasons).first().copied());
            return match (reason, first, own) {
                (Reason::NoEligibleAds, Some(ad), Some(own)) => format!(
                    "It cannot bid: none of its {stopped} ads can. To begin with, {}: {}. To do: {}.",
                    short(&ad.name),
                    status::words(own),
                    status::advice(own)
                ),
                _ => format!("It cannot bid: {words}. To do: {advice}."),
            };
        }
        let told = match reason {
            Reason::NoTraffic => None,
            _ => self.top(Some(reason)).map(|refusal| self.told(refusal)),
        };
        let told = told.map_or(String::new(), |told| format!("; {told}"));
        format!("It may bid, and buys little: {words}{told}. To do: {advice}.")
    }

    /// Why it made no bid.
    fn silence(&self, bids: i64) -> String {
        let since = words::moment(self.funnel.start_time.as_ref());
        let when = match bids {
            0 => "in the last 24 hours".to_string(),
            _ => format!("since {since}"),
        };
        if let Some(top) = self.top(None) {
            let advice =
                by_code(top).unwrap_or("`outbid why -f request.json` tells of one request");
            return format!(
                "It may bid and did not {when}: {}. To do: {advice}.",
                self.told(top)
            );
        }
        let what = match self.funnel.request_count {
            0 => {
                "no bid request came. To do: ask whether the exchange sends them to /bid/{exchange}"
            }
            _ => "no request was one that it wants",
        };
        format!(
            "It may bid and did not {when}: {what}. `outbid why -f request.json` tells of one request."
        )
    }

    /// How its campaign's spend stands against its plan, what its pacing does about it, and, where it is far behind,
    /// what holds it back.
    fn plan(&self) -> String {
        let Some(pacing) = &self.pacing else {
            return String::new();
        };
        let windows = [&pacing.day, &pacing.segment, &pacing.flight];
        let mut planned = windows.into_iter().flatten();
        let Some(window) = planned.find(|it| it.end_time.is_some() && it.ideal_micros > 0) else {
            return format!(" Its pacing: {}.", pacing.summary);
        };
        let share = window.spend_micros as f64 / window.ideal_micros as f64 * 100.0;
        let (spent, ideal) = (window.spend_micros, window.ideal_micros);
        let [spent, ideal] =
            [spent, ideal].map(|micros| amount::glance(micros, &pacing.currency_code));
        let who = match &self.about {
            Resource::Ad(_) => "Its campaign",
            _ => "It",
        };
        let mut text = format!(
            " {who} has spent {share:.1} % of what its plan has by now ({spent} of {ideal}): {}.",
            pacing.summary.trim_end_matches('.')
        );
        if share < BEHIND_PERCENT
            && let Some(top) = self.top(None)
        {
            let advice = by_code(top).map_or(String::new(), |advice| format!(" To do: {advice}."));
            text.push_str(&format!(
                " Most often it did not bid: {}.{advice}",
                self.told(top)
            ));
        }
        text
    }

    /// The command that helps on.
    pub fn next(&self) -> String {
        let name = short(self.about.name());
        let parts: Vec<&str> = name.split('/').collect();
        let (advertiser, campaign) = (parts[0], parts[..parts.len().min(2)].join("/"));
        match self.reasons().first() {
            Some(Reason::AdvertiserPaused) => format!("outbid resume {advertiser}"),
            Some(Reason::CampaignPaused | Reason::BreakerTripped) => {
                format!("outbid resume {campaign}")
            }
            Some(Reason::AdPaused) => format!("outbid resume {name}"),
            Some(Reason::BudgetSpent | Reason::DailyBudgetSpent) => {
                format!(
                    "outbid budget add {campaign} 50{}",
                    self.about.currency_code()
                )
            }
            Some(Reason::NoTraffic) => "outbid doctor".to_string(),
            Some(_) => format!("outbid edit {name}"),
            None if self.sum(|m| m.bids) == 0 => "outbid why -f request.json".to_string(),
            None => format!("outbid report --in {name} --by ad,hour --since 24h"),
        }
    }
}

fn by_code(refusal: &v1::Refusal) -> Option<&'static str> {
    advice::by_code(&refusal.reason.as_ref()?.code)
}
