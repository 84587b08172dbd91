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
    let verb = request.method().clone();
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
            verb = verb.as_str(),
            method = %path,
            http_status = response.status().as_u16(),
            grpc_status = grpc_status.unwrap_or("0"),
            duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            trace_id,
            span_id = fresh::<8>(),
            parent_span_id = parent.as_ref().map(|parent| parent.span_id.as_str()),
            sampled = parent.as_ref().map(|parent| parent.sampled),
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
    /// Whether it keeps the trace.
    sampled: bool,
}

impl Parent {
    fn sent(headers: &HeaderMap) -> Option<Parent> {
        let text = headers.get(TRACEPARENT)?.to_str().ok()?;
        let mut parts = text.split('-').skip(1);
        Some(Parent {
            trace_id: identity(parts.next()?, 32)?,
            span_id: identity(parts.next()?, 16)?,
            sampled: u8::from_str_radix(parts.next()?, 16).ok()? & 1 == 1,
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
    use std::fmt::Debug;
    use std::sync::{Arc, Mutex};

    use tower::ServiceExt;
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context, SubscriberExt};

    use super::*;

    #[test]
    fn a_parent_is_taken_only_where_it_is_one() {
        let check = |text: &str, expect: Option<(&str, &str, bool)>| {
            let mut headers = HeaderMap::new();
            headers.insert(TRACEPARENT, HeaderValue::from_str(text).unwrap());
            let expect = expect.map(|(trace_id, span_id, sampled)| Parent {
                trace_id: trace_id.to_string(),
                span_id: span_id.to_string(),
                sampled,
            });
            assert_eq!(Parent::sent(&headers), expect, "{text}");
        };
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        check(&format!("00-{trace}-{span}-01"), Some((trace, span, true)));
        check(&format!("00-{trace}-{span}-00"), Some((trace, span, false)));
        check(&format!("00-{}-{span}-01", "0".repeat(32)), None);
        check(&format!("00-{trace}-{}-01", "0".repeat(16)), None);
        check(&format!("00-{trace}-{span}"), None);
        check("00-short-00f067aa0ba902b7-01", None);
        check("nonsense", None);
        assert_eq!(fresh::<16>().len(), 32);
    }

    /// Who wrote a line, and its fields.
    type Line = (String, Vec<&'static str>);

    /// The lines that were written.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<Line>>>);

    impl<S: tracing::Subscriber> Layer<S> for Written {
        fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
            struct Names(Vec<&'static str>);
            impl tracing::field::Visit for Names {
                fn record_debug(&mut self, field: &tracing::field::Field, _: &dyn Debug) {
                    self.0.push(field.name());
                }
            }
            let mut names = Names(Vec::new());
            event.record(&mut names);
            let target = event.metadata().target().to_string();
            self.0.lock().unwrap().push((target, names.0));
        }
    }

    #[tokio::test]
    async fn what_an_exporter_reads_is_in_the_line() {
        let written = Written::default();
        let log_of = tracing_subscriber::registry().with(written.clone());
        let _guard = tracing::subscriber::set_default(log_of);
        let app = axum::Router::new()
            .route("/x", axum::routing::get(|| async { "x" }))
            .layer(axum::middleware::from_fn(log));
        let request = Request::get("/x")
            .header(
                TRACEPARENT,
                format!("00-{}-{}-01", "4b".repeat(16), "4b".repeat(8)),
            )
            .body(axum::body::Body::empty())
            .unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.headers()[TRACE_ID], "4b".repeat(16));
        let lines = written.0.lock().unwrap();
        let [(target, names)] = &lines[..] else {
            panic!("{lines:?}");
        };
        assert_eq!(target, "control::calls");
        let expect = "message verb method http_status grpc_status duration_us trace_id span_id parent_span_id sampled";
        assert_eq!(names.join(" "), expect);
    }
}
