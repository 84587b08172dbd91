//! `outbid pause`, `outbid resume`, `outbid delete`: what starts and stops.

use api::names::{Kind, Name};
use clap::Args as Arguments;

use crate::confirm::{Chosen, Consent};
use crate::create::Done;
use crate::failure::{Exit, Failure};
use crate::resolve;
use crate::resource::short;
use crate::session::Session;

/// What has a switch of its own.
const SWITCHED: [Kind; 5] = [
    Kind::Advertiser,
    Kind::Campaign,
    Kind::Ad,
    Kind::Exchange,
    Kind::Deal,
];

/// What to pause or resume.
#[derive(Arguments, Debug)]
pub struct SwitchArgs {
    /// Campaigns, ads, advertisers, exchanges or deals
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// What to delete.
#[derive(Arguments, Debug)]
pub struct DeleteArgs {
    /// What to delete, whichever kind it is of
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// What hangs below a campaign or an advertiser, too
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    consent: Consent,
}

/// What to bring back.
#[derive(Arguments, Debug)]
pub struct UndeleteArgs {
    /// What was deleted, whichever kind it is of
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// Stops them.
pub async fn pause(args: SwitchArgs, session: &Session) -> Result<(), Failure> {
    switch(Turn::Pause, &SWITCHED, &args.names, session).await
}

/// Lets them run again.
pub async fn resume(args: SwitchArgs, session: &Session) -> Result<(), Failure> {
    switch(Turn::Resume, &SWITCHED, &args.names, session).await
}

/// Deletes them.
pub async fn delete(args: DeleteArgs, session: &Session) -> Result<(), Failure> {
    switch(
        Turn::Delete {
            force: args.force,
            consent: args.consent,
        },
        &Kind::ALL,
        &args.names,
        session,
    )
    .await
}

/// Brings them back, as they were.
pub async fn undelete(args: UndeleteArgs, session: &Session) -> Result<(), Failure> {
    switch(Turn::Undelete, &Kind::ALL, &args.names, session).await
}

#[derive(Clone, Copy)]
enum Turn {
    Pause,
    Resume,
    Delete { force: bool, consent: Consent },
    Undelete,
}

async fn switch(
    turn: Turn,
    kinds: &[Kind],
    texts: &[String],
    session: &Session,
) -> Result<(), Failure> {
    let server = session.connect().await?;
    // Every name is found before anything is changed: a slip in the last one should not leave half of them done.
    let mut names = Vec::new();
    for text in texts {
        let found = match turn {
            Turn::Undelete => resolve::resolve_deleted(&server, kinds, text).await?,
            _ => resolve::resolve(&server, kinds, text).await?,
        };
        names.push(found);
    }
    if let Turn::Delete { force, consent } = turn {
        consent.ask(&question(&names, force), Chosen::ByName)?;
    }
    let mut done = Done::new(session);
    for name in &names {
        let (what, result) = match turn {
            Turn::Pause => ("paused", server.pause(name).await),
            Turn::Resume => ("resumed", server.resume(name).await),
            Turn::Delete { force, .. } => (
                "deleted",
                server.delete(name, force).await.map_err(forceable),
            ),
            Turn::Undelete => ("undeleted", server.undelete(name).await),
        };
        match result {
            Ok(resource) => done.tell(what, &resource)?,
            Err(failure) => {
                done.finish()?;
                return Err(resolve::suggest(&server, name, failure).await);
            }
        }
    }
    done.finish()?;
    let last = names
        .last()
        .map_or(String::new(), |name| short(name.as_str()));
    session.next(&[match turn {
        Turn::Pause => format!("outbid resume {last}"),
        Turn::Resume => format!("outbid describe {last}"),
        Turn::Undelete => format!("outbid describe {last}"),
        Turn::Delete { .. } => format!("outbid undelete {last}"),
    }]);
    Ok(())
}

/// The same failure in the command line's words.
fn forceable(failure: Failure) -> Failure {
    if failure.exit != Exit::Conflict || !failure.message.contains("set force") {
        return failure;
    }
    let message = failure.message.split(": ").next().unwrap_or_default();
    Failure::new(failure.exit, message)
        .with_hint("delete them first, or all of it with --force; `outbid undelete` brings back what was deleted")
}

fn question(names: &[Name], force: bool) -> String {
    let names: Vec<String> = names.iter().map(|name| short(name.as_str())).collect();
    let below = if force { " and what hangs below" } else { "" };
    format!("This deletes {}{below}.", names.join(", "))
}
