//! How a campaign's money is to be spent: each of its settings, from the API to what bidders are told.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod harness;

use api::v1;

use auction::reason::NoBidReason;
use campaign::id::AdId;
use campaign::money::Money;
use campaign::time::{Clock, Span, Timestamp};
use harness::trade::Dice;
use harness::*;
use journal::entry::Event;
use pacing::lease::GrantAnswer;
use tonic::Code;

fn at(text: &str) -> Option<prost_types::Timestamp> {
    api::time::write_moment(Timestamp::parse(text).unwrap())
}

/// A campaign with a hundred dollars a day, changed so; it is noon of a Saturday.
async fn campaign(harness: &Harness, change: impl FnOnce(&mut v1::Campaign)) {
    harness
        .advertisers()
        .create_advertiser(new_advertiser("acme"))
        .await
        .unwrap();
    let mut request = new_campaign("spring");
    change(request.campaign.as_mut().unwrap());
    harness.campaigns().create_campaign(request).await.unwrap();
    harness
        .creatives()
        .create_creative(new_creative("banner"))
        .await
        .unwrap();
}

/// An ad for which a click is worth so much, changed so.
async fn ad(
    harness: &mut Harness,
    id: &str,
    micros: i64,
    change: impl FnOnce(&mut v1::Ad),
) -> AdId {
    let mut request = new_ad(id);
    let ad = request.ad.as_mut().unwrap();
    ad.goal = Some(v1::Goal {
        worth: Some(v1::goal::Worth::ClickMicros(micros)),
    });
    ad.max_bid_cpm_micros = 50_000_000;
    change(ad);
    let made = harness.ads().create_ad(request).await.unwrap();
    let ad = AdId(made.into_inner().number);
    let known = |h: &Harness| h.terms.contains_key(&ad) && h.book.slot(ad).is_some();
    harness.updated("the ad is for sale", known).await;
    ad
}

/// A market of second prices from 0.2 to 2.2 USD CPM, in which of a thousand impressions so many are clicked.
struct Market {
    /// Bids a minute, of each ad.
    bids: u64,
    dice: Dice,
    request: u64,
    clicked: u64,
    clicks: u64,
}

impl Market {
    fn new(clicked: u64) -> Market {
        Market {
            bids: 100,
            dice: Dice(7),
            request: 0,
            clicked,
            clicks: 0,
        }
    }

    /// A minute, in which each ad bids by its terms as far as it is given money. Answers what each spent.
    async fn minute(&mut self, harness: &mut Harness, ads: &[AdId]) -> Vec<Money> {
        harness.clock.advance(Span::minutes(1));
        harness.take_updates();
        let (mut all, mut entries, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for ad in ads {
            let terms = harness.terms[ad];
            let bid = Money(auction::pricing::asking(&terms).0);
            self.request += 1;
            let mut spent = Money::ZERO;
            let wanted = bid.nanos() * self.bids as i64;
            let grant = match terms.halted {
                Some(_) => None,
                None => match harness.ask(self.request, ad.0, wanted).await {
                    GrantAnswer::Granted(grant) => Some(grant),
                    GrantAnswer::Refused(_) => None,
                },
            };
            let Some(grant) = grant else {
                all.push(spent);
                continue;
            };
            let bids = (grant.amount.nanos() / bid.nanos().max(1)).min(self.bids as i64) as u64;
            for k in 0..bids {
                let mut terms = harness.terms_of(&grant, self.request * 1_000 + k);
                terms.max_cost = bid;
                let price = Money(200_000 + self.dice.throw(2_000_000) as i64);
                if price > bid {
                    entries.push(harness.outbid(terms));
                    continue;
                }
                spent = spent.saturating_add(price);
                entries.push(harness.billed(terms, price));
                if self.dice.throw(1_000) < self.clicked {
                    self.clicks += 1;
                    entries.push(harness.entry(Event::Click { terms }));
                }
            }
            made.push((*ad, bids));
            all.push(spent);
        }
        harness.end_look(&entries, made).await;
        all
    }

    /// So many minutes of one ad; answers what it spent.
    async fn minutes(&mut self, harness: &mut Harness, ad: AdId, count: usize) -> i64 {
        let mut spent = 0;
        for _ in 0..count {
            spent += self.minute(harness, &[ad]).await[0].nanos();
        }
        spent
    }
}

async fn get(harness: &Harness) -> v1::Campaign {
    let request = v1::GetCampaignRequest {
        name: CAMPAIGN.to_string(),
    };
    let campaign = harness.campaigns().get_campaign(request).await.unwrap();
    campaign.into_inner()
}

async fn pacing(harness: &Harness) -> v1::CampaignPacing {
    let request = v1::WatchPacingRequest {
        name: CAMPAIGN.to_string(),
        message_limit: 1,
    };
    let told = harness.reports().watch_pacing(request).await.unwrap();
    let told = told.into_inner().message().await.unwrap().unwrap();
    told.campaigns.into_iter().next().unwrap()
}

/// How the campaign stands once so much is charged, in nanos.
async fn charged(harness: &Harness, spent: i64) -> v1::CampaignPacing {
    let all = |campaign: &v1::Campaign| campaign.spend.as_ref().unwrap().total_nanos == spent;
    until("all is charged", || get(harness), all).await;
    pacing(harness).await
}

#[tokio::test]
async fn what_cannot_be_is_refused_field_by_field() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    campaign(&harness, |_| {}).await;
    let mut wrong = new_campaign("wrong");
    let body = wrong.campaign.as_mut().unwrap();
    body.ahead_percent = 20;
    body.goal = Some(v1::CostGoal::default());
    body.day_parts = vec![v1::DayPart::default()];
    let answer = harness.campaigns().create_campaign(wrong).await;
    let told = fields(refused(answer, Code::InvalidArgument, "INVALID_FIELDS"));
    let expect = [
        "campaign.ahead_percent",
        "campaign.day_parts[0]",
        "campaign.goal",
    ];
    assert_eq!(told, expect);
}

