//! A collector hears of calls and lines what the log says of them.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{
    LogsService, LogsServiceServer,
};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use telemetry::{Telemetry, Wanted};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};
use tracing_subscriber::layer::SubscriberExt;

/// What was heard, with the resource that said it.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<(String, Span)>>>,
    lines: Arc<Mutex<Vec<(String, LogRecord)>>>,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut heard = self.spans.lock().unwrap();
        for of_one in request.into_inner().resource_spans {
            let service = service(of_one.resource.map(|it| it.attributes));
            for span in of_one.scope_spans.into_iter().flat_map(|it| it.spans) {
                heard.push((service.clone(), span));
            }
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Collector {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let mut heard = self.lines.lock().unwrap();
        for of_one in request.into_inner().resource_logs {
            let service = service(of_one.resource.map(|it| it.attributes));
            for line in of_one.scope_logs.into_iter().flat_map(|it| it.log_records) {
                heard.push((service.clone(), line));
            }
        }
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

fn text(value: &AnyValue) -> String {
    match &value.value {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|it| it.key == key)?;
    found.value.as_ref().map(text)
}

fn service(attributes: Option<Vec<KeyValue>>) -> String {
    let attributes = attributes.unwrap_or_default();
    attribute(&attributes, "service.name").unwrap_or_default()
}

fn to(endpoint: &str) -> Wanted {
    Wanted {
        calls: Some(endpoint.to_string()),
        lines: Some(endpoint.to_string()),
    }
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn bytes(text: &str) -> Vec<u8> {
    let each = (0..text.len()).step_by(2);
    let each = each.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap());
    each.collect()
}

/// A line as control writes it of a call; `what_an_exporter_reads_is_in_the_line` in control holds it to this form.
fn call(
    method: &str,
    http_status: u16,
    grpc_status: &str,
    span_id: &str,
    parent: Option<(&str, bool)>,
) {
    tracing::info!(
        target: "control::calls",
        verb = "POST",
        method,
        http_status,
        grpc_status,
        duration_us = 1_500_u64,
        trace_id = TRACE,
        span_id,
        parent_span_id = parent.map(|(span_id, _)| span_id),
        sampled = parent.map(|(_, sampled)| sampled),
        "call"
    );
}

/// The lines of some calls, one of something else, one that is not important, and one of who exports.
fn write_lines() {
    let get = "/outbid.control.v1.CampaignService/GetCampaign";
    call(
        get,
        200,
        "5",
        "00f067aa0ba902b7",
        Some(("53995c3f42cd8ad8", true)),
    );
    call("/what/anybody/likes", 503, "0", "00f067aa0ba902b8", None);
    call(
        "/outbid.likes/Anything",
        200,
        "12",
        "00f067aa0ba902b9",
        None,
    );
    call(
        get,
        200,
        "0",
        "00f067aa0ba902ba",
        Some(("53995c3f42cd8ad8", false)),
    );
    tracing::warn!(target: "control::authority", campaign = 7, "it ran away");
    tracing::debug!(target: "control::authority", "a detail");
    tracing::warn!(target: "h2::client", "a frame went out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_hears_calls_as_spans_and_every_line_of_ours() {
    let collector = Collector::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = Server::builder()
        .add_service(TraceServiceServer::new(collector.clone()))
        .add_service(LogsServiceServer::new(collector.clone()))
        .serve_with_incoming(TcpListenerStream::new(listener));
    let server = tokio::spawn(server);

    let telemetry = Telemetry::start("outbid", "1.2.3", &to(&endpoint)).unwrap();
    let lines = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(lines, write_lines);
    // What waits leaves when it ends.
    tokio::time::timeout(
        Duration::from_secs(60),
        tokio::task::spawn_blocking(move || drop(telemetry)),
    )
    .await
    .unwrap()
    .unwrap();
    server.abort();

    let spans = collector.spans.lock().unwrap();
    // Who asked the fourth call decided that its trace is not kept.
    let [(of, call), (_, page), (_, unknown)] = &spans[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(of, "outbid");
    assert_eq!(call.name, "outbid.control.v1.CampaignService/GetCampaign");
    assert_eq!(call.trace_id, bytes(TRACE));
    assert_eq!(call.span_id, bytes("00f067aa0ba902b7"));
    assert_eq!(call.parent_span_id, bytes("53995c3f42cd8ad8"));
    assert_eq!(call.kind(), SpanKind::Server);
    assert_eq!(
        call.end_time_unix_nano - call.start_time_unix_nano,
        1_500_000
    );
    let code = attribute(&call.attributes, "rpc.response.status_code");
    assert_eq!(code.as_deref(), Some("NOT_FOUND"));
    // Not to be found is the caller's fault, a page that cannot be served is the server's.
    let is_fault = |span: &Span| {
        span.status
            .as_ref()
            .is_some_and(|it| it.code() == StatusCode::Error)
    };
    assert!(!is_fault(call));
    assert!(page.parent_span_id.is_empty() && is_fault(page));
    // A name is none that anybody may write.
    assert_eq!(
        (page.name.as_str(), unknown.name.as_str()),
        ("POST", "_OTHER")
    );
    let path = attribute(&page.attributes, "url.path");
    assert_eq!(path.as_deref(), Some("/what/anybody/likes"));

    let lines = collector.lines.lock().unwrap();
    let body = |line: &LogRecord| line.body.as_ref().map(text).unwrap_or_default();
    let mut bodies: Vec<String> = lines.iter().map(|(_, line)| body(line)).collect();
    bodies.sort();
    assert_eq!(bodies, ["call", "call", "call", "call", "it ran away"]);
    // A call's line stands in the call's span.
    let in_span = |line: &LogRecord| line.trace_id == bytes(TRACE) && line.span_id == call.span_id;
    assert_eq!(lines.iter().filter(|(_, it)| in_span(it)).count(), 1);
    let (_, away) = lines
        .iter()
        .find(|(_, it)| body(it) == "it ran away")
        .unwrap();
    assert_eq!(away.severity_text, "WARN");
    assert_eq!(
        attribute(&away.attributes, "campaign").as_deref(),
        Some("7")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_refused_with_what_to_do() {
    let refused = Telemetry::start("outbid", "1.2.3", &to("not an address")).unwrap_err();
    assert!(
        refused.to_string().contains("OTEL_EXPORTER_OTLP_"),
        "{refused}"
    );
}
