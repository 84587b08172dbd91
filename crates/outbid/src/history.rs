//! `outbid history` and `outbid revert`: who changed what, and taking it back.

use std::collections::BTreeMap;

use api::names::{Kind, Name};
use api::v1;
use clap::Args as Arguments;

use crate::confirm::confirm;
use crate::contract;
use crate::failure::{Exit, Failure};
use crate::print::amount;
use crate::print::table::{Page, Side, Table};
use crate::print::tree::Tree;
use crate::report::Moment;
use crate::resolve;
use crate::resource::short;
use crate::server::Server;
use crate::session::{Session, note};

/// The longest value in a table, in characters; all of it is in `-o json`.
const SHOWN: usize = 40;
/// How many fields of one change a table shows.
const FIELDS: usize = 4;
/// How many events one page asks for.
const PAGE: usize = 1_000;
/// How many advertisers are asked for their currencies.
const MAX_CURRENCIES: usize = 50;
/// How many pages one command reads at most.
const MAX_PAGES: usize = 1_000;

/// Which changes to list.
#[derive(Arguments, Debug)]
pub struct HistoryArgs {
    /// Only of this, whichever kind it is of, and of what hangs below it; or of `configuration`
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Only by this token
    #[arg(long, value_name = "TOKEN_ID")]
    by: Option<String>,
    /// Only from then on: 24h, 7d, 2026-11-20, 2026-11-20T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    since: Option<Moment>,
    /// How many at most, newest first
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    /// Check instead that no change was altered or taken out since it was written
    #[arg(long, conflicts_with_all = ["name", "by", "since"])]
    verify: bool,
}

