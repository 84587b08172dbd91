//! `outbid budget set|add`: what a campaign may spend. It is live in every bidder within a second.

use api::names::{Kind, Name};
use api::v1;
use api::v1::budget_change::Change;
use campaign::money::Currency;
use campaign::time::{TimeZone, Timestamp};
use clap::{Args as Arguments, Subcommand};

use crate::confirm::{Chosen, Consent};
use crate::contract;
use crate::failure::Failure;
use crate::print::amount::{self, Written};
use crate::print::table::Page;
use crate::print::words;
use crate::report;
use crate::resolve;
use crate::resource::{Resource, short};
use crate::server::Server;
use crate::session::{Session, note};

/// What to do with a budget.
#[derive(Subcommand, Debug)]
pub enum Action {
    /// Sets a campaign's daily budget
    #[command(after_help = "Examples:\n  outbid budget set acme/spring 500USD\n  \
                            outbid budget set acme/spring 20000 --lifetime\n  \
                            outbid budget set acme/spring 500USD --until 2h\n  \
                            outbid budget set acme/spring unlimited")]
    Set(SetArgs),
    /// Raises a campaign's daily budget, or cuts it by a negative amount
    #[command(after_help = "Examples:\n  outbid budget add acme/spring 50USD\n  \
                            outbid budget add acme/spring -50USD --lifetime\n  \
                            outbid budget add acme/spring 500USD --until 2026-12-01")]
    Add(AddArgs),
}

/// A new limit.
#[derive(Arguments, Debug)]
pub struct SetArgs {
    /// The campaign
    #[arg(value_name = "CAMPAIGN")]
    campaign: String,
    /// The new limit, such as 500USD, or `unlimited`
    #[arg(value_name = "AMOUNT", value_parser = limit, allow_hyphen_values = true)]
    amount: Limit,
    /// The lifetime budget instead of the daily one
    #[arg(long)]
    lifetime: bool,
    #[command(flatten)]
    until: Until,
    #[command(flatten)]
    consent: Consent,
}

/// A difference.
#[derive(Arguments, Debug)]
pub struct AddArgs {
    /// The campaign
    #[arg(value_name = "CAMPAIGN")]
    campaign: String,
    /// How much more, such as 50USD
    #[arg(value_name = "AMOUNT", value_parser = Written::parse, allow_hyphen_values = true)]
    amount: Written,
    /// The lifetime budget instead of the daily one
    #[arg(long)]
    lifetime: bool,
    #[command(flatten)]
    until: Until,
    #[command(flatten)]
    consent: Consent,
}

