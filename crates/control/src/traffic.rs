//! What became of the last while's impressions for each ad, and what stands in its way: the reasons that only traffic
//! can tell.

use std::collections::{BTreeMap, HashMap};

use api::v1::ServingStatusReason as Reason;
use auction::book::BidTally;
use auction::reason::{NoBidReason, Step};
use campaign::id::AdId;
use campaign::time::{Span, Timestamp};
use learning::recent::Recent;

/// How long half of what is counted is: tallies of between half an hour and an hour count.
const HALF: Span = Span::minutes(30);
/// What is younger has had no time to show anything.
pub const SETTLED_AFTER: Span = Span::minutes(5);
/// Fewer impressions than this say nothing about a reason.
const ENOUGH: u64 = 100;
/// A targeting that leaves fewer than one in so many is too narrow; narrow ones leave one in a hundred.
const NARROW: u64 = 10_000;
/// Another reason stands in the way where it leaves fewer than one in so many.
const LITTLE: u64 = 20;
/// Other ads of ours leave an ad nothing where they leave it fewer than one in so many: the worse of two ads that share
/// a budget keeps more.
const OUTBID: u64 = 100;
/// Bids of which fewer than one in so many wins are too low.
const LOSING: u64 = 50;
/// Fewer bids than one on so many impressions are as good as none.
const RARE: u64 = 1_000;

/// What became of impressions for one ad, or for several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdTraffic {
    /// Bids made.
    pub bids: u64,
    /// Bids that won.
    pub wins: u64,
    /// How often each reason said no.
    pub refusals: BTreeMap<NoBidReason, u64>,
}

/// All ads' traffic.
#[derive(Debug)]
pub struct Traffic(Recent<HashMap<AdId, AdTraffic>>);

impl AdTraffic {
    /// Adds what others counted.
    pub fn add(&mut self, other: &AdTraffic) {
        self.bids = self.bids.saturating_add(other.bids);
        self.wins = self.wins.saturating_add(other.wins);
        for (reason, count) in &other.refusals {
            let sum = self.refusals.entry(*reason).or_default();
            *sum = sum.saturating_add(*count);
        }
    }

    /// How many impressions there were.
    pub fn considered(&self) -> u64 {
        let refused = self.refusals.values();
        refused.fold(self.bids, |sum, count| sum.saturating_add(*count))
    }

    /// What one of a manager's questions refused of so many impressions that came so far.
    fn refused(&self, group: Reason, of: u64) -> Refused {
        let ours = self.refusals.iter();
        let ours = ours.filter(|(reason, _)| group_of(**reason) == Some(group));
        let most = ours.clone().max_by_key(|(_, count)| **count);
        Refused {
            group,
            count: ours.map(|(_, count)| *count).sum(),
            of,
            most_often: most.map_or("", |(reason, _)| reason.sentence()),
        }
    }

    /// What stands in the way, in the order in which a manager checks, each with its figures. Nothing where impressions
    /// are bought at a usual rate, or where there are too few to tell.
    pub fn obstacles(&self, minutes: i64) -> Vec<(Reason, String)> {
        if self.considered() == 0 {
            let detail = format!("no bid request came in the last {minutes} minutes");
            return vec![(Reason::NoTraffic, detail)];
        }
        let mut found = Vec::new();
        let mut left = self.considered();
        let mut largest: Option<Refused> = None;
        for (group, leaves) in [
            (Reason::CreativesRefused, LITTLE),
            (Reason::TargetingTooNarrow, NARROW),
            (Reason::FrequencyCapped, LITTLE),
            (Reason::BidTooLow, LITTLE),
            (Reason::OutbidByOwnAds, OUTBID),
        ] {
            let refused = self.refused(group, left);
            let passed = left.saturating_sub(refused.count);
            if refused.of >= ENOUGH && passed.saturating_mul(leaves) < refused.of {
                found.push((group, refused.sentence(minutes)));
            }
            left = passed;
            let larger = largest.as_ref().is_none_or(|it| refused.count > it.count);
            // How little a targeting may leave is said above: narrow ones bid rarely, and are to.
            if larger
                && refused.count > 0
                && (group != Reason::TargetingTooNarrow || self.bids == 0)
            {
                largest = Some(refused);
            }
        }
        let is_rare = self.bids.saturating_mul(RARE) < self.considered();
        if let (true, true, Some(refused)) = (found.is_empty(), is_rare, largest)
            && self.considered() >= ENOUGH
        {
            // Nothing by itself leaves too little, and all together leave next to nothing.
            found.push((refused.group, refused.sentence(minutes)));
        }
        let losing = self.bids >= ENOUGH && self.wins.saturating_mul(LOSING) < self.bids;
        if losing
            && found
                .last()
                .is_none_or(|(last, _)| *last != Reason::BidTooLow)
        {
            let percent = self.wins as f64 / self.bids as f64 * 100.0;
            let detail = format!(
                "{} of {} bids won in the last {minutes} minutes ({percent:.1}%)",
                thousands(self.wins),
                thousands(self.bids)
            );
            found.push((Reason::BidTooLow, detail));
        }
        found
    }
}

/// How many of the impressions that came so far one of a manager's questions refused.
struct Refused {
    group: Reason,
    count: u64,
    of: u64,
    most_often: &'static str,
}

impl Refused {
    fn sentence(&self, minutes: i64) -> String {
        format!(
            "{} of {} impressions in the last {minutes} minutes; most often: {}",
            thousands(self.count),
            thousands(self.of),
            self.most_often
        )
    }
}

