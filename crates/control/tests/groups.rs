//! How the campaigns of an advertiser share its money.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;

use auction::pricing::asking;
use campaign::id::AdId;
use campaign::money::Money;
use campaign::time::{Clock, Span};
use harness::trade::Dice;
use harness::*;
use journal::entry::Event;
use pacing::lease::GrantAnswer;
use tonic::Code;

/// Auctions a minute.
const AUCTIONS: u64 = 400;
const POOR: &str = "advertisers/acme/campaigns/poor";
const RICH: &str = "advertisers/acme/campaigns/rich";
/// What the advertiser may spend in the twelve hours that are left of the day: a fifth of what its bids' worth buys.
const DAILY_MICROS: i64 = 60_000_000;

/// Two campaigns without limits of their own, in one budget of their advertiser's; each has one ad. They are alike but
/// for what a click is worth to them: 0.1 and 0.3 USD.
async fn two_campaigns(
    harness: &mut Harness,
    of_poor: impl FnOnce(&mut v1::Campaign),
    of_rich: impl FnOnce(&mut v1::Campaign),
) -> [AdId; 2] {
    let mut request = new_advertiser("acme");
    request.advertiser.as_mut().unwrap().budget = Some(v1::Budget {
        daily_micros: Some(DAILY_MICROS),
        lifetime_micros: None,
    });
    harness
        .advertisers()
        .create_advertiser(request)
        .await
        .unwrap();
    harness
        .creatives()
        .create_creative(new_creative("banner"))
        .await
        .unwrap();
    let mut poor = new_campaign("poor");
    let mut rich = new_campaign("rich");
    of_poor(poor.campaign.as_mut().unwrap());
    of_rich(rich.campaign.as_mut().unwrap());
    let mut ads = Vec::new();
    for (mut campaign, micros) in [(poor, 100_000), (rich, 300_000)] {
        campaign.campaign.as_mut().unwrap().budget = None;
        let name = format!("{}/campaigns/{}", campaign.parent, campaign.campaign_id);
        harness.campaigns().create_campaign(campaign).await.unwrap();
        let mut request = new_ad("clicks");
        request.parent = name;
        let ad = request.ad.as_mut().unwrap();
        ad.goal = Some(v1::Goal {
            worth: Some(v1::goal::Worth::ClickMicros(micros)),
        });
        ad.max_bid_cpm_micros = 10_000_000;
        let made = harness.ads().create_ad(request).await.unwrap();
        ads.push(AdId(made.into_inner().number));
    }
    let known = |h: &Harness| {
        let known = |ad: &AdId| h.terms.contains_key(ad) && h.book.slot(*ad).is_some();
        ads.iter().all(known)
    };
    harness.updated("both are for sale", known).await;
    [ads[0], ads[1]]
}

/// A market of second prices from 0.2 to 2.2 USD CPM, in which both campaigns' ads want the same, and eight impressions
/// of a thousand are clicked.
struct Market {
    ads: [AdId; 2],
    dice: Dice,
    request: u64,
}

impl Market {
    fn new(ads: [AdId; 2]) -> Market {
        Market {
            ads,
            dice: Dice(7),
            request: 0,
        }
    }

