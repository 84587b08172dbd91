//! The line of a call, and the span that it is.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use tracing::Event;
use tracing::field::{Field, Visit};

/// Who writes the lines of calls.
const TARGET: &str = "control::calls";
/// How gRPC's packages begin: other calls are for pages and for health.
const PACKAGES: [&str; 2] = ["/outbid.", "/grpc."];
/// gRPC's codes by their numbers.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];
/// Those that are the server's fault, by OpenTelemetry's conventions for spans of RPC servers.
const FAULTS: [&str; 6] = [
    "UNKNOWN",
    "DEADLINE_EXCEEDED",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
];

/// What the line tells.
#[derive(Debug, Default)]
pub(crate) struct Call {
    method: String,
    http_status: u64,
    grpc_status: String,
    duration: Duration,
    trace: Option<TraceId>,
    span: Option<SpanId>,
    parent: Option<SpanId>,
}

impl Call {
    /// The call that a line tells of, if it is such a line.
    pub fn of(event: &Event<'_>) -> Option<Call> {
        if event.metadata().target() != TARGET {
            return None;
        }
        let mut call = Call::default();
        event.record(&mut call);
        (call.trace.is_some() && call.span.is_some()).then_some(call)
    }

    /// Its span, which is over at `ended`.
    pub fn span(self, ended: SystemTime, scope: InstrumentationScope) -> SpanData {
        let trace = self.trace.unwrap_or(TraceId::INVALID);
        let span = self.span.unwrap_or(SpanId::INVALID);
        let is_grpc = PACKAGES.iter().any(|it| self.method.starts_with(it));
        let http_status = i64::try_from(self.http_status).unwrap_or(0);
        let mut attributes = vec![KeyValue::new("http.response.status_code", http_status)];
        let mut name = self.method;
        let mut status = Status::Unset;
        if http_status >= 500 {
            status = Status::error("");
        }
        if is_grpc {
            name.remove(0);
            let code = self.grpc_status.parse().ok();
            let code = code.and_then(|code: usize| CODES.get(code));
            let code = code.copied().unwrap_or("UNKNOWN");
            if FAULTS.contains(&code) {
                status = Status::error("");
            }
            attributes.push(KeyValue::new("rpc.system.name", "grpc"));
            attributes.push(KeyValue::new("rpc.method", name.clone()));
            attributes.push(KeyValue::new("rpc.response.status_code", code));
        } else {
            attributes.push(KeyValue::new("url.path", name.clone()));
        }
        SpanData {
            span_context: SpanContext::new(
                trace,
                span,
                TraceFlags::SAMPLED,
                false,
                TraceState::NONE,
            ),
            parent_span_id: self.parent.unwrap_or(SpanId::INVALID),
            parent_span_is_remote: self.parent.is_some(),
            span_kind: SpanKind::Server,
            name: name.into(),
            start_time: ended.checked_sub(self.duration).unwrap_or(ended),
            end_time: ended,
            attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status,
            instrumentation_scope: scope,
        }
    }
}

impl Visit for Call {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "http_status" => self.http_status = value,
            "duration_us" => self.duration = Duration::from_micros(value),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "method" => self.method = value.to_string(),
            "grpc_status" => self.grpc_status = value.to_string(),
            "trace_id" => self.trace = TraceId::from_hex(value).ok(),
            "span_id" => self.span = SpanId::from_hex(value).ok(),
            "parent_span_id" => self.parent = SpanId::from_hex(value).ok(),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
