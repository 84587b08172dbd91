//! The product in one process: bidder and control on one data directory, joined by bounded channels.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context;
use auction::book::Book;
use auction::dice::DiceKey;
use auction::privacy::PrivacySettings;
use auction::sample::Samples;
use auction::token::{TokenKeys, TokenSecret};
use bidder::bidder::Drained;
use bidder::{BidderHandle, ControlLinks, History, Readiness};
use campaign::time::{Clock, Span, Timestamp};
use control::seams::{BidderLinks, ExplainError, Explainer, Sampled};
use journal::entry::Entry;
use journal::position::Position;
use pacing::ledger::terms::Rules;
use store::Store;
use store::disk::FileSystem;
use store::secret::{Purpose, SecretFile};
use store::segment::Progress;
use store::segment::outbox::{Outbox, OutboxThread};
use store::segment::reader::Reader;
use store::segment::writer::Writer;
use tokio::sync::mpsc;

use crate::clock::WarpedClock;
use crate::config::Config;
use crate::private_file;

/// Notices that may wait for the disk; more are answered 503, and the exchange sends them again.
const OUTBOX_ENTRIES: usize = 65_536;
/// Messages that may wait on each channel between bidder and control.
const CHANNEL: usize = 4_096;
/// Seconds of bids, by price, that wait for control.
const OFFERS: usize = 16;
/// Only one bidder runs in the process.
const NODE: u16 = 1;
/// Frequency caps look back no longer than this: what the journal holds of it is counted again at the start.
const LONGEST_CAP: Span = Span::days(30);

/// A key signs notices for so long; a start after that makes a new one, and the older ones go on
/// verifying for as long as the ledger remembers bids.
const KEY_LIFE: Span = Span::days(1);

/// The product, running.
pub struct Engine {
    /// Answers bid requests.
    pub bidder: BidderHandle,
    /// Owns campaigns and money.
    pub control: control::ControlHandle,
    /// The trade's clock.
    pub clock: Arc<WarpedClock>,
    journal: OutboxThread,
    progress: Arc<Progress>,
    resumed: bool,
    first_token: FirstToken,
}

/// The token of whoever starts the product: an admin of everything, in a file of the data directory that its owner
/// alone reads. To be rid of it, delete the file: the next start makes another one, and the former is good no more.
pub struct FirstToken {
    /// Where it lies.
    pub path: PathBuf,
    /// The token.
    pub secret: String,
}

impl FirstToken {
    /// The file's name.
    const FILE: &str = "admin-token";

    /// Takes the token of the last start, if it is good, else a new one.
    async fn take(
        directory: &Path,
        control: &control::ControlHandle,
    ) -> anyhow::Result<FirstToken> {
        let path = directory.join(FirstToken::FILE);
        // One that others could read is not to be trusted any more: it is replaced.
        let kept = private_file::read(&path).ok().flatten();
        let kept = kept.map(|text| text.trim().to_string());
        let taken = control.first_token(kept.clone()).await;
        let secret = taken.map_err(|error| {
            anyhow::anyhow!(
                "there is no first token: {}",
                tonic::Status::from(error).message()
            )
        })?;
        if kept.as_ref() != Some(&secret) {
            private_file::write(&path, &format!("{secret}\n"))
                .with_context(|| format!("cannot keep the first token in {}", path.display()))?;
        }
        Ok(FirstToken { path, secret })
    }
}

/// The parts of a data directory.
struct Data {
    store: Store,
    secrets: SecretFile,
    journal: PathBuf,
}

impl Data {
    fn open(directory: &Path) -> anyhow::Result<Data> {
        std::fs::create_dir_all(directory)
            .with_context(|| format!("cannot make {}", directory.display()))?;
        let journal = directory.join("journal");
        std::fs::create_dir_all(&journal)
            .with_context(|| format!("cannot make {}", journal.display()))?;
        let store = Store::open(directory).context("cannot open the database")?;
        let secrets =
            SecretFile::open(FileSystem::open(directory)?).context("cannot read the keys")?;
        Ok(Data {
            store,
            secrets,
            journal,
        })
    }

    fn disk(&self) -> anyhow::Result<FileSystem> {
        FileSystem::open(&self.journal)
            .with_context(|| format!("cannot open {}", self.journal.display()))
    }

    /// The latest moment that anything here knows of.
    fn last_seen(&mut self) -> anyhow::Result<Option<Timestamp>> {
        let noted = self
            .store
            .read::<_, store::error::StoreError>(|transaction| transaction.last_now())?;
        let written = self.entries()?.map(|entry| entry.at).max();
        Ok(noted.max(written))
    }

