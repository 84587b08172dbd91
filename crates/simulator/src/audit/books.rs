//! The market's own books: which notices the bidder acknowledged, and what they must come to.
//!
//! A notice that was answered 2xx (a click: 302) is acknowledged, and must be counted, once,
//! whatever happened since. One that was sent and never acknowledged is in doubt: the bidder may
//! have written it down before the connection broke. Without doubt the figures must be equal to the
//! nano; with doubt they must lie between.

use std::collections::{BTreeMap, BTreeSet};

use campaign::id::{AdId, CampaignId};
use campaign::money::Money;
use serde::Serialize;

/// How many acknowledged billings are kept one by one; those after them only count.
const RECEIPTS_MAX: usize = 1_000_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Countable {
    /// Wins that were told.
    Win,
    /// Impressions that were billed.
    Billing,
    /// Clicks.
    Click,
    /// Conversions.
    Conversion,
}

impl Countable {
    const ALL: [Countable; 4] = [
        Countable::Win,
        Countable::Billing,
        Countable::Click,
        Countable::Conversion,
    ];

    const fn name(self) -> &'static str {
        match self {
            Countable::Win => "wins",
            Countable::Billing => "billed",
            Countable::Click => "clicks",
            Countable::Conversion => "conversions",
        }
    }
}

/// What one notice is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The bid's id.
    pub bid: String,
    /// Its ad.
    pub ad: AdId,
    /// The ad's campaign.
    pub campaign: CampaignId,
    /// What it must cost the advertiser: the price that the notice says, held to the reservation.
    pub cost: Money,
}

/// An acknowledged billing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The bid's id.
    pub bid: String,
    /// Its ad.
    pub ad: AdId,
    /// What it must have cost.
    pub cost: Money,
}

/// What must have been counted for one ad.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdBooks {
    /// The campaign of the ad.
    pub campaign: CampaignId,
    /// Acknowledged, by what is counted: wins, billings, clicks, conversions.
    pub acknowledged: [u64; 4],
    /// In doubt, likewise.
    pub doubtful: [u64; 4],
    /// What the acknowledged billings cost.
    pub cost: Money,
    /// What those in doubt cost.
    pub doubtful_cost: Money,
}

impl AdBooks {
    /// How many were acknowledged.
    pub fn count(&self, what: Countable) -> u64 {
        self.acknowledged[what as usize]
    }
}

/// The market's books.
#[derive(Clone, Debug, Default)]
pub struct Books {
    ads: BTreeMap<AdId, AdBooks>,
    receipts: Vec<Receipt>,
}

impl Books {
    /// A notice goes out for the first time: from now on it is in doubt.
    pub(crate) fn attempted(&mut self, what: Countable, subject: &Subject) {
        let ad = self.ad(subject);
        ad.doubtful[what as usize] += 1;
        if what == Countable::Billing {
            ad.doubtful_cost = ad.doubtful_cost.saturating_add(subject.cost);
        }
    }

    /// A notice is acknowledged for the first time. It was attempted before.
    pub(crate) fn acknowledged(&mut self, what: Countable, subject: &Subject) {
        let ad = self.ad(subject);
        ad.doubtful[what as usize] -= 1;
        ad.acknowledged[what as usize] += 1;
        if what == Countable::Billing {
            ad.doubtful_cost = ad.doubtful_cost.saturating_sub(subject.cost);
            ad.cost = ad.cost.saturating_add(subject.cost);
            if self.receipts.len() < RECEIPTS_MAX {
                let Subject { bid, ad, cost, .. } = subject.clone();
                self.receipts.push(Receipt { bid, ad, cost });
            }
        }
    }

    /// A notice was refused for good: it is not counted, and not in doubt.
    pub(crate) fn refused(&mut self, what: Countable, subject: &Subject) {
        let ad = self.ad(subject);
        ad.doubtful[what as usize] -= 1;
        if what == Countable::Billing {
            ad.doubtful_cost = ad.doubtful_cost.saturating_sub(subject.cost);
        }
    }

    fn ad(&mut self, subject: &Subject) -> &mut AdBooks {
        let books = self.ads.entry(subject.ad).or_default();
        books.campaign = subject.campaign;
        books
    }

    /// Each ad that had a notice.
    pub fn ads(&self) -> impl Iterator<Item = (AdId, &AdBooks)> {
        self.ads.iter().map(|(id, books)| (*id, books))
    }

