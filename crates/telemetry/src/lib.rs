//! Calls and log lines, to an OpenTelemetry collector by OTLP over gRPC.
//!
//! Each call to control is a span of the kind `server`. It has the trace id and the span id that the log line of the
//! call has, so a line in a file and a span in a collector find each other. Each log line is a log record.
//!
//! Where to, with which headers and how long to wait is said by the variables of the OpenTelemetry specification
//! (`OTEL_EXPORTER_OTLP_ENDPOINT` and its like). What waits is limited, and what does not fit is dropped: a collector
//! that is away costs nobody an answer.

mod call;

use std::env;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::InstrumentationScope;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{ExporterBuildError, LogExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanProcessor};
use thiserror::Error;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::call::Call;

/// Says that a collector is there, and where.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// Who exports writes lines of its own. To export those would never end.
const EXPORTERS: [&str; 6] = ["opentelemetry", "h2", "hyper", "rustls", "tonic", "tower"];

/// Why nothing can be exported.
#[derive(Debug, Error)]
#[error(
    "cannot export to an OpenTelemetry collector: {0}. Mend the OTEL_EXPORTER_OTLP_… variables, or unset them"
)]
pub struct TelemetryError(#[from] ExporterBuildError);

/// Whether the environment names a collector.
pub fn is_wanted() -> bool {
    env::var_os(ENDPOINT).is_some_and(|value| !value.is_empty())
}

/// What exports; the last lines leave when it is dropped.
#[derive(Debug)]
pub struct Telemetry(Arc<Exporters>);

#[derive(Debug)]
struct Exporters {
    spans: BatchSpanProcessor,
    lines: SdkLoggerProvider,
    scope: InstrumentationScope,
}

impl Telemetry {
    /// Begins to export in the name of a service and its version. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`
    /// add to that. Where no `endpoint` is given, the environment says it. Call it where a tokio runtime is.
    pub fn start(
        service: &'static str,
        version: &'static str,
        endpoint: Option<&str>,
    ) -> Result<Telemetry, TelemetryError> {
        let resource = if env::var_os("OTEL_SERVICE_NAME").is_some() {
            Resource::builder()
        } else {
            Resource::builder().with_service_name(service)
        };
        let resource = resource.build();
        let (mut calls, mut lines) = (
            SpanExporter::builder().with_tonic(),
            LogExporter::builder().with_tonic(),
        );
        if let Some(endpoint) = endpoint {
            (calls, lines) = (calls.with_endpoint(endpoint), lines.with_endpoint(endpoint));
        }
        let mut spans = BatchSpanProcessor::builder(calls.build()?).build();
        spans.set_resource(&resource);
        let lines = SdkLoggerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(lines.build()?)
            .build();
        let scope = InstrumentationScope::builder(service)
            .with_version(version)
            .build();
        Ok(Telemetry(Arc::new(Exporters {
            spans,
            lines,
            scope,
        })))
    }

    /// What hands on each line that is logged.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let lines = OpenTelemetryTracingBridge::new(&self.0.lines);
        let is_ours = |metadata: &Metadata<'_>| {
            let target = metadata.target();
            !EXPORTERS.iter().any(|name| target.starts_with(name))
        };
        lines
            .and_then(Spans(self.0.clone()))
            .with_filter(filter_fn(is_ours))
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        // A collector that does not take the last lines in time has lost them.
        let _ = self.0.spans.shutdown();
        let _ = self.0.lines.shutdown();
    }
}

/// Makes a span of each line that tells of a call.
struct Spans(Arc<Exporters>);

impl<S: Subscriber> Layer<S> for Spans {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(call) = Call::of(event) {
            let span = call.span(SystemTime::now(), self.0.scope.clone());
            self.0.spans.on_end(span);
        }
    }
}
