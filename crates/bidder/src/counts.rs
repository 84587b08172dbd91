//! What the bidder counts, each thread for itself. Copied into the metrics each second, and read whole by whoever asks.

use std::sync::atomic::{AtomicU64, Ordering};

use auction::reason::NoBidReason;
use auction::token::Notice;

use crate::per_thread::PerThread;

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $event:ident $metric:literal ($($label:literal = $value:literal)?);)*) => {
        /// What is counted without more ado.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Counted {
            $($(#[doc = $doc])+ $event,)*
        }

        impl Counted {
            /// All of them.
            pub const ALL: &'static [Counted] = &[$(Counted::$event,)*];

            /// The metric's name.
            pub const fn metric(self) -> &'static str {
                match self { $(Counted::$event => $metric,)* }
            }

            /// The metric's label, where several share a name.
            pub const fn label(self) -> Option<(&'static str, &'static str)> {
                match self { $(Counted::$event => events!(@label $($label, $value)?),)* }
            }
        }
    };
    (@label) => { None };
    (@label $label:literal, $value:literal) => { Some(($label, $value)) };
}

events! {
    /// A connection was taken.
    ConnectionTaken "outbid_connections_total" ("outcome" = "taken");
    /// A connection was closed at once: there were too many.
    ConnectionRefused "outbid_connections_total" ("outcome" = "refused");
    /// A bid request whose body is not JSON, or no object.
    Malformed "outbid_rejected_requests_total" ("cause" = "malformed");
    /// A body that is not the gzip that it says it is.
    NotGzip "outbid_rejected_requests_total" ("cause" = "not_gzip");
    /// A body that is too large, as it came or inflated.
    TooLarge "outbid_rejected_requests_total" ("cause" = "too_large");
    /// A body that took too long.
    SlowBody "outbid_rejected_requests_total" ("cause" = "slow_body");
    /// A body that broke off.
    BrokenBody "outbid_rejected_requests_total" ("cause" = "broken_body");
    /// A content type or encoding that we do not read.
    UnsupportedMedia "outbid_rejected_requests_total" ("cause" = "unsupported_media");
    /// No exchange of this name.
    UnknownExchange "outbid_rejected_requests_total" ("cause" = "unknown_exchange");
    /// A path that does not exist.
    NotFound "outbid_rejected_requests_total" ("cause" = "not_found");
    /// A method that the path does not take.
    WrongMethod "outbid_rejected_requests_total" ("cause" = "wrong_method");
    /// An answer was ready after its deadline, and 204 went out in its place.
    /// A first-price bid was made to learn what it takes to win, not because it seemed best.
    Explored "outbid_explored_bids_total" ();
    /// A request was decided again to count why ads did not bid.
    Sampled "outbid_refusal_samples_total" ();
    /// A lease ran out, or was spent, before its successor came.
    LeaseGap "outbid_lease_gaps_total" ();
    /// A user was not counted, because the table of frequencies was full of users who were seen later.
    FrequencyEvicted "outbid_frequency_evictions_total" ();
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Fate {
    /// It is in the journal, and was answered 2xx.
    Kept,
    /// Its token is not ours: 403.
    Forged,
    /// It cannot be kept now: 503.
    Unavailable,
    /// It settles nothing: it is about a rehearsal, or a conversion without a click of ours: 2xx.
    Ignored,
    /// It is a click that comes too late: 410.
    Expired,
    /// It lacks what it needs, or names what does not exist: 400 or 404.
    Invalid,
}

impl Fate {
    /// All of them.
    pub const ALL: [Fate; 6] = [
        Fate::Kept,
        Fate::Forged,
        Fate::Unavailable,
        Fate::Ignored,
        Fate::Expired,
        Fate::Invalid,
    ];

    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Fate::Kept => "kept",
            Fate::Forged => "forged",
            Fate::Unavailable => "unavailable",
            Fate::Ignored => "ignored",
            Fate::Expired => "expired",
            Fate::Invalid => "invalid",
        }
    }
}

/// What came in that is kept in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// A notice about a bid.
    Notice(Notice),
    /// A conversion.
    Conversion,
}

impl Inbound {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Inbound> {
        Notice::ALL
            .into_iter()
            .map(Inbound::Notice)
            .chain([Inbound::Conversion])
    }

    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Inbound::Notice(notice) => notice.name(),
            Inbound::Conversion => "conversion",
        }
    }

    const fn index(self) -> usize {
        match self {
            Inbound::Notice(notice) => notice as usize,
            Inbound::Conversion => Notice::ALL.len(),
        }
    }
}

/// All counts of the process.
#[derive(Debug, Default)]
pub struct Counts(PerThread<Copy>);