    /// The acknowledged billings, one by one; the first million of them.
    pub fn receipts(&self) -> &[Receipt] {
        &self.receipts
    }

    /// Holds what the product says against the books. Nothing comes out where every nano is in its place.
    pub fn reconcile(&self, statement: &Statement) -> Vec<Discrepancy> {
        let mut found = Vec::new();
        let mut campaigns: BTreeMap<CampaignId, AdBooks> = BTreeMap::new();
        for books in self.ads.values() {
            campaigns.entry(books.campaign).or_default().add(books);
        }
        if !statement.ads.is_empty() || statement.campaigns.is_empty() {
            compare_all("ad", &self.ads, &statement.ads, &mut found);
        }
        if !statement.campaigns.is_empty() {
            compare_all("campaign", &campaigns, &statement.campaigns, &mut found);
        }
        if statement.overspend != Money::ZERO {
            found.push(Discrepancy {
                what: "overspend_nanos".to_string(),
                least: 0,
                most: 0,
                reported: statement.overspend.nanos(),
            });
        }
        found
    }
}

impl AdBooks {
    fn add(&mut self, other: &AdBooks) {
        for place in 0..self.acknowledged.len() {
            self.acknowledged[place] += other.acknowledged[place];
            self.doubtful[place] += other.doubtful[place];
        }
        self.cost = self.cost.saturating_add(other.cost);
        self.doubtful_cost = self.doubtful_cost.saturating_add(other.doubtful_cost);
    }
}

/// What the product says was spent and counted, by its ledger or its reports.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// By ad. Where there is none at all, only campaigns are compared; else one that is not here had nothing.
    pub ads: BTreeMap<AdId, Posted>,
    /// By campaign. Where there is none at all, only ads are compared; else one that is not here had nothing.
    pub campaigns: BTreeMap<CampaignId, Posted>,
    /// What was charged over caps in force when it was reserved. Must be nothing.
    pub overspend: Money,
}

/// What the product says of one ad or campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// What the advertiser was charged.
    pub spend: Money,
    /// What we owe exchanges and charge nobody, since no hold-back covered it.
    pub house_loss: Money,
    /// Wins, where they are counted.
    pub wins: Option<u64>,
    /// Billed impressions, where they are counted.
    pub billed: Option<u64>,
    /// Clicks, where they are counted.
    pub clicks: Option<u64>,
    /// Conversions, where they are counted.
    pub conversions: Option<u64>,
}

/// A figure that is not what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Discrepancy {
    /// Which figure: `ad 17 spend_nanos`.
    pub what: String,
    /// The least that it must be.
    pub least: i64,
    /// The most that it may be: more than `least` only where notices are in doubt.
    pub most: i64,
    /// What the product says.
    pub reported: i64,
}

fn compare_all<Id: Copy + Ord + std::fmt::Display>(
    level: &str,
    books: &BTreeMap<Id, AdBooks>,
    posted: &BTreeMap<Id, Posted>,
    found: &mut Vec<Discrepancy>,
) {
    let ids: BTreeSet<Id> = books.keys().chain(posted.keys()).copied().collect();
    for id in ids {
        let books = books.get(&id).cloned().unwrap_or_default();
        let posted = posted.get(&id).copied().unwrap_or_default();
        compare(&format!("{level} {id}"), &books, &posted, found);
    }
}

