//! How the ads of a campaign share its money.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;

use auction::pricing::asking;
use campaign::id::AdId;
use campaign::money::Money;
use campaign::time::Span;
use harness::trade::Dice;
use harness::*;
use journal::entry::Event;

/// Auctions a minute.
const AUCTIONS: u64 = 400;

/// A market of second prices from 0.2 to 2.2 USD CPM, and users who click on the one ad twice as often.
struct Market {
    ads: [AdId; 2],
    dice: Dice,
    request: u64,
    /// How long a look is.
    look: Span,
    impressions: [u32; 2],
}

impl Market {
    /// A look, in which the ad that asks most bids, as the bidder would have it. Answers what each spent.
    async fn minute(&mut self, harness: &mut Harness) -> [Money; 2] {
        harness.clock.advance(self.look);
        harness.take_updates();
        let mut grants = Vec::new();
        for ad in self.ads {
            self.request += 1;
            grants.push(harness.granted(self.request, ad.0, 3_000_000_000).await);
        }
        let (mut spent, mut bids, mut entries) = ([Money::ZERO; 2], [0; 2], Vec::new());
        for auction in 0..AUCTIONS {
            let ask = self.ads.map(|ad| asking(&harness.terms[&ad]).0);
            let one = usize::from(ask[1] > ask[0] || (ask[1] == ask[0] && auction % 2 == 1));
            bids[one] += 1;
            let mut terms = harness.terms_of(&grants[one], self.request * AUCTIONS + auction);
            terms.max_cost = Money(ask[one]);
            let price = Money(200_000 + self.dice.throw(2_000_000) as i64);
            if price > terms.max_cost {
                entries.push(harness.outbid(terms));
                continue;
            }
            spent[one] = spent[one].saturating_add(price);
            self.impressions[one] += 1;
            entries.push(harness.billed(terms, price));
            // Of a thousand impressions four are clicked, or eight.
            if self.dice.throw(1_000) < 4 + 4 * one as u64 {
                entries.push(harness.entry(Event::Click { terms }));
            }
        }
        let made = self.ads.into_iter().zip(bids);
        harness.end_look(&entries, made).await;
        spent
    }
}

async fn ad(harness: &Harness, id: &str) -> AdId {
    let mut request = new_ad(id);
    let ad = request.ad.as_mut().unwrap();
    ad.goal = Some(v1::Goal {
        worth: Some(v1::goal::Worth::ClickMicros(300_000)),
    });
    ad.max_bid_cpm_micros = 10_000_000;
    AdId(
        harness
            .ads()
            .create_ad(request)
            .await
            .unwrap()
            .into_inner()
            .number,
    )
}

/// Two ads, of which the second is clicked twice as often, and nobody knows it.
async fn two_ads(harness: &mut Harness) -> [AdId; 2] {
    harness.usual().await;
    let pause = v1::PauseAdRequest {
        name: AD.to_string(),
        ..Default::default()
    };
    harness.ads().pause_ad(pause).await.unwrap();
    let ads = [ad(harness, "worse").await, ad(harness, "better").await];
    let known = |h: &Harness| {
        ads.iter()
            .all(|ad| h.terms.contains_key(ad) && h.book.slot(*ad).is_some())
    };
    harness.updated("both are for sale", known).await;
    ads
}

/// A day of a market: the better ad's share of what was spent, and the worse one's impressions.
async fn day(seed: u64) -> (f64, u32) {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let mut market = Market {
        ads: two_ads(&mut harness).await,
        dice: Dice(seed),
        request: 0,
        look: Span::minutes(10),
        impressions: [0; 2],
    };
    let mut spent = [0; 2];
    for _ in 0..144 {
        let now = market.minute(&mut harness).await;
        (0..2).for_each(|one| spent[one] += now[one].nanos());
    }
    let summary = &harness.control.summary().campaigns[0];
    assert_eq!(summary.overspend, Money::ZERO);
    let share = spent[1] as f64 / (spent[0] + spent[1]) as f64;
    println!(
        "seed {seed}: {share:.3} to the better ad, {:?} impressions",
        market.impressions
    );
    (share, market.impressions[0])
}

#[tokio::test]
async fn within_a_day_four_fifths_go_to_the_better_ad_and_the_worse_keeps_its_floor() {
    let days = tokio::join!(day(7), day(8), day(9), day(10));
    for (share, worse) in [days.0, days.1, days.2, days.3] {
        assert!(share >= 0.8, "{days:?}");
        // A new ad has a twentieth at least, until it has had 5,000 impressions.
        assert!(share <= 0.96 || worse >= 5_000, "{days:?}");
    }
}

/// Two hours of a market, in which each of the ads has some twenty thousand auctions' chance: how often each was shown,
/// and the better one's share of what was spent in the second.
async fn two_hours(harness: &mut Harness, seed: u64) -> ([u32; 2], f64) {
    let mut market = Market {
        ads: two_ads(harness).await,
        dice: Dice(seed),
        request: 0,
        look: Span::minutes(1),
        impressions: [0; 2],
    };
    let mut late = [0, 0];
    for minute in 0..130 {
        let spent = market.minute(harness).await;
        if minute >= 65 {
            (0..2).for_each(|one| late[one] += spent[one].nanos());
        }
    }
    let share = late[1] as f64 / (late[0] + late[1]) as f64;
    println!("seed {seed}: {share:.3} to the better ad, {late:?}");
    (market.impressions, share)
}

/// The same of a market of its own.
async fn share_of(seed: u64) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    two_hours(&mut harness, seed).await.1
}

#[tokio::test]
async fn money_goes_to_the_ad_that_is_clicked_twice_as_often_and_it_is_said_why() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ((impressions, own), eight, nine, ten) = tokio::join!(
        two_hours(&mut harness, 7),
        share_of(8),
        share_of(9),
        share_of(10)
    );
    // Which ad is tried when is chance, and two hours are few tries: one market alone tells little.
    let shares = [own, eight, nine, ten];
    let mean = shares.iter().sum::<f64>() / 4.0;
    assert!(mean >= 0.66, "{shares:?} {:?}", harness.terms);
    // Both are new, and are tried as often as they may be the better one.
    let request = v1::WatchPacingRequest {
        name: CAMPAIGN.to_string(),
        message_limit: 1,
    };
    let told = harness.reports().watch_pacing(request).await.unwrap();
    let told = told.into_inner().message().await.unwrap().unwrap();
    let tried = told.campaigns[0].exploration.unwrap();
    let all = i64::from(impressions[0] + impressions[1]);
    assert!(
        (1..all).contains(&tried.ad_impressions),
        "{tried:?} of {all}"
    );
    assert!((1.0..100.0).contains(&tried.share_percent), "{tried:?}");
    let list = || async {
        let request = v1::ListMovesRequest {
            parent: CAMPAIGN.to_string(),
            ..Default::default()
        };
        harness
            .reports()
            .list_moves(request)
            .await
            .unwrap()
            .into_inner()
            .moves
    };
    let moves = until("a move is told", list, |moves| !moves.is_empty()).await;
    let to_better = moves.iter().find(|one| one.to_ad.ends_with("/better"));
    let one = to_better.unwrap_or_else(|| panic!("{moves:?}"));
    assert!(
        one.from_ad.ends_with("/worse") && one.amount_micros > 0,
        "{one:?}"
    );
    assert!(one.why.contains("worth"), "{}", one.why);
    assert_eq!(
        harness.control.summary().campaigns[0].overspend,
        Money::ZERO
    );
}
