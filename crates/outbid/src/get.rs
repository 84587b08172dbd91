//! `outbid get`: what there is, in a table.

use api::names::Kind;
use clap::{Args as Arguments, ValueEnum};

use crate::describe::experiment;
use crate::describe::market::floors;
use crate::failure::Failure;
use crate::print::table::{Side, Table};
use crate::print::tree::Tree;
use crate::print::{amount, status, words};
use crate::resolve;
use crate::resource::{Resource, collection, short, word_of_many};
use crate::server::{Server, Wanted};
use crate::session::{Format, Session, note};

/// What to list.
#[derive(Arguments, Debug)]
pub struct Args {
    /// What to list
    #[arg(value_enum)]
    kind: KindName,
    /// Only these, by their names
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only what belongs to this advertiser or campaign
    #[arg(long = "in", value_name = "NAME", conflicts_with = "names")]
    parent: Option<String>,
    /// Deleted ones too
    #[arg(long)]
    show_deleted: bool,
    /// Only those of which this holds: 'state = PAUSED AND display_name : spring'
    #[arg(
        long,
        value_name = "CONDITIONS",
        default_value = "",
        conflicts_with = "names"
    )]
    filter: String,
    /// In this order: 'display_name', 'update_time desc'
    #[arg(
        long,
        value_name = "FIELDS",
        default_value = "",
        conflicts_with = "names"
    )]
    sort: String,
    /// How many at most
    #[arg(long, default_value_t = 10_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// A kind on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KindName {
    // No doc comments: each would stretch the help to a page.
    #[value(alias = "advertiser")]
    Advertisers,
    #[value(alias = "campaign")]
    Campaigns,
    #[value(alias = "ad")]
    Ads,
    #[value(alias = "creative")]
    Creatives,
    #[value(alias = "exchange")]
    Exchanges,
    #[value(alias = "deal")]
    Deals,
    #[value(aliases = ["rate-table", "rateTables", "rates"])]
    RateTables,
    #[value(aliases = ["block-list", "blockLists"])]
    BlockLists,
    #[value(alias = "audience")]
    Audiences,
    #[value(aliases = ["conversion-action", "conversionActions", "conversionAction"])]
    ConversionActions,
    #[value(alias = "experiment")]
    Experiments,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::Advertisers => Kind::Advertiser,
            KindName::Campaigns => Kind::Campaign,
            KindName::Ads => Kind::Ad,
            KindName::Creatives => Kind::Creative,
            KindName::Exchanges => Kind::Exchange,
            KindName::Deals => Kind::Deal,
            KindName::RateTables => Kind::RateTable,
            KindName::BlockLists => Kind::BlockList,
            KindName::Audiences => Kind::Audience,
            KindName::ConversionActions => Kind::ConversionAction,
            KindName::Experiments => Kind::Experiment,
        }
    }
}

/// Lists what was asked for.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    let kind = Kind::from(args.kind);
    let server = session.connect().await?;
    let (resources, more) = if args.names.is_empty() {
        let parent = parent(&server, kind, args.parent.as_deref()).await?;
        let wanted = Wanted {
            deleted: args.show_deleted,
            filter: args.filter,
            order_by: args.sort,
        };
        let limit = args.limit as usize;
        let listed = server.list_those(kind, &parent, &wanted, limit).await?;
        (listed.resources, listed.more)
    } else {
        let mut resources = Vec::new();
        for text in &args.names {
            let name = match args.show_deleted {
                true => resolve::resolve_deleted(&server, &[kind], text).await?,
                false => resolve::resolve(&server, &[kind], text).await?,
            };
            match server.get(&name).await {
                Ok(resource) => resources.push(resource),
                Err(failure) => return Err(resolve::suggest(&server, &name, failure).await),
            }
        }
        (resources, false)
    };
    print(session, kind, &resources)?;
    if more {
        note(&format!(
            "there are more than {}: raise --limit, or narrow the list with --in",
            args.limit
        ));
    }
    if resources.is_empty() {
        note(&format!("there are no {}", word_of_many(kind)));
        session.next(&["outbid apply -f FILE".to_string()]);
    }
    if let Some(first) = resources.first() {
        session.next(&[format!("outbid describe {}", short(first.name()))]);
    }
    Ok(())
}

