//! `outbid dev`: the whole product in one process, with a market around it. The first five minutes.

mod place;
mod registered;
mod seed;
mod summary;
mod watch;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use campaign::time::{Clock, Span};
use simulator::market::{Market, MarketSettings, Session, Target};
use simulator::report::MarketReport;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, DEFAULT, RawConfig};
use crate::contexts::Context;
use crate::engine::Engine;
use crate::length;
use crate::print::progress::Progress;
use place::Place;
use registered::Registered;
use summary::Summary;

/// Options of `outbid dev`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Stop after so long, drain and print the summary: 20s, 5m, 1h. Runs until Ctrl-C without
    #[arg(long = "for", value_name = "TIME", value_parser = length::parse)]
    pub duration: Option<Duration>,
    /// What to print on standard output at the end
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Form::Text)]
    pub summary: Form,
    /// How many times as fast as real time the trade's clock runs: flights, days, leases, delays of notices
    #[arg(long, value_name = "FACTOR", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub warp: u32,
    /// Where exchanges send bid requests and notices
    #[arg(long, value_name = "ADDRESS")]
    pub bid_addr: Option<SocketAddr>,
    /// Where gRPC, gRPC-Web and the dashboard are; loopback only, unless there are certificates
    #[arg(long, value_name = "ADDRESS")]
    pub control_addr: Option<SocketAddr>,
    /// Keep everything in this directory, and go on from what is there. A temporary one without
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Do not delete the temporary directory at the end
    #[arg(long)]
    pub keep: bool,
    /// No simulated traffic; the three campaigns still answer what comes
    #[arg(long)]
    pub quiet_market: bool,
    /// The simulated market's seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How many simulated bid requests a second, in real time
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: u32,
    /// Leave the command line's contexts as they are; else this run is one, and in use, until it ends
    #[arg(long)]
    pub no_context: bool,
    /// Another configuration than the built-in one; `outbid config check` tells what is wrong with it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Whether somebody may use it while it runs: then it is told where it is.
    #[arg(skip = true)]
    pub is_announced: bool,
}

/// How the summary is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// What a lease needs at least of real time, however fast the trade's clock runs: bidder and control need that long to
/// renew it in peace.
const LEAST_LEASE_REAL_MS: i64 = 500;
/// How long the market may take to tell what is still to be told. Real time.
const DRAIN: Duration = Duration::from_secs(15);

/// Runs until it is told to stop. The error is what made it stop before, or what was wrong with the run.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let config = configuration(&args)?;
    let place = Place::take(args.data.as_deref(), args.keep)?;
    let bid_addr = config.bidder.listen;
    let mut registered = None;
    // Over TLS the run does not know whose word its own clients would take for it.
    let secured = config.certificates.is_some();
    let (slot, no_context) = (&mut registered, args.no_context || secured);
    // Whoever finds the bidder ready finds the context too.
    let plant = move |control: SocketAddr, token: String| async move {
        *slot = match no_context {
            true => None,
            false => Registered::keep(control, &token),
        };
        if secured {
            return Ok(());
        }
        let own = Context {
            server: format!("http://{control}"),
            token: Some(token),
            ..Context::default()
        };
        seed::plant(&own).await
    };
    let engine = Engine::start(config, place.path(), args.warp, plant).await?;
    let control_addr = engine.control.local_addr();
    engine
        .control
        .announce("bids and notices", &format!("http://{bid_addr}"));
    engine.ready().await;
    let token = engine.first_token();
    if args.is_announced {
        announce(
            &args,
            bid_addr,
            control_addr,
            &place,
            &token.path,
            registered.as_ref(),
        );
    }

    let market = Market::new(args.seed, settings(&args));
    market.auditor().set_inventory(&inventory(&engine).await?);
    let target = Target::local(&bid_addr.to_string());
    let clock: Arc<dyn Clock> = Arc::clone(&engine.clock) as _;
    // The market can answer for every nano only where nobody else has traded here.
    let judged = !args.quiet_market && !engine.has_history();
    let session = market.open(&target, clock);
    let ended = trade(&args, &engine, &market, &session).await?;
    drop(registered);
    if let Ended::Failed(why) = ended {
        // What cannot be written down must not be promised: no drain, no more words to exchanges.
        place.keep();
        anyhow::bail!(
            "stopped: {why}. Nothing that was acknowledged is lost; mend the cause and start again"
        );
    }
    let left = if args.quiet_market {
        0
    } else {
        session.drain(DRAIN).await
    };
    drop(session);
    let summary = finish(engine, &market, left, judged).await?;
    summary.print(args.summary)?;
    for fault in summary.faults() {
        eprintln!("the market's auditor: {fault}");
    }
    place.leave();
    summary.verdict()
}

/// Why trading ended.
enum Ended {
    /// The time is up, or somebody asked for it.
    Asked,
    /// The product can go on no more.
    Failed(String),
}

