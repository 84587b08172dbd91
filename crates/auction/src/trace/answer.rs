//! The state's answers: written down as they are given, and given again.

use campaign::ad::{FrequencyCap, Goal};
use campaign::id::{BidId, ExchangeId, LeaseId};
use campaign::money::{Cpm, Money};
use journal::context::PriceContext;
use learning::rates::Rates;

use crate::book::{AdTerms, Slot};
use crate::prices::Shade;
use crate::reason::NoBidReason;
use crate::state::{Scope, State};

use super::{MAX_BYTES, TraceError};

/// One question that a decision asked of the state, with the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// An ad's terms of the moment.
    Terms {
        /// The ad.
        slot: Slot,
        /// Its terms.
        terms: AdTerms,
    },
    /// What the user's own data said to an ad's targeting.
    Targeted {
        /// The ad.
        slot: Slot,
        /// Whether it wants the request, and why not.
        verdict: Result<(), NoBidReason>,
    },
    /// What is best to bid in a first-price auction.
    Shaded {
        /// What the impression is worth.
        worth: Cpm,
        /// What was learned, if anything was.
        shade: Option<Shade>,
    },
    /// How many impressions the user has had.
    Exposures {
        /// Whose impressions.
        scope: Scope,
        /// By which cap.
        cap: FrequencyCap,
        /// How many.
        shown: u32,
    },
    /// Whether there was money.
    Reserved {
        /// The ad.
        slot: Slot,
        /// How much was asked for.
        cost: Money,
        /// Where it is held, or why there was none.
        lease: Result<LeaseId, NoBidReason>,
    },
    /// The id of a bid.
    Bid(BidId),
}

/// More answers than this no trace can hold.
const MAX_ANSWERS: usize = MAX_BYTES / size_of::<Answer>();

/// A state that writes down what another one answers.
#[derive(Debug)]
pub struct Recorder<'s, S> {
    state: &'s mut S,
    answers: Vec<Answer>,
    overflowed: bool,
}

impl<'s, S> Recorder<'s, S> {
    /// Asks `state`.
    pub fn new(state: &'s mut S) -> Recorder<'s, S> {
        Recorder {
            state,
            answers: Vec::new(),
            overflowed: false,
        }
    }

    pub(super) fn into_answers(mut self) -> Result<Vec<Answer>, TraceError> {
        if self.overflowed {
            return Err(TraceError::TooLarge);
        }
        self.answers.shrink_to_fit();
        Ok(self.answers)
    }

    /// The decision goes on where there is no room left: it is the trace that is given up, not the bid.
    fn write_down(&mut self, answer: Answer) {
        if self.answers.len() == MAX_ANSWERS {
            self.answers = Vec::new();
            self.overflowed = true;
        }
        if !self.overflowed {
            self.answers.push(answer);
        }
    }
}

impl<S: State> State for Recorder<'_, S> {
    fn terms(&mut self, slot: Slot) -> AdTerms {
        let terms = self.state.terms(slot);
        self.write_down(Answer::Terms { slot, terms });
        terms
    }

    fn targeted(&mut self, slot: Slot, judged: Result<(), NoBidReason>) -> Result<(), NoBidReason> {
        let verdict = self.state.targeted(slot, judged);
        self.write_down(Answer::Targeted { slot, verdict });
        verdict
    }

    fn shade(&mut self, exchange: ExchangeId, context: PriceContext, worth: Cpm) -> Option<Shade> {
        let shade = self.state.shade(exchange, context, worth);
        self.write_down(Answer::Shaded { worth, shade });
        shade
    }

    fn offered(&mut self, exchange: ExchangeId, context: PriceContext, price: Cpm) {
        self.state.offered(exchange, context, price);
    }

    fn exposures(&mut self, user: u64, scope: Scope, cap: FrequencyCap) -> u32 {
        let shown = self.state.exposures(user, scope, cap);
        self.write_down(Answer::Exposures { scope, cap, shown });
        shown
    }

