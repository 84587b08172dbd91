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
#[derive(Debug)]
pub(crate) struct Call {
    verb: String,
    path: String,
    http_status: u64,
    grpc_status: String,
    duration: Duration,
    trace: TraceId,
    span: SpanId,
    parent: Option<SpanId>,
    sampled: bool,
}

impl Call {
    /// The call that a line tells of, if it is such a line.
    pub fn of(event: &Event<'_>) -> Option<Call> {
        if event.metadata().target() != TARGET {
            return None;
        }
        let mut call = Call {
            verb: String::new(),
            path: String::new(),
            http_status: 0,
            grpc_status: String::new(),
            duration: Duration::ZERO,
            trace: TraceId::INVALID,
            span: SpanId::INVALID,
            parent: None,
            sampled: true,
        };
        event.record(&mut call);
        (call.trace != TraceId::INVALID && call.span != SpanId::INVALID).then_some(call)
    }

    /// Whether it is to be kept: whoever asks may have decided that the whole trace is not.
    pub fn is_sampled(&self) -> bool {
        self.sampled
    }

    /// Which span it is.
    pub fn context(&self) -> SpanContext {
        let flags = TraceFlags::default().with_sampled(self.sampled);
        SpanContext::new(self.trace, self.span, flags, false, TraceState::NONE)
    }

    /// Its span, which is over at `ended`.
    ///
    /// Names and attributes are those of OpenTelemetry's conventions for servers of RPC and of HTTP. What a caller may
    /// write as he likes is no name: a path that is no method of ours is told as an attribute alone.
    pub fn span(self, ended: SystemTime, scope: InstrumentationScope) -> SpanData {
        let span_context = self.context();
        let http_status = i64::try_from(self.http_status).unwrap_or(0);
        let is_grpc = PACKAGES.iter().any(|it| self.path.starts_with(it));
        let code = self.grpc_status.parse().ok();
        let code = code.and_then(|code: usize| CODES.get(code)).copied();
        let code = code.unwrap_or("UNKNOWN");
        let mut attributes = vec![
            KeyValue::new("http.response.status_code", http_status),
            KeyValue::new("http.request.method", self.verb.clone()),
            KeyValue::new("url.path", self.path.clone()),
        ];
        let mut status = Status::Unset;
        if http_status >= 500 || (is_grpc && FAULTS.contains(&code)) {
            status = Status::error("");
        }
        let mut name = self.verb;
        if is_grpc {
            name = match code {
                "UNIMPLEMENTED" => "_OTHER".to_string(),
                _ => self.path[1..].to_string(),
            };
            attributes.push(KeyValue::new("rpc.system.name", "grpc"));
            attributes.push(KeyValue::new("rpc.method", name.clone()));
            attributes.push(KeyValue::new("rpc.response.status_code", code));
        }
        SpanData {
            span_context,
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
    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() == "sampled" {
            self.sampled = value;
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "http_status" => self.http_status = value,
            "duration_us" => self.duration = Duration::from_micros(value),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "verb" => self.verb = value.to_string(),
            "method" => self.path = value.to_string(),
            "grpc_status" => self.grpc_status = value.to_string(),
            "trace_id" => self.trace = TraceId::from_hex(value).unwrap_or(TraceId::INVALID),
            "span_id" => self.span = SpanId::from_hex(value).unwrap_or(SpanId::INVALID),
            "parent_span_id" => self.parent = SpanId::from_hex(value).ok(),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