#[tokio::test]
async fn outside_its_day_parts_nothing_is_bid() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    let evening = v1::DayPart {
        weekday: 0,
        start_hour: 18,
        end_hour: 24,
    };
    campaign(&harness, |it| it.day_parts = vec![evening]).await;
    let ad = ad(&mut harness, "clicks", 1_000_000, |_| {}).await;
    assert_eq!(harness.terms[&ad].halted, Some(NoBidReason::DayPart));
    let outside = v1::ServingStatusReason::OutsideDayParts as i32;
    assert!(
        get(&harness)
            .await
            .serving_status_reasons
            .contains(&outside)
    );
    assert_eq!(Market::new(0).minutes(&mut harness, ad, 1).await, 0);
    harness.clock.advance(Span::hours(6));
    let open = |h: &Harness| h.terms[&ad].halted.is_none();
    harness.updated("the hour is open", open).await;
    assert!(
        !get(&harness)
            .await
            .serving_status_reasons
            .contains(&outside)
    );
    assert!(Market::new(0).minutes(&mut harness, ad, 1).await > 0);
}

/// What is spent in an hour and a half of a day whose budget is short.
async fn spent_with(delivery: v1::Delivery, ahead_percent: i32) -> i64 {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    campaign(&harness, |it| {
        it.budget.as_mut().unwrap().daily_micros = Some(15_000_000);
        it.delivery = delivery as i32;
        it.ahead_percent = ahead_percent;
    })
    .await;
    let ad = ad(&mut harness, "clicks", 1_000_000, |_| {}).await;
    let spent = Market::new(2).minutes(&mut harness, ad, 90).await;
    assert_eq!(pacing(&harness).await.delivery(), delivery);
    spent
}

#[tokio::test]
async fn delivery_says_how_fast_a_budget_is_spent() {
    let (even, ahead, fast) = tokio::join!(
        spent_with(v1::Delivery::Even, 0),
        spent_with(v1::Delivery::Ahead, 100),
        spent_with(v1::Delivery::AsFastAsPossible, 0)
    );
    // An even spend of 15 USD over twelve hours is 1.9 USD in ninety minutes, as all that its ad's worth buys is 9.
    let told = format!("even {even}, ahead {ahead}, fast {fast}");
    // On a busy machine control looks at budgets seldom for minutes that pass so fast, so not all of it is seen.
    assert!(ahead * 10 > even * 12, "{told}");
    assert!(fast * 10 > ahead * 12, "{told}");
}

