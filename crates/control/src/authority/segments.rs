//! What ends or begins by itself: the amounts of budget segments, and raises of budgets.
//!
//! While a segment is on, the campaign's lifetime account in the ledger ends where the segment's amount does: at what
//! had been charged when it began, and the amount. So a segment's amount is kept as every budget is: what is posted and
//! held is never above it.

use std::collections::{BTreeSet, HashMap};

use api::v1;
use campaign::ad::Budget;
use campaign::advertiser::Campaign;
use campaign::id::CampaignId;
use campaign::money::Money;
use campaign::spending::Segment;
use campaign::time::{Span, Timestamp};
use pacing::account::Level;
use pacing::ledger::Ledger;
use store::database::Transaction;
use store::error::StoreError;
use store::rollup::{Dimension, RollupQuery};

use super::change::Manner;
use super::load::tell_ledger;
use super::purse::posted;
use super::{Authority, AuthorityError};
use crate::catalog::Catalog;

/// After how long it is tried again to take a raise back that could not be.
const TRIED_AGAIN_AFTER: Span = Span::minutes(10);

/// The segments that are on.
#[derive(Debug, Default)]
pub(crate) struct Segments {
    current: HashMap<CampaignId, Current>,
    /// When segments began that were on before a restart, and what had been charged by then.
    kept: HashMap<CampaignId, (Timestamp, Money)>,
    /// The campaigns whose budgets change by themselves at some moment: few of many.
    timed: BTreeSet<CampaignId>,
    /// When it is tried again to take raises back that could not be.
    again: HashMap<CampaignId, Timestamp>,
}

/// A segment that is on.
#[derive(Clone, Copy, Debug)]
struct Current {
    segment: Segment,
    /// What had been charged in all when it began.
    before: Money,
    /// The store knows it.
    noted: bool,
}

impl Segments {
    /// Whether another segment is on than was.
    fn turned(&self, campaign: &Campaign, now: Timestamp) -> bool {
        let is = campaign.spending.segment_at(now);
        let was = self
            .current
            .get(&campaign.id)
            .map(|current| &current.segment);
        is != was
    }

    /// Whether a raise of a campaign's budget is to be taken back.
    fn is_raise_over(&self, campaign: &Campaign, now: Timestamp) -> bool {
        let waits = self.again.get(&campaign.id).is_some_and(|at| now < *at);
        campaign.spending.has_raise_over(now) && !waits
    }

    /// Segments of which it is known from before a restart what had been charged when they began.
    pub fn restore(kept: impl IntoIterator<Item = (CampaignId, (Timestamp, Money))>) -> Segments {
        Segments {
            kept: kept.into_iter().collect(),
            ..Segments::default()
        }
    }

    /// When those segments that are on began that the store does not know yet, and what had been charged by then.
    pub fn unnoted(&mut self) -> Vec<(CampaignId, (Timestamp, Money))> {
        let fresh = self.current.iter_mut().filter(|(_, it)| !it.noted);
        let each = fresh.map(|(campaign, current)| {
            current.noted = true;
            (*campaign, (current.segment.start, current.before))
        });
        each.collect()
    }

    /// Looks which segment is on. `since` tells what was charged since a moment, where it began before now.
    fn look<E>(
        &mut self,
        campaign: &Campaign,
        now: Timestamp,
        posted: Money,
        since: impl FnOnce(Timestamp) -> Result<Money, E>,
    ) -> Result<(), E> {
        match campaign.spending.is_timed() {
            true => self.timed.insert(campaign.id),
            false => self.timed.remove(&campaign.id),
        };
        let Some(segment) = campaign.spending.segment_at(now) else {
            self.current.remove(&campaign.id);
            return Ok(());
        };
        let same = |current: &&Current| current.segment.start == segment.start;
        let (before, noted) = match self.current.get(&campaign.id).filter(same) {
            Some(current) => (current.before, current.noted),
            None => match self.kept.get(&campaign.id) {
                Some((start, before)) if *start == segment.start => (*before, true),
                _ => (
                    posted.saturating_sub(since(segment.start)?).or_zero(),
                    false,
                ),
            },
        };
        let current = Current {
            segment: *segment,
            before,
            noted,
        };
        self.current.insert(campaign.id, current);
        Ok(())
    }

    /// A campaign's budget in force.
    pub fn budget(&self, campaign: &Campaign) -> Budget {
        let cap = self.current.get(&campaign.id).map(|current| {
            let amount = current.segment.amount;
            current.before.saturating_add(amount)
        });
        let lifetime = campaign.budget.lifetime.into_iter().chain(cap).min();
        Budget {
            lifetime,
            ..campaign.budget
        }
    }