/// Which of a manager's questions a refusal answers. What pacing and budgets keep from bidding is no obstacle.
fn group_of(reason: NoBidReason) -> Option<Reason> {
    use NoBidReason as No;
    match reason {
        No::AdvertiserPaused | No::CampaignPaused | No::AdPaused => None,
        No::OutsideFlight | No::NoCreative => None,
        No::UnknownUser | No::FrequencyCap => Some(Reason::FrequencyCapped),
        No::DealFloor | No::Floor | No::NoRate | No::PriceTooLow => Some(Reason::BidTooLow),
        No::OutbidByOurs => Some(Reason::OutbidByOwnAds),
        other => match other.step() {
            Step::Ad => Some(Reason::CreativesRefused),
            Step::Targeting => Some(Reason::TargetingTooNarrow),
            Step::Request | Step::Impression | Step::Money => None,
        },
    }
}

impl Traffic {
    /// Nothing was seen yet.
    pub fn new(now: Timestamp) -> Traffic {
        Traffic(Recent::new(HALF, now))
    }

    /// Takes in what a bidder tells of an ad.
    pub fn tally(&mut self, tally: &BidTally, now: Timestamp) {
        let traffic = self.0.now(now).entry(tally.ad).or_default();
        traffic.bids = traffic.bids.saturating_add(tally.bids);
        for (reason, count) in &tally.refusals {
            let sum = traffic.refusals.entry(*reason).or_default();
            *sum = sum.saturating_add(u64::from(*count));
        }
    }

    /// Takes in wins of an ad.
    pub fn won(&mut self, ad: AdId, wins: i64, now: Timestamp) {
        let wins = u64::try_from(wins).unwrap_or(0);
        if wins > 0 {
            self.0.now(now).entry(ad).or_default().wins += wins;
        }
    }

    /// Forgets what is too old.
    pub fn forget(&mut self, now: Timestamp) {
        self.0.now(now);
    }

    /// What is known of an ad.
    pub fn of(&self, ad: AdId) -> AdTraffic {
        let mut sum = AdTraffic::default();
        for half in self.0.halves() {
            if let Some(traffic) = half.get(&ad) {
                sum.add(traffic);
            }
        }
        sum
    }

    /// From when on it was counted.
    pub fn since(&self) -> Timestamp {
        self.0.since()
    }
}

/// With commas between thousands.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check((bids, wins): (u64, u64), refusals: &[(NoBidReason, u64)], expect: &[(Reason, &str)]) {
        let traffic = AdTraffic {
            bids,
            wins,
            refusals: refusals.iter().copied().collect(),
        };
        let told = traffic.obstacles(45);
        let reasons: Vec<_> = told.iter().map(|(reason, _)| *reason).collect();
        let expected: Vec<_> = expect.iter().map(|(reason, _)| *reason).collect();
        assert_eq!(reasons, expected, "{told:?}");
        for ((_, detail), (_, part)) in told.iter().zip(expect) {
            assert!(detail.contains(part), "{detail}");
        }
    }

    #[test]
    fn what_stands_in_the_way_is_told_in_the_order_of_a_managers_questions() {
        use NoBidReason as No;
        check((0, 0), &[], &[(Reason::NoTraffic, "45 minutes")]);
        // Buying one in a hundred of what is seen, and winning one in ten, is as it should be.
        check((100, 10), &[(No::Geo, 9_900)], &[]);
        check((1, 0), &[(No::Geo, 50)], &[]);
        let narrow = (Reason::TargetingTooNarrow, "199,999 of 200,000 impressions");
        check((1, 1), &[(No::Geo, 199_999)], &[narrow]);
        let refused = (Reason::CreativesRefused, "blocks the advertiser's domain");
        check(
            (10, 5),
            &[(No::BlockedAdvertiser, 980), (No::Size, 10)],
            &[refused],
        );
        let capped = (Reason::FrequencyCapped, "500 of 500");
        check(
            (0, 0),
            &[(No::Geo, 500), (No::FrequencyCap, 500)],
            &[capped],
        );
        let floor = (Reason::BidTooLow, "below the floor");
        check((9, 0), &[(No::Geo, 500), (No::Floor, 991)], &[floor]);
        let loses = (Reason::BidTooLow, "12 of 1,475 bids won");
        check((1_475, 12), &[(No::Geo, 500)], &[loses]);
        // Pacing is no obstacle.
        check((0, 0), &[(No::Paced, 5_000)], &[]);
        let outbid = (Reason::OutbidByOwnAds, "760 of 760 impressions");
        check(
            (0, 0),
            &[(No::Size, 779), (No::OutbidByOurs, 760)],
            &[outbid],
        );
        // The worse of two ads has its share.
        check((5, 1), &[(No::OutbidByOurs, 200)], &[]);
    }

    #[test]
    fn an_ad_that_next_to_never_bids_is_told_what_refuses_it_most() {
        use NoBidReason as No;
        // Each leaves half, and together they leave nothing.
        let most = (Reason::CreativesRefused, "600 of 1,300 impressions");
        let each = [(No::Size, 600), (No::Floor, 400), (No::Paced, 300)];
        check((0, 0), &each, &[most]);
        let floor = (Reason::BidTooLow, "867 of 1,167 impressions");
        check(
            (1, 0),
            &[(No::Floor, 867), (No::AwaitingLease, 299)],
            &[floor],
        );
        // One in a hundred is no rarity.
        check((13, 1), &each, &[]);
        // Nor is one in two thousand, where a targeting asks for few.
        check((1, 1), &[(No::Geo, 1_999)], &[]);
        let narrow = (Reason::TargetingTooNarrow, "1,999 of 2,000 impressions");
        check((0, 0), &[(No::Geo, 1_999), (No::Paced, 1)], &[narrow]);
    }

    #[test]
    fn figures_have_commas() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(n), text);
        }
    }
}