    /// So long, in which the ad that asks most bids, as the bidder would have it. Answers what each spent.
    async fn look(&mut self, harness: &mut Harness, length: Span) -> [i64; 2] {
        harness.clock.advance(length);
        harness.take_updates();
        let mut grants = [None, None];
        for (grant, ad) in grants.iter_mut().zip(self.ads) {
            self.request += 1;
            if harness.terms[&ad].halted.is_none()
                && let GrantAnswer::Granted(given) =
                    harness.ask(self.request, ad.0, 1_000_000_000).await
            {
                *grant = Some(given);
            }
        }
        let (mut spent, mut bids, mut entries) = ([0; 2], [0; 2], Vec::new());
        let mut left =
            [0, 1].map(|one: usize| grants[one].as_ref().map_or(0, |it| it.amount.nanos()));
        for auction in 0..AUCTIONS {
            let ask = self.ads.map(|ad| asking(&harness.terms[&ad]).0);
            let may = |one: usize| left[one] >= ask[one] && ask[one] > 0;
            let one = match [may(0), may(1)] {
                [true, true] => {
                    usize::from(ask[1] > ask[0] || ask[1] == ask[0] && auction % 2 == 1)
                }
                [true, false] => 0,
                [false, true] => 1,
                [false, false] => continue,
            };
            let Some(grant) = &grants[one] else { continue };
            bids[one] += 1;
            let mut terms = harness.terms_of(grant, self.request * AUCTIONS + auction);
            terms.max_cost = Money(ask[one]);
            let price = 200_000 + self.dice.throw(2_000_000) as i64;
            if price > ask[one] {
                entries.push(harness.outbid(terms));
                continue;
            }
            spent[one] += price;
            left[one] -= price;
            entries.push(harness.billed(terms, Money(price)));
            if self.dice.throw(1_000) < 8 {
                entries.push(harness.entry(Event::Click { terms }));
            }
        }
        let made = self.ads.into_iter().zip(bids);
        harness.end_look(&entries, made).await;
        spent
    }
}

/// The poor campaign's share of what both spend in two hours, after one in which it is found out.
async fn share_of_poor(
    of_poor: impl FnOnce(&mut v1::Campaign),
    of_rich: impl FnOnce(&mut v1::Campaign),
) -> (f64, Harness, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let ads = two_campaigns(&mut harness, of_poor, of_rich).await;
    let mut market = Market::new(ads);
    let (mut of_poor, mut of_all) = (0, 0);
    for minute in 0..180 {
        let spent = market.look(&mut harness, Span::minutes(1)).await;
        if minute >= 60 {
            of_poor += spent[0];
            of_all += spent[0] + spent[1];
        }
    }
    let share = of_poor as f64 / of_all as f64;
    println!("{share:.3} of {of_all} to the poor campaign");
    (share, harness, directory)
}

async fn moves(harness: &Harness, parent: &str) -> Vec<v1::Move> {
    let request = v1::ListMovesRequest {
        parent: parent.to_string(),
        ..Default::default()
    };
    let moves = harness.reports().list_moves(request).await.unwrap();
    moves.into_inner().moves
}

async fn pacing(harness: &Harness) -> Vec<v1::CampaignPacing> {
    let request = v1::WatchPacingRequest {
        name: "advertisers/acme".to_string(),
        message_limit: 1,
    };
    let told = harness.reports().watch_pacing(request).await.unwrap();
    let told = told.into_inner().message().await.unwrap().unwrap();
    told.campaigns
}

#[tokio::test]
async fn campaigns_share_their_advertisers_money_within_their_bounds() {
    let least = |it: &mut v1::Campaign| it.min_share_percent = Some(30.0);
    let most = |it: &mut v1::Campaign| it.max_share_percent = Some(60.0);
    let (free, with_least, with_most) = tokio::join!(
        share_of_poor(|_| {}, |_| {}),
        share_of_poor(least, |_| {}),
        share_of_poor(|_| {}, most),
    );
    let shares = [free.0, with_least.0, with_most.0];
    // Without bounds the better one gets most of it, with nothing but the price of their common money.
    assert!(shares[0] < 0.1, "{shares:?}");
    assert!((0.25..0.4).contains(&shares[1]), "{shares:?}");
    assert!((0.35..0.5).contains(&shares[2]), "{shares:?}");

    let [poor, rich] = &pacing(&with_least.1).await[..] else {
        panic!("two campaigns")
    };
    assert_eq!(
        (
            poor.min_share_percent,
            poor.max_share_percent,
            rich.min_share_percent
        ),
        (Some(30.0), None, None)
    );
    assert!(
        poor.share_percent > 10.0 && poor.multiplier > 1.0,
        "{poor:?}"
    );
    let both = poor.share_percent + rich.share_percent;
    // What comes after a rest is not all of the last minutes'.
    assert!(
        (70.0..110.0).contains(&both),
        "{both} % of the last minutes' spend"
    );

    // What moved is found with the advertiser, and with each of the two.
    let all = moves(&free.1, "advertisers/acme").await;
    let one = all.iter().find(|one| one.to_campaign == RICH);
    let one = one.unwrap_or_else(|| panic!("{all:?}"));
    assert_eq!(
        (
            one.from_campaign.as_str(),
            one.advertiser.as_str(),
            one.from_ad.as_str()
        ),
        (POOR, "advertisers/acme", "")
    );
    assert!(one.amount_micros > 0 && one.share_percent > 0.0, "{one:?}");
    assert!(one.why.contains("worth"), "{}", one.why);
    for campaign in [POOR, RICH] {
        assert_eq!(moves(&free.1, campaign).await, all, "{campaign}");
    }
}

