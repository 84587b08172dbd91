//! The runner of errands: tells what is due, over and over until it is acknowledged, and keeps the books.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use auction::token::Notice;
use bytes::Bytes;
use campaign::money::Money;
use campaign::time::Timestamp;
use http_body_util::Full;
use hyper::{Method, Request, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use super::slip::{Errand, ErrandKind, Slip};
use super::{Errands, Exchange, NOTICE_LIMIT, RETRY_PAUSE, TICK};
use crate::audit::books::Countable;
use crate::audit::fault::{Fault, FaultKind};
use crate::audit::{Exchanged, lock};
use crate::client::{Reply, split_url};

/// How many notices are on their way at once.
const UNDER_WAY_MAX: usize = 256;

impl Errands {
    /// Lets an errand wait until its moment.
    pub(super) fn add(&self, at: Timestamp, slip: Arc<Slip>, errand: Errand) {
        lock(&self.schedule).add(at, (slip, errand));
    }

    /// How many are not done.
    pub(crate) fn outstanding(&self) -> usize {
        lock(&self.schedule).len() + self.under_way.load(Ordering::Acquire)
    }

    /// From now on everything is due.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    fn take_due(&self, now: Timestamp, most: usize) -> Vec<(Arc<Slip>, Errand)> {
        let now = if self.closing.load(Ordering::Acquire) {
            Timestamp::MAX
        } else {
            now
        };
        let mut schedule = lock(&self.schedule);
        let due = schedule.take_due(now, most);
        // Before the lock goes, so that what is outstanding never seems less than it is.
        self.under_way.fetch_add(due.len(), Ordering::AcqRel);
        due
    }
}

/// What the bidder said to a notice.
enum Acknowledgement {
    /// It has it.
    Taken,
    /// It will never take it.
    Refused,
    /// It may take it another time.
    NotNow,
}

impl Exchange {
    /// Runs errands until it is dropped.
    pub(crate) async fn run_errands(self: Arc<Self>) {
        let permits = Arc::new(Semaphore::new(UNDER_WAY_MAX));
        loop {
            let due = self
                .errands
                .take_due(self.clock.now(), permits.available_permits());
            for (slip, errand) in due {
                // There are as many permits as were asked for: only this loop takes them.
                let Ok(permit) = permits.clone().acquire_owned().await else {
                    return;
                };
                let exchange = self.clone();
                tokio::spawn(async move {
                    exchange.run_errand(&slip, &errand).await;
                    exchange.errands.under_way.fetch_sub(1, Ordering::AcqRel);
                    drop(permit);
                });
            }
            sleep(TICK).await;
        }
    }

    /// Tells one thing, again and again with growing pauses, as exchanges do.
    async fn run_errand(&self, slip: &Arc<Slip>, errand: &Errand) {
        let Some(request) = self.notice_request(errand) else {
            return;
        };
        let counted = slip.counts_as(errand.kind);
        if let Some(what) = counted.filter(|what| slip.first_attempt(*what)) {
            lock(&self.books).attempted(what, &slip.subject);
        }
        let mut pause = RETRY_PAUSE;
        for attempt in 1..=self.notice_attempts.max(1) {
            self.counters.notices_sent.add(1);
            match self.send_notice(&request, slip, errand).await {
                Acknowledgement::Taken => {
                    self.counters.notices_acknowledged.add(1);
                    if let Some(what) = counted.filter(|what| slip.first_end(*what)) {
                        lock(&self.books).acknowledged(what, &slip.subject);
                        let cost = if what == Countable::Billing {
                            slip.subject.cost
                        } else {
                            Money::ZERO
                        };
                        self.counters.acknowledged(what, cost);
                    }
                    return;
                }
                Acknowledgement::Refused => {
                    if let Some(what) = counted.filter(|what| slip.first_end(*what)) {
                        lock(&self.books).refused(what, &slip.subject);
                    }
                    return;
                }
                Acknowledgement::NotNow if attempt < self.notice_attempts => sleep(pause).await,
                Acknowledgement::NotNow => {}
            }
            pause *= 2;
        }
        self.counters.notices_given_up.add(1);
    }

