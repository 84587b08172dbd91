//! What the environment asks for, by OpenTelemetry's specification.

use crate::TelemetryError;

/// Where calls and lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Where the collector of spans is.
    pub calls: Option<String>,
    /// Where that of log records is.
    pub lines: Option<String>,
}

impl Wanted {
    /// Reads it; nothing where no collector is named, or all is disabled.
    ///
    /// # Errors
    ///
    /// It asks for a protocol or a sampler that is not there.
    pub fn read(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Wanted>, TelemetryError> {
        let said = |name: &str| variable(name).filter(|value| !value.is_empty());
        if said("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let both = said("OTEL_EXPORTER_OTLP_ENDPOINT");
        let wanted = Wanted {
            calls: said("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").or(both.clone()),
            lines: said("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT").or(both),
        };
        if wanted.calls.is_none() && wanted.lines.is_none() {
            return Ok(None);
        }
        for (name, only) in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "grpc"),
            ("OTEL_TRACES_SAMPLER", "parentbased_always_on"),
        ] {
            if let Some(value) = said(name)
                && value != only
            {
                return Err(TelemetryError::Unsupported { name, value, only });
            }
        }
        Ok(Some(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<Wanted>, String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(it, _)| *it == name);
            found.map(|(_, value)| (*value).to_string())
        };
        Wanted::read(variable).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_wanted_goes_where_the_environment_says() {
        let check = |variables: &[(&str, &str)], expect: Option<(Option<&str>, Option<&str>)>| {
            let expect = expect.map(|(calls, lines)| Wanted {
                calls: calls.map(str::to_string),
                lines: lines.map(str::to_string),
            });
            assert_eq!(read(variables), Ok(expect), "{variables:?}");
        };
        let (both, calls, lines) = (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
        );
        check(&[], None);
        check(&[(both, "")], None);
        check(&[(both, "a")], Some((Some("a"), Some("a"))));
        check(&[(calls, "b")], Some((Some("b"), None)));
        check(&[(both, "a"), (lines, "c")], Some((Some("a"), Some("c"))));
        check(&[(both, "a"), ("OTEL_SDK_DISABLED", "True")], None);
        let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        check(&[(both, "a"), grpc], Some((Some("a"), Some("a"))));
    }

    #[test]
    fn what_is_not_there_is_refused_with_what_is() {
        let protocol = ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        let refused = read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "a"), protocol]).unwrap_err();
        assert!(
            refused.contains("http/protobuf") && refused.contains("grpc"),
            "{refused}"
        );
        // Where nothing is sent, it does not matter how.
        assert_eq!(read(&[protocol]), Ok(None));
    }
}
