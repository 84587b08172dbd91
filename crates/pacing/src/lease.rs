//! Leases: what a bidder and the authority say to each other about money, and the meter from which a bid reserves.
//!
//! A grant is escrow: its amount is held at every level of the ledger before the bidder hears of it. So a bid reserves
//! by one compare-and-swap on the bidder's own meter, and nothing that a bidder does, or fails to do, can overspend.
//!
//! The life of a lease: a [`GrantRequest`] is answered by a [`LeaseGrant`]; the bidder reserves from its [`LeaseMeter`]
//! until `spend_until`, closes it, and sends one [`LeaseReturn`]. A request that got no answer is sent again **with the
//! same number and the same `sent`**. A return that got no answer is sent again as it is.

mod meter;

use campaign::id::{AdId, Incarnation, LeaseId};
use campaign::money::Money;
use campaign::time::{Day, Timestamp};

use crate::account::AccountKey;
pub use meter::LeaseMeter;

/// What a bidder says to the authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseMessage {
    /// Give me money; each is answered by itself.
    Requests(Vec<GrantRequest>),
    /// Take this back.
    Return(LeaseReturn),
}

/// A bidder asks for money for one ad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantRequest {
    /// Who asks.
    pub holder: Incarnation,
    /// Counts the holder's requests. The same number again is the same request, and gets the same lease.
    pub request: u64,
    /// What the money is for.
    pub ad: AdId,
    /// How much the holder can use; it may get less.
    pub wanted: Money,
    /// When the holder first sent it, by the clock by which it will reserve: the lease's life is counted from here,
    /// so that an answer that was long under way is not spent for longer than the authority waits. That clock must
    /// not jump back, and must count the time that a machine sleeps; it need not agree with the authority's.
    pub sent: Timestamp,
}

/// What the authority answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantAnswer {
    /// Here is money.
    Granted(LeaseGrant),
    /// There is none.
    Refused(GrantRefused),
}

/// Money for one ad, for one bidder, for a short time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseGrant {
    /// Its number, never used twice. Every notice about a bid that is paid from it carries it.
    pub id: LeaseId,
    /// What the money is for.
    pub ad: AdId,
    /// Who may spend it.
    pub holder: Incarnation,
    /// Which request of the holder it answers.
    pub request: u64,
    /// How much may be reserved in all.
    pub amount: Money,
    /// The advertiser's day that it is billed to, whenever the billing comes.
    pub advertiser_day: Day,
    /// The campaign's (and the ad's) day that it is billed to, whenever the billing comes.
    pub campaign_day: Day,
    /// The first moment, by the holder's clock, at which nothing more may be reserved.
    pub spend_until: Timestamp,
    /// When the authority takes what is not resolved for not owed, once every notice that came until then is counted.
    /// A bid's own expiry should be told to exchanges so that billings come before this.
    pub release_at: Timestamp,
}

/// Which request was refused, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantRefused {
    /// Who asked.
    pub holder: Incarnation,
    /// Which of the holder's requests.
    pub request: u64,
    /// What the money was to be for.
    pub ad: AdId,
    /// Why there is none.
    pub reason: GrantRefusal,
}

/// Why there is no money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantRefusal {
    /// The ledger does not know the ad (yet).
    UnknownAd,
    /// The ad, or what it belongs to, was stopped.
    Halted,
    /// This account has nothing left to lease. Where several have nothing, the one with the least is named, the
    /// widest first.
    Exhausted(AccountKey),
    /// The request is older, or further in the future, than notices may be late: it was long under way, or the
    /// holder's clock is far off.
    Outside,
    /// The request was granted before, and its lease is over: a repetition that came late.
    Over,
}

/// A bidder gives a lease back. Final: it reserves nothing from it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseReturn {
    /// Who gives back. Only the holder can: a later incarnation does not know what the former one reserved.
    pub holder: Incarnation,
    /// Which lease.
    pub lease: LeaseId,
    /// The sum of all that was ever reserved from it, whatever became of the bids.
    pub used: Money,
}
