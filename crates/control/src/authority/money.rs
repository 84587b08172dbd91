//! Money in motion: leases granted and taken back, the journal settled, and all of it in one transaction a turn.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use auction::book::AdTerms;
use auction::pricing;
use campaign::conversion::Counting;
use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use journal::entry::{Entry, Event};
use journal::position::Position;
use pacing::lease::{GrantAnswer, LeaseMessage};
use pacing::ledger::settle::{Effect, Settled, Settlement, effects};
use store::disk::Disk;
use store::error::StoreError;
use store::notice::NoticeKind;
use store::segment::reader::Reader;
use store::segment::{JournalError, Progress};

use super::conversions::Told;
use super::exploration::Lesson;
use super::keeper;
use super::pot::{self, Outcome};
use super::rollups::Tallied;
use super::{Authority, AuthorityError};
use crate::catalog::Placed;

/// How many entries one transaction settles at most.
const ENTRIES_A_TURN: usize = 4_096;
/// How many messages about leases one transaction answers at most. Each holds up to some hundred requests.
const MESSAGES_A_TURN: usize = 64;
/// How many answers wait for a bidder at most. One that is lost is asked for again.
const MAX_ANSWERS_WAITING: usize = 65_536;
/// How long an order is remembered, so that a conversion is counted once: longer than any click is credited.
pub(super) const ORDERS_KEPT: Span = Span::days(180);
/// How long it is remembered which notices were counted: longer than the keys that sign them are good for.
pub(super) const NOTICES_KEPT: Span = Span::days(9);
/// How many of them are forgotten at once, so that money does not wait.
pub(super) const NOTICES_FORGOTTEN_AT_ONCE: usize = 100_000;
/// How long a notice may take from being dated to being durable. Real time. What takes longer is billed late.
const NOTICE_LAG: Duration = Duration::from_secs(2);
/// How far apart the moments are from which the watermark is taken. Real time.
const MARK_EVERY: Duration = Duration::from_millis(100);

/// Reads the next entries, at most so many.
type ReadEntries = dyn FnMut(usize) -> Result<Vec<(Position, Entry)>, JournalError> + Send;

/// The journal as the authority reads it.
pub(super) struct Journal {
    read: Box<ReadEntries>,
    progress: Arc<Progress>,
    /// When the trade's clock showed what, newest last.
    marks: VecDeque<(Instant, Timestamp)>,
}

impl Journal {
    /// The journal after this position.
    pub fn follow<D: Disk>(
        disk: D,
        progress: Arc<Progress>,
        applied: Position,
    ) -> Result<Journal, JournalError> {
        let mut reader = Reader::follow(disk, progress.clone(), applied)?;
        Ok(Journal {
            read: Box::new(move |most| reader.read_entries(most)),
            progress,
            marks: VecDeque::new(),
        })
    }

    /// The moment before which every notice has been settled, if all that is durable has been: whatever was dated then
    /// is durable by now, unless the disk stalls.
    fn watermark(&mut self, applied: Position, now: Timestamp) -> Option<Timestamp> {
        let real = Instant::now();
        if self
            .marks
            .back()
            .is_none_or(|(at, _)| real - *at >= MARK_EVERY)
        {
            self.marks.push_back((real, now));
        }
        let mut old = None;
        while self
            .marks
            .front()
            .is_some_and(|(at, _)| real - *at >= NOTICE_LAG)
        {
            old = self.marks.pop_front();
        }
        let caught_up = applied >= self.progress.durable() && self.progress.failure().is_none();
        old.map(|(_, trade)| trade).filter(|_| caught_up)
    }
}

/// Answers that the bidder has not taken yet.
#[derive(Debug, Default)]
pub(super) struct Waiting(VecDeque<GrantAnswer>);

impl Authority {
    /// Answers bidders, settles the journal, and lets leases expire; durable before anybody hears of it. Tells whether
    /// there was anything to do.
    pub(super) fn move_money(&mut self) -> Result<bool, AuthorityError> {
        let now = self.clock.now();
        let (answers, messages) = self.take_lease_messages();
        let entries = (self.journal.read)(ENTRIES_A_TURN)?;
        let busy = messages > 0 || !entries.is_empty();
        self.settle(entries, now)?;
        self.waiting.0.extend(answers);
        self.send_answers();
        Ok(busy)
    }

