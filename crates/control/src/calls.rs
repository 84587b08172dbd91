//! A line in the log for each call, by which it is found again.
//!
//! The trace id is the caller's where it sends one (`traceparent`, W3C Trace Context), and a new one otherwise; the
//! answer carries it in `trace-id`. The call is a span of its own in that trace, and the caller's span its parent. Of
//! the call itself only its method and how it ended are written down.

use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use campaign::hexadecimal;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACE_ID: HeaderName = HeaderName::from_static("trace-id");
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
/// Asked each second by those who only want to know whether it lives.
const QUIET: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Writes the line once the answer begins.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.uri().path().to_string();
    let parent = Parent::sent(request.headers());
    let trace_id = parent
        .as_ref()
        .map_or_else(fresh::<16>, |parent| parent.trace_id.clone());
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&trace_id) {
        response.headers_mut().insert(TRACE_ID, value);
    }
    if !QUIET.contains(&path.as_str()) {
        // A call that fails says so in its head; one that answers first says how it ended in its tail.
        let grpc_status = response
            .headers()
            .get(GRPC_STATUS)
            .and_then(|code| code.to_str().ok());
        tracing::info!(
            method = %path,
            http_status = response.status().as_u16(),
            grpc_status = grpc_status.unwrap_or("0"),
            duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            trace_id,
            span_id = fresh::<8>(),
            parent_span_id = parent.map(|parent| parent.span_id),
            "call"
        );
    }
    response
}

/// The span of the caller that asks.
#[derive(Debug, PartialEq)]
struct Parent {
    /// 32 hexadecimal digits, not all of them 0.
    trace_id: String,
    /// 16 hexadecimal digits, not all of them 0.
    span_id: String,
}

impl Parent {
    fn sent(headers: &HeaderMap) -> Option<Parent> {
        let text = headers.get(TRACEPARENT)?.to_str().ok()?;
        let mut parts = text.split('-').skip(1);
        Some(Parent {
            trace_id: identity(parts.next()?, 32)?,
            span_id: identity(parts.next()?, 16)?,
        })
    }
}

fn identity(text: &str, digits: usize) -> Option<String> {
    let good = text.len() == digits
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        && text.bytes().any(|byte| byte != b'0');
    good.then(|| text.to_string())
}

fn fresh<const N: usize>() -> String {
    let mut random = [0; N];
    // Without random bytes two calls may share an id, which costs a reader of logs a second look.
    let _ = getrandom::fill(&mut random);
    hexadecimal::write(&random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_is_taken_only_where_it_is_one() {
        let check = |text: &str, expect: Option<(&str, &str)>| {
            let mut headers = HeaderMap::new();
            headers.insert(TRACEPARENT, HeaderValue::from_str(text).unwrap());
            let expect = expect.map(|(trace_id, span_id)| Parent {
                trace_id: trace_id.to_string(),
                span_id: span_id.to_string(),
            });
            assert_eq!(Parent::sent(&headers), expect, "{text}");
        };
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        check(&format!("00-{trace}-{span}-01"), Some((trace, span)));
        check(&format!("00-{}-{span}-01", "0".repeat(32)), None);
        check(&format!("00-{trace}-{}-01", "0".repeat(16)), None);
        check(&format!("00-{trace}"), None);
        check("00-short-00f067aa0ba902b7-01", None);
        check("nonsense", None);
        assert_eq!(fresh::<16>().len(), 32);
    }
}
