//! `outbid token`: who may call, and what they may do.

use std::time::Duration;

use api::v1;
use clap::{Args as Arguments, Subcommand, ValueEnum};

use crate::confirm::confirm;
use crate::contract;
use crate::failure::Failure;
use crate::length;
use crate::print::table::{Page, Side, Table};
use crate::print::tree::Tree;
use crate::report;
use crate::session::{Format, Session, note, out};

/// How many tokens one page asks for.
const PAGE: i32 = 1_000;
/// How many pages one command reads at most.
const MAX_PAGES: usize = 100;

/// What to do with tokens.
#[derive(Subcommand, Debug)]
pub enum Action {
    /// Make a token; its secret is printed once, and nowhere again
    #[command(
        after_help = "Examples:\n  outbid token create ann --role manager --on acme --title 'Ann Lee' > ann.token\n  \
                            outbid token create dashboard --role reader --days 30\n\n\
                            Roles: reader (reads), billing (and moves advertisers' budgets), manager (reads, and\n\
                            changes campaigns, ads, creatives and their budgets), admin (all of that, advertisers\n\
                            and tokens)."
    )]
    Create(CreateArgs),
    /// List tokens, without their secrets
    List(ListArgs),
    /// Give a token a new secret, which is printed once
    #[command(after_help = "Example:\n  outbid token rotate ann --overlap 24h > ann.token")]
    Rotate(RotateArgs),
    /// End a token, at once and for good
    Revoke(RevokeArgs),
    /// Tell who you are, and what you may do
    Whoami,
}

/// A new token.
#[derive(Arguments, Debug)]
pub struct CreateArgs {
    /// What it is to be called: lower-case letters, digits and hyphens
    #[arg(value_name = "ID")]
    id: String,
    /// What it allows; may be given several times, each with an --on of its own
    #[arg(long = "role", value_enum, value_name = "ROLE", required = true)]
    roles: Vec<RoleName>,
    /// Where: an advertiser. Everything, where it is left out
    #[arg(long = "on", value_name = "ADVERTISER")]
    places: Vec<String>,
    /// Who holds it or what it is for; its id, where it is left out
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// For how many days; 90 where it is left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=366))]
    days: Option<u32>,
}

/// Which to list.
#[derive(Arguments, Debug)]
pub struct ListArgs {
    /// Those that have expired or were revoked, too
    #[arg(long)]
    show_ended: bool,
}

/// Which to rotate.
#[derive(Arguments, Debug)]
pub struct RotateArgs {
    /// The token's id
    #[arg(value_name = "ID")]
    id: String,
    /// How long the old secret goes on: 1h, 7d at most 168h. Not at all, where it is left out
    #[arg(long, value_name = "TIME", value_parser = length::parse)]
    overlap: Option<Duration>,
}

/// Which to revoke.
#[derive(Arguments, Debug)]
pub struct RevokeArgs {
    /// The token's id
    #[arg(value_name = "ID")]
    id: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// A role on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleName {
    // No doc comments: each would stretch the help to a page.
    Reader,
    Billing,
    Manager,
    Admin,
}

impl RoleName {
    fn wire(self) -> v1::Role {
        match self {
            RoleName::Reader => v1::Role::Reader,
            RoleName::Billing => v1::Role::Billing,
            RoleName::Manager => v1::Role::Manager,
            RoleName::Admin => v1::Role::Admin,
        }
    }
}

/// Does it.
pub async fn run(action: Action, session: &Session) -> Result<(), Failure> {
    match action {
        Action::Create(args) => create(args, session).await,
        Action::List(args) => list(args, session).await,
        Action::Rotate(args) => rotate(args, session).await,
        Action::Revoke(args) => revoke(args, session).await,
        Action::Whoami => who_am_i(session).await,
    }
}

async fn create(args: CreateArgs, session: &Session) -> Result<(), Failure> {
    let bindings = bindings(&args.roles, &args.places)?;
    let server = session.connect().await?;
    let expire_time = match args.days {
        None => None,
        Some(days) => {
            let now = report::now(&server).await?;
            api::time::write_moment(now + campaign::time::Span::days(i64::from(days)))
        }
    };
    let request = v1::CreateApiTokenRequest {
        api_token: Some(v1::ApiToken {
            display_name: args.title.unwrap_or_else(|| args.id.clone()),
            bindings,
            expire_time,
            ..Default::default()
        }),
        api_token_id: args.id,
        ..Default::default()
    };
    let made = server.create_api_token(request).await?;
    let token = made.api_token.clone().unwrap_or_default();
    tell(
        session,
        "CreateApiTokenResponse",
        &made,
        &token,
        &made.secret,
    )?;
    session.next(&["outbid context add NAME --server URL --token -".to_string()]);
    Ok(())
}

async fn rotate(args: RotateArgs, session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    let overlap = args.overlap.map(|it| prost_types::Duration {
        seconds: i64::try_from(it.as_secs()).unwrap_or(i64::MAX),
        nanos: 0,
    });
    let request = v1::RotateApiTokenRequest {
        name: name(&args.id),
        overlap,
        ..Default::default()
    };
    let made = server.rotate_api_token(request).await?;
    let token = made.api_token.clone().unwrap_or_default();
    tell(
        session,
        "RotateApiTokenResponse",
        &made,
        &token,
        &made.secret,
    )?;
    session.next(&["outbid context add NAME --server URL --token -".to_string()]);
    Ok(())
}

