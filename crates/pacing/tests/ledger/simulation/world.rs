//! What happens when, to whom.

mod exchange;
mod faults;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use campaign::ad::Budget;
use campaign::id::{AdId, CampaignId};
use campaign::money::Money;
use campaign::time::{Span, TimeZone, Timestamp};
use pacing::account::Level;
use pacing::lease::{GrantAnswer, GrantRequest, LeaseReturn};
use pacing::ledger::settle::Settlement;
use pacing::ledger::terms::Rules;

use super::authority::Authority;
use super::bidder::Bidder;
use super::dice::Dice;
use crate::fixture::ADVERTISER;
use exchange::{Billing, prompt_billings_are_not_late};

/// Ways to get the protocol wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// The authority takes the time for the watermark, although journals are not read.
    ExpiresByTheClock,
    /// After an outage the authority goes on as if notices had been taken meanwhile.
    RestoresWithoutWaiting,
    /// A bidder goes on with what it has just given back.
    SpendsAfterReturn,
    /// A bidder counts a lease's life from the answer, and generously.
    CountsFromTheAnswer,
    /// A new incarnation gives back, as unused, what the former one held.
    ReturnsWhatItForgot,
}

impl Defect {
    pub const ALL: [Defect; 5] = [
        Defect::ExpiresByTheClock,
        Defect::RestoresWithoutWaiting,
        Defect::SpendsAfterReturn,
        Defect::CountsFromTheAnswer,
        Defect::ReturnsWhatItForgot,
    ];
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub bids: u64,
    pub billed: u64,
    pub late: u64,
    pub leases: u64,
    pub restarts: u64,
    pub charged: i128,
    pub house: i128,
}

impl Summary {
    pub fn add(&mut self, other: &Summary) {
        self.bids += other.bids;
        self.billed += other.billed;
        self.late += other.late;
        self.leases += other.leases;
        self.restarts += other.restarts;
        self.charged += other.charged;
        self.house += other.house;
    }
}

const RULES: Rules = Rules {
    time_to_live: Span::seconds(5),
    lateness: Span::seconds(120),
    late_cutoff: Span::seconds(300),
    retention: Span::minutes(20),
};

enum Event {
    Tick(usize),
    Drain,
    Fault,
    StartAuthority,
    StartBidder(usize),
    Reconnect(usize),
    StartEverything,
    Request(GrantRequest, usize),
    Answer(GrantAnswer, usize),
    Return(LeaseReturn),
    Notice(Settlement, u32),
}

struct World {
    dice: Dice,
    defect: Option<Defect>,
    now: Timestamp,
    end: Timestamp,
    events: BTreeMap<u64, Event>,
    queue: BinaryHeap<Reverse<(Timestamp, u64)>>,
    scheduled: u64,
    authority: Authority,
    bidders: Vec<Bidder>,
    all_stopped: bool,
    /// In how many of a thousand ticks there is traffic.
    busy_permille: i64,
    /// What an ad's budget grows by between two faults: too little, so that budgets run out again and again, since only
    /// then can anything go over.
    drip: Money,
    drop_permille: i64,
    repeat_permille: i64,
    late_permille: i64,
    corrected_permille: i64,
    caps_change: bool,
    /// The truth of every bid that an exchange bills: price, whether it can cost the house, whether anybody was told.
    billings: BTreeMap<u64, Billing>,
    /// What the house may have lost so far: billings that came late, or took back a loss.
    excused: i128,
    bids: u64,
}

/// Runs a world from its seed; an error says what broke.
pub fn simulate(seed: u64, minutes: i64, defect: Option<Defect>) -> Result<Summary, String> {
    let mut world = World::new(seed, minutes, defect);
    world.run()?;
    world.close_books()
}

impl World {
    fn new(seed: u64, minutes: i64, defect: Option<Defect>) -> World {
        let mut dice = Dice::new(seed);
        // Minutes before midnight in Tokyo, or in UTC.
        let midnight = if dice.permille(500) { 15 } else { 24 };
        let now = Timestamp(1_795_132_800_000) + Span::hours(midnight) - dice.span_ms(0, 600_000);
        let busy_permille = [1_000, 300, 100, 5][dice.pick(4)];
        let drip = 50 * busy_permille;
        let base = drip.max(5_000) * dice.between(4, 40);
        let budget = |lifetime: i64, daily: i64| Budget {
            lifetime: Some(Money(lifetime)),
            daily: Some(Money(daily)),
        };
        let mut budgets = BTreeMap::from([(ADVERTISER, budget(base * 3, base * 2))]);
        for campaign in [1, 2].map(CampaignId) {
            budgets.insert(Level::Campaign(campaign), budget(base * 2, base));
        }
        for ad in [1, 2, 3].map(AdId) {
            budgets.insert(Level::Ad(ad), budget(base, base * 2 / 3));
        }
        let zones = ["Asia/Tokyo", "UTC"].map(|name| TimeZone::parse(name).unwrap());
        let count = dice.between(2, 5) as u16;
        let bidders = (0..count).map(|i| Bidder::new(i, now, &mut dice)).collect();
        let mut world = World {
            defect,
            now,
            end: now + Span::minutes(minutes),
            events: BTreeMap::new(),
            queue: BinaryHeap::new(),
            scheduled: 0,
            authority: Authority::new(RULES, zones, budgets, usize::from(count), defect),
            bidders,
            all_stopped: false,
            busy_permille,
            drip: Money(drip),
            drop_permille: dice.between(0, 200),
            repeat_permille: dice.between(0, 200),
            // What excuses a loss of the house would hide a defect.
            late_permille: dice.between(0, 1) * if defect.is_none() { 5 } else { 0 },
            corrected_permille: dice.between(0, 1) * if defect.is_none() { 5 } else { 0 },
            caps_change: dice.permille(500),
            billings: BTreeMap::new(),
            excused: 0,
            bids: 0,
            dice,
        };
        world.authority.start(now);
        for bidder in 0..world.bidders.len() {
            world.schedule(Span(1), Event::Tick(bidder));
        }
        world.schedule(Span(100), Event::Drain);
        world.schedule(Span(1_000), Event::Fault);
        world
    }