    fn notice_request(&self, errand: &Errand) -> Option<Request<Full<Bytes>>> {
        // Whatever its public name, the bidder is where the requests go.
        let path = match errand.kind {
            ErrandKind::Conversion => errand.url.as_str(),
            ErrandKind::Notice(_) => {
                let rest = errand.url.strip_prefix(&self.notice_base);
                rest.or_else(|| split_url(&errand.url).map(|(_, path)| path))?
            }
        };
        // A page calls its beacons by POST (`sendBeacon`), all else by GET.
        let view = errand.kind == ErrandKind::Notice(Notice::View);
        let method = if view { Method::POST } else { Method::GET };
        let image = errand.kind == ErrandKind::Notice(Notice::Impression);
        let accept = if image {
            "image/avif,image/webp,image/*,*/*;q=0.8"
        } else {
            "*/*"
        };
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::ACCEPT, accept)
            .body(Full::default())
            .ok()
    }

    async fn send_notice(
        &self,
        request: &Request<Full<Bytes>>,
        slip: &Arc<Slip>,
        errand: &Errand,
    ) -> Acknowledgement {
        let deadline = Instant::now() + NOTICE_LIMIT;
        let Ok(reply) = self.notices.send(request, deadline).await else {
            return Acknowledgement::NotNow;
        };
        match (errand.kind, reply.status) {
            (ErrandKind::Notice(Notice::Click), StatusCode::FOUND) => {
                self.follow_click(&reply, slip, errand);
                Acknowledgement::Taken
            }
            (_, status) if status.is_success() => Acknowledgement::Taken,
            (_, status) if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                self.complain(
                    FaultKind::Notice,
                    format!("{} answers {}", errand.url, reply.status),
                    &reply,
                );
                Acknowledgement::Refused
            }
            _ => Acknowledgement::NotNow,
        }
    }

    /// Looks where a click leads, and plans the conversion after it.
    fn follow_click(&self, reply: &Reply, slip: &Arc<Slip>, errand: &Errand) {
        let location = reply
            .headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let click_id = location
            .split(['?', '&', '#'])
            .find_map(|part| part.strip_prefix("obclid="));
        let landing = slip.landing_url.as_deref().unwrap_or(location);
        // The page comes before the click id, a fragment after it.
        let page = landing.split('#').next().unwrap_or(landing);
        let why = match (slip.measured, click_id) {
            _ if !location.starts_with(page) => format!("not to {landing}"),
            (Some(true), None) => "without a click id".to_string(),
            (Some(false), Some(_)) => "with a click id, which nobody allowed".to_string(),
            _ => String::new(),
        };
        if !why.is_empty() {
            let detail = format!("{} leads to \"{location}\", {why}", errand.url);
            self.complain(FaultKind::Click, detail, reply);
            return;
        }
        let (Some(click_id), Some(conversion), Some(advertiser)) =
            (click_id, &slip.conversion, slip.advertiser)
        else {
            return;
        };
        let order = utf8_percent_encode(&conversion.order, NON_ALPHANUMERIC);
        let (whole, hundredths) = (conversion.value_cents / 100, conversion.value_cents % 100);
        let url = format!(
            "/conversion/{advertiser}?obclid={click_id}&order={order}&value={whole}.{hundredths:02}"
        );
        let at = self.clock.now() + conversion.delay;
        self.errands.add(
            at,
            slip.clone(),
            Errand {
                kind: ErrandKind::Conversion,
                url,
            },
        );
    }

    fn complain(&self, kind: FaultKind, detail: String, reply: &Reply) {
        let exchanged = Exchanged {
            exchange: "",
            request: &Value::Null,
            status: reply.status,
            headers: &reply.headers,
            body: &reply.body,
        };
        self.auditor.report(Fault::new(kind, detail), &exchanged);
    }
}
