//! One bid request, bytes to bytes. Nothing here is `async`: between the body and the answer nothing is waited for.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use auction::book::{AdTerms, Slot};
use auction::decide::{Desk, decide};
use auction::explain::{Explanation, explain};
use auction::privacy;
use auction::reason::NoBidReason;
use auction::state::{Scope, State, Witness};
use bumpalo::Bump;
use campaign::ad::FrequencyCap;
use campaign::exchange::{Exchange, NoBidForm};
use campaign::id::{BidId, LeaseId};
use campaign::money::Money;
use campaign::time::Timestamp;
use openrtb::request::{self, BidRequest};
use openrtb::response::{self, BidResponse};
use pacing::exposure;

use crate::counts::{Counted, ExchangeCounts};
use crate::floor::{Floor, Readiness};
use crate::frequency::Room;
use crate::notice;
use crate::snapshot::Snapshot;

/// What goes out.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200 with this body.
    Body(Vec<u8>),
    /// 204.
    Empty,
    /// 400: it was no JSON object.
    Malformed,
}

/// An arena that has grown beyond this is given back, so that one monstrous request does not weigh on a thread for
/// ever.
const ARENA_KEPT_BYTES: usize = 1 << 20;
/// Answers are mostly one banner, a few kilobytes.
const ANSWER_BYTES: usize = 4_096;

thread_local! {
    static ARENA: RefCell<Bump> = RefCell::new(Bump::with_capacity(64 * 1024));
}

/// Answers a bid request whose head came at `arrived`, in real time.
pub fn bid(
    floor: &Floor,
    snapshot: &Snapshot,
    exchange: &Exchange,
    counts: &ExchangeCounts,
    body: &[u8],
    arrived: Instant,
) -> Answer {
    let answer = in_arena(|arena| {
        let Ok(request) = request::parse(body, arena) else {
            floor.counts.add(Counted::Malformed);
            return Answer::Malformed;
        };
        let id = request.id;
        let due = match Due::of(&request, exchange, arrived) {
            Ok(due) => due,
            Err(reason) => return no_bid(floor, exchange, id, reason),
        };
        if floor.readiness() != Readiness::Ready {
            return no_bid(floor, exchange, id, NoBidReason::Overload);
        }
        let mut live = Live::new(floor, snapshot);
        let reduced = privacy::reduce(request, exchange.id, &floor.privacy, arena);
        let desk = live.desk(exchange);
        let decided = decide(&desk, &reduced, &mut live, &mut Tally(snapshot), arena);
        match decided {
            Ok(response) if due.is_over() => {
                floor.counts.add(Counted::LateResponse);
                notice::withdraw(floor, snapshot, &response);
                no_bid(floor, exchange, response.id, NoBidReason::Late)
            }
            Ok(response) => {
                let mut out = Vec::with_capacity(ANSWER_BYTES);
                response::write(&response, &mut out);
                counts.add_response(response.seatbid.iter().map(|seat| seat.bid.len()).sum());
                Answer::Body(out)
            }
            Err(reason) => no_bid(floor, exchange, id, reason),
        }
    });
    let micros = arrived.elapsed().as_micros();
    floor
        .latencies
        .add(u64::try_from(micros).unwrap_or(u64::MAX));
    answer
}

/// Decides a request as [`bid`] would, without spending anything, and says what became of each ad.
pub fn explain_request(
    floor: &Floor,
    snapshot: &Snapshot,
    exchange: &Exchange,
    body: &[u8],
) -> Result<Explanation, request::ParseError> {
    in_arena(|arena| {
        let request = request::parse(body, arena)?;
        let reduced = privacy::reduce(request, exchange.id, &floor.privacy, arena);
        let live = Live::new(floor, snapshot);
        let desk = live.desk(exchange);
        Ok(explain(&desk, &reduced, &mut Look(live), arena))
    })
}

fn in_arena<T>(work: impl FnOnce(&Bump) -> T) -> T {
    ARENA.with_borrow_mut(|arena| {
        let done = work(arena);
        if arena.allocated_bytes() > ARENA_KEPT_BYTES {
            *arena = Bump::with_capacity(64 * 1024);
        } else {
            arena.reset();
        }
        done
    })
}

/// Says that we do not bid, in the way that the exchange wants to hear it, and counts why.
pub fn no_bid(floor: &Floor, exchange: &Exchange, request: &str, reason: NoBidReason) -> Answer {
    floor.counts.add_no_bid(reason);
    if exchange.no_bid == NoBidForm::Empty || request.is_empty() {
        return Answer::Empty;
    }
    let mut out = Vec::with_capacity(128);
    let response = BidResponse {
        id: request,
        nbr: Some(reason.nbr()),
        ..BidResponse::default()
    };
    response::write(&response, &mut out);
    Answer::Body(out)
}