/// The secret alone is data; what is to be known about it is for people.
fn tell(
    session: &Session,
    message: &str,
    made: &impl prost::Message,
    token: &v1::ApiToken,
    secret: &str,
) -> Result<(), Failure> {
    match session.output {
        Format::Table => {
            note(&format!(
                "{}: {}; until {}",
                token.name,
                roles(token),
                date(&token.expire_time)
            ));
            note("this is its secret; it is not shown again:");
            out(&format!("{secret}\n"))
        }
        _ => session.print_message(
            String::new,
            || contract::reflect(message, made),
            vec![token.name.clone()],
        ),
    }
}

async fn list(args: ListArgs, session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    let mut tokens = Vec::new();
    let mut request = v1::ListApiTokensRequest {
        page_size: PAGE,
        show_ended: args.show_ended,
        ..Default::default()
    };
    for _ in 0..MAX_PAGES {
        let page = server.api_tokens(request.clone()).await?;
        tokens.extend(page.api_tokens);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    let tree = || {
        let each = tokens
            .iter()
            .map(|it| Tree::of(&contract::reflect("ApiToken", it)));
        Tree::table([("api_tokens", Tree::List(each.collect()))])
    };
    session.print(
        || table(&tokens).render(),
        tree,
        || tokens.iter().map(|it| it.name.clone()).collect(),
    )?;
    session.next(&["outbid token create ID --role reader".to_string()]);
    Ok(())
}

async fn revoke(args: RevokeArgs, session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    let name = name(&args.id);
    confirm(
        args.yes,
        &format!("this ends {name} for good: whoever uses it is let in no more"),
    )?;
    let request = v1::RevokeApiTokenRequest {
        name,
        ..Default::default()
    };
    let token = server.revoke_api_token(request).await?;
    session.print_message(
        || format!("{} revoked\n", token.name),
        || contract::reflect("ApiToken", &token),
        vec![token.name.clone()],
    )?;
    session.next(&["outbid token list --show-ended".to_string()]);
    Ok(())
}

async fn who_am_i(session: &Session) -> Result<(), Failure> {
    let server = session.connect().await?;
    let token = server.who_am_i().await?;
    session.print_message(
        || {
            let mut page = Page::default();
            page.fact("Token", token.name.clone());
            page.fact("Title", token.display_name.clone());
            page.fact("Roles", roles(&token));
            page.fact("Until", date(&token.expire_time));
            page.render()
        },
        || contract::reflect("ApiToken", &token),
        vec![token.name.clone()],
    )?;
    session.next(&["outbid history".to_string()]);
    Ok(())
}

fn name(id: &str) -> String {
    match id.contains('/') {
        true => id.to_string(),
        false => format!("apiTokens/{id}"),
    }
}

/// Pairs roles with places: one place for all of them, or one for each.
fn bindings(roles: &[RoleName], places: &[String]) -> Result<Vec<v1::RoleBinding>, Failure> {
    if places.len() > 1 && places.len() != roles.len() {
        let what = format!(
            "{} roles and {} places: give each --role its --on",
            roles.len(),
            places.len()
        );
        return Err(Failure::usage(what));
    }
    let place = |at: usize| match places.get(at).or(places.first()).map(String::as_str) {
        None | Some("-") => "-".to_string(),
        Some(name) if name.contains('/') => name.to_string(),
        Some(id) => format!("advertisers/{id}"),
    };
    let each = roles.iter().enumerate();
    Ok(each
        .map(|(at, role)| v1::RoleBinding {
            role: role.wire() as i32,
            resource: place(at),
        })
        .collect())
}

fn table(tokens: &[v1::ApiToken]) -> Table {
    let columns = [
        "ID",
        "STATE",
        "ROLES",
        "UNTIL",
        "LAST USED",
        "BEGINS",
        "TITLE",
    ];
    let mut table = Table::new(&columns.map(|title| (title, Side::Left)));
    for token in tokens {
        let state = token
            .state()
            .as_str_name()
            .trim_start_matches("API_TOKEN_STATE_");
        table.row([
            token.name.trim_start_matches("apiTokens/").to_string(),
            state.to_lowercase(),
            roles(token),
            date(&token.expire_time),
            date(&token.last_use_time),
            token.prefix.clone(),
            token.display_name.clone(),
        ]);
    }
    table
}

/// `manager on acme, reader on everything`.
fn roles(token: &v1::ApiToken) -> String {
    let each = token.bindings.iter().map(|it| {
        let role = it
            .role()
            .as_str_name()
            .trim_start_matches("ROLE_")
            .to_lowercase();
        match it.resource.as_str() {
            "-" => format!("{role} on everything"),
            name => format!("{role} on {}", name.trim_start_matches("advertisers/")),
        }
    });
    each.collect::<Vec<_>>().join(", ")
}

fn date(at: &Option<prost_types::Timestamp>) -> String {
    at.map_or(String::new(), |at| {
        at.to_string().chars().take(10).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_is_held_where_it_is_said() {
        use RoleName::{Manager, Reader};
        let check = |roles: &[RoleName], places: &[&str], expect: &str| {
            let places: Vec<String> = places.iter().map(|it| it.to_string()).collect();
            let bindings = bindings(roles, &places).unwrap();
            let token = v1::ApiToken {
                bindings,
                ..Default::default()
            };
            assert_eq!(super::roles(&token), expect);
        };
        check(&[Reader], &[], "reader on everything");
        check(&[Manager], &["acme"], "manager on acme");
        check(&[Manager], &["advertisers/acme"], "manager on acme");
        check(
            &[Reader, Manager],
            &["-", "acme"],
            "reader on everything, manager on acme",
        );
        check(
            &[Reader, Manager],
            &["acme"],
            "reader on acme, manager on acme",
        );
        let two = ["a".to_string(), "b".to_string()];
        assert!(bindings(&[Reader], &two).is_err());
    }
}
