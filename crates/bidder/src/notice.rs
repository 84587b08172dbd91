//! Notices: a token is verified, the entry is made durable, and only then is the notice answered.

use std::sync::Arc;

use auction::token::{self, Click, Notice, TokenKeys};
use campaign::exchange::BillingNotice;
use campaign::id::LeaseId;
use journal::entry::{BidTerms, Entry, Event, Price};
use openrtb::response::BidResponse;
use store::segment::JournalError;
use tokio::sync::oneshot;

use crate::counts::{Counted, Fate, Inbound};
use crate::floor::Floor;
use crate::frequency::Room;
use crate::price;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// What a notice is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It is in the journal, or need not be.
    Taken,
    /// It is in the journal; go on to this page.
    Redirect(String),
    /// It is not taken.
    Refused(Fate),
}

/// Takes one notice.
pub async fn take(floor: &Floor, kind: Notice, token: &str, query: Query<'_>) -> Receipt {
    let (receipt, fate) = match Taken::read(floor, kind, token, query) {
        Ok(taken) => taken.keep(floor).await,
        Err(fate) => (Receipt::Refused(fate), fate),
    };
    floor.counts.add_inbound(Inbound::Notice(kind), fate);
    receipt
}

/// A notice that is ours.
struct Taken {
    entries: Vec<Entry>,
    fate: Fate,
    receipt: Receipt,
    snapshot: Arc<Snapshot>,
}

impl Taken {
    fn read(floor: &Floor, kind: Notice, token: &str, query: Query<'_>) -> Result<Taken, Fate> {
        let terms = token::verify(token, kind.class(), &floor.keys).map_err(|_| Fate::Forged)?;
        let snapshot = floor.snapshot.load_full();
        if snapshot.book.version() == 0 {
            // Nobody knows yet which pixels bill and where clicks lead; it is to be told again.
            return Err(Fate::Unavailable);
        }
        let now = floor.clock.now();
        let mut receipt = Receipt::Taken;
        let mut fate = Fate::Kept;
        if kind == Notice::Click && !query.has("ping") {
            let click = Click { terms, at: now };
            let late = now - terms.issued > floor.config.click_expiry;
            fate = if late { Fate::Expired } else { fate };
            let landing = landing(&snapshot, &terms).ok_or(Fate::Invalid)?;
            // A click that is not counted, or may not be followed, still leads on, without an id that could be
            // credited.
            let followed = terms.measured && !late && terms.lease != REHEARSAL;
            receipt = Receipt::Redirect(if followed {
                with_click_id(landing, &click, &floor.keys)
            } else {
                landing.to_string()
            });
        }
        let mut events = match kind {
            Notice::Click if fate == Fate::Expired => Vec::new(),
            kind => events(kind, &terms, &snapshot, query),
        };
        if terms.lease == REHEARSAL {
            events.clear();
            fate = Fate::Ignored;
        }
        let entries = events
            .into_iter()
            .map(|event| Entry { at: now, event })
            .collect();
        Ok(Taken {
            entries,
            fate,
            receipt,
            snapshot,
        })
    }

    /// Waits for the disk.
    async fn keep(self, floor: &Floor) -> (Receipt, Fate) {
        if keep(floor, &self.entries).await.is_err() {
            let fate = Fate::Unavailable;
            return (Receipt::Refused(fate), fate);
        }
        for entry in &self.entries {
            if floor.frequency.note(entry, &self.snapshot.book) == Room::Evicted {
                floor.counts.add(Counted::FrequencyEvicted);
            }
        }
        (self.receipt, self.fate)
    }
}

/// The lease of bids that were made on trial (`test`): they hold no money, and settle nothing.
const REHEARSAL: LeaseId = LeaseId(0);

/// Makes entries durable. Returns when all of them are.
pub async fn keep(floor: &Floor, entries: &[Entry]) -> Result<(), JournalError> {
    if entries.is_empty() {
        return Ok(());
    }
    let gone = || JournalError::Poisoned {
        why: "the bidder has drained".to_string(),
    };
    let outbox = floor.outbox.load_full().ok_or_else(gone)?;
    let mut waits = Vec::with_capacity(entries.len());
    for entry in entries {
        let (done, wait) = oneshot::channel();
        // Whoever waits may have gone; the entry is kept all the same.
        outbox.append(entry, move |kept| drop(done.send(kept)))?;
        waits.push(wait);
    }
    drop(outbox);
    for wait in waits {
        wait.await.map_err(|_| gone())??;
    }
    Ok(())
}