#[tokio::test]
async fn a_segment_spends_its_amount_and_no_more_through_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    campaign(&harness, |it| {
        it.delivery = v1::Delivery::AsFastAsPossible as i32;
        it.budget_segments = vec![v1::BudgetSegment {
            start_time: at("2026-11-21T12:30:00Z"),
            end_time: at("2026-11-21T14:00:00Z"),
            amount_micros: 1_000_000,
        }];
    })
    .await;
    let ad = ad(&mut harness, "clicks", 1_000_000, |_| {}).await;
    let mut market = Market::new(2);
    let before = market.minutes(&mut harness, ad, 10).await;
    assert!(before > 500_000_000, "{before}: no segment is on");
    harness.recalled.clear();
    harness.clock.advance(Span::minutes(21));
    let recalled = |h: &Harness| h.recalled.contains(&ad);
    harness.updated("the segment is on", recalled).await;
    let mut spent = market.minutes(&mut harness, ad, 5).await;
    let segment = charged(&harness, before + spent).await.segment.unwrap();
    assert_eq!(
        (segment.budget_micros, segment.spend_micros),
        (1_000_000, spent / 1_000)
    );

    let now = harness.clock.now();
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
    let known = |h: &Harness| h.book.slot(ad).is_some();
    again.updated("the ad is for sale again", known).await;
    market.request += 1_000;
    for _ in 0..45 {
        spent += market.minutes(&mut again, ad, 1).await;
    }
    assert!(spent <= 1_000_000_000, "{spent}");
    assert!(spent > 950_000_000, "{spent}");
    let over = v1::ServingStatusReason::SegmentBudgetSpent as i32;
    let reasons = get(&again).await.serving_status_reasons;
    assert!(reasons.contains(&over), "{reasons:?} {spent}");
    again.clock.advance(Span::hours(1));
    let open = |h: &Harness| h.terms[&ad].halted.is_none();
    again.updated("the segment is over", open).await;
    assert!(market.minutes(&mut again, ad, 3).await > 0);
}

#[tokio::test]
async fn a_click_costs_no_more_than_was_promised() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    // At their whole worth clicks cost some 0.25 USD: impressions that cost 1.1 USD CPM, and 4 clicks in a thousand.
    let most = 180_000;
    campaign(&harness, |it| {
        let target = v1::cost_goal::Target::CostPerClickMicros(most);
        it.goal = Some(v1::CostGoal {
            target: Some(target),
        });
    })
    .await;
    let ad = ad(&mut harness, "clicks", 1_000_000, |_| {}).await;
    let mut market = Market::new(4);
    market.bids = 200;
    let spent = market.minutes(&mut harness, ad, 150).await;
    let told = charged(&harness, spent).await.goal.unwrap();
    let cost = spent / market.clicks.max(1) as i64 / 1_000;
    assert!(
        market.clicks > 20,
        "{} clicks for {spent}: {told:?}",
        market.clicks
    );
    assert!(cost <= most, "{cost} a click: {told:?}");
    assert!(
        cost * 10 > most * 5,
        "{cost} a click: it is not spent, {told:?}"
    );
    assert_eq!(told.spend_micros, spent / 1_000);
    assert!(told.cost_micros.is_some_and(|it| it <= most), "{told:?}");

    // What was promised is remembered.
    let now = harness.clock.now();
    let Harness {
        control, writer, ..
    } = harness;
    drop(writer);
    control.shutdown().await;
    let mut again = Harness::start_at(directory.path(), now).await;
    let known = |h: &Harness| h.book.slot(ad).is_some();
    again.updated("the ad is for sale again", known).await;
    market.request += 1_000;
    let more = market.minutes(&mut again, ad, 1).await;
    let told = charged(&again, spent + more).await.goal.unwrap();
    assert_eq!(told.spend_micros, (spent + more) / 1_000);
}