    fn schedule(&mut self, after: Span, event: Event) {
        self.scheduled += 1;
        self.queue.push(Reverse((self.now + after, self.scheduled)));
        self.events.insert(self.scheduled, event);
    }

    /// Bidding ends at the end; notices, returns and expiry have until everything is over.
    fn run(&mut self) -> Result<(), String> {
        let over = self.end + Span::minutes(30);
        while let Some(Reverse((at, number))) = self.queue.pop() {
            if at > over {
                break;
            }
            self.now = at;
            let Some(event) = self.events.remove(&number) else {
                continue;
            };
            match event {
                Event::Tick(bidder) => self.tick(bidder)?,
                Event::Drain => self.drain()?,
                Event::Fault => self.fault(),
                Event::StartAuthority => self.start_authority(),
                Event::StartBidder(bidder) => self.start_bidder(bidder),
                Event::Reconnect(bidder) => self.bidders[bidder].is_cut_off = false,
                Event::StartEverything => {
                    self.all_stopped = false;
                    self.heal();
                }
                Event::Request(request, bidder) => {
                    let answer = self.authority.grant(request, self.now, &mut self.dice)?;
                    if let Some(answer) = answer {
                        self.send(bidder, |_| Event::Answer(answer, bidder));
                    }
                }
                Event::Answer(answer, bidder) => {
                    let bidder = &mut self.bidders[bidder];
                    if bidder.is_up && !bidder.is_cut_off {
                        bidder.hear(&answer, self.now, self.defect);
                    }
                }
                Event::Return(back) => {
                    self.authority.close(&back, self.now, &mut self.dice)?;
                }
                Event::Notice(settlement, tries) => self.notice(settlement, tries),
            }
            if self.dice.permille(1) {
                self.start_authority();
            }
        }
        Ok(())
    }

    fn start_authority(&mut self) {
        if !self.all_stopped {
            self.authority.start(self.now);
        }
    }

    fn is_closing(&self) -> bool {
        self.now >= self.end
    }

    /// A network that drops, repeats and delays.
    fn send(&mut self, bidder: usize, event: impl Fn(&World) -> Event) {
        let lossy = if self.is_closing() {
            0
        } else {
            self.drop_permille
        };
        if self.bidders[bidder].is_cut_off || self.dice.permille(lossy) {
            return;
        }
        let copies = 1 + usize::from(self.dice.permille(self.repeat_permille));
        for _ in 0..copies {
            let slow = self.dice.permille(20);
            let delay = self.dice.span_ms(1, if slow { 8_000 } else { 40 });
            let event = event(self);
            self.schedule(delay, event);
        }
    }

    fn tick(&mut self, index: usize) -> Result<(), String> {
        let again = self.dice.span_ms(100, 150);
        let slower = if self.is_closing() { 50 } else { 1 };
        self.schedule(Span(again.0 * slower), Event::Tick(index));
        let (now, is_closing, defect) = (self.now, self.is_closing(), self.defect);
        let bidder = &mut self.bidders[index];
        if !bidder.is_up {
            return Ok(());
        }
        bidder.close_meters(now, is_closing, defect);
        let (requests, returns) = bidder.talk(now, &RULES, is_closing, &mut self.dice);
        for request in requests {
            self.send(index, |_| Event::Request(request, index));
        }
        for back in returns {
            self.send(index, |_| Event::Return(back));
        }
        let busy = self.dice.permille(self.busy_permille);
        for _ in 0..if busy { 3 } else { 0 } {
            let sequence = self.bids + 1;
            let made = self.bidders[index].bid(sequence, now, &mut self.dice);
            if let Some(terms) = made.filter(|_| !is_closing) {
                self.authority.must_be_open(terms.lease)?;
                self.bids = sequence;
                self.decide(terms);
            }
        }
        Ok(())
    }

    fn drain(&mut self) -> Result<(), String> {
        let again = Span(if self.is_closing() { 5_000 } else { 500 });
        self.schedule(again, Event::Drain);
        for (index, bidder) in self.bidders.iter().enumerate() {
            if bidder.is_up && !bidder.is_cut_off {
                let journal = &bidder.journal;
                let settled = (self.authority).drain(index, journal, self.now, &mut self.dice)?;
                prompt_billings_are_not_late(&settled, &self.billings)?;
            }
        }
        self.authority.expire(self.now, &mut self.dice)?;
        let house = self.authority.house();
        let excused = self.excused;
        if house > excused {
            return Err(format!(
                "the house lost {house}, late billings explain {excused}"
            ));
        }
        Ok(())
    }

    /// Every nano that an exchange billed must be on an account or on the house.
    fn close_books(&mut self) -> Result<Summary, String> {
        let (charged, house) = self.authority.close_books()?;
        let told: Vec<&Billing> = self.billings.values().filter(|b| b.told).collect();
        let billed: i128 = told.iter().map(|b| b.price).sum();
        if charged + house != billed {
            return Err(format!(
                "billed {billed}, but charged {charged} and lost {house}"
            ));
        }
        Ok(Summary {
            bids: self.bids,
            billed: told.len() as u64,
            late: told.iter().filter(|b| b.excused).count() as u64,
            leases: self.authority.next_lease(),
            restarts: self.authority.restarts,
            charged,
            house,
        })
    }
}
