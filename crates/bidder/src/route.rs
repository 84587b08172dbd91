//! Which request is for whom, and how each is answered.

use std::time::Instant;

use auction::reason::NoBidReason;
use auction::token::Notice;
use hyper::body::Incoming;
use hyper::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderName,
    HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER, VARY,
};
use hyper::{HeaderMap, Method, Request, StatusCode};

use crate::bid::{self, Answer, Asked};
use crate::config::Limits;
use crate::conversion;
use crate::counts::{Counted, Fate};
use crate::floor::{Floor, Gate, Readiness};
use crate::notice::{self, Receipt};
use crate::query::Query;
use crate::serve::body::{self, BodyError, Encoding, Terms};
use crate::serve::reply::{Payload, Reply, in_place_of, insert, status, with_body};
use crate::serve::{Answers, Line};
use crate::snapshot::with_newest;

/// The OpenRTB version that answers are written in.
const OPENRTB_VERSION: &str = "2.6";
const OPENRTB_HEADER: HeaderName = HeaderName::from_static("x-openrtb-version");

impl Answers for Floor {
    async fn answer(&self, line: &Line, request: Request<Incoming>) -> Reply {
        if request.uri().path().starts_with(BID) {
            answer_bid(self, line, request).await
        } else {
            // Rare, and larger than what is kept for each connection should be.
            Box::pin(answer_other(self, request)).await
        }
    }

    fn limits(&self) -> &Limits {
        &self.config.limits
    }

    fn connections(&self) -> &Gate {
        &self.connections
    }

    fn note_connection(&self, taken: bool) {
        self.counts.add(match taken {
            true => Counted::ConnectionTaken,
            false => Counted::ConnectionRefused,
        });
    }
}

/// Where bid requests go; the exchange's name follows.
const BID: &str = "/bid/";

async fn answer_other(floor: &Floor, request: Request<Incoming>) -> Reply {
    let (head, _) = request.into_parts();
    let path = head.uri.path();
    let query = Query::new(head.uri.query());
    let method = &head.method;
    let read = matches!(*method, Method::GET | Method::HEAD);
    if let Some((kind, token)) = notice_path(path) {
        return match *method {
            Method::GET | Method::POST => {
                answer_notice(floor, kind, token, query, &head.headers).await
            }
            _ => wrong_method(floor, "GET, POST"),
        };
    }
    if let Some(advertiser) = path.strip_prefix("/conversion/") {
        return match *method {
            Method::GET | Method::POST => {
                answer_conversion(floor, advertiser, query, &head.headers).await
            }
            _ => wrong_method(floor, "GET, POST"),
        };
    }
    match path {
        "/healthz" | "/readyz" | "/metrics" if !read => wrong_method(floor, "GET, HEAD"),
        "/healthz" => health(floor.readiness() == Readiness::JournalFailed, floor),
        "/readyz" => health(floor.readiness() != Readiness::Ready, floor),
        "/metrics" => metrics(floor),
        _ => {
            floor.counts.add(Counted::NotFound);
            status(StatusCode::NOT_FOUND)
        }
    }
}

fn notice_path(path: &str) -> Option<(Notice, &str)> {
    let (kind, token) = path.strip_prefix("/n/")?.split_once('/')?;
    Some((Notice::parse(kind)?, token))
}

async fn answer_bid(floor: &Floor, line: &Line, request: Request<Incoming>) -> Reply {
    let arrived = Instant::now();
    if request.method() != Method::POST {
        return wrong_method(floor, "POST");
    }
    let known = with_newest(&floor.snapshot, |snapshot| {
        let name = &request.uri().path()[BID.len()..];
        let Some((place, _, counts)) = snapshot.exchange(name, line.exchange()) else {
            floor.counts.add(Counted::UnknownExchange);
            return false;
        };
        counts.add_request();
        line.set_exchange(place);
        true
    });
    if !known {
        return status(StatusCode::NOT_FOUND);
    }
    // A small body that has come already is taken in by the server, and the connection lives on.
    if floor.is_draining() || floor.bids_under_way.is_full() {
        return overload(floor);
    }
    let terms = Terms::of(request.headers());
    let Some(encoding) = terms.encoding.filter(|_| !terms.is_protobuf) else {
        floor.counts.add(Counted::UnsupportedMedia);
        return status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    };
    let (mut head, incoming) = request.into_parts();
    let limits = &floor.config.limits;
    let enter = || floor.bids_under_way.enter();
    let body = match body::read(incoming, limits.body_bytes, &line.turn, enter).await {
        Ok(body) => body,
        Err(error) => return refuse_body(floor, error),
    };
    let asked = Asked {
        exchange: &head.uri.path()[BID.len()..],
        hint: line.exchange(),
        arrived,
        whole: if body.waited { Instant::now() } else { arrived },
    };
    let answered = match encoding {
        Encoding::Identity => Ok(bid::bid(floor, &asked, &body.bytes)),
        Encoding::Gzip => body::with_inflated(&body.bytes, limits.inflated_bytes, |body| {
            bid::bid(floor, &asked, body)
        }),
    };
    drop(body);
    match answered {
        Ok(Answer::Body(body)) => json(floor, &mut head.headers, terms, body),
        Ok(Answer::Empty) => {
            let mut reply = in_place_of(&mut head.headers, None);
            insert(&mut reply, OPENRTB_HEADER, OPENRTB_VERSION);
            reply
        }
        Ok(Answer::Malformed) => status(StatusCode::BAD_REQUEST),
        Err(error) => refuse_body(floor, error),
    }
}

