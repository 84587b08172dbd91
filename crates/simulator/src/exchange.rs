//! The exchange: sends one request, waits for the answer no longer than it says, holds the auction,
//! and tells the bidder and the page what became of it.

mod errands;
mod schedule;
mod slip;

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auction::token::Notice;
use bytes::Bytes;
use campaign::creative::Format;
use campaign::exchange::BillingNotice;
use campaign::id::{AdId, CampaignId, CreativeId};
use campaign::money::{Cpm, Money};
use campaign::time::Clock;
use http_body_util::Full;
use hyper::{Request, header};
use openrtb::notice::loss;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tokio::time::Instant;

use crate::audit::asked::{Asked, AskedImp};
use crate::audit::books::{Books, Subject};
use crate::audit::catalogue::Catalogue;
use crate::audit::fault::{Fault, FaultKind};
use crate::audit::judge::{Contract, Judged};
use crate::audit::{Auditor, Exchanged, Judgement, cost};
use crate::client::{Client, Reply, SendError, gzip};
use crate::dice::{Purpose, dice};
use crate::report::Counters;
use crate::rivals::{Charge, Entrant, Fate, Rivals, hold};
use crate::world::marketplace::Marketplace;
use crate::world::{Ask, World};

use schedule::Schedule;
use slip::{Errand, Filled, Slip, after_loss, after_win, plan_conversion};

pub use slip::NoticeFaults;

/// The most bids of one answer that are taken into auctions.
const BIDS_MAX: usize = 64;

/// The exchanges of a world at work against one bidder.
pub(crate) struct Exchange {
    pub(crate) world: Arc<World>,
    pub(crate) bids: Arc<Client>,
    pub(crate) notices: Arc<Client>,
    /// `Host` of what is sent.
    pub(crate) host: String,
    /// What the bidder's notice URLs start with.
    pub(crate) notice_base: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) auditor: Arc<Auditor>,
    /// Locked for one entry at a time.
    pub(crate) books: Arc<Mutex<Books>>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) faults: NoticeFaults,
    pub(crate) notice_attempts: u32,
    pub(crate) errands: Errands,
}

/// What is still to be told.
#[derive(Default)]
pub(crate) struct Errands {
    /// Locked to add and to take, never while anything is sent.
    schedule: Mutex<Schedule<(Arc<Slip>, Errand)>>,
    under_way: AtomicUsize,
    /// Set when the market closes: then everything is due.
    closing: AtomicBool,
}

/// What a request came to.
struct Answered {
    asked: Asked,
    judgement: Judgement,
}

impl Exchange {
    /// Runs the auction of one request of the world, from its sending to the notices that are planned.
    pub(crate) async fn run_auction(self: &Arc<Self>, number: u64) {
        let ask = self.world.ask(number);
        let marketplace = &self.world.marketplaces()[ask.marketplace];
        if let Some(answered) = self.ask_for_bids(&ask, marketplace).await {
            self.hold_auctions(&ask, marketplace, &answered);
        }
    }

    async fn ask_for_bids(&self, ask: &Ask, marketplace: &Marketplace) -> Option<Answered> {
        let json = self.world.json(ask);
        let request = bid_request(&json, marketplace, &self.host);
        let sent = Instant::now();
        self.counters.requests.add(1);
        let reply = self.bids.send(&request, sent + marketplace.tmax).await;
        self.counters.answered(sent.elapsed());
        let reply = match reply {
            Ok(reply) => reply,
            Err(SendError::Late) => {
                self.counters.late.add(1);
                return None;
            }
            Err(SendError::Transport(_)) => {
                self.counters.transport_errors.add(1);
                return None;
            }
            Err(SendError::Unreadable(why)) => {
                self.report(&json, marketplace, FaultKind::Json, &why);
                return None;
            }
        };
        let asked = Asked::read(&json);
        let judgement = self.audit(&json, marketplace, &reply);
        if judgement.bids.is_empty() {
            self.counters.no_bids.add(1);
        }
        self.counters.bids.add(judgement.bids.len() as u64);
        Some(Answered { asked, judgement })
    }

