//! What is written down of a decision, so that it can be made again, bit for bit.
//!
//! A [`Recorder`] stands between [`decide`] and the [`State`](crate::state::State) and writes down each answer. The
//! [`Trace`] that comes of it holds the request as a decision reads it, the book's version and the answers; [`replay`]
//! decides again on the same book. Dice need no writing down, since they are a hash of what is decided.
//!
//! **Invariants.** A trace holds nothing that `docs/privacy.md` says is not stored, whatever the
//! rights: what the user's own data said to an ad's targeting is an answer in it, the data are not.
//! No trace is larger than [`MAX_BYTES`]. Keys are not part of it: whoever replays must have those
//! of then, or the dice and the signatures differ.

mod answer;
mod kept;

use bumpalo::Bump;
use campaign::id::ExchangeId;
use campaign::time::Timestamp;
use openrtb::consent::Verdict;
use openrtb::request::ParseError;
use openrtb::response::{self, BidResponse};

use crate::book::Slot;
use crate::decide::{Desk, decide};
use crate::privacy::{self, Reduced};
use crate::reason::NoBidReason;
use crate::state::Witness;

use answer::Recorded;
pub use answer::{Answer, Recorder};

/// What a trace may weigh: its request, its answers and its outcome.
pub const MAX_BYTES: usize = 1 << 20;

/// One decision, written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Where the request came from.
    pub exchange: ExchangeId,
    /// The version of the book that it was decided on.
    pub book_version: u64,
    /// The version of the market that the book was sold in.
    pub market_version: u64,
    /// When it was decided.
    pub now: Timestamp,
    /// What there was a right to.
    pub verdict: Verdict,
    /// The user, as the keyed hash of then.
    pub user: Option<u64>,
    /// What a decision reads of the request and may be kept, as JSON of OpenRTB 2.6.
    pub request: Vec<u8>,
    /// What the state answered, in the order in which it was asked.
    pub answers: Vec<Answer>,
    /// Where notices go.
    pub notice_base: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a decision: the body of the answer, or the reason why there is none.
pub type Outcome = Result<Vec<u8>, NoBidReason>;

/// A decision that was made again.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// What came of it this time.
    pub outcome: Outcome,
}

impl Replayed {
    /// Whether the same came of it as then, bit for bit.
    pub fn agrees_with(&self, trace: &Trace) -> bool {
        self.outcome == trace.outcome
    }
}

/// Why a decision cannot be written down, or not be made again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// It asks for more than a trace may weigh.
    #[error("the trace would weigh more than {MAX_BYTES} bytes")]
    TooLarge,
    /// The book is not the one that was decided on.
    #[error(
        "decided on version {} of the book and {} of the market, and this is version {} and {}",
        .recorded.0, .recorded.1, .given.0, .given.1
    )]
    OtherBook {
        /// The versions that were decided on.
        recorded: (u64, u64),
        /// The versions at hand.
        given: (u64, u64),
    },
    /// The book does not know the exchange.
    #[error("the book has no exchange with the number {0}")]
    UnknownExchange(ExchangeId),
    /// The request in the trace is no JSON object.
    #[error("the trace's request cannot be read: {0}")]
    UnreadableRequest(#[from] ParseError),
    /// The decision asked for what was not asked then: it does not go the same way.
    #[error("question {0} of the state is not the one that was asked then")]
    OtherQuestion(usize),
    /// The decision did not ask for all that was asked then: it does not go the same way.
    #[error("{0} of the recorded answers were not asked for")]
    Unasked(usize),
}

impl Trace {
    /// What it weighs.
    pub fn bytes(&self) -> usize {
        let outcome = self.outcome.as_ref().map_or(0, Vec::len);
        let answers = self.answers.len() * size_of::<Answer>();
        size_of::<Trace>() + self.request.len() + answers + self.notice_base.len() + outcome
    }
}

impl<S> Recorder<'_, S> {
    /// Writes the decision down. The desk and the request must be those that were decided on.
    pub fn finish(
        self,
        desk: &Desk<'_>,
        reduced: &Reduced<'_>,
        decided: &Result<BidResponse<'_>, NoBidReason>,
    ) -> Result<Trace, TraceError> {
        let trace = Trace {
            exchange: desk.exchange.id,
            book_version: desk.book.version(),
            market_version: desk.book.market().version(),
            now: desk.now,
            verdict: *reduced.verdict(),
            user: reduced.user(),
            request: kept::write(reduced.request()),
            answers: self.into_answers()?,
            notice_base: desk.notice_base.to_string(),
            outcome: outcome(decided),
        };
        if trace.bytes() > MAX_BYTES {
            return Err(TraceError::TooLarge);
        }
        Ok(trace)
    }
}

/// Decides again, as it was decided then. Of the desk, the book must be of the same version, and the keys and dice the
/// same; exchange, time and address are the trace's.
///
/// # Errors
/// When the book is another, or the decision does not ask what was asked then. What it is decided
/// to be in the end is for the caller to compare: [`Replayed::agrees_with`].
pub fn replay(trace: &Trace, desk: &Desk<'_>) -> Result<Replayed, TraceError> {
    let book = desk.book;
    let recorded = (trace.book_version, trace.market_version);
    let given = (book.version(), book.market().version());
    if recorded != given {
        return Err(TraceError::OtherBook { recorded, given });
    }
    let exchange = desk
        .book
        .exchange_by_id(trace.exchange)
        .ok_or(TraceError::UnknownExchange(trace.exchange))?;
    let arena = Bump::new();
    let request = openrtb::request::parse(&trace.request, &arena)?;
    let reduced = privacy::replayed(request, trace.verdict, trace.user);
    let desk = Desk {
        exchange,
        now: trace.now,
        notice_base: &trace.notice_base,
        ..*desk
    };
    let mut state = Recorded::new(&trace.answers);
    let decided = decide(&desk, &reduced, &mut state, &mut Nobody, &arena);
    let outcome = outcome(&decided);
    state.finish()?;
    Ok(Replayed { outcome })
}

/// A request as a trace keeps it: what a decision reads of it, and of the person nothing.
pub fn reduced_request(reduced: &Reduced<'_>) -> Vec<u8> {
    kept::write(reduced.request())
}

fn outcome(decided: &Result<BidResponse<'_>, NoBidReason>) -> Outcome {
    let response = decided.as_ref().map_err(|reason| *reason)?;
    let mut body = Vec::new();
    response::write(response, &mut body);
    Ok(body)
}

/// Is told of refusals, and does nothing.
struct Nobody;

impl Witness for Nobody {
    fn impression_refused(&mut self, _: &str, _: NoBidReason) {}

    fn ad_refused(&mut self, _: &str, _: Slot, _: NoBidReason, _: impl FnOnce() -> String) {}
}
