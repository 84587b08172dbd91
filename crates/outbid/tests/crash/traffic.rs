//! The load: exchanges that ask for bids, and exchanges, pages and advertisers that tell what became of them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::books::{Books, Errand};
use crate::http::{Connection, Reply};

/// Who asks for bids, and who tells of them, each on a connection of its own.
const ASKING: u64 = 3;
const TELLING: u64 = 12;
/// While more notices wait, nobody asks for bids: what is to be killed is the telling of them.
const BACKLOG: usize = 400;
/// Between attempts, and where there is nothing to do.
const PAUSE: Duration = Duration::from_millis(2);

/// What is shared by all who trade.
struct Street {
    address: SocketAddr,
    books: Arc<Mutex<Books>>,
    advertiser: u64,
    closed: AtomicBool,
    requests: AtomicU64,
}

/// Whether bids are asked for, or only what is known already is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trade {
    Whole,
    NoticesOnly,
}

/// A running load.
pub struct Traffic {
    street: Arc<Street>,
    traders: JoinSet<anyhow::Result<()>>,
}

/// Nobody panics while holding the books, or else the test has failed anyway.
pub fn lock(books: &Mutex<Books>) -> MutexGuard<'_, Books> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Traffic {
    /// Begins to trade with the product at `address`, which may not listen yet.
    pub fn open(
        address: SocketAddr,
        books: Arc<Mutex<Books>>,
        advertiser: u64,
        trade: Trade,
        seed: u64,
    ) -> Traffic {
        let (closed, requests) = (AtomicBool::new(false), AtomicU64::new(0));
        let street = Arc::new(Street {
            address,
            books,
            advertiser,
            closed,
            requests,
        });
        let mut traders = JoinSet::new();
        let dice = |trader: u64| ChaCha8Rng::seed_from_u64(seed.wrapping_mul(1_000_003) ^ trader);
        for trader in 0..TELLING {
            traders.spawn(tell(street.clone(), dice(trader)));
        }
        if trade == Trade::Whole {
            for trader in TELLING..TELLING + ASKING {
                traders.spawn(ask(street.clone(), dice(trader), seed));
            }
        }
        Traffic { street, traders }
    }

    /// Ends the trade. What was on its way is waited for: it comes to an answer, or to the end of its connection.
    pub async fn close(mut self) -> anyhow::Result<()> {
        self.street.closed.store(true, Ordering::Release);
        while let Some(ended) = self.traders.join_next().await {
            ended.context("a trader panicked")??;
        }
        Ok(())
    }
}

impl Street {
    fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Acquire)
    }

    /// A connection, or `None` where there is none now.
    async fn connect(&self) -> Option<Connection> {
        let opened = Connection::open(self.address).await.ok();
        if opened.is_none() {
            sleep(PAUSE).await;
        }
        opened
    }
}

async fn ask(street: Arc<Street>, mut dice: ChaCha8Rng, run: u64) -> anyhow::Result<()> {
    let mut connection = None;
    while street.is_open() {
        if lock(&street.books).backlog() > BACKLOG {
            sleep(PAUSE).await;
            continue;
        }
        let Some(mut open) = take_or_connect(&street, &mut connection).await else {
            continue;
        };
        let number = street.requests.fetch_add(1, Ordering::Relaxed);
        let (exchange, by_pixel) = if dice.random_bool(0.3) {
            ("lantern", true)
        } else {
            ("demo", false)
        };
        let request = request(&format!("{run}-{number}"), &mut dice);
        let body = Bytes::from(request.to_string());
        // A request that is not answered sells nothing.
        let Ok(reply) = open.post(&format!("/bid/{exchange}"), body).await else {
            continue;
        };
        connection = Some(open);
        match reply.status {
            200 => sell(&street, &reply, by_pixel, &mut dice)?,
            // 404: no exchange is known before the first book.
            204 | 404 => sleep(PAUSE).await,
            status => bail!("a bid request was answered {status}: {request}"),
        }
    }
    Ok(())
}

