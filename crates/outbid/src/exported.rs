//! Calls and log lines that leave for an OpenTelemetry collector, in a build with the feature `opentelemetry`.

#[cfg(feature = "opentelemetry")]
pub use with::Exported;
#[cfg(not(feature = "opentelemetry"))]
pub use without::Exported;

#[cfg(feature = "opentelemetry")]
mod with {
    use telemetry::{Telemetry, Wanted};
    use tracing::Subscriber;
    use tracing_subscriber::Layer;
    use tracing_subscriber::registry::LookupSpan;

    /// What leaves. The last of it does when this is dropped.
    pub struct Exported(Option<Telemetry>);

    impl Exported {
        /// Begins, where the environment names a collector. Call it where a tokio runtime is.
        pub fn start() -> anyhow::Result<Exported> {
            let wanted = Wanted::read(|name| std::env::var(name).ok())?;
            let version = env!("CARGO_PKG_VERSION");
            let started = wanted.map(|wanted| Telemetry::start("outbid", version, &wanted));
            Ok(Exported(started.transpose()?))
        }

        /// What hands on each line.
        pub fn layer<S>(&self) -> Option<impl Layer<S> + Send + Sync + use<S>>
        where
            S: Subscriber + for<'a> LookupSpan<'a>,
        {
            self.0.as_ref().map(Telemetry::layer)
        }

        /// Says what the environment asks for and this build cannot do: nothing.
        pub fn complain(&self) {}
    }
}

#[cfg(not(feature = "opentelemetry"))]
mod without {
    use tracing_subscriber::layer::Identity;

    /// Where a collector is, by OpenTelemetry's specification.
    const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// Nothing leaves.
    pub struct Exported;

    impl Exported {
        /// Nothing to begin.
        pub fn start() -> anyhow::Result<Exported> {
            Ok(Exported)
        }

        /// Nothing to hand on.
        pub fn layer(&self) -> Option<Identity> {
            None
        }

        /// Says what the environment asks for and this build cannot do.
        pub fn complain(&self) {
            // What is empty counts as not set, by the specification.
            if std::env::var_os(COLLECTOR).is_some_and(|value| !value.is_empty()) {
                tracing::warn!(
                    "{COLLECTOR} is set, and nothing is exported: \
                     this outbid was built without its feature `opentelemetry`"
                );
            }
        }
    }
}
