//! The real bidder, without control: its book is made here, and whoever asks for money gets it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use auction::book::{AdTerms, Book, Update};
use bidder::config::{Config, RawConfig, RawLimits};
use bidder::{ControlLinks, Readiness, Seams};
use campaign::id::{Incarnation, LeaseId};
use campaign::time::{Clock, Day, Span, Timestamp};
use pacing::lease::{GrantAnswer, LeaseGrant, LeaseMessage};
use store::disk::simulated::SimulatedDisk;
use store::segment::outbox::Outbox;
use store::segment::writer::Writer;
use tokio::sync::mpsc;

use crate::counter;
use crate::workload::ads;
use crate::workload::targeting::Range;

/// How long a lease may be spent, as control grants them.
const LEASE: Span = Span::seconds(5);
/// How long the bidder may take to take in its book.
const PATIENCE: Duration = Duration::from_secs(120);

/// Serves until the process ends.
pub async fn serve(ads: usize) -> anyhow::Result<()> {
    // No notice is sent, so the journal stays empty; in memory, nothing of it is left behind.
    let (writer, _) = Writer::open(SimulatedDisk::new())?;
    let (outbox, _thread) = Outbox::start(writer, 8_192)?;
    let (updates, updates_in) = mpsc::channel(16);
    let (answers, answers_in) = mpsc::channel(4_096);
    let (leases, messages) = mpsc::channel(4_096);
    let (tallies, mut tallies_out) = mpsc::channel(16);
    tokio::spawn(grant(messages, answers));
    tokio::spawn(async move { while tallies_out.recv().await.is_some() {} });
    let seams = Seams {
        clock: Arc::new(FromNoon(Instant::now())),
        incarnation: Incarnation { node: 1, start: 1 },
        keys: counter::token_keys(),
        dice: counter::DICE,
        privacy: counter::privacy_settings(),
        outbox,
        links: ControlLinks {
            updates: updates_in,
            answers: answers_in,
            leases,
            tallies,
            // Nobody learns here.
            offers: mpsc::channel(1).0,
        },
        history: Box::new(std::iter::empty()),
    };
    let bidder = bidder::start(config()?, seams).await?;
    updates.send(book(ads)).await?;
    let started = Instant::now();
    while bidder.readiness() != Readiness::Ready {
        anyhow::ensure!(
            started.elapsed() < PATIENCE,
            "the bidder is not ready: {:?}",
            bidder.readiness()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    super::attend(bidder.local_addr());
    std::future::pending().await
}

/// Takes and answers requests as the bidder does, and decides nothing.
pub async fn transport(answer_bytes: usize) -> anyhow::Result<()> {
    let echo = bidder::echo::start(config()?, answer_bytes).await?;
    super::attend(echo.local_addr());
    std::future::pending().await
}

fn config() -> anyhow::Result<Config> {
    let raw = RawConfig {
        listen: "127.0.0.1:0".to_string(),
        public_url: "https://bid.outbid.example".to_string(),
        // One core is pinned; the echo has one thread too.
        threads: 1,
        limits: RawLimits {
            // What is shed under full load would make the rest look fast.
            concurrent_bids: 4_096,
            ..RawLimits::default()
        },
        ..RawConfig::default()
    };
    Ok(raw.check()?)
}

fn book(ads: usize) -> Update {
    let inventory = ads::inventory(ads, Range::Everything);
    let terms = inventory
        .ads
        .iter()
        .map(|ad| (ad.id, AdTerms::of(ad, 1)))
        .collect();
    Update::Book {
        book: Arc::new(Book::build(inventory)),
        terms,
    }
}

/// Real time, counted from the workload's moment, so that the same hours are on in every run.
struct FromNoon(Instant);

impl Clock for FromNoon {
    fn now(&self) -> Timestamp {
        let since = i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX);
        ads::now() + Span::milliseconds(since)
    }
}

/// Grants what is asked for. This is control's work, in another process in life; here it is counted as the bidder's.
async fn grant(mut messages: mpsc::Receiver<LeaseMessage>, answers: mpsc::Sender<GrantAnswer>) {
    let mut lease = 0;
    while let Some(message) = messages.recv().await {
        let LeaseMessage::Requests(requests) = message else {
            continue;
        };
        for request in requests {
            lease += 1;
            let spend_until = request.sent + LEASE;
            let grant = LeaseGrant {
                id: LeaseId(lease),
                ad: request.ad,
                holder: request.holder,
                request: request.request,
                amount: request.wanted,
                advertiser_day: Day(20_775),
                campaign_day: Day(20_775),
                spend_until,
                release_at: spend_until + Span::minutes(5),
            };
            if answers.send(GrantAnswer::Granted(grant)).await.is_err() {
                return;
            }
        }
    }
}
