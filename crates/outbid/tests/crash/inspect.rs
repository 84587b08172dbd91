//! The database as a crash left it. A copy is opened, so that the next start meets what the crash
//! left, not what we did.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use campaign::id::{AdId, CampaignId};
use campaign::money::Money;
use campaign::time::Timestamp;
use journal::position::Position;
use pacing::account::{Level, Window};
use pacing::ledger::audit;
use pacing::ledger::rows::{AccountRow, BidEnd, Rows};
use store::Store;
use store::error::StoreError;
use store::rollup::{Counts, Dimension, RollupQuery, RollupRow};

use crate::written::{ByAd, Figures};

/// What ledger and reports say, of one moment.
pub struct Left {
    rows: Rows,
    rollups: Vec<RollupRow>,
}

impl Left {
    /// Reads a copy of the database of `data`, which is made in `scratch`. `None` where the crash
    /// came before there was one.
    pub fn read(data: &Path, scratch: &Path) -> anyhow::Result<Option<Left>> {
        const FILES: [&str; 2] = ["outbid.sqlite", "outbid.sqlite-wal"];
        for file in FILES {
            let (from, to) = (data.join(file), scratch.join(file));
            if to.exists() {
                std::fs::remove_file(&to)?;
            }
            if from.exists() {
                std::fs::copy(&from, &to)
                    .with_context(|| format!("cannot copy {}", from.display()))?;
            }
        }
        if !data.join(FILES[0]).exists() {
            return Ok(None);
        }
        let mut store = Store::open(scratch).context("what the crash left is no database")?;
        let query = RollupQuery {
            from: Timestamp(0),
            until: Timestamp::MAX,
            by: vec![Dimension::Ad],
            only: Vec::new(),
        };
        let left = store.read::<_, StoreError>(|transaction| {
            Ok(Left {
                rows: transaction.read_ledger()?,
                rollups: transaction.query_rollups(&query)?,
            })
        });
        Ok(Some(left.context("the ledger cannot be read")?))
    }

    /// How far the ledger has come in the journal.
    pub fn position(&self) -> Position {
        self.rows
            .progress
            .map_or(Position::START, |progress| progress.position)
    }

    /// Everything that must add up, whatever the crash cut short: no cap is broken, and what is
    /// settled is exactly what the journal tells up to the position that the same transaction wrote
    /// down.
    pub fn check(&self, settled: &ByAd) -> anyhow::Result<()> {
        for account in &self.rows.accounts {
            within_cap(account)?;
        }
        audit(&self.rows).context("the ledger does not add up")?;
        self.charged_once(settled)?;
        self.counted_once(settled)
    }

    /// No account of these campaigns has more posted and held than was ever allowed: at any level, in any window.
    pub fn within(
        &self,
        campaign: CampaignId,
        window: fn(Window) -> bool,
        most: Money,
    ) -> anyhow::Result<()> {
        for account in self.of_campaign(campaign, window) {
            let committed = account.posted.saturating_add(account.held);
            ensure!(
                committed <= most,
                "OVER THE CAP: {:?} has posted and holds {committed:?}, and never was allowed more than {most:?}",
                account.key
            );
        }
        Ok(())
    }

    /// Whether one of the campaign's accounts is so full that the cap binds.
    pub fn is_full(&self, campaign: CampaignId, window: fn(Window) -> bool) -> bool {
        self.of_campaign(campaign, window).any(|account| {
            let committed = account.posted.saturating_add(account.held);
            account
                .effective
                .is_some_and(|cap| i128::from(committed.0) * 10 >= i128::from(cap.0) * 9)
        })
    }

    /// Whether anything was charged to one of the campaign's accounts.
    pub fn has_paid(&self, campaign: CampaignId, window: fn(Window) -> bool) -> bool {
        self.of_campaign(campaign, window)
            .any(|account| account.posted > Money::ZERO)
    }