/// When an answer must be ready.
#[derive(Clone, Copy, Debug)]
struct Due {
    arrived: Instant,
    allowed: Duration,
}

impl Due {
    /// `tmax` less what the network takes. An exchange that names no `tmax`, or none that is one, has its usual.
    fn of(
        request: &BidRequest<'_>,
        exchange: &Exchange,
        arrived: Instant,
    ) -> Result<Due, NoBidReason> {
        let said = request.tmax.filter(|tmax| *tmax > 0).map(i64::from);
        let within = said.unwrap_or(exchange.default_timeout.0);
        let allowed = u64::try_from(within.saturating_sub(exchange.timeout_margin.0));
        let due = Due {
            arrived,
            allowed: Duration::from_millis(allowed.unwrap_or(0)),
        };
        if due.is_over() {
            return Err(NoBidReason::InsufficientTime);
        }
        Ok(due)
    }

    fn is_over(&self) -> bool {
        self.arrived.elapsed() >= self.allowed
    }
}

/// Answers a decision from what is live.
struct Live<'a> {
    floor: &'a Floor,
    snapshot: &'a Snapshot,
    now: Timestamp,
}

impl<'a> Live<'a> {
    /// Reads the trade's clock, once.
    fn new(floor: &'a Floor, snapshot: &'a Snapshot) -> Live<'a> {
        Live {
            floor,
            snapshot,
            now: floor.clock.now(),
        }
    }

    fn desk(&self, exchange: &'a Exchange) -> Desk<'a> {
        Desk {
            book: &self.snapshot.book,
            terms: self.snapshot.all_terms(),
            exchange,
            now: self.now,
            renderer: &self.floor.renderer,
            keys: &self.floor.keys,
            dice: &self.floor.dice,
            notice_base: &self.floor.config.public_url,
        }
    }
}

impl State for Live<'_> {
    fn terms(&mut self, slot: Slot) -> AdTerms {
        *self.snapshot.terms(slot)
    }

    fn exposures(&mut self, user: u64, scope: Scope, cap: FrequencyCap) -> u32 {
        let scope = match scope {
            Scope::Ad(ad) => exposure::Scope::Ad(ad),
            Scope::Campaign(campaign) => exposure::Scope::Campaign(campaign),
        };
        self.floor.frequency.count(user, scope, &cap, self.now)
    }

    fn reserve(&mut self, slot: Slot, cost: Money) -> Result<LeaseId, NoBidReason> {
        let live = self.snapshot.live(slot);
        live.reserve(cost, self.now, &self.floor.hunger)
    }

    fn next_bid(&mut self) -> BidId {
        self.floor.next_bid()
    }

    fn pend(&mut self, user: u64, slot: Slot, bid: BidId) {
        let offer = self.snapshot.book.offer(slot);
        if self.floor.frequency.pend(user, offer, bid, self.now) == Room::Evicted {
            self.floor.counts.add(Counted::FrequencyEvicted);
        }
    }
}

/// Answers an explanation: as a bid would be answered, with nothing taken.
struct Look<'a>(Live<'a>);

impl State for Look<'_> {
    fn terms(&mut self, slot: Slot) -> AdTerms {
        self.0.terms(slot)
    }

    fn exposures(&mut self, user: u64, scope: Scope, cap: FrequencyCap) -> u32 {
        self.0.exposures(user, scope, cap)
    }

    fn reserve(&mut self, slot: Slot, cost: Money) -> Result<LeaseId, NoBidReason> {
        self.0.snapshot.live(slot).could_reserve(cost, self.0.now)
    }

    fn next_bid(&mut self) -> BidId {
        // It goes nowhere, so it need not be its own.
        BidId::default()
    }

    fn pend(&mut self, _: u64, _: Slot, _: BidId) {}
}

/// Counts why ads do not bid.
struct Tally<'a>(&'a Snapshot);

impl Witness for Tally<'_> {
    fn impression_refused(&mut self, _: &str, _: NoBidReason) {}

    fn ad_refused(&mut self, _: &str, slot: Slot, reason: NoBidReason, _: impl FnOnce() -> String) {
        self.0.live(slot).refuse(reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_body_and_answer_nothing_is_awaited() {
        // A function that returned a future would not be of this type.
        let _: fn(&Floor, &Snapshot, &Exchange, &ExchangeCounts, &[u8], Instant) -> Answer = bid;
    }
}