/// Takes back the bids of an answer that was never sent: nobody else will say that they are lost. What cannot be
/// written down now is resolved with its lease, so nothing is waited for.
pub fn withdraw(floor: &Floor, snapshot: &Snapshot, response: &BidResponse<'_>) {
    let Some(outbox) = floor.outbox.load_full() else {
        return;
    };
    let bids = response.seatbid.iter().flat_map(|seat| seat.bid);
    for terms in bids.filter_map(|bid| terms_of(floor, bid.nurl?)) {
        let entry = Entry {
            at: floor.clock.now(),
            event: Event::Loss {
                terms,
                reason: Some(openrtb::notice::loss::INTERNAL_ERROR),
                min_to_win: None,
            },
        };
        floor.frequency.note(&entry, &snapshot.book);
        if terms.lease != REHEARSAL {
            let _ = outbox.append(&entry, drop);
        }
    }
}

/// The terms that one of our own win URLs carries.
fn terms_of(floor: &Floor, url: &str) -> Option<BidTerms> {
    let path = url.strip_prefix(floor.config.public_url.as_str())?;
    let token = path.strip_prefix("/n/win/")?.split('?').next()?;
    token::verify(token, Notice::Win.class(), &floor.keys).ok()
}

/// What a notice says has happened.
fn events(kind: Notice, terms: &BidTerms, snapshot: &Snapshot, query: Query<'_>) -> Vec<Event> {
    let terms = *terms;
    match kind {
        Notice::Win => vec![Event::Win {
            terms,
            price: price::read(&terms, query),
        }],
        Notice::Billing => vec![Event::Billing {
            terms,
            price: price::read(&terms, query),
        }],
        Notice::Loss => vec![loss(terms, query)],
        Notice::Impression => {
            let exchange = snapshot.book.exchange_by_id(terms.exchange);
            let bills = exchange.is_some_and(|e| e.billing == BillingNotice::ImpressionPixel);
            let billing = bills.then(|| Event::Billing {
                terms,
                price: price::read(&terms, query),
            });
            billing
                .into_iter()
                .chain([Event::Impression { terms }])
                .collect()
        }
        Notice::View => vec![Event::View { terms }],
        Notice::Click => vec![Event::Click { terms }],
    }
}

fn loss(terms: BidTerms, query: Query<'_>) -> Event {
    let reason = query.get("r").and_then(|text| text.trim().parse().ok());
    if reason == Some(openrtb::notice::loss::WON) {
        // A "loss" whose reason is that we won frees no money.
        let price = Price::Unreadable;
        return Event::Win { terms, price };
    }
    let min_to_win = query
        .get("w")
        .and_then(|text| price::cost(&terms, &text, None));
    Event::Loss {
        terms,
        reason,
        min_to_win,
    }
}

/// The page that a creative leads to, and no other: nothing of the notice chooses it.
fn landing<'a>(snapshot: &'a Snapshot, terms: &BidTerms) -> Option<&'a str> {
    let creative = snapshot.book.creative(terms.creative)?;
    Some(creative.landing_url.as_str())
}

/// The landing page with the click id in its query, before its fragment.
fn with_click_id(landing: &str, click: &Click, keys: &TokenKeys) -> String {
    let (page, fragment) = match landing.find('#') {
        Some(at) => landing.split_at(at),
        None => (landing, ""),
    };
    let mut url = String::with_capacity(landing.len() + CLICK_ID.len() + 2 + Click::LONGEST);
    url.push_str(page);
    match page.split_once('?') {
        None => url.push('?'),
        Some((_, query)) if query.is_empty() || query.ends_with('&') => {}
        Some(_) => url.push('&'),
    }
    url.push_str(CLICK_ID);
    url.push('=');
    click.push_id(keys, &mut url);
    url.push_str(fragment);
    url
}

/// The name under which advertisers get the click id and give it back.
pub const CLICK_ID: &str = "obclid";

#[cfg(test)]
mod tests;
