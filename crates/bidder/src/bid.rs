//! One bid request, bytes to bytes. Nothing here is `async`: between the body and the answer nothing is waited for.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use auction::book::{AdTerms, Slot};
use auction::decide::{Desk, decide};
use auction::explain::{Explanation, explain};
use auction::prices::Shade;
use auction::privacy::{self, Reduced};
use auction::reason::NoBidReason;
use auction::sample::{Sample, SampledBid};
use auction::state::{BidAlone, Scope, State, Witness};
use auction::trace;
use bumpalo::Bump;
use campaign::ad::FrequencyCap;
use campaign::exchange::{Exchange, NoBidForm};
use campaign::id::{AdId, BidId, CreativeId, ExchangeId, LeaseId};
use campaign::money::{Cpm, Currency, Money};
use campaign::time::Timestamp;
use journal::context::PriceContext;
use openrtb::request::{self, BidRequest};
use openrtb::response::{self, BidResponse};
use pacing::exposure;

use crate::counts::{Counted, ExchangeCounts};
use crate::floor::{Floor, Readiness};
use crate::frequency::Room;
use crate::notice;
use crate::offers::Answered;
use crate::serve::reply::Payload;
use crate::snapshot::{Snapshot, with_newest};

/// What goes out.
#[derive(Debug)]
pub enum Answer {
    /// 200 with this body.
    Body(Payload),
    /// 204.
    Empty,
    /// 400: it was no JSON object.
    Malformed,
}

/// What is known of a bid request besides its body.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The exchange's name.
    pub exchange: &'a str,
    /// Where it was found in the book.
    pub hint: usize,
    /// When its head came. Real time, as below.
    pub arrived: Instant,
    /// When all of its body was there.
    pub whole: Instant,
}

impl Asked<'_> {
    /// The answer is ready: tells how long it took, and counts it.
    fn end(&self, floor: &Floor) -> Duration {
        let took = self.arrived.elapsed();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        floor.latencies.add(micros);
        took
    }
}

/// An arena that has grown beyond this is given back, so that one monstrous request does not weigh on a thread for
/// ever.
const ARENA_KEPT_BYTES: usize = 1 << 20;

thread_local! {
    static ARENA: RefCell<Bump> = RefCell::new(Bump::with_capacity(64 * 1024));
}

/// Answers a bid request. Real time is read once, at the end, and the trade's clock once.
pub fn bid(floor: &Floor, asked: &Asked<'_>, body: &[u8]) -> Answer {
    with_newest(&floor.snapshot, |snapshot| {
        // An exchange may leave the book while a body is waited for.
        let Some((_, exchange, counts)) = snapshot.exchange(asked.exchange, asked.hint) else {
            floor.counts.add_no_bid(NoBidReason::Overload);
            return Answer::Empty;
        };
        in_arena(|arena| bid_on(floor, snapshot, exchange, counts, asked, body, arena))
    })
}

fn bid_on(
    floor: &Floor,
    snapshot: &Snapshot,
    exchange: &Exchange,
    counts: &ExchangeCounts,
    asked: &Asked<'_>,
    body: &[u8],
    arena: &Bump,
) -> Answer {
    let Ok(request) = request::parse(body, arena) else {
        asked.end(floor);
        floor.counts.add(Counted::Malformed);
        return Answer::Malformed;
    };
    let id = request.id;
    let allowed = allowed(&request, exchange);
    if asked.whole - asked.arrived >= allowed {
        asked.end(floor);
        return no_bid(floor, exchange, id, NoBidReason::InsufficientTime);
    }
    if floor.readiness_with(snapshot) != Readiness::Ready {
        asked.end(floor);
        return no_bid(floor, exchange, id, NoBidReason::Overload);
    }
    let mut live = Live::new(floor, snapshot);
    let reduced = live.reduce(request, exchange, arena);
    let desk = live.desk(exchange);
    let decided = decide(&desk, &reduced, &mut live, &mut BidAlone, arena);
    let offered = live.offered;
    floor.sampler.offer(exchange, body);
    let written = decided.map(|response| {
        let body = Payload::written(|out| response::write(&response, out));
        (response, body)
    });
    let took = asked.end(floor);
    match written {
        Ok((response, _)) if took >= allowed => {
            counts.add_late();
            notice::withdraw(floor, snapshot, &response);
            no_bid(floor, exchange, id, NoBidReason::Late)
        }
        Ok((response, body)) => {
            counts.add_response(response.seatbid.iter().map(|seat| seat.bid.len()).sum());
            floor.offers.note(&offered);
            floor.counts.add_many(Counted::Explored, offered.explored());
            Answer::Body(body)
        }
        Err(reason) => no_bid(floor, exchange, id, reason),
    }
}

/// How long an answer may take, from its head: `tmax` less what the network takes. An exchange that names no `tmax`, or
/// none that is one, has its usual.
fn allowed(request: &BidRequest<'_>, exchange: &Exchange) -> Duration {
    let said = request.tmax.filter(|tmax| *tmax > 0).map(i64::from);
    let within = said.unwrap_or(exchange.default_timeout.0);
    let allowed = u64::try_from(within.saturating_sub(exchange.timeout_margin.0));
    Duration::from_millis(allowed.unwrap_or(0))
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
        let live = Live::new(floor, snapshot);
        let reduced = live.reduce(request, exchange, arena);
        let desk = live.desk(exchange);
        Ok(explain(&desk, &reduced, &mut Look(live), arena))
    })
}

