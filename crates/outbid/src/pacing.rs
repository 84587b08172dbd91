//! `outbid pacing`: how a campaign's money is spent against its plan, and what was done about it; or how an
//! advertiser's campaigns share its money.

use api::names::Kind;
use api::v1;
use clap::Args as Arguments;

use crate::contract;
use crate::failure::Failure;
use crate::print::amount::glance as about;
use crate::print::table::{Side, Table};
use crate::print::tree::Tree;
use crate::print::words;
use crate::resolve;
use crate::resource::short;
use crate::server::Server;
use crate::session::{Format, Session};

/// What to show.
#[derive(Arguments, Debug)]
pub struct Args {
    /// The campaign, or the advertiser for how its campaigns share its money
    #[arg(value_name = "CAMPAIGN")]
    name: String,
    /// How many of the last moves of money, and of the last events, are shown
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=1_000))]
    last: u16,
}

/// All that is shown of a campaign.
struct Shown {
    now: v1::CampaignPacing,
    moves: Vec<v1::Move>,
    events: Vec<v1::PacingEvent>,
}

/// Shows it.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    if session.output == Format::Name {
        return Err(Failure::usage(
            "pacing has no names: use -o table, json or yaml",
        ));
    }
    let server = session.connect().await?;
    let name = resolve::resolve(&server, &[Kind::Campaign, Kind::Advertiser], &args.name).await?;
    if name.kind() == Kind::Advertiser {
        return shares(name.as_str(), args.last, session, &server).await;
    }
    let name = name.to_string();
    let mut told = server.pacing(&name).await?;
    let Some(now) = told.campaigns.pop() else {
        return Err(Failure::usage(format!("{} was deleted", short(&name))));
    };
    // A page of 0 is one of the usual size: what is not wanted is not asked for.
    let (moves, events) = match i32::from(args.last) {
        0 => Default::default(),
        last => (
            server.moves(&name, last).await?,
            server.pacing_events(&name, last).await?,
        ),
    };
    let shown = Shown { now, moves, events };
    session.print(|| page(&shown), || tree(&shown), Vec::new)?;
    let campaign = short(&name);
    let next = match shown.events.first().map(v1::PacingEvent::kind) {
        Some(v1::pacing_event::Kind::BreakerTripped) => format!("outbid resume {campaign}"),
        _ => format!("outbid report --in {campaign} --by ad,hour --since 24h"),
    };
    session.next(&[next]);
    Ok(())
}

/// Shows how an advertiser's campaigns share its money.
async fn shares(name: &str, last: u16, session: &Session, server: &Server) -> Result<(), Failure> {
    let told = server.pacing(name).await?;
    let moves = match i32::from(last) {
        0 => Vec::new(),
        last => server.moves(name, last).await?,
    };
    let tree = || {
        let campaigns = told.campaigns.iter();
        let campaigns = campaigns.map(|it| Tree::of(&contract::reflect("CampaignPacing", it)));
        Tree::Table(vec![
            list("pacing", campaigns.collect()),
            list("moves", reflected(&moves)),
        ])
    };
    let page = || campaigns(&told.campaigns) + &last_moves(&moves);
    session.print(page, tree, Vec::new)?;
    let next = match told.campaigns.first() {
        Some(first) => format!("outbid pacing {}", short(&first.campaign)),
        None => format!("outbid describe {}", short(name)),
    };
    session.next(&[next]);
    Ok(())
}

fn list(name: &str, messages: Vec<Tree>) -> (String, Tree) {
    (name.to_string(), Tree::List(messages))
}

fn reflected(moves: &[v1::Move]) -> Vec<Tree> {
    let each = moves.iter();
    each.map(|one| Tree::of(&contract::reflect("Move", one)))
        .collect()
}

fn tree(shown: &Shown) -> Tree {
    let events = shown
        .events
        .iter()
        .map(|one| Tree::of(&contract::reflect("PacingEvent", one)));
    Tree::Table(vec![
        (
            "pacing".to_string(),
            Tree::of(&contract::reflect("CampaignPacing", &shown.now)),
        ),
        list("moves", reflected(&shown.moves)),
        list("events", events.collect()),
    ])
}

