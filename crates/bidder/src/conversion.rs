//! Conversions: what an advertiser says that a user did, credited to the last click in the window of the action that it
//! names, or else the advertiser's.

use auction::token::Click;
use campaign::id::AdvertiserId;
use campaign::money::Money;
use campaign::time::{Span, Timestamp};
use journal::codec::MAX_ORDER_LENGTH;
use journal::entry::{Entry, Event};

use crate::counts::{Fate, Inbound};
use crate::floor::Floor;
use crate::notice::{self, CLICK_ID, Receipt};
use crate::query::Query;
use crate::snapshot::Snapshot;

/// More click ids than a browser keeps for one shop; those after them are not looked at.
const CLICKS_MAX: usize = 16;

/// Takes one conversion. `advertiser` is the advertiser's number as text.
pub async fn take(floor: &Floor, advertiser: &str, query: Query<'_>) -> Receipt {
    let fate = match read(floor, advertiser, query) {
        Ok(Some(entry)) => match notice::keep(floor, &[entry]).await {
            Ok(()) => Fate::Kept,
            Err(_) => Fate::Unavailable,
        },
        Ok(None) => Fate::Ignored,
        Err(fate) => fate,
    };
    floor.counts.add_inbound(Inbound::Conversion, fate);
    match fate {
        Fate::Kept | Fate::Ignored => Receipt::Taken,
        fate => Receipt::Refused(fate),
    }
}

/// `None` where there is nothing to credit it to: most orders of a shop were never ours, and nobody vouches for them.
fn read(floor: &Floor, advertiser: &str, query: Query<'_>) -> Result<Option<Entry>, Fate> {
    let snapshot = floor.snapshot.load();
    if snapshot.book.version() == 0 {
        // Nobody knows the advertisers yet; it is to be told again.
        return Err(Fate::Unavailable);
    }
    let id = advertiser.parse().map(AdvertiserId);
    let id = id.map_err(|_| Fate::Invalid)?;
    let advertiser = snapshot.book.advertiser(id).ok_or(Fate::Invalid)?;
    let action = match query.get("action") {
        None => None,
        Some(key) => Some(
            snapshot
                .book
                .conversion_action(id, &key)
                .ok_or(Fate::Invalid)?,
        ),
    };
    let order = query.get("order").unwrap_or_default();
    let order = order.trim();
    if order.is_empty() || order.len() > MAX_ORDER_LENGTH {
        return Err(Fate::Invalid);
    }
    let now = floor.clock.now();
    let clicks: Vec<_> = query
        .all(CLICK_ID)
        .take(CLICKS_MAX)
        .map(|text| Click::verify_id(&text, &floor.keys))
        .collect();
    if clicks.is_empty() {
        return Ok(None);
    }
    let of_advertiser = |click: &Click| advertiser_of(&snapshot, click) == Some(id);
    let ours: Vec<Click> = clicks.into_iter().flatten().filter(of_advertiser).collect();
    if ours.is_empty() {
        return Err(Fate::Forged);
    }
    let days = action.and_then(|action| action.click_window_days);
    let days = days.unwrap_or(advertiser.click_window_days);
    let credited = last_in_window(&ours, Span::days(i64::from(days)), now);
    let value = query.get("value");
    let value = value.and_then(|text| Money::parse(&text, advertiser.currency).ok());
    let value = value.filter(|value| *value >= Money::ZERO);
    let value = action.map_or(value, |action| action.worth(value));
    Ok(Some(Entry {
        at: now,
        event: Event::Conversion {
            advertiser: id,
            action: action.map(|action| action.id),
            order: order.to_string(),
            value,
            credited: credited.map(|click| (click.terms, click.at)),
        },
    }))
}

/// Whose click it is, by its ad, or by its creative where the ad is gone.
fn advertiser_of(snapshot: &Snapshot, click: &Click) -> Option<AdvertiserId> {
    let book = &snapshot.book;
    let by_ad = book.slot(click.terms.ad);
    by_ad
        .map(|slot| book.offer(slot).advertiser.id)
        .or_else(|| Some(book.creative(click.terms.creative)?.advertiser))
}

/// The last of the clicks that are not older than the window, nor of the future.
fn last_in_window(clicks: &[Click], window: Span, now: Timestamp) -> Option<Click> {
    let in_window = |click: &&Click| click.at <= now && now - click.at <= window;
    clicks
        .iter()
        .filter(in_window)
        .max_by_key(|click| click.at)
        .copied()
}
