//! Which ads' targeting wants an impression, without the rest of a decision.

use auction::book::{Book, Offer, Slot};
use auction::index::For;
use auction::opportunity::{Opportunity, Visit};
use auction::privacy;
use auction::targeting;
use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::creative::Material;
use campaign::money::Cpm;

use crate::counter::Counter;
use crate::workload::ads;
use crate::workload::requests::Body;

/// One impression as targeting sees it.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    /// What holds for its request.
    pub visit: &'a Visit<'a>,
    /// What holds for it.
    pub opportunity: Opportunity<'a>,
}

/// An impression of each body: the first of the first bodies, then the second, as far as they have so many.
pub fn events<'a>(counter: &'a Counter, bodies: &'a [Body], arena: &'a Bump) -> Vec<Event<'a>> {
    let which = (0..).map(|place: usize| place / 4);
    bodies
        .iter()
        .zip(which)
        .map(|(body, which)| event(counter, body, which, arena))
        .collect()
}

fn event<'a>(counter: &'a Counter, body: &'a Body, which: usize, arena: &'a Bump) -> Event<'a> {
    let all = all_events(counter, body, arena);
    all[which % all.len()]
}

/// Every impression of a body.
pub fn all_events<'a>(counter: &'a Counter, body: &'a Body, arena: &'a Bump) -> &'a [Event<'a>] {
    let request =
        openrtb::request::parse(&body.bytes, arena).expect("the workload's bodies are JSON");
    let exchange = counter.exchange(body);
    let reduced = &*arena.alloc(privacy::reduce(
        request,
        exchange.id,
        &counter.privacy,
        arena,
    ));
    let rates = counter.book.rates();
    let visit = Visit::read(reduced, exchange, rates, ads::now(), arena)
        .expect("the workload's requests can be read");
    let visit = &*arena.alloc(visit);
    let events = visit.request.imp.iter().map(|imp| Event {
        visit,
        opportunity: Opportunity::read(imp, 0, visit, counter.book.market(), rates, arena)
            .expect("the workload's impressions can be read"),
    });
    arena.alloc_slice_fill_iter(events)
}

/// The ads that the index finds, those that it is not sure of tested.
pub fn search<'a>(counter: &Counter, event: &Event<'_>, arena: &'a Bump) -> BumpVec<'a, u32> {
    let (book, index) = (&counter.book, counter.book.index());
    let said = index.hear(event.visit, arena);
    let found = index.find(said, event.visit, &event.opportunity, &counter.terms, arena);
    let sure = |slot: &Slot| index.is_exact(*slot) || wants(book, event, *slot);
    BumpVec::from_iter_in(
        found.slots.iter().copied().filter(sure).map(|slot| slot.0),
        arena,
    )
}

/// What the dearest ad asks that wants an event, found as a bid finds it: no row is read in which nobody asks more.
pub fn best(counter: &Counter, event: &Event<'_>, arena: &Bump) -> Option<Cpm> {
    let (book, index, terms) = (&counter.book, counter.book.index(), &counter.terms);
    let said = index.hear(event.visit, arena);
    let about = (event.visit, &event.opportunity);
    let mut search = index.search(For::TheBest, said, about, terms, arena);
    let (mut row, mut best) = (0, None);
    loop {
        // The workload's prices are in dollars.
        let least = best.map_or(i64::MIN, |Cpm(price)| price);
        let Some(wanting) = search.next(&mut row, least) else {
            return best;
        };
        wanting.for_each(|slot| {
            if index.is_exact(slot) || wants(book, event, slot) {
                best = best.max(Some(terms.asking(slot)));
            }
        });
    }
}

/// What the dearest of these ads asks.
pub fn dearest(counter: &Counter, ads: impl Iterator<Item = u32>) -> Option<Cpm> {
    ads.map(|ad| counter.terms.asking(Slot(ad))).max()
}

/// The plain truth: each ad's expression tested by itself, and whether it has a creative of a shape that is asked
/// for.
pub fn scan(counter: &Counter, event: &Event<'_>) -> Vec<u32> {
    let book = &counter.book;
    let slots = (0..book.offers().len() as u32).map(Slot);
    let found =
        slots.filter(|slot| has_shape(book.offer(*slot), event) && wants(book, event, *slot));
    found.map(|slot| slot.0).collect()
}

fn wants(book: &Book, event: &Event<'_>, slot: Slot) -> bool {
    let offer = book.offer(slot);
    let zone = &offer.campaign.time_zone;
    targeting::check(&offer.ad.targeting, event.visit, &event.opportunity, zone).is_ok()
}

/// The workload's banners list their sizes, each with both numbers.
fn has_shape(offer: &Offer, event: &Event<'_>) -> bool {
    let imp = event.opportunity.imp;
    offer
        .creatives
        .iter()
        .any(|creative| match &creative.material {
            Material::Banner(banner) => imp.banner.is_some_and(|asked| {
                let size = (Some(banner.size.width), Some(banner.size.height));
                asked
                    .format
                    .iter()
                    .any(|format| (format.w, format.h) == size)
            }),
            Material::Video(_) => imp.video.is_some(),
            Material::Audio(_) => imp.audio.is_some(),
            Material::Native(_) => imp.native.is_some(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::requests;
    use crate::workload::targeting::Range;

    /// The workload's own measure: with fewer matches it would be too easy, with more it would be nobody's market.
    #[test]
    fn a_usual_impression_is_wanted_by_so_many_ads() {
        for range in [Range::Everything, Range::Comparable] {
            let counter = Counter::open(ads::inventory(5_000, range));
            let bodies = requests::bodies(64, 5);
            let arena = Bump::new();
            let events = events(&counter, &bodies, &arena);
            let found: usize = events.iter().map(|event| scan(&counter, event).len()).sum();
            let share = found as f64 / (events.len() * 5_000) as f64;
            assert!((0.003..0.009).contains(&share), "{range:?}: {share}");
        }
    }

    #[test]
    fn the_index_finds_what_a_scan_finds() {
        let counter = Counter::open(ads::inventory(2_000, Range::Everything));
        let bodies = requests::bodies(32, 7);
        let arena = Bump::new();
        for event in events(&counter, &bodies, &arena) {
            let scanned = scan(&counter, &event);
            assert!(search(&counter, &event, &arena).iter().eq(&scanned));
            let dearest = dearest(&counter, scanned.into_iter());
            assert_eq!(best(&counter, &event, &arena), dearest);
        }
    }

    #[test]
    fn most_requests_are_bid_on() {
        let mut counter = Counter::open(ads::inventory(1_000, Range::Everything));
        let bodies = requests::bodies(200, 6);
        let mut sizes = Vec::new();
        for body in &bodies {
            let mut out = Vec::new();
            if counter.answer(body, &Bump::new(), &mut out) {
                sizes.push(out.len());
            }
        }
        let mean = sizes.iter().sum::<usize>() / sizes.len().max(1);
        assert!(
            sizes.len() > 120,
            "{} of 200, {mean} bytes in the mean",
            sizes.len()
        );
    }
}