/// Which change to take back.
#[derive(Arguments, Debug)]
pub struct RevertArgs {
    /// The change, as `outbid history` numbers it
    #[arg(value_name = "CHANGE_EVENT")]
    event: String,
    /// Though it was changed since: only the fields of this change get their old values
    #[arg(long)]
    force: bool,
    /// Only tell what it would do
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Lists changes, or checks their chain.
pub async fn history(args: HistoryArgs, session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    if args.verify {
        return verify(&server, session).await;
    }
    let resource = match args.name.as_deref() {
        None => String::new(),
        Some(other) if other.starts_with("apiTokens/") || other == "configuration" => {
            other.to_string()
        }
        Some(name) => resolve::resolve(&server, &Kind::ALL, name)
            .await?
            .to_string(),
    };
    let start_time = match &args.since {
        None => None,
        Some(moment) => moment.at(crate::report::now(&server).await?),
    };
    let mut request = v1::ListChangeEventsRequest {
        resource,
        actor: args
            .by
            .map(|id| match id.contains('/') {
                true => id,
                false => format!("apiTokens/{id}"),
            })
            .unwrap_or_default(),
        start_time,
        ..Default::default()
    };
    let limit = args.limit as usize;
    let mut events = Vec::new();
    for _ in 0..MAX_PAGES {
        request.page_size = i32::try_from((limit - events.len()).min(PAGE)).unwrap_or(i32::MAX);
        let page = server.change_events(request.clone()).await?;
        events.extend(page.change_events);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() || events.len() >= limit {
            break;
        }
    }
    let currencies = currencies(&server, &events).await;
    session.print(
        || table(&events, &currencies).render(),
        || tree(&events),
        || events.iter().map(|event| event.name.clone()).collect(),
    )?;
    if !request.page_token.is_empty() {
        note(&format!(
            "there are more: --limit {} shows as many again",
            limit * 2
        ));
    }
    let newest = events.iter().find(|event| event.reverts.is_empty());
    session.next(&[match newest {
        Some(event) => format!("outbid revert {} --dry-run", number(&event.name)),
        None => "outbid get campaigns".to_string(),
    }]);
    Ok(())
}

async fn verify(server: &Server, session: &Session) -> Result<(), Failure> {
    let chain = server.verify_chain().await?;
    session.print_message(
        || {
            let mut page = Page::default();
            page.fact("Chain", if chain.whole { "whole" } else { "BROKEN" });
            page.fact("Changes", chain.event_count.to_string());
            page.fact("Newest hash", chain.head_hash.clone());
            page.fact("First broken", chain.first_broken.clone());
            page.render()
        },
        || contract::reflect("VerifyChainResponse", &chain),
        vec![chain.head_hash.clone()],
    )?;
    if chain.whole {
        session.next(&["outbid history".to_string()]);
        return Ok(());
    }
    let what = format!(
        "{} is not as it was written, or is missing",
        chain.first_broken
    );
    Err(Failure::new(Exit::Failed, what)
        .with_hint("somebody has changed the database by hand: compare it with a copy"))
}

/// Takes a change back.
pub async fn revert(args: RevertArgs, session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    let mut request = v1::RevertChangeRequest {
        name: match args.event.contains('/') {
            true => args.event.clone(),
            false => format!("changeEvents/{}", args.event),
        },
        force: args.force,
        validate_only: true,
        ..Default::default()
    };
    let would = server
        .revert_change(request.clone())
        .await
        .map_err(forceable)?;
    let reverted = if args.dry_run {
        would
    } else {
        if let Some(danger) = danger(&would) {
            confirm(args.yes, &danger)?;
        }
        request.validate_only = false;
        server.revert_change(request).await.map_err(forceable)?
    };
    let events = std::slice::from_ref(&reverted);
    let currencies = currencies(&server, events).await;
    session.print_message(
        || table(events, &currencies).render(),
        || contract::reflect("ChangeEvent", &reverted),
        vec![match args.dry_run {
            true => reverted.resource.clone(),
            false => reverted.name.clone(),
        }],
    )?;
    let again = format!("outbid revert {}", number(&args.event));
    session.next(&[match args.dry_run {
        true => again,
        false => format!("outbid history {}", short(&reverted.resource)),
    }]);
    Ok(())
}

fn forceable(failure: Failure) -> Failure {
    match failure.exit == Exit::Conflict && failure.message.contains("changed since") {
        true => failure.with_hint("--force gives only the fields of that change their old values"),
        false => failure,
    }
}

/// What a change would raise or destroy; nothing for most.
fn danger(event: &v1::ChangeEvent) -> Option<String> {
    if event.action() == v1::ChangeAction::Deleted {
        return Some(format!("this deletes {}", short(&event.resource)));
    }
    let raised = event.changes.iter().find(|change| {
        let read =
            |value: &Option<String>| value.as_deref().and_then(|text| text.parse::<i64>().ok());
        let (old, new) = (read(&change.old_value), read(&change.new_value));
        is_limit(&change.field) && old.is_some_and(|old| new.is_none_or(|new| new > old))
    })?;
    Some(format!(
        "this raises money: {} {}",
        short(&event.resource),
        field(raised, "")
    ))
}

fn is_limit(field: &str) -> bool {
    field.starts_with("budget.") && field.ends_with("_micros")
}

fn number(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The currency of each advertiser's amounts, where any are told.
type Currencies = BTreeMap<String, String>;

/// Finds them. Who may not see an advertiser is told the bare amounts.
async fn currencies(server: &Server, events: &[v1::ChangeEvent]) -> Currencies {
    let mut found = Currencies::new();
    for event in events {
        let has_amounts = |change: &v1::FieldChange| change.field.ends_with("_micros");
        let name = Name::parse(&event.resource).ok();
        let name = name.filter(|name| !name.kind().is_of_market());
        let Some(advertiser) = name.map(|name| name.advertiser()) else {
            continue;
        };
        let is_known = found.contains_key(advertiser.as_str());
        if is_known || found.len() >= MAX_CURRENCIES || !event.changes.iter().any(has_amounts) {
            continue;
        }
        let got = server.get(&advertiser).await.ok();
        let code = got.map_or(String::new(), |it| it.currency_code().to_string());
        found.insert(advertiser.to_string(), code);
    }
    found
}

fn table(events: &[v1::ChangeEvent], currencies: &Currencies) -> Table {
    let columns = ["EVENT", "WHEN", "WHO", "WHAT", "CHANGE"];
    let mut table = Table::new(&columns.map(|title| (title, Side::Left)));
    for event in events {
        let at = event.create_time.map_or(String::new(), |at| at.to_string());
        let when: String = at.replace('T', " ").chars().take(19).collect();
        table.row([
            number(&event.name).to_string(),
            when,
            event.actor_display_name.clone(),
            short(&event.resource),
            change(event, currency_of(event, currencies)),
        ]);
    }
    table
}

fn currency_of<'a>(event: &v1::ChangeEvent, currencies: &'a Currencies) -> &'a str {
    let name = Name::parse(&event.resource).ok();
    let name = name.filter(|name| !name.kind().is_of_market());
    let advertiser = name.map(|name| name.advertiser().to_string());
    advertiser
        .and_then(|name| currencies.get(&name))
        .map_or("", String::as_str)
}