    /// What was charged to a level since its segment began, of so much in all.
    pub fn spent(&self, level: Level, posted: Money) -> Money {
        let current = match level {
            Level::Campaign(campaign) => self.current.get(&campaign),
            _ => None,
        };
        current.map_or(Money::ZERO, |it| posted.saturating_sub(it.before).or_zero())
    }

    /// Looks at the segments of the campaigns of a record, or of all.
    pub fn read(
        &mut self,
        catalog: &Catalog,
        campaigns: impl IntoIterator<Item = CampaignId>,
        ledger: &Ledger,
        now: Timestamp,
        transaction: &Transaction<'_>,
    ) -> Result<(), StoreError> {
        for id in campaigns {
            let Some(campaign) = catalog.campaign(id) else {
                continue;
            };
            let charged = posted(ledger, Level::Campaign(id));
            self.look(campaign, now, charged, |start| {
                charged_since(transaction, id, start)
            })?;
        }
        Ok(())
    }
}

/// What was charged to a campaign for bids since the hour that holds this moment.
fn charged_since(
    transaction: &Transaction<'_>,
    campaign: CampaignId,
    from: Timestamp,
) -> Result<Money, StoreError> {
    let query = RollupQuery {
        from,
        until: Timestamp::MAX,
        by: Vec::new(),
        only: vec![(Dimension::Campaign, vec![campaign.0])],
    };
    let rows = transaction.query_rollups(&query)?;
    Ok(rows
        .iter()
        .fold(Money::ZERO, |sum, row| sum.saturating_add(row.counts.spend)))
}

impl Authority {
    /// Puts the budgets of those campaigns in force whose segment began or ended, or whose raise is over.
    pub(super) fn turn_budgets(&mut self, now: Timestamp) -> Result<(), AuthorityError> {
        let timed = self.segments.timed.iter();
        let living = timed.filter_map(|id| {
            let entry = self.catalog.numbered(id.0)?;
            (!entry.is_deleted()).then(|| self.catalog.campaign(*id))?
        });
        let turning = living.filter(|campaign| {
            self.segments.turned(campaign, now) || self.segments.is_raise_over(campaign, now)
        });
        let turning: Vec<CampaignId> = turning.map(|campaign| campaign.id).collect();
        for id in turning {
            self.end_raises(id, now);
            let Some(campaign) = self.catalog.campaign(id) else {
                continue;
            };
            if !self.segments.turned(campaign, now) {
                continue;
            }
            let charged = posted(&self.ledger, Level::Campaign(id));
            // It has just begun: who was away when it did asked the store at the start.
            self.segments
                .look(campaign, now, charged, |_| Ok::<_, StoreError>(Money::ZERO))?;
            let ads = self.catalog.ads_under(id.0);
            tell_ledger(
                &self.catalog,
                &self.segments,
                &mut self.ledger,
                ads.iter().copied(),
                now,
            )?;
            // What bidders hold was granted under another limit.
            self.recall(ads.iter().copied());
            self.refresh_terms(ads);
        }
        Ok(())
    }

    /// Takes back what was added to a campaign's budget until now.
    fn end_raises(&mut self, id: CampaignId, now: Timestamp) {
        let Some(entry) = self.catalog.numbered(id.0) else {
            return;
        };
        let due = |raise: &v1::BudgetRaise| {
            let end = raise.end_time.as_ref().map(api::time::moment);
            end.is_none_or(|end| end <= now)
        };
        let campaign = self.catalog.campaign(id);
        if !campaign.is_some_and(|campaign| self.segments.is_raise_over(campaign, now)) {
            return;
        }
        self.segments.again.remove(&id);
        let name = entry.name.to_string();
        let done = self.amend(
            &name,
            "",
            &Manner::default(),
            |campaign: &mut v1::Campaign, _, _| {
                let over = campaign.budget_raises.extract_if(.., |it| due(it));
                let over: Vec<v1::BudgetRaise> = over.collect();
                if let Some(budget) = &mut campaign.budget {
                    for raise in over {
                        let less = |limit: Option<i64>, by: i64| limit.map(|it| (it - by).max(0));
                        budget.daily_micros = less(budget.daily_micros, raise.daily_micros);
                        budget.lifetime_micros =
                            less(budget.lifetime_micros, raise.lifetime_micros);
                    }
                }
                Ok(())
            },
            |it: v1::Campaign, _| it,
        );
        match done {
            Ok(_) => tracing::info!(campaign = %name, "a raise of its budget is over"),
            Err(error) => {
                tracing::error!(campaign = %name, ?error, "a raise of its budget could not be taken back");
                self.segments.again.insert(id, now + TRIED_AGAIN_AFTER);
            }
        }
    }
}