/// What the list hangs below. Ads may be listed of a whole advertiser, too.
async fn parent(server: &Server, kind: Kind, text: Option<&str>) -> Result<String, Failure> {
    let kinds: &[Kind] = match kind {
        Kind::Ad => &[Kind::Campaign, Kind::Advertiser],
        _ => &[Kind::Advertiser],
    };
    let Some(text) = text else {
        return Ok(resolve::any_parent(kind).to_string());
    };
    if kind.parent().is_none() {
        return Err(Failure::usage(format!(
            "{} belong to nothing: leave --in out",
            word_of_many(kind)
        )));
    }
    let name = resolve::resolve(server, kinds, text).await?;
    Ok(resolve::parent_within(kind, &name).unwrap_or_else(|| name.to_string()))
}

/// Prints resources of one kind.
pub fn print(session: &Session, kind: Kind, resources: &[Resource]) -> Result<(), Failure> {
    session.print(
        || table(kind, resources, session.output == Format::Wide).render(),
        || {
            let trees = resources
                .iter()
                .map(|resource| Tree::of(&resource.reflect()));
            Tree::table([(collection(kind), Tree::List(trees.collect()))])
        },
        || {
            resources
                .iter()
                .map(|resource| resource.name().to_string())
                .collect()
        },
    )
}

fn table(kind: Kind, resources: &[Resource], wide: bool) -> Table {
    let name = [("NAME", Side::Left), ("STATUS", Side::Left)];
    let money = [
        ("DAILY BUDGET", Side::Right),
        ("TODAY", Side::Right),
        ("LIFETIME BUDGET", Side::Right),
        ("TOTAL", Side::Right),
    ];
    let title = [("TITLE", Side::Left)];
    let mut columns: Vec<(&str, Side)> = match kind {
        Kind::Advertiser | Kind::Campaign => [&name[..], &money, &title].concat(),
        Kind::Ad => [
            &name[..],
            &[("GOAL", Side::Left), ("MAX BID", Side::Right)],
            &money,
            &title,
        ]
        .concat(),
        Kind::Creative => [
            &name[..],
            &[
                ("FORMAT", Side::Left),
                ("SIZE", Side::Left),
                ("LANDING", Side::Left),
            ],
            &title,
        ]
        .concat(),
        Kind::Deal => [
            &name[..],
            &[
                ("EXCHANGE", Side::Left),
                ("DEAL ID", Side::Left),
                ("PRICE", Side::Right),
                ("FLIGHT", Side::Left),
            ],
            &title,
        ]
        .concat(),
        Kind::BlockList => [
            &name[..],
            &[("ENTRIES", Side::Right), ("ATTACHED TO", Side::Left)],
            &title,
        ]
        .concat(),
        Kind::RateTable => [
            &name[..],
            &[
                ("IN FORCE", Side::Left),
                ("FROM", Side::Left),
                ("CURRENCIES", Side::Right),
            ],
            &title,
        ]
        .concat(),
        Kind::Exchange => [
            &name[..],
            &[
                ("AUCTION", Side::Left),
                ("CURRENCY", Side::Left),
                ("SEATS", Side::Left),
                ("FLOORS", Side::Left),
            ],
            &title,
        ]
        .concat(),
        Kind::Audience => [
            &name[..],
            &[("MEMBERS", Side::Right), ("STAY", Side::Right)],
            &title,
        ]
        .concat(),
        Kind::ConversionAction => [
            &name[..],
            &[
                ("CATEGORY", Side::Left),
                ("COUNTS", Side::Left),
                ("CLICK WINDOW", Side::Right),
                ("BIDDING", Side::Left),
            ],
            &title,
        ]
        .concat(),
        Kind::Experiment => [
            &name[..],
            &[
                ("ARMS", Side::Left),
                ("CAMPAIGNS", Side::Left),
                ("RUNS", Side::Left),
            ],
            &title,
        ]
        .concat(),
    };
    if wide {
        columns.extend(wide_columns(kind));
    }
    let mut table = Table::new(&columns);
    for resource in resources {
        let mut cells = vec![short(resource.name()), status::brief(resource)];
        match resource {
            Resource::Advertiser(_) | Resource::Campaign(_) => cells.extend(money_cells(resource)),
            Resource::Ad(ad) => {
                cells.extend([words::goal(ad), words::max_bid(ad)]);
                cells.extend(money_cells(resource));
            }
            Resource::Creative(creative) => {
                let (format, size) = words::material(creative);
                cells.extend([format.to_string(), size, creative.landing_url.clone()]);
            }
            Resource::Deal(deal) => cells.extend([
                deal.exchange.trim_start_matches("exchanges/").to_string(),
                deal.deal_id.clone(),
                words::deal_price(deal),
                words::flight(deal.flight.as_ref()),
            ]),
            Resource::BlockList(list) => {
                let places = list.attached_to.iter().map(|name| short(name));
                let places: Vec<String> = places.collect();
                let entries = api::block_list::entries(list);
                cells.extend([entries.to_string(), places.join(", ")]);
            }
            Resource::RateTable(table) => cells.extend([
                if table.in_force { "now" } else { "no" }.to_string(),
                words::moment(table.effective_time.as_ref()),
                table.rates.len().to_string(),
            ]),
            Resource::Exchange(exchange) => cells.extend([
                words::auction(exchange.auction_type()).to_string(),
                exchange.currency_code.clone(),
                exchange.seats.join(", "),
                floors(exchange).join(", "),
            ]),
            Resource::Audience(it) => {
                cells.extend([it.member_count.to_string(), words::membership(it)])
            }
            Resource::ConversionAction(it) => cells.extend(words::action(it)),
            Resource::Experiment(it) => cells.extend(experiment::cells(it)),
        }
        cells.push(resource.display_name().to_string());
        if wide {
            cells.extend(wide_cells(resource));
        }
        table.row(cells);
    }
    table
}