/// When a raise ends.
#[derive(Arguments, Debug)]
struct Until {
    /// Take the raise back then: 2h or 7d from now, 2026-12-01 (midnight where the campaign's days begin) or
    /// 2026-12-01T18:00:00Z. The limit is then lowered by what it was raised; what was spent above it stays spent
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

#[derive(Clone, Debug)]
enum Limit {
    Amount(Written),
    Unlimited,
}

fn limit(text: &str) -> Result<Limit, String> {
    match text {
        "unlimited" | "none" => Ok(Limit::Unlimited),
        text => Written::parse(text).map(Limit::Amount),
    }
}

/// Changes the budget, and tells what it was and is.
pub async fn run(action: Action, session: &Session) -> Result<(), Failure> {
    let (text, lifetime) = match &action {
        Action::Set(args) => (&args.campaign, args.lifetime),
        Action::Add(args) => (&args.campaign, args.lifetime),
    };
    let server = session.connect().await?;
    let name = resolve::resolve(&server, &[Kind::Campaign], text).await?;
    let campaign = match server.get(&name).await {
        Ok(campaign) => campaign,
        Err(failure) => return Err(resolve::suggest(&server, &name, failure).await),
    };
    let change = change(&action, &campaign)?;
    let (consent, until) = match &action {
        Action::Set(args) => (args.consent, &args.until.until),
        Action::Add(args) => (args.consent, &args.until.until),
    };
    if let Some(question) = raise(&change, lifetime, &campaign) {
        consent.ask(&question, Chosen::ByName)?;
    }
    let until = match until {
        Some(text) => Some(end(text, &server, &name, &campaign).await?),
        None => None,
    };
    let change = v1::BudgetChange {
        change: Some(change),
    };
    let (daily, lifetime) = if lifetime {
        (None, Some(change))
    } else {
        (Some(change), None)
    };
    let request = v1::AdjustBudgetRequest {
        name: name.to_string(),
        daily,
        lifetime,
        until,
        ..v1::AdjustBudgetRequest::default()
    };
    let answer = server.adjust_budget(request).await?;
    session.print_message(
        || page(&answer),
        || contract::reflect("AdjustBudgetResponse", &answer),
        vec![name.to_string()],
    )?;
    let (asked, effective) = (
        answer.budget.unwrap_or_default(),
        answer.effective_budget.unwrap_or_default(),
    );
    if asked != effective {
        note(
            "what is spent and held is above the new limit: nothing more is granted, and the limit falls as bidders \
             give back what they hold",
        );
    }
    session.next(&[format!("outbid describe {}", short(name.as_str()))]);
    Ok(())
}

/// What is asked where a change lets more be spent.
fn raise(change: &Change, lifetime: bool, campaign: &Resource) -> Option<String> {
    let budget = campaign.budget().copied().unwrap_or_default();
    let before = match lifetime {
        true => budget.lifetime_micros,
        false => budget.daily_micros,
    }?;
    let after = match *change {
        Change::SetMicros(limit) => Some(limit),
        Change::AddMicros(more) => Some(before.saturating_add(more)),
        Change::Unlimited(_) => None,
    };
    if after.is_some_and(|after| after <= before) {
        return None;
    }
    let code = campaign.currency_code();
    Some(format!(
        "This raises the {} budget of {} from {} to {}.",
        if lifetime { "lifetime" } else { "daily" },
        short(campaign.name()),
        amount::limit(Some(before), code),
        amount::limit(after, code),
    ))
}

fn change(action: &Action, campaign: &Resource) -> Result<Change, Failure> {
    let account = Currency::parse(campaign.currency_code())
        .map_err(|error| Failure::usage(error.to_string()))?;
    Ok(match action {
        Action::Set(SetArgs {
            amount: Limit::Unlimited,
            ..
        }) => Change::Unlimited(true),
        Action::Set(SetArgs {
            amount: Limit::Amount(amount),
            ..
        }) => Change::SetMicros(amount.micros(account)?),
        Action::Add(args) => Change::AddMicros(args.amount.micros(account)?),
    })
}

/// Where a campaign's days begin.
async fn zone_of(server: &Server, name: &Name, campaign: &Resource) -> Result<TimeZone, Failure> {
    let own = time_zone(campaign);
    let zone = match own.is_empty() {
        true => time_zone(&server.get(&name.advertiser()).await?),
        false => own,
    };
    if zone.is_empty() {
        return Ok(TimeZone::default());
    }
    TimeZone::parse(&zone).map_err(|error| Failure::usage(error.to_string()))
}

fn time_zone(resource: &Resource) -> String {
    match resource {
        Resource::Campaign(campaign) => campaign.time_zone.clone(),
        Resource::Advertiser(advertiser) => advertiser.time_zone.clone(),
        _ => String::new(),
    }
}

/// When a raise ends.
async fn end(
    text: &str,
    server: &Server,
    name: &Name,
    campaign: &Resource,
) -> Result<prost_types::Timestamp, Failure> {
    // The trade's clock is asked only where a length is counted from it.
    let at = match report::length(text) {
        Some(length) => Some(Timestamp(
            report::now(server).await?.0.saturating_add(length.0),
        )),
        None => moment(text, &zone_of(server, name, campaign).await?),
    };
    at.and_then(api::time::write_moment).ok_or_else(|| {
        Failure::usage(format!("\"{text}\" is no time")).with_hint(
            "write a day, such as 2026-12-01, a moment, such as 2026-12-01T18:00:00Z, or how long from now, such as 2h",
        )
    })
}

/// A moment, or the midnight that a day begins with in a zone.
fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let written = Timestamp::parse(text).ok();
    written.or_else(|| zone.midnight_of(text))
}

