//! A line in the log for each call, by which it is found again.
//!
//! The trace id is the caller's where it sends one (`traceparent`, W3C Trace Context), and a new one otherwise; the
//! answer carries it in `trace-id`. Of the call itself only its method and how it ended are written down.

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
    let trace_id = sent(request.headers()).unwrap_or_else(fresh);
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
            "call"
        );
    }
    response
}

/// The caller's trace id: 32 hexadecimal digits, not all of them 0.
fn sent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(TRACEPARENT)?.to_str().ok()?;
    let id = text.split('-').nth(1)?;
    let good = id.len() == 32
        && id
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        && id.bytes().any(|byte| byte != b'0');
    good.then(|| id.to_string())
}

fn fresh() -> String {
    let mut random = [0; 16];
    // Without random bytes two calls may share an id, which costs a reader of logs a second look.
    let _ = getrandom::fill(&mut random);
    hexadecimal::write(&random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_is_taken_only_where_it_is_one() {
        let check = |text: &str, expect: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(TRACEPARENT, HeaderValue::from_str(text).unwrap());
            assert_eq!(sent(&headers).as_deref(), expect, "{text}");
        };
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        check(&format!("00-{id}-00f067aa0ba902b7-01"), Some(id));
        check(&format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), None);
        check("00-short-00f067aa0ba902b7-01", None);
        check("nonsense", None);
        assert_eq!(fresh().len(), 32);
    }
}