#[tokio::test]
async fn where_the_others_are_paused_a_most_leaves_no_money_over() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let most = |it: &mut v1::Campaign| it.max_share_percent = Some(20.0);
    let ads = two_campaigns(&mut harness, |_| {}, most).await;
    let mut market = Market::new(ads);
    let pause = v1::PauseCampaignRequest {
        name: POOR.to_string(),
        ..Default::default()
    };
    harness.campaigns().pause_campaign(pause).await.unwrap();
    let mut spent = 0;
    for _ in 0..60 {
        spent += market.look(&mut harness, Span::minutes(10)).await[1];
    }
    // In these auctions it can win some 28 USD's worth.
    assert!(spent > 20_000_000_000, "{spent}");
}

#[tokio::test]
async fn shares_of_campaigns_are_checked_as_those_of_ads_are() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    harness.usual().await;
    let check = async |min: Option<f64>, max: Option<f64>, expect: &[&str]| {
        let mut request = new_campaign("wrong");
        let campaign = request.campaign.as_mut().unwrap();
        (campaign.min_share_percent, campaign.max_share_percent) = (min, max);
        let answer = harness.campaigns().create_campaign(request).await;
        let told = fields(refused(answer, Code::InvalidArgument, "INVALID_FIELDS"));
        assert_eq!(told, expect, "{min:?} {max:?}");
    };
    check(Some(-1.0), None, &["campaign.min_share_percent"]).await;
    check(None, Some(101.0), &["campaign.max_share_percent"]).await;
    check(Some(50.0), Some(25.0), &["campaign.max_share_percent"]).await;
    let update = v1::UpdateCampaignRequest {
        campaign: Some(v1::Campaign {
            name: CAMPAIGN.to_string(),
            max_share_percent: Some(40.0),
            ..Default::default()
        }),
        ..Default::default()
    };
    let now = harness.campaigns().update_campaign(update).await.unwrap();
    let now = now.into_inner();
    assert_eq!(
        (now.min_share_percent, now.max_share_percent),
        (None, Some(40.0))
    );
}

#[tokio::test]
async fn a_restart_moves_no_money() {
    let (share, harness, directory) = share_of_poor(|_| {}, |_| {}).await;
    assert!(share < 0.1, "{share}");
    let before = moves(&harness, "advertisers/acme").await;
    assert!(!before.is_empty());
    let (now, ads) = (harness.clock.now(), harness.terms.keys().copied());
    let ads: Vec<AdId> = ads.collect();
    let Harness {
        control,
        writer,
        terms,
        ..
    } = harness;
    drop(writer);
    control.shutdown().await;
    let mut again = Harness::start_at(directory.path(), now).await;
    again.terms = terms;
    let known = |h: &Harness| ads.iter().all(|ad| h.book.slot(*ad).is_some());
    again.updated("both are for sale again", known).await;
    let mut market = Market::new([ads[0], ads[1]]);
    market.request = 10_000;
    for _ in 0..65 {
        market.look(&mut again, Span::minutes(1)).await;
    }
    // Each had what it has: nothing was moved from even shares.
    assert_eq!(moves(&again, "advertisers/acme").await, before);
}