/// Nobody looks at the request.
fn overload(floor: &Floor) -> Reply {
    floor.counts.add_no_bid(NoBidReason::Overload);
    let mut reply = status(StatusCode::NO_CONTENT);
    if floor.is_draining() {
        insert(&mut reply, CONNECTION, "close");
    }
    reply
}

fn refuse_body(floor: &Floor, error: BodyError) -> Reply {
    let (counted, code) = match error {
        BodyError::Crowded => return overload(floor),
        BodyError::TooLarge => (Counted::TooLarge, StatusCode::PAYLOAD_TOO_LARGE),
        BodyError::Slow => (Counted::SlowBody, StatusCode::REQUEST_TIMEOUT),
        BodyError::Broken => (Counted::BrokenBody, StatusCode::BAD_REQUEST),
        BodyError::NotGzip => (Counted::NotGzip, StatusCode::BAD_REQUEST),
    };
    floor.counts.add(counted);
    let mut reply = status(code);
    // What is left of the body would be read as the next request.
    if error != BodyError::NotGzip {
        insert(&mut reply, CONNECTION, "close");
    }
    reply
}

fn json(floor: &Floor, headers: &mut HeaderMap, terms: Terms, body: Payload) -> Reply {
    let compress = terms.takes_gzip && body.len() > floor.config.gzip_above_bytes;
    let body = match compress {
        true => Payload::written(|out| body::deflate(body.bytes(), out)),
        false => body,
    };
    let mut reply = in_place_of(headers, Some(body));
    insert(&mut reply, CONTENT_TYPE, "application/json");
    insert(&mut reply, OPENRTB_HEADER, OPENRTB_VERSION);
    if compress {
        insert(&mut reply, CONTENT_ENCODING, "gzip");
        insert(&mut reply, VARY, "accept-encoding");
    }
    reply
}

async fn answer_notice(
    floor: &Floor,
    kind: Notice,
    token: &str,
    query: Query<'_>,
    headers: &HeaderMap,
) -> Reply {
    let Some(_pass) = floor.notices_under_way.enter() else {
        return refused(Fate::Unavailable);
    };
    receipt(notice::take(floor, kind, token, query).await, headers)
}

async fn answer_conversion(
    floor: &Floor,
    advertiser: &str,
    query: Query<'_>,
    headers: &HeaderMap,
) -> Reply {
    let Some(_pass) = floor.notices_under_way.enter() else {
        return refused(Fate::Unavailable);
    };
    receipt(conversion::take(floor, advertiser, query).await, headers)
}

/// An image of one transparent pixel.
const PIXEL: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0\x21\xf9\x04\x01\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";

fn receipt(receipt: Receipt, headers: &HeaderMap) -> Reply {
    let mut reply = match receipt {
        Receipt::Refused(fate) => return refused(fate),
        Receipt::Redirect(url) => {
            let Ok(location) = HeaderValue::from_str(&url) else {
                return refused(Fate::Invalid);
            };
            let mut reply = status(StatusCode::FOUND);
            reply.headers_mut().insert(LOCATION, location);
            insert(&mut reply, REFERRER_POLICY, "no-referrer");
            reply
        }
        Receipt::Taken if wants_image(headers) => {
            let mut reply = with_body(PIXEL.into());
            insert(&mut reply, CONTENT_TYPE, "image/gif");
            reply
        }
        Receipt::Taken => status(StatusCode::NO_CONTENT),
    };
    insert(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

/// A page's image tag names images in what it accepts; servers, players and beacons do not.
fn wants_image(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).map_or(&b""[..], HeaderValue::as_bytes);
    accepted.windows(6).any(|part| part == b"image/")
}

fn refused(fate: Fate) -> Reply {
    let mut reply = status(match fate {
        Fate::Forged => StatusCode::FORBIDDEN,
        Fate::Invalid => StatusCode::NOT_FOUND,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    });
    insert(&mut reply, CACHE_CONTROL, "no-store");
    if fate == Fate::Unavailable {
        insert(&mut reply, RETRY_AFTER, "1");
    }
    reply
}

fn health(ill: bool, floor: &Floor) -> Reply {
    let sentence = floor.readiness().sentence();
    let code = if ill {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    text(code, format!("{sentence}\n"))
}

fn metrics(floor: &Floor) -> Reply {
    let mut reply = text(StatusCode::OK, floor.exposition.render());
    let prometheus = "text/plain; version=0.0.4; charset=utf-8";
    insert(&mut reply, CONTENT_TYPE, prometheus);
    reply
}

fn text(code: StatusCode, text: String) -> Reply {
    let mut reply = with_body(text.into_bytes().into());
    *reply.status_mut() = code;
    insert(&mut reply, CONTENT_TYPE, "text/plain; charset=utf-8");
    insert(&mut reply, CACHE_CONTROL, "no-store");
    reply
}

fn wrong_method(floor: &Floor, allowed: &'static str) -> Reply {
    floor.counts.add(Counted::WrongMethod);
    let mut reply = status(StatusCode::METHOD_NOT_ALLOWED);
    insert(&mut reply, ALLOW, allowed);
    reply
}
