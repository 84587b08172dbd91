//! `outbid serve`: the product on a machine of its own, with a data directory that stays. No market, nothing planted.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args as Arguments;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, DEFAULT, RawConfig};
use crate::engine::Engine;
use crate::logs::{LogOptions, Logs};

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
    let config = read(&args)?;
    let logs = Logs::start(args.logs.form, &config.log_level);
    let bid_addr = config.bidder.listen;
    let engine = Engine::start(config, &args.data, 1, |_, _| async { Ok(()) }).await?;
    engine
        .control
        .announce("bids and notices", &format!("http://{bid_addr}"));
    let control_addr = engine.control.local_addr();
    let admin_token = engine.first_token().path.display();
    tracing::info!(%bid_addr, %control_addr, %admin_token, "outbid serves");

    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let mut hang_up = signal(SignalKind::hangup()).context("cannot wait for SIGHUP")?;
    let failed = loop {
        tokio::select! {
            _ = terminate.recv() => break None,
            _ = tokio::signal::ctrl_c() => break None,
            why = engine.failed() => break Some(why),
            _ = hang_up.recv() => reload(&args, &logs, &engine),
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

/// Reads the configuration again. What cannot change while it runs is told; a file that is wrong changes nothing.
fn reload(args: &Args, logs: &Logs, engine: &Engine) {
    match read(args) {
        Ok(config) => {
            logs.set_level(&config.log_level);
            let certificates = config.certificates;
            let renewed = certificates.is_some_and(|it| engine.control.renew_certificates(it));
            let in_force = match renewed {
                true => "log_level and the certificates are in force",
                false => "log_level is in force",
            };
            tracing::info!(
                log_level = %config.log_level,
                certificates = renewed,
                "the configuration was read again: {in_force}, everything else at the next start"
            );
        }
        Err(error) => tracing::error!("the configuration was not read again: {error:#}"),
    }
}

fn read(args: &Args) -> anyhow::Result<Config> {
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
    let mut config = raw.check(&name)?;
    config.bidder.leases.time_to_live = config.lease_life;
    Ok(config)
}
