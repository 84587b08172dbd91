//! `outbid serve`: the product on a machine of its own, with a data directory that stays. No market, nothing planted.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use api::v1::ConfigurationChange;
use clap::Args as Arguments;
use control::seams::Reload;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};

use crate::config::{Config, DEFAULT, RawConfig};
use crate::engine::Engine;
use crate::logs::{LogOptions, Logs};
use crate::reload::{Reloader, Values};

/// How many calls may wait for the configuration to be read again.
const RELOADS: usize = 16;

/// How to run.
#[derive(Arguments, Debug)]
pub struct Args {
    /// Where everything is kept; made where it is not there
    #[arg(long, value_name = "DIR", env = "OUTBID_DATA")]
    data: PathBuf,
    /// The configuration; `outbid config check` tells what is wrong with it, SIGHUP reads it again
    #[arg(long, value_name = "FILE", env = "OUTBID_CONFIG")]
    config: Option<PathBuf>,
    /// Where exchanges send bid requests and notices, instead of what the configuration says
    #[arg(long, value_name = "ADDRESS")]
    bid_addr: Option<SocketAddr>,
    /// Where gRPC and the pages are, instead of what the configuration says
    #[arg(long, value_name = "ADDRESS")]
    control_addr: Option<SocketAddr>,
    #[command(flatten)]
    logs: LogOptions,
}

/// Runs until SIGTERM or SIGINT, and drains. The error is what it stopped for.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let (values, config) = read(&args)?;
    let logs = Logs::start(args.logs.form, &config.log_level)?;
    let bid_addr = config.bidder.listen;
    let mut engine = Engine::start(config, &args.data, 1, |_, _| async { Ok(()) }).await?;
    engine
        .control
        .announce("bids and notices", &format!("http://{bid_addr}"));
    let control_addr = engine.control.local_addr();
    let admin_token = engine.first_token().path.display();
    tracing::info!(%bid_addr, %control_addr, %admin_token, "outbid serves");

    let mut reloader = Reloader::new(|| read(&args), logs, values);
    let (ask, mut asked) = mpsc::channel(RELOADS);
    engine.control.reload_by(asking(ask));
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let mut hang_up = signal(SignalKind::hangup()).context("cannot wait for SIGHUP")?;
    let failed = loop {
        tokio::select! {
            _ = terminate.recv() => break None,
            _ = tokio::signal::ctrl_c() => break None,
            why = engine.failed() => break Some(why),
            _ = hang_up.recv() => match reloader.reload(&mut engine, false).await {
                Ok(changes) => note(&engine, changes).await,
                Err(error) => tracing::error!("the configuration was not read again: {error:#}"),
            },
            Some((is_rehearsal, answer)) = asked.recv() => {
                let done = reloader.reload(&mut engine, is_rehearsal).await;
                // Who asked may have gone away.
                let _ = answer.send(done.map_err(|error| format!("{error:#}")));
            }
        }
    };
    if let Some(why) = failed {
        // What cannot be written down must not be promised: no drain, no more words to exchanges.
        tracing::error!(%why, "stopped");
        anyhow::bail!(
            "stopped: {why}. Nothing that was acknowledged is lost; mend the cause and start again"
        );
    }
    tracing::info!("draining");
    let drained = engine.drain().await?;
    tracing::info!(
        connections_cut = drained.connections_cut,
        leases_returned = drained.leases_returned,
        "drained"
    );
    Ok(())
}

/// Who asks to read the configuration again, and waits for what came of it.
type Ask = (
    bool,
    oneshot::Sender<Result<Vec<ConfigurationChange>, String>>,
);

/// Hands the calls that ask for it to the loop that reads the configuration again.
fn asking(ask: mpsc::Sender<Ask>) -> Reload {
    Arc::new(move |is_rehearsal| {
        let ask = ask.clone();
        Box::pin(async move {
            let ending = || "the process is ending".to_string();
            let (answer, answered) = oneshot::channel();
            let sent = ask.send((is_rehearsal, answer)).await;
            sent.map_err(|_| ending())?;
            answered.await.map_err(|_| ending())?
        })
    })
}

/// Keeps in the history what a signal changed.
async fn note(engine: &Engine, changes: Vec<ConfigurationChange>) {
    if let Err(error) = engine.control.note_configuration(changes).await {
        let error = tonic::Status::from(error);
        tracing::error!("the history does not tell of it: {}", error.message());
    }
}

/// Reads the file: the values as they stand there, and as they are used.
fn read(args: &Args) -> anyhow::Result<(Values, Config)> {
    let (mut raw, name) = match &args.config {
        Some(path) => (RawConfig::read(path)?, path.display().to_string()),
        None => (
            RawConfig::parse(DEFAULT, "config/outbid.toml")?,
            "config/outbid.toml".to_string(),
        ),
    };
    if let Some(address) = args.bid_addr {
        raw.bidder.listen = address.to_string();
    }
    if let Some(address) = args.control_addr {
        raw.control.listen = address.to_string();
    }
    let values = Values::of(&raw)?;
    let mut config = raw.check(&name)?;
    config.bidder.leases.time_to_live = config.lease_life;
    Ok((values, config))
}