#[tokio::test]
async fn an_ad_has_its_least_share() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    campaign(&harness, |it| {
        it.budget.as_mut().unwrap().daily_micros = Some(25_000_000);
    })
    .await;
    let least = |it: &mut v1::Ad| it.min_share_percent = Some(30.0);
    let poor = ad(&mut harness, "poor", 100_000, least).await;
    let rich = ad(&mut harness, "rich", 1_000_000, |_| {}).await;
    let mut market = Market::new(2);
    let (mut of_poor, mut of_all) = (0, 0);
    for minute in 0..120 {
        let spent = market.minute(&mut harness, &[poor, rich]).await;
        if minute >= 60 {
            of_poor += spent[0].nanos();
            of_all += spent[0].nanos() + spent[1].nanos();
        }
    }
    let share = of_poor as f64 / of_all as f64;
    assert!(share > 0.2, "{share}");
    let told = pacing(&harness).await;
    let bounds: Vec<_> = told.ads.iter().map(|ad| ad.min_share_percent).collect();
    assert_eq!(bounds, [Some(30.0), None]);
}

#[tokio::test]
async fn a_raise_ends_by_itself_and_what_today_ends_at_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(directory.path()).await;
    campaign(&harness, |it| {
        it.budget.as_mut().unwrap().daily_micros = Some(15_000_000);
    })
    .await;
    let ad = ad(&mut harness, "clicks", 1_000_000, |_| {}).await;
    let adjust = |change, until: &str, validate_only| v1::AdjustBudgetRequest {
        name: CAMPAIGN.to_string(),
        daily: Some(v1::BudgetChange {
            change: Some(change),
        }),
        until: (!until.is_empty()).then(|| at(until).unwrap()),
        validate_only,
        ..Default::default()
    };
    use v1::budget_change::Change::{AddMicros, SetMicros};
    for (change, until) in [
        (SetMicros(1), "2026-11-21T18:00:00Z"),
        (AddMicros(-1), "2026-11-21T18:00:00Z"),
        (AddMicros(1), "2026-11-21T11:00:00Z"),
    ] {
        let answer = harness
            .campaigns()
            .adjust_budget(adjust(change, until, false))
            .await;
        let told = fields(refused(answer, Code::InvalidArgument, "INVALID_FIELDS"));
        assert_eq!(told, ["until"]);
    }
    let mut market = Market::new(2);
    let spent = market.minutes(&mut harness, ad, 60).await;
    charged(&harness, spent).await;
    let spent = spent / 1_000;
    let today = async |change, until| {
        let request = adjust(change, until, true);
        let answer = harness.campaigns().adjust_budget(request).await.unwrap();
        answer.into_inner().forecast.unwrap().today_micros
    };
    // All that can be bought of the day is some 60 USD more.
    let near = |told: i64, low: i64, high: i64| {
        assert!(
            (low..=high).contains(&(told / 1_000_000)),
            "{told}: {low} to {high}"
        );
    };
    near(today(SetMicros(15_000_000), "").await, 14, 15);
    near(today(SetMicros(25_000_000), "").await, 23, 25);
    // It is more than the plan of any of these, and no more than that: what higher bids buy is known from few of them.
    near(today(SetMicros(9_000_000_000), "").await, 30, 75);
    assert_eq!(today(SetMicros(spent), "").await, spent);

    let raise = adjust(AddMicros(5_000_000), "2026-11-21T18:00:00Z", false);
    harness.campaigns().adjust_budget(raise).await.unwrap();
    let budget = |it: &v1::Campaign| it.budget.unwrap().daily_micros.unwrap();
    let raised = get(&harness).await;
    assert_eq!(
        (budget(&raised), raised.budget_raises.len()),
        (20_000_000, 1)
    );
    harness.clock.advance(Span::hours(5));
    let over = |it: &v1::Campaign| it.budget_raises.is_empty();
    let after = until("the raise is over", || get(&harness), over).await;
    assert_eq!(budget(&after), 15_000_000);
}

#[tokio::test]
async fn a_raise_ends_where_there_is_no_ad() {
    let directory = tempfile::tempdir().unwrap();
    let harness = Harness::start(directory.path()).await;
    campaign(&harness, |_| {}).await;
    let raise = v1::AdjustBudgetRequest {
        name: CAMPAIGN.to_string(),
        daily: Some(v1::BudgetChange {
            change: Some(v1::budget_change::Change::AddMicros(5_000_000)),
        }),
        until: at("2026-11-21T18:00:00Z"),
        ..Default::default()
    };
    harness.campaigns().adjust_budget(raise).await.unwrap();
    harness.clock.advance(Span::hours(7));
    let over = |it: &v1::Campaign| it.budget_raises.is_empty();
    until("the raise is over", || get(&harness), over).await;
}
