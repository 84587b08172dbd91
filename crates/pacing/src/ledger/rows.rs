//! The ledger's state as plain rows: what a store writes down, and what a ledger is rebuilt from.

use campaign::id::{AdId, AdvertiserId, BidId, CampaignId, Incarnation, LeaseId};
use campaign::money::Money;
use campaign::time::{Day, Timestamp};
use journal::position::Position;

use crate::account::AccountKey;

/// All rows of some kind of state: the whole ledger, or what was written since the last time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// By their key, each at most once.
    pub accounts: Vec<AccountRow>,
    /// By their id, each at most once.
    pub leases: Vec<LeaseRow>,
    /// By the bid's id, each at most once.
    pub bids: Vec<BidRow>,
    /// By the ad's id, each at most once.
    pub house_losses: Vec<HouseLossRow>,
    /// By the advertiser's id, each at most once.
    pub lateness: Vec<LatenessRow>,
    /// The one row of its kind. `None` among changes where it did not change.
    pub progress: Option<Progress>,
}

/// What a store has to write, in **one** transaction, to have the ledger as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows to insert, or to replace where the key is there.
    pub written: Rows,
    /// Accounts to delete.
    pub deleted_accounts: Vec<AccountKey>,
    /// Leases to delete.
    pub deleted_leases: Vec<LeaseId>,
    /// Settled bids to delete.
    pub deleted_bids: Vec<BidId>,
}

impl Changes {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }
}

/// One budget, counted over one window. `posted + held ≤ effective` always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Whose, and over which time. The primary key.
    pub key: AccountKey,
    /// When its day ends; `None` for a lifetime.
    pub ends: Option<Timestamp>,
    /// What people asked for; `None` is no limit.
    pub requested: Option<Money>,
    /// What is in force: `requested`, or what had been posted and held when it was cut below that, falling as
    /// leases come back; `None` is no limit.
    pub effective: Option<Money>,
    /// What was charged.
    pub posted: Money,
    /// What is promised to leases and may still be charged.
    pub held: Money,
    /// What was charged beyond the cap that was in force. Measured at every charge; anything but nothing is a defect.
    pub overspend: Money,
}

/// One grant of money. `settled + released + in doubt + held_back = amount`, none of them negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseRow {
    /// The primary key.
    pub id: LeaseId,
    /// What the money is for.
    pub ad: AdId,
    /// The ad's campaign.
    pub campaign: CampaignId,
    /// The campaign's advertiser.
    pub advertiser: AdvertiserId,
    /// Who may spend it. Unique together with `request`.
    pub holder: Incarnation,
    /// Which of the holder's requests it answers.
    pub request: u64,
    /// Which day of the advertiser it is billed to.
    pub advertiser_day: Day,
    /// Which day of the campaign and of the ad it is billed to.
    pub campaign_day: Day,
    /// How far its life has come.
    pub state: LeaseState,
    /// What was granted.
    pub amount: Money,
    /// What billings took from the amount.
    pub settled: Money,
    /// What went back to the budgets.
    pub released: Money,
    /// What is kept after expiry for billings that come late.
    pub held_back: Money,
    /// What billings without cover took from free room of the same accounts, beyond the amount.
    pub beyond: Money,
    /// When its holder stops.
    pub spend_until: Timestamp,
    /// When what is in doubt is released, but for the hold-back.
    pub release_at: Timestamp,
}

impl LeaseRow {
    /// What may be reserved by bids whose end nobody knows yet.
    pub fn in_doubt(&self) -> Money {
        self.amount - self.settled - self.released - self.held_back
    }
}

/// How far a lease's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeaseState {
    /// Its holder may be spending it.
    Open,
    /// Its holder gave it back; bids that were made from it may still be billed.
    Returned,
    /// No more notices are expected. Only the hold-back is still held.
    Expired,
    /// Nothing is held any more. It is remembered for notices that come very late.
    Finished,
}

/// A bid that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BidRow {
    /// The primary key.
    pub bid: BidId,
    /// Which lease held its money.
    pub lease: LeaseId,
    /// How it ended.
    pub end: BidEnd,
    /// When the row may be forgotten.
    pub forget_at: Timestamp,
}

/// How a bid ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BidEnd {
    /// The exchange was owed money.
    Billed {
        /// What the advertiser was charged.
        charged: Money,
        /// What the house paid, because nothing covered it.
        house_loss: Money,
    },
    /// The exchange was owed nothing.
    Lost,
}

/// What the house paid for an ad, in its advertiser's currency, because no reservation covered a billing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseLossRow {
    /// The primary key.
    pub ad: AdId,
    /// In all.
    pub amount: Money,
}

/// What was seen of an advertiser's billings that came late: sizes the hold-back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatenessRow {
    /// The primary key. By advertiser, because only amounts of one currency can be summed.
    pub advertiser: AdvertiserId,
    /// What was in doubt when leases expired.
    pub expired: Money,
    /// What was billed to leases after they had expired.
    pub billed_late: Money,
}

/// How far the ledger has come. One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Every entry of the journal up to this one is counted.
    pub position: Position,
    /// The next lease's number, so that none is used twice.
    pub next_lease: LeaseId,
    /// The latest [`BidRow::forget_at`] of a billed bid that was forgotten: what is told of bids this old is not
    /// believed.
    pub forgotten: Timestamp,
}