/// What was done, in one line.
fn change(event: &v1::ChangeEvent, code: &str) -> String {
    let reverts = match event.reverts.as_str() {
        "" => String::new(),
        other => format!(" (takes back {})", number(other)),
    };
    let done = match event.action() {
        v1::ChangeAction::Created => "created".to_string(),
        v1::ChangeAction::Deleted => "deleted".to_string(),
        v1::ChangeAction::Undeleted => "undeleted".to_string(),
        v1::ChangeAction::Changed | v1::ChangeAction::Unspecified => {
            let fields: Vec<String> = event
                .changes
                .iter()
                .take(FIELDS)
                .map(|change| field(change, code))
                .collect();
            match event.changes.len().saturating_sub(FIELDS) {
                0 if fields.is_empty() => "nothing".to_string(),
                0 => fields.join("; "),
                more => format!("{}; and {more} more", fields.join("; ")),
            }
        }
    };
    done + &reverts
}

/// One field: `budget.daily 100.00 -> 150.00 USD`.
fn field(change: &v1::FieldChange, code: &str) -> String {
    let name = change.field.strip_suffix("_micros");
    let none = if is_limit(&change.field) {
        "unlimited"
    } else {
        "-"
    };
    let told = |value: &Option<String>| match (value, name) {
        (None, _) => none.to_string(),
        (Some(text), Some(_)) => text.parse().map_or(text.clone(), amount::bare),
        (Some(text), None) => shown(text),
    };
    let unit = match (name, code) {
        (None, _) | (_, "") => String::new(),
        (Some(_), code) => format!(" {code}"),
    };
    let name = name.unwrap_or(&change.field);
    format!(
        "{name} {} -> {}{unit}",
        told(&change.old_value),
        told(&change.new_value)
    )
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_string(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

fn tree(events: &[v1::ChangeEvent]) -> Tree {
    let each = events
        .iter()
        .map(|event| Tree::of(&contract::reflect("ChangeEvent", event)));
    Tree::table([("change_events", Tree::List(each.collect()))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(
        action: v1::ChangeAction,
        changes: &[(&str, Option<&str>, Option<&str>)],
    ) -> v1::ChangeEvent {
        let each = changes.iter().map(|(field, old, new)| v1::FieldChange {
            field: field.to_string(),
            old_value: old.map(str::to_string),
            new_value: new.map(str::to_string),
        });
        v1::ChangeEvent {
            name: "changeEvents/7".to_string(),
            resource: "advertisers/acme/campaigns/spring".to_string(),
            actor_display_name: "Ann".to_string(),
            action: action as i32,
            changes: each.collect(),
            create_time: Some(prost_types::Timestamp::default()),
            ..Default::default()
        }
    }

    #[test]
    fn a_change_is_told_in_one_line() {
        let check = |changes: &[(&str, Option<&str>, Option<&str>)], expect: &str| {
            let event = event(v1::ChangeAction::Changed, changes);
            assert_eq!(change(&event, "USD"), expect);
        };
        let daily = "budget.daily_micros";
        check(
            &[(daily, Some("100000000"), Some("150500000"))],
            "budget.daily 100.00 -> 150.50 USD",
        );
        check(
            &[(daily, None, Some("1"))],
            "budget.daily unlimited -> 0.000001 USD",
        );
        check(
            &[("state", Some("ACTIVE"), Some("PAUSED"))],
            "state ACTIVE -> PAUSED",
        );
        check(
            &[
                ("time_zone", None, Some("UTC")),
                ("display_name", Some("A"), Some("B")),
            ],
            "time_zone - -> UTC; display_name A -> B",
        );
        let long = "x".repeat(50);
        check(
            &[("click_url", Some("a"), Some(&long))],
            &format!("click_url a -> {}…", &long[..40]),
        );
        check(&[], "nothing");
        let rows = table(&[event(v1::ChangeAction::Created, &[])], &Currencies::new()).render();
        assert_eq!(
            rows,
            "EVENT  WHEN                 WHO  WHAT         CHANGE\n\
             7      1970-01-01 00:00:00  Ann  acme/spring  created\n"
        );
    }

    #[test]
    fn only_what_raises_money_or_destroys_is_asked_about() {
        let check = |action, changes: &[(&str, Option<&str>, Option<&str>)], expect: bool| {
            assert_eq!(
                danger(&event(action, changes)).is_some(),
                expect,
                "{changes:?}"
            );
        };
        let (daily, changed) = ("budget.daily_micros", v1::ChangeAction::Changed);
        check(changed, &[(daily, Some("5"), Some("7"))], true);
        check(changed, &[(daily, Some("5"), None)], true);
        check(changed, &[(daily, Some("7"), Some("5"))], false);
        check(changed, &[(daily, None, Some("5"))], false);
        check(changed, &[("display_name", Some("5"), Some("7"))], false);
        check(v1::ChangeAction::Deleted, &[], true);
        check(v1::ChangeAction::Undeleted, &[], false);
    }
}
