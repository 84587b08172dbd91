//! Invariant: what the index finds is what a look at every ad finds.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

mod support;

use std::cell::{Cell, RefCell};

use auction::book::{AdTerms, Book, Slot};
use auction::decide::{Desk, decide};
use auction::index::Found;
use auction::opportunity::{Opportunity, Visit};
use auction::privacy::Reduced;
use auction::reason::NoBidReason;
use auction::state::{BidAlone, Witness};
use auction::{candidates, targeting};
use bumpalo::Bump;
use campaign::ad::Goal;
use campaign::id::AdId;
use campaign::money::Money;
use campaign::targeting::{Condition, Expression};
use openrtb::response;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use support::generated::{market, request, wishes};
use support::{Market, World, ad, banner, video};

/// Wants every ad's fate: the way without the index.
struct EveryAd;

impl Witness for EveryAd {
    fn impression_refused(&mut self, _: &str, _: NoBidReason) {}

    fn ad_refused(&mut self, _: &str, _: Slot, _: NoBidReason, _: impl FnOnce() -> String) {}
}

/// The response, or nothing, and what was reserved for it.
type Decided = (Option<String>, Vec<(AdId, Money)>);

fn decided(market: &mut Market, body: &str, witness: impl Witness) -> Decided {
    market.at_desk(body, |desk, reduced, world, arena| {
        decided_at(desk, reduced, world, witness, arena)
    })
}

fn decided_at<'a>(
    desk: &Desk<'a>,
    reduced: &'a Reduced<'a>,
    world: &mut World,
    mut witness: impl Witness,
    arena: &'a Bump,
) -> Decided {
    world.start_again();
    let response = decide(desk, reduced, world, &mut witness, arena);
    let written = response.ok().map(|response| {
        let mut out = Vec::new();
        response::write(&response, &mut out);
        String::from_utf8(out).unwrap()
    });
    (written, world.reserved.clone())
}

/// Compares what the index finds for each impression with a look at every ad. How many ads were found.
fn compare<'a>(desk: &Desk<'a>, reduced: &'a Reduced<'a>, _: &mut World, arena: &'a Bump) -> usize {
    let rates = desk.book.rates();
    let Ok(visit) = Visit::read(reduced, desk.exchange, rates, desk.now, arena) else {
        return 0;
    };
    let index = desk.book.index();
    let said = index.hear(&visit, arena);
    let mut found_in_all = 0;
    for (number, imp) in (0..).zip(visit.request.imp) {
        let Ok(opportunity) =
            Opportunity::read(imp, number, &visit, desk.book.market(), rates, arena)
        else {
            continue;
        };
        let Found { slots: found, .. } = index.find(said, &visit, &opportunity, desk.terms, arena);
        assert!(found.is_sorted());
        found_in_all += found.len();
        let of_format = candidates::every(desk.book, imp, arena);
        for (slot, offer) in (0..).map(Slot).zip(desk.book.offers()) {
            let zone = &offer.campaign.time_zone;
            let wants = targeting::check(&offer.ad.targeting, &visit, &opportunity, zone).is_ok();
            let open = desk.terms.get(slot).halted.is_none();
            let deals = !opportunity.private_auction || !offer.deals.is_empty();
            let fits = of_format.contains(&slot) && takes_a_size(offer, &opportunity);
            let expected = wants && open && deals && fits;
            let is_found = found.contains(&slot);
            let expression = &offer.ad.targeting;
            if index.is_exact(slot) {
                assert_eq!(is_found, expected, "{expression:?} {imp:?}");
            } else {
                assert!(is_found || !expected, "{expression:?} {imp:?}");
            }
        }
    }
    found_in_all
}

/// Whether a creative of the ad is of a shape that the impression may take: for sizes that are listed, one of them.
fn takes_a_size(offer: &auction::book::Offer, opportunity: &Opportunity<'_>) -> bool {
    let imp = opportunity.imp;
    offer
        .creatives
        .iter()
        .any(|creative| match &creative.material {
            campaign::creative::Material::Banner(banner) => imp.banner.is_some_and(|asked| {
                let named = |w: Option<i32>, h: Option<i32>| {
                    w.zip(h) == Some((banner.size.width, banner.size.height))
                };
                let listed = asked.format.iter().any(|format| named(format.w, format.h));
                let no_size = asked.format.is_empty() && asked.w.is_none() && imp.instl;
                listed
                    || (asked.format.is_empty() && named(asked.w, asked.h))
                    || (no_size && full_screen(banner.size))
            }),
            campaign::creative::Material::Video(_) => imp.video.is_some(),
            campaign::creative::Material::Audio(_) => imp.audio.is_some(),
            campaign::creative::Material::Native(_) => imp.native.is_some(),
        })
}

/// The generated requests' only screen is 390 by 844, and no creative fills it.
fn full_screen(_: campaign::creative::Size) -> bool {
    false
}

fn cases() -> u32 {
    let long = std::env::var_os("OUTBID_SOAK").is_some_and(|soak| soak == "1");
    if long { 100_000 } else { 3_000 }
}

#[test]
fn the_index_finds_what_a_look_at_every_ad_finds() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(3),
        ..ProptestConfig::default()
    });
    let (found, bids) = (Cell::new(0), Cell::new(0));
    runner
        .run(&(market(24), request()), |(mut market, body)| {
            found.set(found.get() + market.at_desk(&body, compare));
            let fast = decided(&mut market, &body, BidAlone);
            let slow = decided(&mut market, &body, EveryAd);
            prop_assert_eq!(&fast, &slow, "{}", body);
            bids.set(bids.get() + u32::from(fast.0.is_some()));
            Ok(())
        })
        .unwrap();
    // The loop must have compared something, or it proves little.
    assert!(found.get() > cases() as usize, "{found:?}");
    assert!(bids.get() > cases() / 10, "{bids:?}");
}