fn sell(
    street: &Street,
    reply: &Reply,
    by_pixel: bool,
    dice: &mut ChaCha8Rng,
) -> anyhow::Result<()> {
    let answer: Value =
        serde_json::from_slice(&reply.body).context("a bid response that is no JSON")?;
    let seats = answer["seatbid"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for bid in seats
        .iter()
        .filter_map(|seat| seat["bid"].as_array())
        .flatten()
    {
        lock(&street.books).offered(bid, by_pixel, dice)?;
    }
    Ok(())
}

async fn tell(street: Arc<Street>, mut dice: ChaCha8Rng) -> anyhow::Result<()> {
    let mut connection = None;
    while street.is_open() {
        let Some(mut open) = take_or_connect(&street, &mut connection).await else {
            continue;
        };
        let Some(errand) = lock(&street.books).take_errand(&mut dice) else {
            connection = Some(open);
            sleep(PAUSE).await;
            continue;
        };
        match open.get(&errand.path).await {
            Err(_) => lock(&street.books).unanswered(errand, &mut dice),
            Ok(reply) => {
                connection = Some(open);
                answered(&street, errand, &reply, &mut dice)?;
            }
        }
    }
    Ok(())
}

fn answered(
    street: &Street,
    errand: Errand,
    reply: &Reply,
    dice: &mut ChaCha8Rng,
) -> anyhow::Result<()> {
    let mut books = lock(&street.books);
    if reply.acknowledges() {
        books.acknowledged(errand, reply.location.as_deref(), street.advertiser, dice);
    } else if reply.status == 503 {
        books.not_now(errand);
    } else {
        bail!(
            "REFUSED: the {:?} of bid {} was answered {}",
            errand.what,
            errand.bid,
            reply.status
        );
    }
    Ok(())
}

async fn take_or_connect(
    street: &Street,
    connection: &mut Option<Connection>,
) -> Option<Connection> {
    match connection.take() {
        Some(open) => Some(open),
        None => street.connect().await,
    }
}

/// A request that one of the seeded campaigns wants: banners for shoes, films and sound for the car, native for coffee.
fn request(id: &str, dice: &mut ChaCha8Rng) -> Value {
    let mut imp = json!({"id": "1", "bidfloor": 0.01, "secure": 1});
    let (format, asked) = match dice.random_range(0..10) {
        0..4 => ("banner", json!({"w": 300, "h": 250})),
        4..7 => (
            "video",
            json!({
                "mimes": ["video/mp4"], "protocols": [2, 3, 5, 6, 7, 8], "w": 640, "h": 360, "plcmt": 1, "linearity": 1,
                "minduration": 5, "maxduration": 60,
            }),
        ),
        7..8 => (
            "audio",
            json!({
                "mimes": ["audio/mpeg", "audio/mp4"], "protocols": [2, 3, 5, 6, 9, 10],
                "minduration": 5, "maxduration": 60,
            }),
        ),
        _ => (
            "native",
            json!({"ver": "1.2", "request": native().to_string()}),
        ),
    };
    imp[format] = asked;
    json!({
        "id": id,
        "tmax": 5_000,
        "cur": ["USD"],
        "imp": [imp],
        "site": {"domain": "news.example", "page": "https://news.example/a", "publisher": {"id": "news"}},
        "device": {"ua": "Mozilla/5.0 (X11; Linux x86_64)", "devicetype": 2, "language": "en"},
        "user": {"id": format!("user-{}", dice.random_range(0..1_000))},
    })
}

fn native() -> Value {
    json!({
        "ver": "1.2", "context": 1, "plcmttype": 1,
        "assets": [
            {"id": 1, "required": 1, "title": {"len": 90}},
            {"id": 2, "required": 1, "img": {"type": 3, "wmin": 300, "hmin": 157}},
            {"id": 3, "required": 0, "data": {"type": 2, "len": 140}},
        ],
        "eventtrackers": [{"event": 1, "methods": [1]}, {"event": 2, "methods": [1]}],
    })
}
