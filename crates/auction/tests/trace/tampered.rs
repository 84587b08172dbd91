//! A trace that was changed, or is held against another book, is not taken for the decision that it was.

use auction::book::AdTerms;
use auction::prices::Shade;
use auction::reason::NoBidReason;
use auction::trace::{Answer, MAX_BYTES, Recorder, Trace, TraceError};
use campaign::ad::{FrequencyCap, Goal};
use campaign::id::{AdId, ExchangeId, LeaseId};
use campaign::money::{Cpm, Money};
use campaign::targeting::{Condition, Expression};
use campaign::time::{Span, Timestamp};

use crate::support::{Market, ad, banner, request};
use crate::{again, same_again};

fn capped(impressions: u32) -> Vec<FrequencyCap> {
    vec![FrequencyCap {
        impressions,
        period: Span::hours(24),
    }]
}

/// The first ad has no money, the second is capped, the third bids for a user of a segment.
fn market() -> Market {
    let mut ads = vec![ad(1, "4", &[1]), ad(2, "3", &[1]), ad(3, "2", &[1])];
    ads[1].frequency_caps = capped(2);
    ads[2].frequency_caps = capped(5);
    ads[2].targeting = Expression::Is(Condition::Segment(["shoes"].into_iter().collect()));
    let mut market = Market::new(ads, vec![banner(1, 300, 250)]);
    market.world.broke = [AdId(1)].into();
    market.world.shown = 2;
    // Of a click in five hundred impressions each is worth 2 CPM.
    market.inventory.ads[2].goal = Goal::Click(Money(1_000_000_000));
    market.world.shade = Some(Shade {
        best: Cpm(1_500_000),
        explored_ppm: 0,
    });
    market
}

fn body() -> String {
    request(
        "",
        r#""user":{"id":"u1","data":[{"segment":[{"id":"shoes"}]}]}"#,
    )
}

/// Whether a trace changed so is still taken for what was decided.
fn passes(change: impl FnOnce(&mut Trace)) -> bool {
    let again = again(&mut market(), &body(), change);
    again
        .replayed
        .is_ok_and(|replayed| replayed.agrees_with(&again.trace))
}

fn tamper(answer: &mut Answer) {
    match answer {
        Answer::Terms { terms, .. } => terms.halted = Some(NoBidReason::AdPaused),
        Answer::Targeted { verdict, .. } => *verdict = Err(NoBidReason::Segment),
        Answer::Exposures { shown, .. } => *shown = if *shown >= 5 { 0 } else { *shown + 7 },
        Answer::Reserved { lease, .. } => {
            *lease = lease.map_or(Ok(LeaseId(4)), |id| Ok(LeaseId(id.0 + 1)))
        }
        Answer::Shaded { shade, .. } => *shade = None,
        Answer::Bid(bid) => bid.sequence += 1,
    }
}

#[test]
fn a_changed_answer_makes_another_decision() {
    let answers = same_again(&mut market(), &body()).answers;
    let kinds: std::collections::BTreeSet<_> = answers
        .iter()
        .map(|answer| {
            format!("{answer:?}")
                .split([' ', '('])
                .next()
                .unwrap()
                .to_string()
        })
        .collect();
    assert_eq!(kinds.len(), 6, "every kind of answer is among {kinds:?}");
    assert!(passes(|_| {}));
    for (place, answer) in answers.iter().enumerate() {
        // The second ad is capped already, and more impressions cap it no less.
        let change = |trace: &mut Trace| match &mut trace.answers[place] {
            Answer::Exposures { cap, shown, .. } if cap.impressions == 2 => *shown = 0,
            answer => tamper(answer),
        };
        assert!(!passes(change), "{place}: {answer:?}");
        let removed = |trace: &mut Trace| _ = trace.answers.remove(place);
        assert!(!passes(removed), "{place} removed");
        assert!(
            !passes(|trace| trace.answers.insert(place, *answer)),
            "{place} twice"
        );
    }
}

#[test]
fn a_changed_fact_makes_another_decision() {
    assert!(!passes(|trace| trace.now = Timestamp(trace.now.0 + 1)));
    assert!(!passes(|trace| trace.user = Some(1)));
    assert!(!passes(|trace| trace.user = None));
    assert!(!passes(|trace| trace.notice_base.push('x')));
    assert!(!passes(|trace| trace.verdict.rights.measurement = false));
    assert!(!passes(|trace| trace.outcome = Err(NoBidReason::Floor)));
    assert!(!passes(|trace| {
        let text = String::from_utf8(std::mem::take(&mut trace.request)).unwrap();
        trace.request = text.replace("\"r\"", "\"s\"").into_bytes();
    }));
}

#[test]
fn what_cannot_be_decided_again_says_why() {
    let check = |change: &dyn Fn(&mut Trace), expect: &str| {
        let error = again(&mut market(), &body(), change).replayed.unwrap_err();
        assert_eq!(error.to_string(), expect);
    };
    check(
        &|trace| trace.book_version = 7,
        "decided on version 7 of the book and 1 of the market, and this is version 1 and 1",
    );
    check(
        &|trace| trace.market_version = 7,
        "decided on version 1 of the book and 7 of the market, and this is version 1 and 1",
    );
    check(
        &|trace| trace.exchange = ExchangeId(9),
        "the book has no exchange with the number 9",
    );
    check(
        &|trace| trace.request.truncate(1),
        "the trace's request cannot be read: malformed JSON at byte 1: expected a key",
    );
    check(
        &|trace| trace.answers.clear(),
        "question 0 of the state is not the one that was asked then",
    );
    check(
        &|trace| trace.answers.push(trace.answers[0]),
        "1 of the recorded answers were not asked for",
    );
}

#[test]
fn a_trace_has_a_greatest_size_and_the_decision_none() {
    // So many ads that their terms alone weigh more than a trace may.
    let count = MAX_BYTES / size_of::<AdTerms>() + 1;
    let ads = (1..).take(count).map(|id| ad(id, "2", &[1])).collect();
    let mut market = Market::new(ads, vec![banner(1, 300, 250)]);
    market.at_desk(&request("", ""), |desk, reduced, world, arena| {
        let mut recorder = Recorder::new(world);
        let mut refusals = crate::support::Refusals::default();
        let decided = auction::decide::decide(desk, reduced, &mut recorder, &mut refusals, arena);
        assert!(decided.is_ok());
        let trace = recorder.finish(desk, reduced, &decided);
        assert_eq!(trace, Err(TraceError::TooLarge));
    });
    let trace = same_again(&mut self::market(), &body());
    assert!((1..10_000).contains(&trace.bytes()));
}