/// Decides a request again, without spending anything, counts it as `stands_for` refusals of each ad that does not bid,
/// and tells what came of it, with the request if it is to be kept.
pub fn decide_again(
    floor: &Floor,
    snapshot: &Snapshot,
    exchange: &Exchange,
    body: &[u8],
    (stands_for, keep): (u64, bool),
) -> Option<Sample> {
    in_arena(|arena| {
        let request = request::parse(body, arena).ok()?;
        let live = Live::new(floor, snapshot);
        let reduced = live.reduce(request, exchange, arena);
        let desk = live.desk(exchange);
        let trials = snapshot.book.trials();
        if let (Some(user), false) = (reduced.participant(), trials.is_empty()) {
            floor.lookback.meet(user, trials, desk.now);
        }
        let mut refusals = Refusals {
            snapshot,
            times: u32::try_from(stands_for).unwrap_or(u32::MAX),
            counts: [0; NoBidReason::COUNT],
            furthest: None,
        };
        // What it would bid is for nobody.
        let decided = decide(&desk, &reduced, &mut Look(live), &mut refusals, arena);
        let furthest = refusals.furthest;
        let counts = NoBidReason::ALL.iter().copied().zip(refusals.counts);
        Some(Sample {
            at: desk.now,
            exchange: exchange.id,
            stands_for,
            request: match keep {
                true => trace::reduced_request(&reduced),
                false => Vec::new(),
            },
            user: reduced.participant(),
            outcome: decided.and_then(|response| {
                // A response of ours always holds a bid that names its ad and its creative.
                sampled_bid(&response).ok_or(NoBidReason::NoSupportedFormat)
            }),
            refusals: counts.filter(|(_, count)| *count > 0).collect(),
            nearest_miss: furthest.map(|(slot, reason)| (snapshot.book.ad(slot), reason)),
        })
    })
}

fn sampled_bid(response: &BidResponse<'_>) -> Option<SampledBid> {
    let bid = response.seatbid.first()?.bid.first()?;
    let currency = response.cur.and_then(|code| Currency::parse(code).ok());
    Some(SampledBid {
        ad: AdId(bid.adid?.parse().ok()?),
        creative: CreativeId(bid.crid?.parse().ok()?),
        price: Cpm(bid.price.units),
        currency: currency.unwrap_or(Currency::USD),
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
    let response = BidResponse {
        id: request,
        nbr: Some(reason.nbr()),
        ..BidResponse::default()
    };
    Answer::Body(Payload::written(|out| response::write(&response, out)))
}

/// Answers a decision from what is live.
struct Live<'a> {
    floor: &'a Floor,
    snapshot: &'a Snapshot,
    now: Timestamp,
    /// The bids of this answer.
    offered: Answered,
}

impl<'a> Live<'a> {
    /// Reads the trade's clock, once.
    fn new(floor: &'a Floor, snapshot: &'a Snapshot) -> Live<'a> {
        Live {
            floor,
            snapshot,
            now: floor.clock.now(),
            offered: Answered::default(),
        }
    }

    /// Takes away what there is no right to, and looks up the audiences that the user is in where any ad asks.
    fn reduce<'r>(
        &self,
        request: BidRequest<'r>,
        exchange: &Exchange,
        arena: &'r Bump,
    ) -> Reduced<'r> {
        let members = self.snapshot.book.members(self.now);
        privacy::reduce_known(request, exchange.id, &self.floor.privacy, members, arena)
    }

    fn desk(&self, exchange: &'a Exchange) -> Desk<'a> {
        Desk {
            book: &self.snapshot.book,
            terms: &self.snapshot.terms,
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

    fn shade(&mut self, exchange: ExchangeId, context: PriceContext, worth: Cpm) -> Option<Shade> {
        self.snapshot.prices.shade(exchange, context, worth)
    }

    fn offered(&mut self, exchange: ExchangeId, context: PriceContext, price: Cpm) {
        self.offered.add(exchange, context, price);
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
        let lease = live.reserve(cost, self.now, &self.floor.hunger)?;
        self.snapshot.touch(slot);
        Ok(lease)
    }

    fn next_bid(&mut self) -> BidId {
        self.floor.bid_ids.next()
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

    fn shade(&mut self, exchange: ExchangeId, context: PriceContext, worth: Cpm) -> Option<Shade> {
        self.0.shade(exchange, context, worth)
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
struct Refusals<'a> {
    snapshot: &'a Snapshot,
    times: u32,
    counts: [u64; NoBidReason::COUNT],
    furthest: Option<(Slot, NoBidReason)>,
}

impl Witness for Refusals<'_> {
    fn impression_refused(&mut self, _: &str, _: NoBidReason) {}

    fn ad_refused(&mut self, _: &str, slot: Slot, reason: NoBidReason, _: impl FnOnce() -> String) {
        self.counts[reason.index()] += 1;
        if self.furthest.is_none_or(|(_, before)| before < reason) {
            self.furthest = Some((slot, reason));
        }
        self.snapshot.live(slot).refuse(reason, self.times);
        self.snapshot.touch(slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_body_and_answer_nothing_is_awaited() {
        // A function that returned a future would not be of this type.
        let _: fn(&Floor, &Asked<'_>, &[u8]) -> Answer = bid;
    }
}