async fn trade(
    args: &Args,
    engine: &Engine,
    market: &Market,
    session: &Session<'_>,
) -> anyhow::Result<Ended> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let time_up = async {
        match args.duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    let traffic = async {
        if !args.quiet_market {
            session.trade(std::future::pending()).await;
        }
        std::future::pending::<()>().await
    };
    let refreshed = async {
        // Somebody may change campaigns while the market runs; its auditor must know what is for sale.
        let mut every = tokio::time::interval(Duration::from_millis(500));
        loop {
            every.tick().await;
            if let Ok(inventory) = inventory(engine).await {
                market.auditor().set_inventory(&inventory);
            }
        }
    };
    let told = async {
        match args.duration.filter(|_| !args.is_announced) {
            Some(duration) => Progress::of_time(duration, "of the trade").run_out().await,
            None => watch::lines(engine, market).await,
        }
    };
    let ended = tokio::select! {
        () = time_up => Ended::Asked,
        _ = terminate.recv() => Ended::Asked,
        _ = tokio::signal::ctrl_c() => Ended::Asked,
        why = engine.failed() => Ended::Failed(why),
        () = traffic => Ended::Asked,
        () = told => Ended::Asked,
        () = refreshed => Ended::Asked,
    };
    Ok(ended)
}

async fn inventory(engine: &Engine) -> anyhow::Result<auction::book::Inventory> {
    engine.control.inventory().await.map_err(|error| {
        anyhow::anyhow!(
            "control cannot say what is for sale: {}",
            tonic::Status::from(error).message()
        )
    })
}

/// Ends the product in order, and sums up.
async fn finish(
    engine: Engine,
    market: &Market,
    notices_left: u64,
    judged: bool,
) -> anyhow::Result<Summary> {
    let stats = engine.bidder.stats();
    let summaries = engine.control.summaries();
    engine.drain().await?;
    // The last word of control came after the journal's last entry was settled.
    let money = summaries.borrow().clone();
    let report = MarketReport::of(
        market.counters(),
        &market.books(),
        market.auditor(),
        notices_left,
    );
    let discrepancies = if judged {
        market.reconcile(&summary::statement(&money))
    } else {
        Vec::new()
    };
    Ok(Summary {
        stats,
        money,
        report,
        discrepancies,
    })
}

fn configuration(args: &Args) -> anyhow::Result<Config> {
    let (raw, name) = match &args.config {
        Some(path) => (RawConfig::read(path)?, path.display().to_string()),
        None => (
            RawConfig::parse(DEFAULT, "config/outbid.toml")?,
            "config/outbid.toml".to_string(),
        ),
    };
    let mut raw = raw;
    if let Some(address) = args.bid_addr.map(with_port).transpose()? {
        raw.bidder.listen = address.to_string();
        raw.bidder.public_url = format!("http://{address}");
    }
    if let Some(address) = args.control_addr {
        raw.control.listen = address.to_string();
    }
    let least_seconds = (LEAST_LEASE_REAL_MS * i64::from(args.warp)).div_euclid(1_000);
    raw.money.lease_seconds = raw.money.lease_seconds.max(least_seconds);
    let mut config = raw.check(&name)?;
    config.bidder.leases.time_to_live = config.lease_life.max(Span::seconds(1));
    Ok(config)
}

/// The address with a port that is free, where any will do: notice URLs name it before anything listens there.
fn with_port(address: SocketAddr) -> anyhow::Result<SocketAddr> {
    if address.port() != 0 {
        return Ok(address);
    }
    let listener =
        TcpListener::bind(address).with_context(|| format!("no free port at {address}"))?;
    Ok(listener.local_addr()?)
}

fn settings(args: &Args) -> MarketSettings {
    MarketSettings {
        requests_per_second: f64::from(args.rate),
        ..MarketSettings::default()
    }
}

fn announce(
    args: &Args,
    bid_addr: SocketAddr,
    control_addr: SocketAddr,
    place: &Place,
    token: &Path,
    registered: Option<&Registered>,
) {
    let server = match (registered, control_addr.port()) {
        (Some(_), _) | (None, 9090) => String::new(),
        (None, _) => format!(" --server http://{control_addr}"),
    };
    let context = match registered.map(|it| (it.name(), it.former())) {
        None => "none: export OUTBID_TOKEN=\"$(cat the token's file)\"".to_string(),
        Some((name, None)) => format!("{name}, in use until this ends"),
        Some((name, Some(former))) => {
            format!("{name}, in use until this ends; then {former} again")
        }
    };
    let market = match (args.quiet_market, args.rate) {
        (true, _) => "quiet: only what you send is answered".to_string(),
        (false, rate) => format!("simulated, {rate} requests a second, seed {}", args.seed),
    };
    eprintln!(
        "outbid dev\n\
         \n\
         bid requests      http://{bid_addr}/bid/demo\n\
         gRPC, gRPC-Web    {control_addr}\n\
         dashboard         http://{control_addr}/\n\
         admin token       {}\n\
         context           {context}\n\
         data              {}\n\
         clock             {} times real time\n\
         market            {market}\n\
         \n\
         Try, in another terminal:\n\
         \n\
         \x20 outbid get campaigns{server}\n\
         \x20 outbid budget add shoes 500USD{server}\n\
         \x20 outbid report --by campaign{server}\n",
        token.display(),
        place.path().display(),
        args.warp,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_found_where_any_will_do() {
        let found = with_port(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        assert_ne!(found.port(), 0);
        assert_eq!(with_port(found).unwrap(), found);
    }
}