fn page(shown: &Shown) -> String {
    let now = &shown.now;
    let mut text = format!(
        "{} ({})\n{}\n",
        short(&now.campaign),
        now.display_name,
        now.summary
    );
    if now.min_share_percent.or(now.max_share_percent).is_some() {
        let bounds = words::share(now.min_share_percent, now.max_share_percent);
        let share = now.share_percent;
        text.push_str(&format!(
            "share of its advertiser's money: {share:.1} % of late, of {bounds}\n"
        ));
    }
    if now.multiplier > 0.0 {
        text.push_str(&format!("μ = {:.4}: bids are value ÷ μ\n", now.multiplier));
    }
    if now.delivery() != v1::Delivery::Unspecified {
        text.push_str(&format!(
            "delivery: {}\n",
            words::delivery(now.delivery(), 0)
        ));
    }
    if let Some(goal) = &now.goal {
        text.push_str(&promise(goal, &now.currency_code));
    }
    if let Some(exploration) = &now.exploration {
        text.push_str(&explored(exploration, &now.currency_code));
    }
    text.push('\n');
    text.push_str(&limits(now));
    text.push('\n');
    text.push_str(&ads(now));
    text.push_str(&last_moves(&shown.moves));
    if !shown.events.is_empty() {
        text.push_str("\nlast events\n");
        for event in &shown.events {
            let at = words::moment(event.time.as_ref());
            text.push_str(&format!("  {at}  {}: {}\n", kind(event.kind()), event.what));
        }
    }
    text
}

fn last_moves(moves: &[v1::Move]) -> String {
    let mut text = String::new();
    if !moves.is_empty() {
        text.push_str("\nlast moves of money\n");
    }
    for one in moves {
        let at = words::moment(one.time.as_ref());
        text.push_str(&format!("  {at}  {}\n", one.why));
    }
    text
}

/// An advertiser's campaigns, side by side.
fn campaigns(all: &[v1::CampaignPacing]) -> String {
    let titles = ["TODAY", "SHARE", "BOUNDS", "μ", "WON"];
    let mut columns = vec![("CAMPAIGN", Side::Left)];
    columns.extend(titles.map(|title| (title, Side::Right)));
    columns.push(("NOW", Side::Left));
    let mut table = Table::new(&columns);
    for one in all {
        let today: i64 = one.ads.iter().map(|ad| ad.spend_today_micros).sum();
        let won = one.win_rate_percent.map(|won| format!("{won:.1} %"));
        let multiplier = (one.multiplier > 0.0).then(|| format!("{:.4}", one.multiplier));
        table.row([
            short(&one.campaign),
            about(today, &one.currency_code),
            format!("{:.1} %", one.share_percent),
            words::share(one.min_share_percent, one.max_share_percent),
            multiplier.unwrap_or_default(),
            won.unwrap_or_default(),
            one.summary.clone(),
        ]);
    }
    table.render()
}

fn kind(kind: v1::pacing_event::Kind) -> &'static str {
    use v1::pacing_event::Kind;
    match kind {
        Kind::Unspecified => "unknown",
        Kind::Rise => "rise",
        Kind::Fall => "fall",
        Kind::BackToUsual => "back to usual",
        Kind::BreakerTripped => "stopped",
        Kind::BreakerReset => "resumed",
        Kind::ConversionsSilent => "no conversions",
    }
}

/// What was promised about what is bought, and how it stands.
fn promise(goal: &v1::GoalPacing, code: &str) -> String {
    let so_far = match (goal.cost_micros, goal.return_percent) {
        (Some(cost), _) => format!("{} so far", about(cost, code)),
        (_, Some(percent)) => format!("{percent:.0} % so far"),
        (None, None) => "nothing bought yet".to_string(),
    };
    let guarded = match goal.guarded {
        true => "; no bid costs more than it is likely to bring, until that is better",
        false => "",
    };
    let promise = words::promise(goal.goal.as_ref(), code);
    format!("goal: {promise}, {so_far}{guarded}\n")
}

/// What was spent to learn today; nothing where it is nothing.
fn explored(told: &v1::Exploration, code: &str) -> String {
    if told.price_impressions + told.ad_impressions == 0 {
        return String::new();
    }
    format!(
        "spent to learn today: {:.1} %, {} for {} impressions at tried prices and {} for {} of new ads\n",
        told.share_percent,
        about(told.price_spend_micros, code),
        told.price_impressions,
        about(told.ad_spend_micros, code),
        told.ad_impressions,
    )
}

/// Plan against spend.
fn limits(now: &v1::CampaignPacing) -> String {
    let code = &now.currency_code;
    let columns = ["BUDGET", "SPENT", "PLANNED BY NOW", "EXPECTED AT THE END"];
    let mut titles = vec![("", Side::Left)];
    titles.extend(columns.map(|title| (title, Side::Right)));
    titles.push(("ENDS", Side::Left));
    let mut table = Table::new(&titles);
    let windows = [
        ("day", &now.day),
        ("segment", &now.segment),
        ("flight", &now.flight),
    ];
    for (title, window) in windows {
        let Some(window) = window else { continue };
        table.row([
            title.to_string(),
            about(window.budget_micros, code),
            about(window.spend_micros, code),
            match window.end_time {
                Some(_) => about(window.ideal_micros, code),
                None => String::new(),
            },
            window
                .forecast_micros
                .map_or(String::new(), |it| about(it, code)),
            window
                .end_time
                .as_ref()
                .map_or("never".to_string(), |it| words::moment(Some(it))),
        ]);
    }
    if now.day.is_none() && now.flight.is_none() && now.segment.is_none() {
        return "no limit: nothing is paced\n".to_string();
    }
    let minute = format!(
        "last minute: {} of {} that the plan has",
        about(now.spend_last_minute_micros, code),
        about(now.plan_minute_micros, code),
    );
    let won = now
        .win_rate_percent
        .map_or(String::new(), |it| format!(", {it:.1} % of bids won"));
    format!("{}{minute}{won}\n", table.render())
}