    /// Answers each by a clock that is read after it came: by an older one it could seem to be sent in times to come.
    fn take_lease_messages(&mut self) -> (Vec<GrantAnswer>, usize) {
        let (mut answers, mut taken) = (Vec::new(), 0);
        while taken < MESSAGES_A_TURN {
            let Ok(message) = self.links.leases.try_recv() else {
                break;
            };
            taken += 1;
            let now = self.clock.now();
            match message {
                LeaseMessage::Requests(requests) => {
                    answers.extend(self.ledger.grant(&requests, now))
                }
                LeaseMessage::Return(back) => {
                    if let Err(error) = self.ledger.close(&back, now) {
                        tracing::warn!(%error, "a lease came back wrong");
                    }
                }
            }
        }
        (answers, taken)
    }

    /// Settles entries, lets time pass for the ledger, and writes all that changed in one transaction.
    fn settle(
        &mut self,
        entries: Vec<(Position, Entry)>,
        now: Timestamp,
    ) -> Result<(), AuthorityError> {
        let position = entries
            .last()
            .map_or(self.ledger.position(), |(position, _)| *position);
        let settlements: Vec<Settlement> = entries
            .iter()
            .filter_map(|(_, entry)| Settlement::of(entry))
            .collect();
        let settled = self.ledger.settle(&settlements, position);
        if let Some(watermark) = self.journal.watermark(position, now) {
            self.ledger.expire(watermark);
        }
        let changes = self.ledger.changes();
        if changes.is_empty() && entries.is_empty() && self.bids.is_empty() {
            return Ok(());
        }
        let bids = std::mem::take(&mut self.bids);
        let catalog = &self.catalog;
        let mut told = Vec::new();
        let counted = self.store.transaction::<_, StoreError>(|transaction| {
            let mut tallied = Tallied::of(catalog, &entries, &settled, |terms, kind, at| {
                let first = transaction.count_notice(terms.bid, kind, at)?;
                if first && kind == NoticeKind::Click {
                    told.push(Told::Click { ad: terms.ad, at });
                }
                Ok::<bool, StoreError>(first)
            })?;
            tallied.add(bids);
            for (_, entry) in &entries {
                if let Event::Conversion {
                    advertiser,
                    action,
                    order,
                    value,
                    credited,
                } = &entry.event
                    && match action {
                        None => transaction.count_conversion(*advertiser, order, entry.at)?,
                        Some(id) => transaction.count_action_order(*id, order, entry.at)?,
                    }
                    && let Some((terms, clicked)) = credited
                {
                    let rule = action.and_then(|id| catalog.conversion_action(id));
                    let once = rule.filter(|it| it.counting == Counting::OnePerClick);
                    if let Some(rule) = once
                        && !transaction.count_action_click(rule.id, terms.bid, entry.at)?
                    {
                        continue;
                    }
                    tallied.conversion(catalog, terms, *value, rule);
                    if rule.is_none_or(|rule| rule.counts_for_bidding) {
                        told.push(Told::Conversion {
                            ad: terms.ad,
                            clicked: *clicked,
                            at: entry.at,
                        });
                    }
                }
            }
            transaction.add_rollups(tallied.rows())?;
            transaction.add_arm_counts(tallied.arms())?;
            transaction.add_action_rollups(tallied.actions())?;
            transaction.write_ledger(&changes)?;
            // A clock that is started again must not go back behind what is written here.
            transaction.note_now(now)?;
            Ok(tallied)
        })?;
        self.hear(&told);
        self.learned.observe(&counted);
        for (key, counts) in counted.rows() {
            self.traffic.won(key.ad, counts.wins, now);
            // Most rows hold bids and impressions alone.
            let is_result = counts.clicks > 0 || counts.conversions > 0;
            if is_result && let Some(placed) = self.catalog.placed(key.ad) {
                let result = keeper::Told {
                    clicks: counts.clicks,
                    conversions: counts.conversions,
                    worth: counts.conversion_value,
                };
                self.pace.result(&placed, &result);
            }
        }
        self.prices.learn(&entries, &settled);
        self.learn_outcomes(&entries, &settled);
        entries
            .iter()
            .for_each(|(_, entry)| self.wins.observe(entry));
        for row in changes
            .written
            .accounts
            .iter()
            .filter(|row| row.overspend > Money::ZERO)
        {
            tracing::error!(key = ?row.key, overspend = row.overspend.nanos(), "charged beyond a cap: this is a defect");
            self.overspends.insert(row.key, row.overspend);
        }
        Ok(())
    }

