//! One algorithm plays one episode: bids, reservations, notices that come late, nodes that spend from leases.
//!
//! The purse is kept here, not by the algorithms, so that none of them can spend what is not there: a bid is cut to
//! what its node's lease holds, the whole bid is reserved, and a loss or the difference comes back with the notice.

use std::collections::VecDeque;

use super::limit::{BUCKETS, bucket};
use super::rows::Auction;

/// How an episode is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// After how many further auctions the outcome of one is known.
    pub delay: usize,
    /// How many bidder nodes share the budget.
    pub nodes: usize,
    /// How many auctions pass between two decisions of control.
    pub tick: usize,
    /// Who wins pays the bid; else the price.
    pub first_price: bool,
    /// The price of a lost auction stays unknown, and in a first-price auction that of a won one too.
    pub censor: bool,
    /// By what part of itself the expected number of auctions is wrong: 0.3 expects 30 % too many.
    pub forecast_error: f64,
    /// The most that a predicted click may cost over the episode.
    pub cap: Option<f64>,
    /// The highest price that anybody thought of: no bid is above.
    pub highest_bid: i64,
    /// A lease for less is not worth granting.
    pub least_lease: i64,
}

/// What is told at the start of an episode.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// What may be spent.
    pub budget: i64,
    /// How many auctions are forecast.
    pub forecast: f64,
    /// How many auctions pass between two decisions.
    pub tick: usize,
    /// How many bidder nodes share the budget.
    pub nodes: usize,
    /// The most that a predicted click may cost.
    pub cap: Option<f64>,
    /// Who wins pays the bid.
    pub first_price: bool,
    /// No bid may be above.
    pub highest_bid: i64,
}

/// What is known when a bid is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// How many auctions have been before.
    pub index: usize,
    /// How much of the episode's time is over, from 0 to 1.
    pub elapsed: f64,
    /// The forecast less what has been: at least 1.
    pub left: f64,
    /// The budget less what is known to be spent.
    pub remaining: i64,
    /// What is reserved for bids whose outcome is not known.
    pub reserved: i64,
    /// How many auctions have no outcome yet.
    pub outstanding: usize,
    /// The predicted probability of a click.
    pub value: f64,
    /// The hour, where it is known.
    pub hour: Option<i64>,
    /// Which of the pooled ads may show.
    pub line: usize,
}

/// What became of an auction.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// What was known when it was bid on.
    pub at: Moment,
    /// The bid, where there was one.
    pub bid: Option<i64>,
    /// Whether it won.
    pub won: bool,
    /// What it cost.
    pub cost: i64,
    /// What it would have taken to win, where that is told.
    pub price: Option<i64>,
    /// Whether it was clicked. Clicks on what others showed are not seen.
    pub click: bool,
}

/// What decides bids: the engine, and each of its peers.
pub trait Bidder {
    /// An episode begins. What was learned in former ones may be kept.
    fn begin(&mut self, start: &Start);
    /// The bid in an auction, if any.
    fn bid(&mut self, at: &Moment) -> Option<i64>;
    /// The outcome of an auction. Outcomes come in the order of the auctions.
    fn learn(&mut self, seen: &Seen);
    /// Into how many equal leases so much money should be cut, with so many auctions to come. None where it does not
    /// matter to this one.
    fn holders(&self, _money: i64, _auctions_left: f64) -> Option<usize> {
        None
    }
}

/// What an episode brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Predicted clicks won.
    pub value: f64,
    /// Clicks won.
    pub clicks: u64,
    /// What was charged.
    pub cost: i64,
    /// What was charged in each of [`BUCKETS`] equal parts.
    pub buckets: Vec<i64>,
    /// The highest running cost per predicted click against the cap, after the first quarter.
    pub worst_ratio: f64,
}