fn ads(now: &v1::CampaignPacing) -> String {
    let code = &now.currency_code;
    let titles = [
        "TODAY",
        "SHARE",
        "BOUNDS",
        "CLICKS",
        "WORTH CPM",
        "BIDS CPM",
        "TAKES PART",
        "TO LEARN",
    ];
    let mut columns = vec![("AD", Side::Left)];
    columns.extend(titles.map(|title| (title, Side::Right)));
    let mut table = Table::new(&columns);
    for ad in &now.ads {
        let bounds = words::share(ad.min_share_percent, ad.max_share_percent);
        table.row([
            short(&ad.ad),
            about(ad.spend_today_micros, code),
            format!("{:.1} %", ad.share_percent),
            bounds,
            format!("{:.3} %", ad.click_rate_percent),
            about(ad.value_cpm_micros, code),
            about(ad.bid_cpm_micros, code),
            format!("{:.1} %", ad.participation_percent),
            ad.exploration
                .as_ref()
                .map_or(String::new(), |it| format!("{:.1} %", it.share_percent)),
        ]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_plan_spend_and_why() {
        let window = v1::PacingWindow {
            budget_micros: 100_000_000,
            spend_micros: 48_000_000,
            ideal_micros: 50_000_000,
            forecast_micros: Some(99_000_000),
            end_time: "2026-11-22T00:00:00Z".parse().ok(),
            ..v1::PacingWindow::default()
        };
        let ad = v1::AdPacing {
            ad: "advertisers/acme/campaigns/spring/ads/mpu".to_string(),
            share_percent: 75.0,
            participation_percent: 100.0,
            exploration: Some(v1::Exploration {
                share_percent: 12.5,
                ..v1::Exploration::default()
            }),
            ..v1::AdPacing::default()
        };
        let now = v1::CampaignPacing {
            campaign: "advertisers/acme/campaigns/spring".to_string(),
            currency_code: "USD".to_string(),
            multiplier: 1.5,
            day: Some(window),
            exploration: Some(v1::Exploration {
                price_impressions: 21,
                price_spend_micros: 2_100_000,
                share_percent: 4.25,
                ..v1::Exploration::default()
            }),
            ads: vec![ad],
            ..v1::CampaignPacing::default()
        };
        let event = v1::PacingEvent {
            kind: v1::pacing_event::Kind::BreakerTripped as i32,
            what: "too fast".to_string(),
            ..v1::PacingEvent::default()
        };
        let shown = Shown {
            now,
            moves: Vec::new(),
            events: vec![event],
        };
        let page = page(&shown);
        // Nobody said that it is to have a share.
        assert!(!page.contains("share of its advertiser's"), "{page}");
        for part in [
            "μ = 1.5000",
            "48.00 USD",
            "50.00 USD",
            "75.0 %",
            "stopped: too fast",
            "spent to learn today: 4.2 %, 2.10 USD for 21 impressions at tried prices",
            "12.5 %",
        ] {
            assert!(page.contains(part), "{part} is not in\n{page}");
        }
    }

    #[test]
    fn campaigns_that_share_money_stand_side_by_side() {
        let ad = |micros| v1::AdPacing {
            spend_today_micros: micros,
            ..v1::AdPacing::default()
        };
        let now = v1::CampaignPacing {
            campaign: "advertisers/acme/campaigns/spring".to_string(),
            currency_code: "USD".to_string(),
            multiplier: 1.25,
            share_percent: 31.25,
            min_share_percent: Some(30.0),
            ads: vec![ad(1_000_000), ad(2_000_000)],
            ..v1::CampaignPacing::default()
        };
        let moved = v1::Move {
            why: "1.00 USD moved from spring to summer".to_string(),
            ..v1::Move::default()
        };
        let page = campaigns(std::slice::from_ref(&now)) + &last_moves(&[moved]);
        let shown = Shown {
            now,
            moves: Vec::new(),
            events: Vec::new(),
        };
        let own = super::page(&shown);
        for (page, part) in [
            (&page, "acme/spring"),
            (&page, "3.00 USD"),
            (&page, "31.2 %"),
            (&page, "30–100 %"),
            (&page, "1.2500"),
            (&page, "from spring to summer"),
            (
                &own,
                "share of its advertiser's money: 31.2 % of late, of 30–100 %",
            ),
        ] {
            assert!(page.contains(part), "{part} is not in\n{page}");
        }
    }
}
