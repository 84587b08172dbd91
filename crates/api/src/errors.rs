//! What an error says: a message for people and, in `google.rpc` details, the same for programs.
//!
//! Every error carries an [`rpc::ErrorInfo`] with a reason that never changes, so that nobody has to read messages to
//! tell errors apart (AIP-193).

use prost::Message;
use tonic::{Code, Status};

use crate::rpc;
use crate::rpc::bad_request::FieldViolation;

/// Whose reasons they are ([`rpc::ErrorInfo::domain`]).
pub const DOMAIN: &str = "outbid";

/// How many violations one answer tells; what is wrong beyond that is wrong the same way.
pub const MAX_VIOLATIONS: usize = 100;

/// An error of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallError {
    code: Code,
    reason: &'static str,
    message: String,
    metadata: Vec<(String, String)>,
    violations: Vec<FieldViolation>,
}

impl CallError {
    /// An error of this code, with a reason in UPPER_SNAKE_CASE and a message that says what to do.
    pub fn new(code: Code, reason: &'static str, message: impl Into<String>) -> CallError {
        CallError {
            code,
            reason,
            message: message.into(),
            metadata: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// Adds a fact for programs.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> CallError {
        self.metadata.push((key.to_string(), value.into()));
        self
    }

    /// One field is wrong.
    pub fn field(field: &str, reason: &'static str, description: impl Into<String>) -> CallError {
        let mut wrong = Violations::default();
        wrong.add(field, reason, description);
        wrong.into()
    }

    /// Says at which place of a larger request it is: `requests[3]`.
    #[must_use]
    pub fn within(mut self, place: &str) -> CallError {
        for violation in &mut self.violations {
            violation.field = format!("{place}.{}", violation.field);
        }
        self.message = format!("{place}: {}", self.message);
        self.with("request", place)
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The reason.
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

impl From<CallError> for Status {
    fn from(error: CallError) -> Status {
        let info = rpc::ErrorInfo {
            reason: error.reason.to_string(),
            domain: DOMAIN.to_string(),
            metadata: error.metadata.into_iter().collect(),
        };
        let mut details = vec![any("google.rpc.ErrorInfo", &info)];
        if !error.violations.is_empty() {
            let request = rpc::BadRequest {
                field_violations: error.violations,
            };
            details.push(any("google.rpc.BadRequest", &request));
        }
        let status = rpc::Status {
            code: error.code as i32,
            message: error.message.clone(),
            details,
        };
        Status::with_details(error.code, error.message, status.encode_to_vec().into())
    }
}

fn any(kind: &str, message: &impl Message) -> prost_types::Any {
    prost_types::Any {
        type_url: format!("type.googleapis.com/{kind}"),
        value: message.encode_to_vec(),
    }
}

/// Everything that is wrong with the fields of one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Violations(Vec<FieldViolation>);

impl Violations {
    /// Notes that a field is wrong. `field` is its path from the request's root, `reason` UPPER_SNAKE_CASE, and the
    /// description a sentence that says what to write instead.
    pub fn add(&mut self, field: &str, reason: &'static str, description: impl Into<String>) {
        if self.0.len() < MAX_VIOLATIONS {
            self.0.push(FieldViolation {
                field: field.to_string(),
                description: description.into(),
                reason: reason.to_string(),
                localized_message: None,
            });
        }
    }

    /// Notes it where a list is too long.
    pub fn at_most(&mut self, most: usize, count: usize, field: &str) {
        if count > most {
            self.add(field, "TOO_MANY", format!("write at most {most}"));
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong.
    pub fn list(&self) -> &[FieldViolation] {
        &self.0
    }

    /// The value, if nothing is wrong with it.
    pub fn or<T>(self, value: T) -> Result<T, Violations> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl From<Violations> for CallError {
    fn from(wrong: Violations) -> CallError {
        let told: Vec<String> = wrong
            .0
            .iter()
            .take(3)
            .map(|violation| format!("{}: {}", violation.field, violation.description))
            .collect();
        let more = match wrong.0.len().saturating_sub(told.len()) {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        CallError {
            violations: wrong.0,
            ..CallError::new(
                Code::InvalidArgument,
                "INVALID_FIELDS",
                format!("{}{more}", told.join("; ")),
            )
        }
    }
}

/// What a status says for programs, as a client reads it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// The reason, where the server gave one.
    pub info: Option<rpc::ErrorInfo>,
    /// The fields that are wrong.
    pub violations: Vec<FieldViolation>,
}

/// Reads the details of an error; whatever cannot be read is left out.
pub fn details(status: &Status) -> Details {
    let mut read = Details::default();
    let Ok(whole) = rpc::Status::decode(status.details()) else {
        return read;
    };
    for detail in whole.details {
        match detail.type_url.rsplit('/').next() {
            Some("google.rpc.ErrorInfo") => {
                read.info = rpc::ErrorInfo::decode(detail.value.as_slice()).ok();
            }
            Some("google.rpc.BadRequest") => {
                if let Ok(request) = rpc::BadRequest::decode(detail.value.as_slice()) {
                    read.violations.extend(request.field_violations);
                }
            }
            _ => {}
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_reads_what_was_wrong() {
        let mut wrong = Violations::default();
        wrong.add("ad.goal", "REQUIRED", "say what an impression is worth");
        wrong.add("ad.display_name", "REQUIRED", "give it a name");
        let status: Status = CallError::from(wrong).with("resource", "ads/x").into();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().contains("ad.goal: say what"), "{status}");

        let read = details(&status);
        let info = read.info.unwrap();
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            ("INVALID_FIELDS", DOMAIN)
        );
        assert_eq!(info.metadata["resource"], "ads/x");
        let fields: Vec<&str> = read.violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["ad.goal", "ad.display_name"]);
    }

    #[test]
    fn a_status_without_details_reads_as_nothing() {
        assert_eq!(details(&Status::internal("x")), Details::default());
        let garbage = Status::with_details(Code::Internal, "x", vec![0xff, 0xff].into());
        assert_eq!(details(&garbage), Details::default());
    }
}
