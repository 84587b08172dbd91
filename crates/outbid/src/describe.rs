//! `outbid describe`: one thing on a page, with what a person would look for first.

use api::names::{Kind, Name};
use api::v1;
use clap::{Args as Arguments, ValueEnum};

use crate::failure::Failure;
use crate::get::KindName;
use crate::print::table::{Page, Side, Table};
use crate::print::{amount, status, words};
use crate::resource::{Resource, collection, short, word_of_many};
use crate::server::Server;
use crate::session::Session;
use crate::{get, resolve};

mod creative;
pub mod experiment;
pub mod market;
mod targeting;

/// How many of what hangs below it a page lists.
const MAX_CHILDREN: usize = 50;

/// What to describe.
#[derive(Arguments, Debug)]
pub struct Args {
    /// Its kind, where the name alone may mean several things, and its name
    #[arg(required = true, num_args = 1..=2, value_names = ["KIND", "NAME"])]
    what: Vec<String>,
}

/// Describes it.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let (kinds, text) = match args.what.as_slice() {
        [kind, name] => (vec![read_kind(kind)?], name),
        [name] => (Kind::ALL.to_vec(), name),
        // The parser takes one or two.
        _ => return Err(Failure::usage("write one name")),
    };
    let server = session.connect().await?;
    let name = resolve::resolve(&server, &kinds, text).await?;
    let resource = match server.get(&name).await {
        Ok(resource) => resource,
        Err(failure) => return Err(resolve::suggest(&server, &name, failure).await),
    };
    if !session.output.is_for_people() {
        return get::print(session, name.kind(), &[resource]);
    }
    let children = children(&server, &name).await?;
    crate::session::out(&page(&resource, &children))?;
    if name.kind() == Kind::Experiment {
        let results = server.experiment_results(name.as_str()).await?;
        crate::session::out(&experiment::results(&results))?;
    }
    session.next(&next(&resource));
    Ok(())
}

fn read_kind(text: &str) -> Result<Kind, Failure> {
    KindName::from_str(text, true).map(Kind::from).map_err(|_| {
        let known = Kind::ALL.map(word_of_many);
        let failure = Failure::usage(format!("\"{text}\" is no kind"));
        match resolve::nearest(text, known) {
            Some(near) => failure.with_hint(format!("did you mean {near}?")),
            None => failure.with_hint(format!("write one of {}", known.join(", "))),
        }
    })
}

async fn children(server: &Server, name: &Name) -> Result<Vec<Resource>, Failure> {
    let kind = match name.kind() {
        Kind::Advertiser => Kind::Campaign,
        Kind::Campaign => Kind::Ad,
        _ => return Ok(Vec::new()),
    };
    Ok(server
        .list(kind, name.as_str(), false, MAX_CHILDREN)
        .await?
        .resources)
}

