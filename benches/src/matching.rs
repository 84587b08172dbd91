//! Which ads' targeting wants an impression, without the rest of a decision.

use auction::book::{Book, Slot};
use auction::opportunity::{Opportunity, Visit};
use auction::privacy;
use auction::{candidates, targeting};
use bumpalo::Bump;

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

/// The first impression of each body.
pub fn events<'a>(counter: &'a Counter, bodies: &'a [Body], arena: &'a Bump) -> Vec<Event<'a>> {
    bodies
        .iter()
        .map(|body| event(counter, body, arena))
        .collect()
}

fn event<'a>(counter: &'a Counter, body: &'a Body, arena: &'a Bump) -> Event<'a> {
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
    let imp = &visit.request.imp[0];
    Event {
        visit,
        opportunity: Opportunity::read(imp, 0, visit, rates, arena)
            .expect("the workload's impressions can be read"),
    }
}

/// The plain truth: each ad's expression tested by itself.
pub fn scan(book: &Book, event: &Event<'_>, arena: &Bump) -> Vec<Slot> {
    let wants = |slot: &Slot| {
        let offer = book.offer(*slot);
        let zone = &offer.campaign.time_zone;
        targeting::check(&offer.ad.targeting, event.visit, &event.opportunity, zone).is_ok()
    };
    let asked = candidates::find(book, event.opportunity.imp, arena);
    asked.iter().copied().filter(wants).collect()
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
            let found: usize = events
                .iter()
                .map(|event| scan(&counter.book, event, &arena).len())
                .sum();
            let share = found as f64 / (events.len() * 5_000) as f64;
            assert!((0.003..0.009).contains(&share), "{range:?}: {share}");
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