    /// Tells budgets that price paces what came of bids. What is told twice is told once.
    fn learn_outcomes(&mut self, entries: &[(Position, Entry)], settled: &[Settled]) {
        let now = self.clock.now();
        for (entry, effect) in effects(entries, settled) {
            let (to_win, cost) = match (&entry.event, effect) {
                (_, Some(Effect::Charged(charge))) => (None, Some(charge.charged)),
                (Event::Loss { min_to_win, .. }, Some(Effect::Voided(_))) => (*min_to_win, None),
                _ => continue,
            };
            let Some(terms) = entry.event.terms() else {
                continue;
            };
            let Some(placed) = self.catalog.placed(terms.ad) else {
                continue;
            };
            if !pricing::is_paced_by_price(placed.ad.goal) {
                continue;
            }
            let lesson = match terms.context.is_explored() {
                true => Some(Lesson::Price),
                false => self.sharing.is_tried(&placed).then_some(Lesson::Ad),
            };
            if let (Some(lesson), Some(cost)) = (lesson, cost) {
                let day = placed.campaign.time_zone.day(now).day;
                self.exploration.count(terms.ad, day, lesson, cost);
            }
            let told = self.told_of(&placed);
            let outcome = Outcome {
                at: terms.issued,
                value: self.value_of(&placed, &told),
                bid: terms.max_cost.nanos() as f64,
                most: told.max_bid.impression_cost().nanos() as f64,
                cost,
                to_win,
                first_price: terms.context.is_first_price(),
            };
            let seen = self.learned.counts(terms.ad);
            self.pace.learn(&placed, &outcome, &seen);
        }
    }

    /// The terms by which an ad bids.
    fn told_of(&self, placed: &Placed<'_>) -> AdTerms {
        let told = self.told.last(placed.ad.id);
        told.unwrap_or_else(|| AdTerms::of(placed.ad, 0))
    }

    /// What an impression is worth to an ad as it bids by it, in nanos.
    fn value_of(&self, placed: &Placed<'_>, told: &AdTerms) -> f64 {
        pricing::value(told.goal, &told.rates).0 as f64 * self.weight(placed)
    }

    fn send_answers(&mut self) {
        while let Some(answer) = self.waiting.0.pop_front() {
            match self.links.answers.try_send(answer) {
                Ok(()) => {}
                Err(tokio::sync::mpsc::error::TrySendError::Full(answer)) => {
                    self.waiting.0.push_front(answer);
                    break;
                }
                // The bidder has ended; its leases run out.
                Err(tokio::sync::mpsc::error::TrySendError::Closed(_)) => self.waiting.0.clear(),
            }
        }
        let beyond = self.waiting.0.len().saturating_sub(MAX_ANSWERS_WAITING);
        self.waiting.0.drain(..beyond);
    }

    /// Takes in how often ads bid. Statistics, not money: they are not journalled.
    pub(super) fn take_tallies(&mut self) {
        let now = self.clock.now();
        while let Ok(offered) = self.links.offers.try_recv() {
            self.prices.offered(&offered);
        }
        while let Ok(tallies) = self.links.tallies.try_recv() {
            for tally in tallies {
                if let Some(placed) = self.catalog.placed(tally.ad)
                    && tally.bids > 0
                    && pricing::is_paced_by_price(placed.ad.goal)
                {
                    let told = self.told_of(&placed);
                    let (bid, most) = (pricing::asking(&told), told.max_bid);
                    let value = self.value_of(&placed, &told);
                    let reach = pot::reach(value, bid.0 as f64, most.0 as f64);
                    let bids = (tally.at, tally.bids);
                    self.pace.bid(&placed, &self.ledger, bids, reach);
                }
                self.bids.bids(&self.catalog, &tally);
                self.traffic.tally(&tally, now);
            }
        }
    }
}