fn page(resource: &Resource, children: &[Resource]) -> String {
    let mut page = Page::default();
    page.fact("Name", resource.name());
    page.fact("Title", resource.display_name());
    page.fact("Status", status::brief(resource));
    match resource {
        Resource::Advertiser(advertiser) => {
            money(&mut page, resource);
            page.fact("Currency", &advertiser.currency_code);
            page.fact("Time zone", &advertiser.time_zone);
            if advertiser.click_window_days > 0 {
                page.fact(
                    "Click window",
                    format!("{} days", advertiser.click_window_days),
                );
            }
        }
        Resource::Campaign(campaign) => {
            why_not(&mut page, resource);
            page.fact("Flight", words::flight(campaign.flight.as_ref()));
            page.fact("Time zone", &campaign.time_zone);
            page.fact(
                "Share",
                words::share(campaign.min_share_percent, campaign.max_share_percent),
            );
            money(&mut page, resource);
            spending(&mut page, campaign);
            page.fact("Frequency", words::frequency_caps(&campaign.frequency_caps));
        }
        Resource::Ad(ad) => {
            why_not(&mut page, resource);
            page.fact("Flight", words::flight(ad.flight.as_ref()));
            page.fact("Goal", words::goal(ad));
            page.fact("Max bid", words::max_bid(ad));
            page.fact("Delivery", words::delivery(ad.delivery(), ad.ahead_percent));
            page.fact(
                "Share",
                words::share(ad.min_share_percent, ad.max_share_percent),
            );
            money(&mut page, resource);
            page.fact("Frequency", words::frequency_caps(&ad.frequency_caps));
            page.fact(
                "Targeting",
                targeting::lines(ad.targeting.as_ref()).join("\n"),
            );
            let creatives: Vec<String> = ad.creatives.iter().map(|name| short(name)).collect();
            page.fact("Creatives", creatives.join("\n"));
        }
        Resource::Creative(creative) => creative::facts(&mut page, creative),
        Resource::Exchange(exchange) => market::exchange(&mut page, exchange),
        Resource::Deal(deal) => market::deal(&mut page, deal),
        Resource::RateTable(table) => market::rate_table(&mut page, table),
        Resource::BlockList(list) => market::block_list(&mut page, list),
        Resource::Audience(audience) => {
            page.fact("Members", audience.member_count.to_string());
            page.fact("Stay", words::membership(audience));
        }
        Resource::ConversionAction(action) => {
            let [category, counts, window, bidding] = words::action(action);
            page.fact("Category", category);
            page.fact("Counts", counts);
            page.fact("Click window", window);
            page.fact("For bidding", bidding);
            let key = action.name.rsplit('/').next().unwrap_or_default();
            page.fact(
                "Notices",
                format!("/conversion/{{advertiser}}?action={key}&order=...&obclid=..."),
            );
        }
        Resource::Experiment(experiment) => experiment::facts(&mut page, experiment),
    }
    page.fact("Number", resource.number().to_string());
    page.fact("Made", words::moment(resource.created()));
    page.fact("Changed", words::moment(resource.updated()));
    let mut text = page.render();
    if let Some(first) = children.first() {
        text.push_str(&format!("\n{}\n", capital(collection(first.kind()))));
        let mut table = Table::new(&[
            ("NAME", Side::Left),
            ("STATUS", Side::Left),
            ("TOTAL", Side::Right),
        ]);
        for child in children {
            let total = child.spend().map_or(0, |spend| spend.total_nanos);
            table.row([
                short(child.name()),
                status::brief(child),
                amount::about(total, child.currency_code()),
            ]);
        }
        for line in table.render().lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

fn why_not(page: &mut Page, resource: &Resource) {
    let lines = status::obstacles(resource, status::advice);
    page.fact(status::obstacles_title(resource), lines.join("\n"));
}

/// How its money is to be spent, as far as anybody said.
fn spending(page: &mut Page, campaign: &v1::Campaign) {
    let code = &campaign.currency_code;
    if campaign.delivery() != v1::Delivery::Unspecified {
        let delivery = words::delivery(campaign.delivery(), campaign.ahead_percent);
        page.fact("Delivery", delivery);
    }
    if campaign.catch_up() != v1::CatchUp::Unspecified {
        page.fact("Catch-up", words::catch_up(campaign.catch_up()));
    }
    page.fact("Goal", words::promise(campaign.goal.as_ref(), code));
    page.fact("Segments", words::segments(&campaign.budget_segments, code));
    page.fact("Day parts", words::day_parts(&campaign.day_parts));
    page.fact("Raised by", words::raises(&campaign.budget_raises, code));
}

fn money(page: &mut Page, resource: &Resource) {
    let code = resource.currency_code();
    let budget = resource.budget().copied().unwrap_or_default();
    let spend = resource.spend().cloned().unwrap_or_default();
    let of = |spent: i64, limit: Option<i64>| match limit {
        Some(limit) => format!(
            "{} of {}",
            amount::about(spent, code),
            amount::micros(limit, code)
        ),
        None => format!("{}, unlimited", amount::about(spent, code)),
    };
    page.fact("Today", of(spend.today_nanos, budget.daily_micros));
    page.fact("Lifetime", of(spend.total_nanos, budget.lifetime_micros));
    page.fact(
        "Held",
        format!(
            "{} for bids whose outcome is open",
            amount::about(spend.held_nanos, code)
        ),
    );
    if spend.overspend_nanos != 0 {
        page.fact("Overspend", amount::nanos(spend.overspend_nanos, code));
    }
    if spend.house_loss_nanos != 0 {
        page.fact(
            "House loss",
            format!(
                "{}, not charged",
                amount::nanos(spend.house_loss_nanos, code)
            ),
        );
    }
}

fn next(resource: &Resource) -> Vec<String> {
    let name = short(resource.name());
    let paused = resource.state() == v1::State::Paused;
    match resource.kind() {
        Kind::Campaign if paused => vec![format!("outbid resume {name}")],
        Kind::Campaign => vec![format!(
            "outbid budget add {name} 50{}",
            resource.currency_code()
        )],
        Kind::Ad => vec!["outbid why -f request.json".to_string()],
        Kind::Advertiser => vec![format!("outbid get campaigns --in {name}")],
        Kind::Exchange | Kind::Deal if paused => vec![format!("outbid resume {name}")],
        Kind::Exchange | Kind::Deal | Kind::RateTable | Kind::BlockList => {
            vec![format!("outbid edit {name}")]
        }
        Kind::Audience => vec![format!("outbid audience add {name} FILE")],
        Kind::ConversionAction => vec!["outbid report --by conversion-action".to_string()],
        Kind::Experiment => vec![format!("outbid export {name}")],
        Kind::Creative => vec![format!(
            "outbid get ads --in {}",
            name.split('/').next().unwrap_or(&name)
        )],
    }
}

#[cfg(test)]
mod tests;