fn page(answer: &v1::AdjustBudgetResponse) -> String {
    let campaign = answer.campaign.clone().unwrap_or_default();
    let code = &campaign.currency_code;
    let before = answer.previous_budget.unwrap_or_default();
    let after = answer.budget.unwrap_or_default();
    let effective = answer.effective_budget.unwrap_or_default();
    let spend = answer.spend.clone().unwrap_or_default();
    let line = |before: Option<i64>, after: Option<i64>, effective: Option<i64>, spent: i64| {
        let moved = if before == after {
            amount::limit(after, code)
        } else {
            format!(
                "{} -> {}",
                amount::limit(before, code),
                amount::limit(after, code)
            )
        };
        let in_force = if effective == after {
            String::new()
        } else {
            format!(", in force {}", amount::limit(effective, code))
        };
        format!("{moved}{in_force}, spent {}", amount::about(spent, code))
    };
    let mut page = Page::default();
    page.fact("Campaign", short(&campaign.name));
    page.fact(
        "Daily",
        line(
            before.daily_micros,
            after.daily_micros,
            effective.daily_micros,
            spend.today_nanos,
        ),
    );
    page.fact(
        "Lifetime",
        line(
            before.lifetime_micros,
            after.lifetime_micros,
            effective.lifetime_micros,
            spend.total_nanos,
        ),
    );
    page.fact("Held", amount::about(spend.held_nanos, code));
    if let Some(forecast) = &answer.forecast {
        let ends = |spent: i64, end: Option<&prost_types::Timestamp>| {
            let spent = amount::glance(spent, code);
            format!("{spent} spent at its end, {}", words::moment(end))
        };
        let end = forecast.today_end_time.as_ref();
        page.fact("Today", ends(forecast.today_micros, end));
        if let Some(spent) = forecast.flight_micros {
            page.fact("Flight", ends(spent, forecast.flight_end_time.as_ref()));
        }
    }
    page.fact("Raised by", words::raises(&campaign.budget_raises, code));
    page.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lets_more_be_spent_is_asked_about() {
        let campaign = Resource::from(v1::Campaign {
            name: "advertisers/acme/campaigns/spring".to_string(),
            currency_code: "USD".to_string(),
            budget: Some(v1::Budget {
                daily_micros: Some(100_000_000),
                lifetime_micros: None,
            }),
            ..v1::Campaign::default()
        });
        let check = |change: Change, lifetime: bool, expect: Option<&str>| {
            assert_eq!(
                raise(&change, lifetime, &campaign).as_deref(),
                expect,
                "{change:?}"
            );
        };
        let raised = "This raises the daily budget of acme/spring from 100.00 USD to 150.00 USD.";
        check(Change::AddMicros(50_000_000), false, Some(raised));
        check(Change::SetMicros(150_000_000), false, Some(raised));
        let open = "This raises the daily budget of acme/spring from 100.00 USD to unlimited.";
        check(Change::Unlimited(true), false, Some(open));
        check(Change::AddMicros(-1), false, None);
        check(Change::SetMicros(100_000_000), false, None);
        check(Change::SetMicros(1), true, None);
    }

    #[test]
    fn a_change_tells_what_was_and_what_is() {
        let budget = |daily, lifetime| {
            Some(v1::Budget {
                daily_micros: daily,
                lifetime_micros: lifetime,
            })
        };
        let answer = v1::AdjustBudgetResponse {
            campaign: Some(v1::Campaign {
                name: "advertisers/acme/campaigns/spring".to_string(),
                currency_code: "USD".to_string(),
                ..v1::Campaign::default()
            }),
            previous_budget: budget(Some(100_000_000), None),
            budget: budget(Some(5_000_000), None),
            effective_budget: budget(Some(12_300_000), None),
            spend: Some(v1::Spend {
                today_nanos: 11_000_000_000,
                total_nanos: 11_000_000_000,
                held_nanos: 1_300_000_000,
                ..v1::Spend::default()
            }),
            forecast: Some(v1::SpendForecast {
                today_micros: 12_000_000,
                today_end_time: "2026-11-23T00:00:00Z".parse().ok(),
                ..v1::SpendForecast::default()
            }),
        };
        assert_eq!(
            page(&answer),
            "Campaign  acme/spring\n\
             Daily     100.00 USD -> 5.00 USD, in force 12.30 USD, spent 11.00 USD\n\
             Lifetime  unlimited, spent 11.00 USD\n\
             Held      1.30 USD\n\
             Today     12.00 USD spent at its end, 2026-11-23T00:00:00Z\n"
        );
    }
}
