//! `outbid top`: the campaigns by what they spend, on a terminal, second by second.

mod draw;
mod scrape;

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use api::names::Kind;
use api::v1;
use clap::Args as Arguments;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};

use crate::failure::{Exit, Failure};
use crate::length;
use crate::resource::Resource;
use crate::server::Server;
use crate::session::Session;
use scrape::Scrape;

/// How many campaigns are looked at.
const MAX_CAMPAIGNS: usize = 10_000;

/// How to look.
#[derive(Arguments, Debug)]
pub struct Args {
    /// How often it looks
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = length::parse)]
    every: Duration,
}

/// By what campaigns are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// What was spent today, most first.
    #[default]
    Spend,
    /// Bids a second, most first.
    Bids,
    /// The name.
    Name,
}

/// What was seen at one moment.
pub struct Seen {
    at: Instant,
    status: v1::GetStatusResponse,
    campaigns: Vec<v1::Campaign>,
    rows: Vec<v1::ReportRow>,
    metrics: Option<Scrape>,
}

/// Shows it until `q` is pressed.
pub async fn run(args: Args, session: &Session) -> Result<(), Failure> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Failure::usage("top draws on a terminal, and this is none")
            .with_hint("`outbid report --by campaign` prints the same once"));
    }
    let server = session.connect().await?;
    let mut before = look(&server).await?;
    let mut terminal = ratatui::try_init().map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!("this terminal cannot be drawn on: {error}"),
        )
    })?;
    let ended = watch(&server, &mut terminal, &mut before, args.every).await;
    ratatui::restore();
    ended
}

async fn watch(
    server: &Server,
    terminal: &mut ratatui::DefaultTerminal,
    before: &mut Seen,
    every: Duration,
) -> Result<(), Failure> {
    let mut order = Order::default();
    loop {
        let now = look(server).await?;
        let picture = draw::Picture::of(before, &now, order);
        let drawn = terminal.draw(|frame| draw::draw(frame, &picture)).map(drop);
        drawn.map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("the terminal cannot be written: {error}"),
            )
        })?;
        *before = now;
        let until = Instant::now() + every;
        match tokio::task::spawn_blocking(move || pressed(until)).await {
            Ok(Some(Pressed::Quit)) | Err(_) => return Ok(()),
            Ok(Some(Pressed::Sort)) => order = order.next(),
            Ok(None) => {}
        }
    }
}

impl Order {
    fn next(self) -> Order {
        match self {
            Order::Spend => Order::Bids,
            Order::Bids => Order::Name,
            Order::Name => Order::Spend,
        }
    }
}

#[derive(Clone, Copy)]
enum Pressed {
    Quit,
    Sort,
}

/// The first key until then that means something.
fn pressed(until: Instant) -> Option<Pressed> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || !event::poll(left).ok()? {
            return None;
        }
        let Event::Key(key) = event::read().ok()? else {
            continue;
        };
        if key.kind != KeyEventKind::Press {
            continue;
        }
        match (key.code, key.modifiers) {
            (KeyCode::Char('q') | KeyCode::Esc, _) => return Some(Pressed::Quit),
            (KeyCode::Char('c'), modifiers) if modifiers.contains(KeyModifiers::CONTROL) => {
                return Some(Pressed::Quit);
            }
            (KeyCode::Char('s'), _) => return Some(Pressed::Sort),
            _ => {}
        }
    }
}

async fn look(server: &Server) -> Result<Seen, Failure> {
    let status = server.status().await?;
    let listed = server
        .list(Kind::Campaign, "advertisers/-", false, MAX_CAMPAIGNS)
        .await?;
    let campaigns = listed
        .resources
        .into_iter()
        .filter_map(|resource| match resource {
            Resource::Campaign(campaign) => Some(*campaign),
            _ => None,
        });
    let request = v1::QueryReportRequest {
        parent: "advertisers/-".to_string(),
        dimensions: vec![v1::Dimension::Campaign as i32],
        page_size: i32::try_from(MAX_CAMPAIGNS).unwrap_or(i32::MAX),
        ..v1::QueryReportRequest::default()
    };
    let rows = server.report(request).await?.rows;
    let bidder = status
        .endpoints
        .iter()
        .find(|endpoint| endpoint.title.contains("bids"));
    let metrics = match bidder {
        Some(endpoint) => Scrape::of(&endpoint.url).await,
        None => None,
    };
    Ok(Seen {
        at: Instant::now(),
        campaigns: campaigns.collect(),
        rows,
        metrics,
        status,
    })
}