    /// What the journal holds. Nobody writes it yet.
    fn entries(&self) -> anyhow::Result<impl Iterator<Item = Entry> + Send + use<>> {
        let reader =
            Reader::offline(self.disk()?, Position::START).context("cannot read the journal")?;
        Ok(Entries {
            reader,
            batch: Vec::new().into_iter(),
        })
    }

    fn key(&mut self, purpose: Purpose, now: Timestamp) -> anyhow::Result<[u8; 32]> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).context("the system has no random bytes")?;
        Ok(self
            .secrets
            .current(purpose, now, random)
            .context("cannot keep the keys")?
            .bytes)
    }

    fn token_keys(&mut self, now: Timestamp) -> anyhow::Result<TokenKeys> {
        let newest = self
            .secrets
            .keys(Purpose::Tokens)
            .last()
            .map(|key| key.since);
        match newest {
            Some(since) if since + KEY_LIFE < now => {
                let random = random_key()?;
                let overlap = Rules::default().retention;
                self.secrets
                    .rotate(Purpose::Tokens, now, random, overlap)
                    .context("cannot keep the keys")?;
            }
            _ => {
                self.key(Purpose::Tokens, now)?;
            }
        }
        let secrets = self.secrets.keys(Purpose::Tokens);
        let secret = |key: &store::secret::Secret| TokenSecret {
            id: key.id,
            secret: key.bytes,
        };
        let (newest, older) = secrets
            .split_last()
            .context("there is no key for notices")?;
        let older: Vec<_> = older.iter().map(secret).collect();
        Ok(TokenKeys::new(secret(newest), &older)?)
    }
}

fn random_key() -> anyhow::Result<[u8; 32]> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).context("the system has no random bytes")?;
    Ok(random)
}

/// Reads the journal a batch at a time. What cannot be read ends it: opening the journal says why, and does so first.
struct Entries {
    reader: Reader<FileSystem>,
    batch: std::vec::IntoIter<(Position, Entry)>,
}

impl Iterator for Entries {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        if let Some((_, entry)) = self.batch.next() {
            return Some(entry);
        }
        self.batch = self.reader.read_entries(1_024).ok()?.into_iter();
        self.batch.next().map(|(_, entry)| entry)
    }
}

impl Engine {
    /// Starts the product on a data directory, at `warp` times real time. `prepare` is called with
    /// control's address and the first token before the bidder listens, so that nobody meets a bidder that has nothing
    /// to sell yet.
    pub async fn start<P: Future<Output = anyhow::Result<()>>>(
        config: Config,
        directory: &Path,
        warp: u32,
        prepare: impl FnOnce(SocketAddr, String) -> P,
    ) -> anyhow::Result<Engine> {
        let mut data = Data::open(directory)?;
        let (writer, recovery) = Writer::open(data.disk()?).context("cannot open the journal")?;
        if let Some(cut) = &recovery.cut {
            tracing::warn!(
                ?cut,
                "a write that a crash cut short was taken off the journal's end"
            );
        }
        let clock = Arc::new(WarpedClock::start(warp, data.last_seen()?));
        let now = clock.now();
        let incarnation = data
            .store
            .transaction::<_, store::error::StoreError>(|transaction| {
                transaction.note_now(now)?;
                transaction.next_incarnation(NODE)
            })?;
        let keys = data.token_keys(now)?;
        let privacy = PrivacySettings {
            vendor: config.vendor,
            user_key: half(data.key(Purpose::Users, now)?),
        };
        let dice = DiceKey(half(data.key(Purpose::Dice, now)?));
        let history: History = Box::new(
            data.entries()?
                .filter(move |entry| entry.at >= now - LONGEST_CAP),
        );
        let disk = data.disk()?;
        let progress = Arc::clone(writer.progress());
        let (outbox, journal) =
            Outbox::start(writer, OUTBOX_ENTRIES).context("cannot start the journal's thread")?;

        let (to_bidder, to_control) = links();
        let (explainer, sampled, later) = explainer();
        let seams = control::Seams {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            store: data.store,
            journal: disk,
            progress: Arc::clone(&progress),
            links: to_bidder,
            market: config.market,
            certificates: config.certificates,
            rules: rules(config.lease_life, config.billing_lateness),
            explainer,
            sampled,
            build: Arc::new(Book::build),
        };
        let control = control::start(config.control_listen, seams)
            .await
            .context("control cannot start")?;
        let first_token = FirstToken::take(directory, &control).await?;
        prepare(control.local_addr(), first_token.secret.clone()).await?;
        let seams = bidder::Seams {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            incarnation,
            keys,
            dice,
            privacy,
            outbox,
            links: to_control,
            history,
        };
        let bidder = bidder::start(config.bidder, seams)
            .await
            .context("the bidder cannot start")?;
        later
            .set(bidder.explainer())
            .unwrap_or_else(|_| unreachable!("it is set once, here"));
        control.follow(traffic(bidder.traffic()));
        Ok(Engine {
            bidder,
            control,
            clock,
            journal,
            progress,
            resumed: recovery.last > Position::START,
            first_token,
        })
    }

