//! Logs, on standard error: lines for people, or a JSON object a line.
//!
//! With the feature `opentelemetry` they, and calls as spans, leave for a collector too.
//!
//! Nobody's data is in them: what logs hold of a request is its exchange, what it took, and its trace id.

use clap::{Args as Arguments, ValueEnum};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::exported::Exported;

/// How to log.
#[derive(Arguments, Clone, Copy, Debug)]
pub struct LogOptions {
    /// How logs are written on standard error
    #[arg(
        long = "log-format",
        value_enum,
        value_name = "FORMAT",
        default_value_t = Form::Text,
        env = "OUTBID_LOG_FORMAT"
    )]
    pub form: Form,
}

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people
    Text,
    /// For programs: a JSON object a line
    Json,
}

/// Whether a level can be understood: `info`, or a list such as `warn,control=debug`.
pub fn is_level(text: &str) -> bool {
    EnvFilter::try_new(text).is_ok()
}

/// The logs of this process, whose level can be changed.
pub struct Logs {
    level: reload::Handle<EnvFilter, Registry>,
    /// What leaves for a collector; the last lines do when the logs end.
    _exported: Exported,
}

impl Logs {
    /// Starts them. In one process only once; where somebody was before, nothing changes.
    ///
    /// # Errors
    ///
    /// The environment names an OpenTelemetry collector in a way that cannot be used.
    pub fn start(form: Form, level: &str) -> anyhow::Result<Logs> {
        let (filter, handle) = reload::Layer::new(filter(level));
        let written: Box<dyn Layer<_> + Send + Sync> = match form {
            Form::Text => fmt::layer().with_writer(std::io::stderr).boxed(),
            Form::Json => fmt::layer()
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false)
                .with_writer(std::io::stderr)
                .boxed(),
        };
        let exported = Exported::start()?;
        // The level is of what is written: what is exported does not end with a quieter log.
        let _ = tracing_subscriber::registry()
            .with(written.with_filter(filter))
            .with(exported.layer())
            .try_init();
        exported.complain();
        Ok(Logs {
            level: handle,
            _exported: exported,
        })
    }

    /// Changes the level at once.
    pub fn set_level(&self, level: &str) {
        // The only error is that the logs are gone, and then there is nothing to change.
        let _ = self.level.reload(filter(level));
    }
}

fn filter(level: &str) -> EnvFilter {
    EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_word_or_a_list() {
        assert!(is_level("info") && is_level("warn,control=debug"));
        assert!(!is_level("control=loud"));
    }
}