/// What `-o wide` adds.
fn wide_columns(kind: Kind) -> Vec<(&'static str, Side)> {
    let mut columns = match kind {
        Kind::Advertiser => vec![("HELD", Side::Right), ("TIME ZONE", Side::Left)],
        Kind::Campaign => vec![
            ("HELD", Side::Right),
            ("FLIGHT", Side::Left),
            ("TIME ZONE", Side::Left),
        ],
        Kind::Ad => vec![
            ("HELD", Side::Right),
            ("FLIGHT", Side::Left),
            ("DELIVERY", Side::Left),
            ("CREATIVES", Side::Right),
        ],
        _ => Vec::new(),
    };
    columns.extend([("NUMBER", Side::Right), ("CHANGED", Side::Left)]);
    columns
}

fn wide_cells(resource: &Resource) -> Vec<String> {
    let held = || {
        let held = resource.spend().map_or(0, |spend| spend.held_nanos);
        amount::about(held, resource.currency_code())
    };
    let mut cells = match resource {
        Resource::Advertiser(it) => vec![held(), it.time_zone.clone()],
        Resource::Campaign(it) => vec![
            held(),
            words::flight(it.flight.as_ref()),
            it.time_zone.clone(),
        ],
        Resource::Ad(it) => vec![
            held(),
            words::flight(it.flight.as_ref()),
            words::delivery(it.delivery(), it.ahead_percent),
            it.creatives.len().to_string(),
        ],
        _ => Vec::new(),
    };
    cells.extend([
        resource.number().to_string(),
        words::moment(resource.updated()),
    ]);
    cells
}

fn money_cells(resource: &Resource) -> [String; 4] {
    let code = resource.currency_code();
    let budget = resource.budget().copied().unwrap_or_default();
    let spend = resource.spend().cloned().unwrap_or_default();
    let limit =
        |limit: Option<i64>| limit.map_or(String::new(), |limit| amount::micros(limit, code));
    [
        limit(budget.daily_micros),
        amount::about(spend.today_nanos, code),
        limit(budget.lifetime_micros),
        amount::about(spend.total_nanos, code),
    ]
}
