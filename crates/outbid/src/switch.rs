//! `outbid pause`, `outbid resume`, `outbid delete`: what starts and stops.

use api::names::{Kind, Name};
use clap::Args as Arguments;

use crate::confirm::{Chosen, Consent};
use crate::create::Done;
use crate::failure::Failure;
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

#[derive(Clone, Copy)]
enum Turn {
    Pause,
    Resume,
    Delete { force: bool, consent: Consent },
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
        names.push(resolve::resolve(&server, kinds, text).await?);
    }
    if let Turn::Delete { force, consent } = turn {
        consent.ask(&question(&names, force), Chosen::ByName)?;
    }
    let mut done = Done::new(session);
    for name in &names {
        let (what, result) = match turn {
            Turn::Pause => ("paused", server.pause(name).await),
            Turn::Resume => ("resumed", server.resume(name).await),
            Turn::Delete { force, .. } => ("deleted", server.delete(name, force).await),
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
        Turn::Delete { .. } => "outbid get campaigns".to_string(),
    }]);
    Ok(())
}

fn question(names: &[Name], force: bool) -> String {
    let names: Vec<String> = names.iter().map(|name| short(name.as_str())).collect();
    let below = if force { " and what hangs below" } else { "" };
    format!("This deletes {}{below}.", names.join(", "))
}