fn compare(name: &str, books: &AdBooks, posted: &Posted, found: &mut Vec<Discrepancy>) {
    let mut check = |what: &str, least: i64, most: i64, reported: i64| {
        if !(least..=most).contains(&reported) {
            found.push(Discrepancy {
                what: format!("{name} {what}"),
                least,
                most,
                reported,
            });
        }
    };
    let owed = books.cost.nanos();
    let most = books.cost.saturating_add(books.doubtful_cost).nanos();
    check(
        "spend_nanos",
        owed,
        most,
        posted.spend.saturating_add(posted.house_loss).nanos(),
    );
    for what in Countable::ALL {
        let reported = match what {
            Countable::Win => posted.wins,
            Countable::Billing => posted.billed,
            Countable::Click => posted.clicks,
            Countable::Conversion => posted.conversions,
        };
        if let Some(reported) = reported {
            let (sure, doubt) = (
                books.acknowledged[what as usize],
                books.doubtful[what as usize],
            );
            check(
                what.name(),
                sure as i64,
                (sure + doubt) as i64,
                reported as i64,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(bid: &str, ad: u64, cost: i64) -> Subject {
        Subject {
            bid: bid.to_string(),
            ad: AdId(ad),
            campaign: CampaignId(1),
            cost: Money(cost),
        }
    }

    /// Two billings of ad 1, acknowledged, and one of ad 2.
    fn books() -> Books {
        let mut books = Books::default();
        for subject in [
            subject("a", 1, 1_000),
            subject("b", 1, 2_345),
            subject("c", 2, 7),
        ] {
            books.attempted(Countable::Billing, &subject);
            books.acknowledged(Countable::Billing, &subject);
        }
        books
    }

    fn statement(first: i64, second: i64, billed: u64) -> Statement {
        let posted = |spend, billed| Posted {
            spend: Money(spend),
            billed,
            ..Posted::default()
        };
        Statement {
            ads: BTreeMap::from([
                (AdId(1), posted(first, Some(billed))),
                (AdId(2), posted(second, None)),
            ]),
            ..Statement::default()
        }
    }

    fn found(books: &Books, statement: &Statement) -> Vec<String> {
        books
            .reconcile(statement)
            .into_iter()
            .map(|d| d.what)
            .collect()
    }

    #[test]
    fn one_nano_or_one_notice_too_much_or_too_little_is_found() {
        let check = |statement: Statement, expect: &[&str]| {
            assert_eq!(found(&books(), &statement), expect, "{statement:?}");
        };
        check(statement(3_345, 7, 2), &[]);
        check(statement(3_344, 7, 2), &["ad 1 spend_nanos"]);
        check(statement(3_346, 7, 2), &["ad 1 spend_nanos"]);
        check(statement(3_345, 8, 2), &["ad 2 spend_nanos"]);
        check(statement(3_345, 7, 3), &["ad 1 billed"]);
        check(statement(3_345, 7, 1), &["ad 1 billed"]);
        check(
            Statement {
                overspend: Money(1),
                ..statement(3_345, 7, 2)
            },
            &["overspend_nanos"],
        );
        check(
            Statement::default(),
            &["ad 1 spend_nanos", "ad 2 spend_nanos"],
        );
    }

    #[test]
    fn money_between_two_ads_of_a_campaign_is_found_though_the_campaign_is_right() {
        let mut moved = statement(3_335, 17, 2);
        moved.campaigns.insert(
            CampaignId(1),
            Posted {
                spend: Money(3_352),
                ..Posted::default()
            },
        );
        assert_eq!(
            found(&books(), &moved),
            ["ad 1 spend_nanos", "ad 2 spend_nanos"]
        );
        let mut short = statement(3_345, 7, 2);
        short.campaigns.insert(
            CampaignId(1),
            Posted {
                spend: Money(3_351),
                ..Posted::default()
            },
        );
        assert_eq!(found(&books(), &short), ["campaign 1 spend_nanos"]);
    }

    #[test]
    fn a_statement_by_campaigns_alone_is_compared_by_campaigns() {
        let by = |id, spend| Statement {
            campaigns: BTreeMap::from([(
                CampaignId(id),
                Posted {
                    spend: Money(spend),
                    ..Posted::default()
                },
            )]),
            ..Statement::default()
        };
        assert!(found(&books(), &by(1, 3_352)).is_empty());
        assert_eq!(found(&books(), &by(1, 3_353)), ["campaign 1 spend_nanos"]);
        let both = ["campaign 1 spend_nanos", "campaign 2 spend_nanos"];
        assert_eq!(found(&books(), &by(2, 3_352)), both);
    }

    #[test]
    fn what_the_house_pays_is_owed_too() {
        let mut statement = statement(3_000, 7, 2);
        statement.ads.entry(AdId(1)).or_default().house_loss = Money(345);
        assert_eq!(found(&books(), &statement), Vec::<String>::new());
    }

    #[test]
    fn a_notice_in_doubt_may_or_may_not_be_counted_and_a_refused_one_may_not() {
        let mut books = books();
        books.attempted(Countable::Billing, &subject("d", 2, 100));
        assert!(found(&books, &statement(3_345, 7, 2)).is_empty());
        assert!(found(&books, &statement(3_345, 107, 2)).is_empty());
        assert_eq!(
            found(&books, &statement(3_345, 108, 2)),
            ["ad 2 spend_nanos"]
        );
        books.refused(Countable::Billing, &subject("d", 2, 100));
        assert_eq!(
            found(&books, &statement(3_345, 107, 2)),
            ["ad 2 spend_nanos"]
        );
    }
}