    fn audit(&self, json: &Value, marketplace: &Marketplace, reply: &Reply) -> Judgement {
        let exchanged = Exchanged {
            exchange: &marketplace.exchange.name,
            request: json,
            status: reply.status,
            headers: &reply.headers,
            body: &reply.body,
        };
        let catalogue = self.auditor.catalogue();
        let contract = Contract {
            seat: marketplace.exchange.seats.first().map(String::as_str),
            currency: marketplace.exchange.currency,
            rates: catalogue.as_ref().map(|catalogue| catalogue.rates()),
            notice_base: Some(&self.notice_base),
            billing: Some(marketplace.exchange.billing),
        };
        self.auditor.audit(&exchanged, &contract, self.clock.now())
    }

    fn report(&self, json: &Value, marketplace: &Marketplace, kind: FaultKind, why: &str) {
        let exchanged = Exchanged {
            exchange: &marketplace.exchange.name,
            request: json,
            status: hyper::StatusCode::OK,
            headers: &hyper::HeaderMap::new(),
            body: &[],
        };
        self.auditor.report(Fault::new(kind, why), &exchanged);
    }

    fn hold_auctions(&self, ask: &Ask, marketplace: &Marketplace, answered: &Answered) {
        // Nothing of a rehearsal is ever told, so that nothing of it can be settled.
        if ask.test {
            return;
        }
        let catalogue = self.auditor.catalogue();
        for (place, imp) in answered.asked.imps.iter().enumerate() {
            let bids: Vec<&Judged> = answered
                .judgement
                .bids
                .iter()
                .filter(|bid| bid.impression == Some(place))
                .take(BIDS_MAX)
                .collect();
            let Some(first) = bids.first() else {
                continue;
            };
            let (good, bad): (Vec<&Judged>, Vec<&Judged>) =
                bids.iter().partition(|bid| bid.faults.is_empty());
            let currency = first.currency;
            let format = ask
                .placements
                .get(place)
                .map_or(Format::Banner, |p| p.formats[0].format());
            let rivals = Rivals {
                format,
                price_level: ask.user.place.price_level,
                worth: ask.user.worth,
            };
            let rival = rivals.best(self.world.seed(), ask.number, place, currency);
            let entrants: Vec<Entrant> = good
                .iter()
                .map(|bid| entrant(bid, imp, marketplace))
                .collect();
            let fates = hold(&entrants, rival, currency);
            let invalid = Fate::Lost {
                reason: loss::INVALID_RESPONSE,
                min_to_win: Cpm::ZERO,
            };
            let fates = good
                .into_iter()
                .zip(fates)
                .chain(bad.into_iter().map(|bid| (bid, invalid)));
            for (turn, (bid, fate)) in fates.enumerate() {
                let number = ask
                    .number
                    .wrapping_mul(1_024)
                    .wrapping_add((place * BIDS_MAX + turn) as u64);
                let mut dice = dice(self.world.seed(), Purpose::Fate, number);
                let outcome = Outcome {
                    ask,
                    marketplace,
                    answered,
                    bid,
                    fate,
                    place,
                };
                self.plan(&outcome, catalogue.as_deref(), &mut dice);
            }
        }
    }

    /// Plans what is told about one bid.
    fn plan(&self, outcome: &Outcome<'_>, catalogue: Option<&Catalogue>, dice: &mut ChaCha8Rng) {
        let Outcome { ask, bid, fate, .. } = *outcome;
        let filled = outcome.filled();
        let creative = bid.bid.text("crid").parse::<u64>().unwrap_or_default();
        let slip = Arc::new(outcome.slip(&self.world, catalogue, creative, dice));
        let format = bid.format.unwrap_or(Format::Banner);
        let planned = match fate {
            Fate::Won { .. } => {
                self.counters.wins.add(1);
                let probability = self
                    .world
                    .truth()
                    .click_probability(&ask.user, creative, format);
                after_win(
                    dice,
                    &bid.bid,
                    &bid.markup,
                    &self.notice_base,
                    format,
                    probability,
                    &self.faults,
                )
            }
            Fate::Lost { .. } => {
                self.counters.losses.add(1);
                after_loss(dice, &bid.bid, &self.faults)
            }
        };
        let now = self.clock.now();
        for (delay, kind, url) in planned {
            let url = filled.fill(&url);
            self.errands
                .add(now + delay, slip.clone(), Errand { kind, url });
        }
    }
}

/// One bid after its auction, with all that is known of it.
#[derive(Clone, Copy)]
struct Outcome<'a> {
    ask: &'a Ask,
    marketplace: &'a Marketplace,
    answered: &'a Answered,
    bid: &'a Judged,
    fate: Fate,
    place: usize,
}

