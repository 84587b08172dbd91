//! Calls and log lines, to an OpenTelemetry collector by OTLP over gRPC.
//!
//! Each call to control is a span of the kind `server`. It has the trace id and the span id that the log line of the
//! call has, so a line in a file and a span in a collector find each other. Each line of importance `info` and above is
//! a log record, whatever is written to the log.
//!
//! Where to, with which headers and how long to wait is said by the variables of the OpenTelemetry specification
//! (`OTEL_EXPORTER_OTLP_ENDPOINT` and its like). What waits is limited, and what does not fit is dropped: a collector
//! that is away costs nobody an answer.

mod call;
mod wanted;

use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context as Span, InstrumentationScope};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{ExporterBuildError, LogExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{SdkLogger, SdkLoggerProvider};
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanProcessor};
use thiserror::Error;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::call::Call;
pub use crate::wanted::Wanted;

/// Who exports writes lines of its own. To export those would never end.
const EXPORTERS: [&str; 6] = ["opentelemetry", "h2", "hyper", "rustls", "tonic", "tower"];

/// Why nothing can be exported.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// An address or a header that is none.
    #[error(
        "cannot export to an OpenTelemetry collector: {0}. Mend the OTEL_EXPORTER_OTLP_… variables, or unset them"
    )]
    Exporter(#[from] ExporterBuildError),
    /// A way of exporting that is not built in.
    #[error("{name} is {value:?}: only {only:?} is there. Set it so, or unset it")]
    Unsupported {
        /// The variable.
        name: &'static str,
        /// What it asks for.
        value: String,
        /// What there is.
        only: &'static str,
    },
}

/// What exports; the last lines leave when it is dropped.
#[derive(Debug)]
pub struct Telemetry(Arc<Exporters>);

#[derive(Debug)]
struct Exporters {
    calls: Option<BatchSpanProcessor>,
    lines: Option<SdkLoggerProvider>,
    scope: InstrumentationScope,
}

impl Telemetry {
    /// Begins to export in the name of a service and its version. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`
    /// add to that. Call it where a tokio runtime is.
    pub fn start(
        service: &'static str,
        version: &'static str,
        wanted: &Wanted,
    ) -> Result<Telemetry, TelemetryError> {
        let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
            Some(_) => Resource::builder(),
            None => Resource::builder().with_service_name(service),
        };
        let resource = resource.build();
        let calls = wanted.calls.as_ref().map(|endpoint| {
            let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint);
            let mut calls = BatchSpanProcessor::builder(exporter.build()?).build();
            calls.set_resource(&resource);
            Ok::<_, ExporterBuildError>(calls)
        });
        let lines = wanted.lines.as_ref().map(|endpoint| {
            let exporter = LogExporter::builder().with_tonic().with_endpoint(endpoint);
            let lines = SdkLoggerProvider::builder().with_resource(resource.clone());
            Ok::<_, ExporterBuildError>(lines.with_batch_exporter(exporter.build()?).build())
        });
        let exporters = Exporters {
            calls: calls.transpose()?,
            lines: lines.transpose()?,
            scope: InstrumentationScope::builder(service)
                .with_version(version)
                .build(),
        };
        Ok(Telemetry(Arc::new(exporters)))
    }

    /// What hands on each line.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let lines = self.0.lines.as_ref().map(OpenTelemetryTracingBridge::new);
        let is_ours = |metadata: &Metadata<'_>| {
            let target = metadata.target();
            let exports = EXPORTERS.iter().any(|name| target.starts_with(name));
            *metadata.level() <= Level::INFO && !exports
        };
        let exporting = Exporting {
            exporters: self.0.clone(),
            lines,
        };
        exporting.with_filter(filter_fn(is_ours))
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        // A collector that does not take the last lines in time has lost them.
        if let Some(calls) = &self.0.calls {
            let _ = calls.shutdown();
        }
        if let Some(lines) = &self.0.lines {
            let _ = lines.shutdown();
        }
    }
}

/// Makes a record of each line, and a span of each that tells of a call.
struct Exporting {
    exporters: Arc<Exporters>,
    lines: Option<OpenTelemetryTracingBridge<SdkLoggerProvider, SdkLogger>>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Exporting {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let call = Call::of(event);
        if let Some(lines) = &self.lines {
            // The record of a call's line stands in the call's span.
            let within = call.as_ref().map(|call| {
                Span::new()
                    .with_remote_span_context(call.context())
                    .attach()
            });
            lines.on_event(event, context);
            drop(within);
        }
        if let (Some(call), Some(calls)) = (call, &self.exporters.calls)
            && call.is_sampled()
        {
            calls.on_end(call.span(SystemTime::now(), self.exporters.scope.clone()));
        }
    }
}