/// A book of several rows: every ad's expression is one of those that are wished for, or two of them, or none. Some ads
/// are halted, and some have no money.
fn large_market() -> Market {
    let wishes = wishes();
    let ads = (1..=5_000).map(|id: u64| {
        let cents = 20 + id * 7_919 % 701;
        let mut ad = ad(
            id,
            &format!("{}.{:02}", cents / 100, cents % 100),
            &[id % 3 + 1],
        );
        let wish = |place: u64| wishes.get(place as usize % (wishes.len() + 1)).cloned();
        let parts = [wish(id), wish(id / 7)].into_iter().flatten();
        let parts = parts.map(Expression::Is).enumerate().map(|(place, part)| {
            let negated = id.is_multiple_of(5) && place == 1;
            if negated {
                Expression::Not(Box::new(part))
            } else {
                part
            }
        });
        ad.targeting = Expression::All(parts.collect());
        ad
    });
    let creatives = vec![banner(1, 300, 250), banner(2, 320, 50), video(3, 15)];
    let mut market = Market::new(ads.collect(), creatives);
    for halted in (1..=5_000).step_by(11).map(AdId) {
        let ad = &market.inventory.ads[halted.0 as usize - 1];
        let mut terms = AdTerms::of(ad, 1);
        terms.halted = Some(NoBidReason::AdPaused);
        market.world.terms.insert(halted, terms);
    }
    market.world.broke = (1..=5_000).step_by(3).map(AdId).collect();
    market
}

fn few_cases(seed: u64) -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases: 16,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    })
}

#[test]
fn a_book_of_many_rows_is_searched_whole() {
    let (market, found) = (RefCell::new(large_market()), Cell::new(0));
    few_cases(4)
        .run(&request(), |body| {
            found.set(found.get() + market.borrow_mut().at_desk(&body, compare));
            Ok(())
        })
        .unwrap();
    assert!(found.get() > 2_000, "{found:?}");
}

/// Of many rows few are read for a bid. Whatever the ads' terms were when the book was put in order, and however they
/// changed since, it is the bid that a look at every ad makes.
#[test]
fn the_best_is_found_in_whatever_row_it_stands() {
    let (market, bids, round) = (RefCell::new(large_market()), Cell::new(0), Cell::new(0));
    few_cases(5)
        .run(&request(), |body| {
            round.set(round.get() + 1);
            let round: u64 = round.get();
            market
                .borrow_mut()
                .at_desk(&body, |desk, reduced, world, arena| {
                    let mut terms = desk.terms.clone();
                    for (slot, offer) in (0..).map(Slot).zip(desk.book.offers()) {
                        let mut new = *desk.terms.get(slot);
                        let chance = (offer.ad.id.0 * 31 + round * 17) % 97;
                        if chance < 20 + round * 4 {
                            new.goal =
                                Goal::Click(Money(1_000_000_000 + chance as i64 * 50_000_000));
                            new.multiplier = 1.0 + (chance % 7) as f64;
                        }
                        if chance == 60 {
                            new.halted = Some(NoBidReason::AdPaused);
                            terms.set(slot, offer, new, desk.now);
                            new.halted = desk.terms.get(slot).halted;
                        }
                        terms.set(slot, offer, new, desk.now);
                        world.terms.insert(offer.ad.id, new);
                    }
                    let desk = Desk {
                        terms: &terms,
                        ..*desk
                    };
                    let fast = decided_at(&desk, reduced, world, BidAlone, arena);
                    let slow = decided_at(&desk, reduced, world, EveryAd, arena);
                    assert_eq!(fast, slow, "{body}");
                    bids.set(bids.get() + u32::from(fast.0.is_some()));
                });
            market.borrow_mut().world.terms = large_market().world.terms;
            Ok(())
        })
        .unwrap();
    assert!(bids.get() > 4, "{bids:?}");
}

/// What no set of ads can carry is tested ad by ad, and the index says which ads those are.
#[test]
fn an_ad_whose_expression_says_more_than_terms_can_is_not_exact() {
    let os = |name: &str| Expression::Is(Condition::Os([name].into_iter().collect()));
    let not = |part: Expression| Expression::Not(Box::new(part));
    let (all, any) = (Expression::All, Expression::Any);
    let check = |expression: Expression, exact: bool| {
        let market = Market::of_banner(|ad, _| ad.targeting = expression.clone());
        let book = Book::build(market.inventory);
        assert_eq!(book.index().is_exact(Slot(0)), exact, "{expression:?}");
    };
    check(all(vec![]), true);
    check(any(vec![]), true);
    check(not(all(vec![])), true);
    check(all(vec![os("ios"), not(os("android"))]), true);
    check(any(vec![os("ios"), any(vec![os("android")])]), true);
    check(not(any(vec![os("ios"), not(os("android"))])), true);
    check(not(all(vec![not(os("ios")), not(os("android"))])), true);
    // Two clauses about one thing find room, and so do four; a fifth does not.
    check(all(vec![os("a"), os("b")]), true);
    check(all(["a", "b", "c", "d"].map(os).to_vec()), true);
    check(all(["a", "b", "c", "d", "e"].map(os).to_vec()), false);
    check(any(vec![os("ios"), not(os("android"))]), false);
    check(any(vec![all(vec![os("ios"), os("b")]), os("c")]), false);
}