    fn of_campaign(
        &self,
        campaign: CampaignId,
        window: fn(Window) -> bool,
    ) -> impl Iterator<Item = &AccountRow> {
        let of = move |row: &&AccountRow| {
            row.key.level == Level::Campaign(campaign) && window(row.key.window)
        };
        self.rows.accounts.iter().filter(of)
    }

    /// What advertisers were charged, in the accounts and bid by bid, and what the house paid.
    fn charged_once(&self, settled: &ByAd) -> anyhow::Result<()> {
        let mut paid: BTreeMap<AdId, Money> = BTreeMap::new();
        let (mut posted, mut losses) = (Money::ZERO, Money::ZERO);
        for account in &self.rows.accounts {
            if let (Level::Ad(ad), Window::Lifetime) = (account.key.level, account.key.window) {
                *paid.entry(ad).or_default() += account.posted;
                posted += account.posted;
            }
        }
        for loss in &self.rows.house_losses {
            *paid.entry(loss.ad).or_default() += loss.amount;
            losses += loss.amount;
        }
        paid.retain(|_, amount| *amount != Money::ZERO);
        let owed = settled.iter().map(|(ad, figures)| (*ad, figures.owed));
        let owed: BTreeMap<AdId, Money> =
            owed.filter(|(_, amount)| *amount != Money::ZERO).collect();
        ensure!(
            paid == owed,
            "MONEY: the accounts have paid {paid:?}, and the journal tells of {owed:?}"
        );
        let (mut count, mut of_bids, mut of_house) = (0_i64, Money::ZERO, Money::ZERO);
        for bid in &self.rows.bids {
            if let BidEnd::Billed {
                charged,
                house_loss,
            } = bid.end
            {
                count += 1;
                of_bids += charged;
                of_house += house_loss;
            }
        }
        let billed: i64 = settled.values().map(|figures| figures.billed).sum();
        ensure!(
            count == billed,
            "{count} bids are marked as billed, and the journal tells of {billed}"
        );
        ensure!(
            (of_bids, of_house) == (posted, losses),
            "bid by bid {of_bids:?} and {of_house:?}, by account {posted:?} and {losses:?}"
        );
        Ok(())
    }

    /// What reports are made of.
    fn counted_once(&self, settled: &ByAd) -> anyhow::Result<()> {
        let counted = self
            .rollups
            .iter()
            .filter_map(|row| Some((AdId(*row.key.first()?), figures(&row.counts))));
        let counted: ByAd = counted
            .filter(|(_, figures)| *figures != Figures::default())
            .collect();
        same(&counted, settled).context("the rollups in the database")
    }
}

/// Holds what is counted against what is written down.
pub fn same(counted: &ByAd, written: &ByAd) -> anyhow::Result<()> {
    for ad in counted.keys().chain(written.keys()) {
        let (counted, written) = (counted.get(ad), written.get(ad));
        let (counted, written) = (
            counted.copied().unwrap_or_default(),
            written.copied().unwrap_or_default(),
        );
        ensure!(
            counted == written,
            "COUNTED WRONG, ad {ad}:\n  counted {counted:?}\n  written {written:?}"
        );
    }
    Ok(())
}

fn within_cap(account: &AccountRow) -> anyhow::Result<()> {
    let AccountRow {
        key,
        requested,
        effective,
        posted,
        held,
        overspend,
        ..
    } = *account;
    ensure!(
        overspend == Money::ZERO,
        "OVERSPENT: {key:?} by {overspend:?}"
    );
    let committed = i128::from(posted.0) + i128::from(held.0);
    let within = effective.is_none_or(|cap| committed <= i128::from(cap.0));
    ensure!(
        within,
        "OVER THE CAP: {key:?} has posted {posted:?} and holds {held:?} of {effective:?} (asked: {requested:?})"
    );
    Ok(())
}

fn figures(counts: &Counts) -> Figures {
    Figures {
        wins: counts.wins,
        billed: counts.impressions,
        shown: counts.shown,
        views: counts.views,
        clicks: counts.clicks,
        conversions: counts.conversions,
        owed: counts.spend + counts.house_loss,
    }
}