/// One thread's counts.
#[derive(Debug)]
struct Copy {
    events: [AtomicU64; Counted::ALL.len()],
    no_bids: [AtomicU64; NoBidReason::COUNT],
    inbound: [[AtomicU64; Fate::ALL.len()]; Notice::ALL.len() + 1],
}

impl Default for Copy {
    fn default() -> Copy {
        Copy {
            events: [const { AtomicU64::new(0) }; _],
            no_bids: [const { AtomicU64::new(0) }; _],
            inbound: [const { [const { AtomicU64::new(0) }; _] }; _],
        }
    }
}

impl Counts {
    /// Counts one event.
    pub fn add(&self, event: Counted) {
        self.add_many(event, 1);
    }

    /// Counts so many.
    pub fn add_many(&self, event: Counted, times: u64) {
        if times > 0 {
            self.0
                .mine()
                .add(|copy| &copy.events[event as usize], times);
        }
    }

    /// Counts a request that was not bid on.
    pub fn add_no_bid(&self, reason: NoBidReason) {
        self.0.mine().add(|copy| &copy.no_bids[reason.index()], 1);
    }

    /// Counts a notice or a conversion.
    pub fn add_inbound(&self, what: Inbound, fate: Fate) {
        let place = (what.index(), fate as usize);
        self.0.mine().add(|copy| &copy.inbound[place.0][place.1], 1);
    }

    /// How often, so far.
    pub fn read(&self, event: Counted) -> u64 {
        self.sum(|copy| &copy.events[event as usize])
    }

    /// How many requests were not bid on for this reason, so far.
    pub fn read_no_bids(&self, reason: NoBidReason) -> u64 {
        self.sum(|copy| &copy.no_bids[reason.index()])
    }

    /// How many notices or conversions had this fate, so far.
    pub fn read_inbound(&self, what: Inbound, fate: Fate) -> u64 {
        self.sum(|copy| &copy.inbound[what.index()][fate as usize])
    }

    fn sum(&self, cell: impl Fn(&Copy) -> &AtomicU64) -> u64 {
        self.0
            .all()
            .map(|copy| cell(copy).load(Ordering::Relaxed))
            .sum()
    }
}

/// What is counted of one exchange. Kept across books.
#[derive(Debug, Default)]
pub struct ExchangeCounts(PerThread<ExchangeCopy>);

#[derive(Debug, Default)]
struct ExchangeCopy {
    requests: AtomicU64,
    responses: AtomicU64,
    bids: AtomicU64,
    late: AtomicU64,
}

impl ExchangeCounts {
    /// A bid request came, whatever becomes of it.
    pub fn add_request(&self) {
        self.0.mine().add(|copy| &copy.requests, 1);
    }

    /// It was answered with this many bids, at least one.
    pub fn add_response(&self, bids: usize) {
        let mine = self.0.mine();
        mine.add(|copy| &copy.responses, 1);
        mine.add(|copy| &copy.bids, bids as u64);
    }

    /// There were bids, and it was too late for them.
    pub fn add_late(&self) {
        self.0.mine().add(|copy| &copy.late, 1);
    }

    /// Requests, answers with bids, bids, and answers that came too late, so far.
    pub fn read(&self) -> [u64; 4] {
        self.0.all().fold([0; 4], |sums, copy| {
            let now = [&copy.requests, &copy.responses, &copy.bids, &copy.late];
            [0, 1, 2, 3].map(|i| sums[i] + now[i].load(Ordering::Relaxed))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_has_its_own_place_and_its_own_name() {
        let counts = Counts::default();
        for (n, event) in (1..).zip(Counted::ALL) {
            (0..n).for_each(|_| counts.add(*event));
        }
        for (n, event) in (1..).zip(Counted::ALL) {
            assert_eq!(counts.read(*event), n, "{event:?}");
        }
        let names: std::collections::HashSet<_> = Counted::ALL
            .iter()
            .map(|event| (event.metric(), event.label()))
            .collect();
        assert_eq!(names.len(), Counted::ALL.len());
    }

    #[test]
    fn notices_are_counted_by_kind_and_fate() {
        let counts = Counts::default();
        let forged = Inbound::Notice(Notice::Billing);
        counts.add_inbound(forged, Fate::Forged);
        counts.add_inbound(Inbound::Conversion, Fate::Kept);
        let mut found = Vec::new();
        for what in Inbound::all() {
            for fate in Fate::ALL {
                if counts.read_inbound(what, fate) == 1 {
                    found.push((what.name(), fate.name()));
                }
            }
        }
        assert_eq!(found, [("billing", "forged"), ("conversion", "kept")]);
    }
}