    /// The token of whoever starts the product.
    pub fn first_token(&self) -> &FirstToken {
        &self.first_token
    }

    /// Whether the data directory was traded on before this start.
    pub fn has_history(&self) -> bool {
        self.resumed
    }

    /// Waits until the bidder bids.
    pub async fn ready(&self) {
        while self.bidder.readiness() != Readiness::Ready {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Comes back when the product can go on no more, and says why: what it cannot write down it must not promise.
    pub async fn failed(&self) -> String {
        let mut fatal = self.control.fatal();
        loop {
            if let Some(fatal) = &*fatal.borrow_and_update() {
                return fatal.to_string();
            }
            if let Some(failure) = self.progress.failure() {
                return failure.to_string();
            }
            let _ = tokio::time::timeout(Duration::from_millis(50), fatal.changed()).await;
        }
    }

    /// Ends it in order: no more bids, the sockets, the leases, the journal to its end, the last settlement.
    pub async fn drain(self) -> anyhow::Result<Drained> {
        let drained = self.bidder.drain().await;
        let journal = self.journal;
        tokio::task::spawn_blocking(move || journal.join())
            .await?
            .context("the journal failed")?;
        self.control.shutdown().await;
        Ok(drained)
    }
}

fn half(key: [u8; 32]) -> [u8; 16] {
    std::array::from_fn(|place| key[place])
}

/// Bids are remembered for longer than their keys verify: a repetition that could still come must still be known.
fn rules(time_to_live: Span, lateness: Span) -> Rules {
    Rules {
        time_to_live,
        lateness,
        ..Rules::default()
    }
}

fn links() -> (BidderLinks, ControlLinks) {
    let (updates, updated) = mpsc::channel(CHANNEL);
    let (answers, answered) = mpsc::channel(CHANNEL);
    let (leases, leased) = mpsc::channel(CHANNEL);
    let (tallies, tallied) = mpsc::channel(CHANNEL);
    let (offers, offered) = mpsc::channel(OFFERS);
    let to_bidder = BidderLinks {
        updates,
        answers,
        leases: leased,
        tallies: tallied,
        offers: offered,
    };
    let to_control = ControlLinks {
        updates: updated,
        answers: answered,
        leases,
        tallies,
        offers,
    };
    (to_bidder, to_control)
}

/// The bidder's traffic, as the contract says it.
fn traffic(teller: bidder::traffic::TrafficTeller) -> control::seams::Traffic {
    let wire = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Arc::new(move || {
        let told = teller.tell();
        let exchange = |(exchange, [requests, responses, bids, late]): (String, [u64; 4])| {
            api::v1::ExchangeTraffic {
                exchange,
                request_count: wire(requests),
                response_count: wire(responses),
                bid_count: wire(bids),
                late_response_count: wire(late),
            }
        };
        let [p50_micros, p99_micros, p999_micros] = told.quantiles_us.map(wire);
        api::v1::BidderTraffic {
            real_time_millis: millis(told.at),
            late_response_count: wire(told.exchanges.iter().map(|(_, [.., late])| late).sum()),
            exchanges: told.exchanges.into_iter().map(exchange).collect(),
            latency_window_millis: millis(told.window),
            latency_count: wire(told.answered),
            p50_micros,
            p99_micros,
            p999_micros,
        }
    })
}

/// Control is started before the bidder, so what explains comes later.
fn explainer() -> (Explainer, Sampled, Arc<OnceLock<bidder::bidder::Explainer>>) {
    let later: Arc<OnceLock<bidder::bidder::Explainer>> = Arc::default();
    let asked = Arc::clone(&later);
    let explain: Explainer = Arc::new(move |request| {
        let bidder = asked.get().cloned();
        Box::pin(async move {
            let bidder = bidder
                .ok_or_else(|| ExplainError::Unavailable("it has not started yet".to_string()))?;
            bidder
                .explain(&request.exchange, &request.body)
                .map_err(|error| match error {
                    bidder::bidder::ExplainError::UnknownExchange(name) => {
                        ExplainError::UnknownExchange(name)
                    }
                    bidder::bidder::ExplainError::Malformed(error) => {
                        ExplainError::Unreadable(error.to_string())
                    }
                })
        })
    });
    let asked = Arc::clone(&later);
    let sampled: Sampled = Arc::new(move || {
        let bidder = asked.get();
        bidder.map_or_else(Samples::default, bidder::bidder::Explainer::samples)
    });
    (explain, sampled, later)
}