/// Plays one episode.
pub fn play(bidder: &mut dyn Bidder, auctions: &[Auction], budget: i64, rules: &Rules) -> Outcome {
    let length = auctions.len();
    let forecast = length as f64 * (1.0 + rules.forecast_error);
    bidder.begin(&Start {
        budget,
        forecast,
        tick: rules.tick,
        nodes: rules.nodes,
        cap: rules.cap,
        first_price: rules.first_price,
        highest_bid: rules.highest_bid,
    });
    let mut purse = Purse::new(budget, rules);
    let mut out = Outcome {
        buckets: vec![0; BUCKETS],
        ..Outcome::default()
    };
    let mut pending: VecDeque<Seen> = VecDeque::new();
    for (index, auction) in auctions.iter().enumerate() {
        while pending
            .front()
            .is_some_and(|seen| seen.at.index + rules.delay < index)
        {
            settle(&mut pending, &mut purse, bidder);
        }
        if index.is_multiple_of(rules.tick.max(1)) {
            let holders = bidder.holders(purse.unleased(), forecast - index as f64);
            purse.grant(index, rules.least_lease, holders);
        }
        let at = Moment {
            index,
            elapsed: index as f64 / length as f64,
            left: (forecast - index as f64).max(1.0),
            remaining: purse.budget - purse.spent,
            reserved: purse.reserved,
            outstanding: pending.len(),
            value: auction.value,
            hour: auction.hour,
            line: auction.line,
        };
        let node = purse.node(index);
        let bid = bidder
            .bid(&at)
            .map(|bid| bid.min(rules.highest_bid).min(purse.leases[node]))
            .filter(|bid| *bid >= 0);
        let won = bid.is_some_and(|bid| bid >= auction.price);
        let cost = match (won, rules.first_price) {
            (false, _) => 0,
            (true, true) => bid.unwrap_or(0),
            (true, false) => auction.price,
        };
        purse.reserve(node, bid.unwrap_or(0));
        if won {
            out.value += auction.value;
            out.clicks += u64::from(auction.click);
            out.cost += cost;
            out.buckets[bucket(index, length)] += cost;
        }
        if let Some(cap) = rules.cap
            && index > length / 4
            && out.value > 0.0
        {
            out.worst_ratio = out.worst_ratio.max(out.cost as f64 / (cap * out.value));
        }
        let told = !rules.censor || (won && !rules.first_price);
        pending.push_back(Seen {
            at,
            bid,
            won,
            cost,
            price: told.then_some(auction.price),
            click: won && auction.click,
        });
        if rules.delay == 0 {
            settle(&mut pending, &mut purse, bidder);
        }
    }
    while !pending.is_empty() {
        settle(&mut pending, &mut purse, bidder);
    }
    out
}

fn settle(pending: &mut VecDeque<Seen>, purse: &mut Purse, bidder: &mut dyn Bidder) {
    if let Some(seen) = pending.pop_front() {
        purse.settle(purse.node(seen.at.index), seen.bid.unwrap_or(0), seen.cost);
        bidder.learn(&seen);
    }
}

/// The budget: spent, reserved for bids under way, leased to nodes, or free.
/// **Invariant:** the four add up to the budget, and none is below 0.
struct Purse {
    budget: i64,
    spent: i64,
    reserved: i64,
    free: i64,
    leases: Vec<i64>,
}

impl Purse {
    fn new(budget: i64, rules: &Rules) -> Purse {
        let nodes = rules.nodes.max(1);
        let mut purse = Purse {
            budget,
            spent: 0,
            reserved: 0,
            free: budget,
            leases: vec![0; nodes],
        };
        purse.grant(0, rules.least_lease, None);
        purse
    }

    /// Which node an auction comes to: spread by a hash (the finaliser of SplitMix64), as a load balancer would.
    fn node(&self, index: usize) -> usize {
        let mut z = (index as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % self.leases.len() as u64) as usize
    }

    /// What no bid holds.
    fn unleased(&self) -> i64 {
        self.free + self.leases.iter().sum::<i64>()
    }

    /// Control's tick: nodes return what they have not used, and get equal leases anew. Where equal ones would be too
    /// small to buy anything, fewer nodes get one, others each time: so many, or as many as can have the least lease.
    fn grant(&mut self, index: usize, least: i64, holders: Option<usize>) {
        let nodes = self.leases.len();
        self.free += self.leases.drain(..).sum::<i64>();
        self.leases.resize(nodes, 0);
        let funded = holders.map_or(self.free / least.max(1), |holders| holders as i64);
        let funded = funded.clamp(1, nodes as i64);
        let share = self.free / funded;
        for k in 0..funded as usize {
            self.leases[(index + k) % nodes] = share;
            self.free -= share;
        }
        // One node alone needs no lease: what division leaves over is its too.
        if nodes == 1 {
            self.leases[0] += std::mem::take(&mut self.free);
        }
    }

    fn reserve(&mut self, node: usize, bid: i64) {
        self.leases[node] -= bid;
        self.reserved += bid;
    }

    fn settle(&mut self, node: usize, bid: i64, cost: i64) {
        self.reserved -= bid;
        self.spent += cost;
        self.leases[node] += bid - cost;
    }
}