    fn reserve(&mut self, slot: Slot, cost: Money) -> Result<LeaseId, NoBidReason> {
        let lease = self.state.reserve(slot, cost);
        self.write_down(Answer::Reserved { slot, cost, lease });
        lease
    }

    fn next_bid(&mut self) -> BidId {
        let bid = self.state.next_bid();
        self.write_down(Answer::Bid(bid));
        bid
    }

    fn pend(&mut self, user: u64, slot: Slot, bid: BidId) {
        self.state.pend(user, slot, bid);
    }
}

/// A state that answers as it was answered then, to the same questions in the same order.
pub(super) struct Recorded<'t> {
    answers: &'t [Answer],
    asked: usize,
    strayed: bool,
}

impl<'t> Recorded<'t> {
    pub(super) fn new(answers: &'t [Answer]) -> Recorded<'t> {
        Recorded {
            answers,
            asked: 0,
            strayed: false,
        }
    }

    /// Makes sure that all was asked that was asked then, and nothing else.
    pub(super) fn finish(self) -> Result<(), TraceError> {
        match self.answers.len() - self.asked {
            _ if self.strayed => Err(TraceError::OtherQuestion(self.asked)),
            0 => Ok(()),
            left => Err(TraceError::Unasked(left)),
        }
    }

    /// The next answer, if it is to this question. Once the decision has gone another way, no answer means anything.
    fn next<T>(&mut self, to_this: impl FnOnce(&Answer) -> Option<T>) -> Option<T> {
        let answer = self.answers.get(self.asked).filter(|_| !self.strayed);
        let answer = answer.and_then(to_this);
        match answer {
            Some(_) => self.asked += 1,
            None => self.strayed = true,
        }
        answer
    }
}

impl State for Recorded<'_> {
    fn terms(&mut self, asked: Slot) -> AdTerms {
        self.next(|answer| match answer {
            Answer::Terms { slot, terms } if *slot == asked => Some(*terms),
            _ => None,
        })
        .unwrap_or(STRAYED)
    }

    fn targeted(&mut self, asked: Slot, _: Result<(), NoBidReason>) -> Result<(), NoBidReason> {
        self.next(|answer| match answer {
            Answer::Targeted { slot, verdict } if *slot == asked => Some(*verdict),
            _ => None,
        })
        .unwrap_or(Err(NoBidReason::NoConsent))
    }

    fn shade(&mut self, _: ExchangeId, _: PriceContext, of: Cpm) -> Option<Shade> {
        self.next(|answer| match answer {
            Answer::Shaded { worth, shade } if *worth == of => Some(*shade),
            _ => None,
        })
        .flatten()
    }

    fn exposures(&mut self, _: u64, of: Scope, by: FrequencyCap) -> u32 {
        self.next(|answer| match answer {
            Answer::Exposures { scope, cap, shown } if (*scope, *cap) == (of, by) => Some(*shown),
            _ => None,
        })
        .unwrap_or(u32::MAX)
    }

    fn reserve(&mut self, asked: Slot, worth: Money) -> Result<LeaseId, NoBidReason> {
        self.next(|answer| match answer {
            Answer::Reserved { slot, cost, lease } if (*slot, *cost) == (asked, worth) => {
                Some(*lease)
            }
            _ => None,
        })
        .unwrap_or(Err(NoBidReason::AwaitingLease))
    }

    fn next_bid(&mut self) -> BidId {
        self.next(|answer| match answer {
            Answer::Bid(bid) => Some(*bid),
            _ => None,
        })
        .unwrap_or_default()
    }

    fn pend(&mut self, _: u64, _: Slot, _: BidId) {}
}

/// Terms that end a decision which has gone another way.
const STRAYED: AdTerms = AdTerms {
    version: 0,
    halted: Some(NoBidReason::AdPaused),
    goal: Goal::FixedCpm(Cpm(0)),
    max_bid: Cpm(0),
    participation_ppm: 0,
    multiplier: 1.0,
    rates: Rates {
        win: 0.0,
        click: 0.0,
        conversion: 0.0,
    },
};