impl Outcome<'_> {
    fn filled(&self) -> Filled {
        let currency = self.bid.currency;
        let decimal = |price: Cpm| price.to_decimal(currency);
        let (price, reason, min_to_win) = match self.fate {
            Fate::Won { price, min_to_win } => (decimal(price), loss::WON, min_to_win),
            Fate::Lost { reason, min_to_win } => (String::new(), reason, min_to_win),
        };
        Filled {
            request: self.answered.asked.id.clone(),
            imp: self.bid.bid.text("impid").to_string(),
            bid: self.bid.bid.text("id").to_string(),
            seat: self.bid.bid.seat.clone().unwrap_or_default(),
            currency: currency.code().to_string(),
            price,
            loss: reason.to_string(),
            // A bid that was thrown out is told nothing of the others.
            min_to_win: if min_to_win > Cpm::ZERO {
                decimal(min_to_win)
            } else {
                String::new()
            },
        }
    }

    fn slip(
        &self,
        world: &World,
        catalogue: Option<&Catalogue>,
        creative: u64,
        dice: &mut ChaCha8Rng,
    ) -> Slip {
        let bid = &self.bid.bid;
        let number = |field: &str| bid.text(field).parse::<u64>().unwrap_or_default();
        let price = match self.fate {
            Fate::Won { price, .. } => price,
            Fate::Lost { .. } => Cpm::ZERO,
        };
        let subject = Subject {
            bid: bid.text("id").to_string(),
            ad: AdId(number("adid")),
            campaign: CampaignId(number("cid")),
            cost: self.bid.terms.map_or(Money(price.0), |terms| {
                cost(price, &terms).min(terms.max_cost)
            }),
        };
        let billed_by = match self.marketplace.exchange.billing {
            BillingNotice::Burl => Notice::Billing,
            BillingNotice::ImpressionPixel => Notice::Impression,
        };
        let converts = world
            .truth()
            .conversion_probability(&self.ask.user, creative);
        let line = catalogue.and_then(|catalogue| catalogue.line(subject.ad));
        Slip {
            landing_url: catalogue
                .and_then(|c| c.creative(CreativeId(creative)))
                .map(|c| c.landing_url.clone()),
            advertiser: line.map(|line| line.advertiser.id),
            conversion: plan_conversion(dice, converts, self.ask.number, self.place),
            measured: self.bid.terms.map(|terms| terms.measured),
            subject,
            billed_by,
            progress: AtomicU8::new(0),
        }
    }
}

fn entrant(bid: &Judged, imp: &AskedImp, marketplace: &Marketplace) -> Entrant {
    let deal = imp.deal(bid.bid.text("dealid"));
    let auction_type = deal
        .and_then(|deal| deal.auction_type)
        .unwrap_or(marketplace.exchange.auction_type);
    let charge = match auction_type {
        3 => Charge::Agreed(bid.floor),
        other => Charge::of(other),
    };
    Entrant {
        price: bid.price,
        floor: bid.floor,
        deal: deal.is_some(),
        charge,
    }
}

fn bid_request(json: &Value, marketplace: &Marketplace, host: &str) -> Request<Full<Bytes>> {
    let quirks = &marketplace.quirks;
    let body = json.to_string();
    let body = if quirks.gzip {
        Bytes::from(gzip(body.as_bytes()))
    } else {
        Bytes::from(body)
    };
    let mut request =
        Request::post(format!("/bid/{}", marketplace.exchange.name)).header(header::HOST, host);
    if let Some(version) = quirks.version {
        request = request.header("x-openrtb-version", version);
    }
    if let Some(content_type) = quirks.content_type {
        request = request.header(header::CONTENT_TYPE, content_type);
    }
    if quirks.gzip {
        request = request
            .header(header::CONTENT_ENCODING, "gzip")
            .header(header::ACCEPT_ENCODING, "gzip");
    }
    request
        .body(Full::new(body))
        .expect("the names of exchanges are lower-case letters, digits and hyphens")
}

/// How long the bidder may take to acknowledge a notice. Real time.
const NOTICE_LIMIT: Duration = Duration::from_secs(5);
/// The first pause before a notice is sent again; it doubles each time. Real time.
const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// Nothing comes sooner: a step of the market's clockwork, in real time.
pub(crate) const TICK: Duration = Duration::from_millis(5);
