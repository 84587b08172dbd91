//! Which request is for whom, and how each is answered.

use std::time::Instant;

use auction::reason::NoBidReason;
use auction::token::Notice;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue,
    LOCATION, REFERRER_POLICY, RETRY_AFTER, VARY,
};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};

use crate::bid::{self, Answer};
use crate::conversion;
use crate::counts::{Counted, Fate};
use crate::floor::{Floor, Readiness};
use crate::notice::{self, Receipt};
use crate::query::Query;
use crate::serve::body::{self, BodyError, Encoding};

/// What goes out.
pub type Reply = Response<Full<Bytes>>;

/// The OpenRTB version that answers are written in.
const OPENRTB_VERSION: &str = "2.6";

/// Answers one request, whose head has just come.
pub async fn answer(floor: &Floor, request: Request<Incoming>) -> Reply {
    let arrived = Instant::now();
    let (head, incoming) = request.into_parts();
    let path = head.uri.path();
    let query = Query::new(head.uri.query());
    let method = &head.method;
    let read = matches!(*method, Method::GET | Method::HEAD);
    if let Some(exchange) = path.strip_prefix("/bid/") {
        return match *method {
            Method::POST => answer_bid(floor, exchange, &head.headers, incoming, arrived).await,
            _ => wrong_method(floor, "POST"),
        };
    }
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

async fn answer_bid(
    floor: &Floor,
    exchange: &str,
    headers: &HeaderMap,
    incoming: Incoming,
    arrived: Instant,
) -> Reply {
    let snapshot = floor.snapshot.load_full();
    let Some((exchange, counts)) = snapshot.exchange(exchange) else {
        floor.counts.add(Counted::UnknownExchange);
        return status(StatusCode::NOT_FOUND);
    };
    counts.add_request();
    // A small body that has come already is taken in by the server, and the connection lives on.
    let draining = floor.readiness() == Readiness::Draining;
    let pass = floor.bids_under_way.enter();
    if draining || pass.is_none() {
        floor.counts.add_no_bid(NoBidReason::Overload);
        let mut reply = status(StatusCode::NO_CONTENT);
        if draining {
            insert(&mut reply, CONNECTION, "close");
        }
        return reply;
    }
    if is_protobuf(headers) {
        floor.counts.add(Counted::UnsupportedMedia);
        return status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let Some(encoding) = Encoding::of(headers) else {
        floor.counts.add(Counted::UnsupportedMedia);
        return status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    };
    let limits = &floor.config.limits;
    let body = match body::read(incoming, limits.body_bytes, limits.body_timeout).await {
        Ok(body) => body,
        Err(error) => return refuse_body(floor, error),
    };
    let answered = match encoding {
        Encoding::Identity => Ok(bid::bid(floor, &snapshot, exchange, counts, &body, arrived)),
        Encoding::Gzip => body::with_inflated(&body, limits.inflated_bytes, |body| {
            bid::bid(floor, &snapshot, exchange, counts, body, arrived)
        }),
    };
    match answered {
        Ok(Answer::Body(body)) => json(floor, headers, body),
        Ok(Answer::Empty) => no_content(),
        Ok(Answer::Malformed) => status(StatusCode::BAD_REQUEST),
        Err(error) => refuse_body(floor, error),
    }
}

fn no_content() -> Reply {
    let mut reply = status(StatusCode::NO_CONTENT);
    insert(&mut reply, OPENRTB_HEADER, OPENRTB_VERSION);
    reply
}

const OPENRTB_HEADER: &str = "x-openrtb-version";

/// Exchanges send JSON under every name there is, and under none; only what says that it is protobuf is believed.
fn is_protobuf(headers: &HeaderMap) -> bool {
    let said = headers
        .get(CONTENT_TYPE)
        .map_or(&b""[..], HeaderValue::as_bytes);
    said.windows(8)
        .any(|part| part.eq_ignore_ascii_case(b"protobuf"))
}

fn refuse_body(floor: &Floor, error: BodyError) -> Reply {
    let (counted, code) = match error {
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

fn json(floor: &Floor, headers: &HeaderMap, body: Vec<u8>) -> Reply {
    let compress = body.len() > floor.config.gzip_above_bytes && body::takes_gzip(headers);
    let bytes = if compress { body::deflate(&body) } else { body };
    let mut reply = Response::new(Full::new(bytes.into()));
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
            let mut reply = Response::new(Full::new(Bytes::from_static(PIXEL)));
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
    let mut reply = Response::new(Full::new(text.into()));
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

fn status(code: StatusCode) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = code;
    reply
}

fn insert(reply: &mut Reply, name: impl hyper::header::IntoHeaderName, value: &'static str) {
    reply
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}
