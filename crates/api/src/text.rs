//! Texts and addresses that people write.

use tonic::codegen::http::Uri;

use crate::errors::Violations;

/// How long a display name may be, in characters.
pub const MAX_DISPLAY_NAME: usize = 256;
/// How long an address may be, in bytes.
pub const MAX_URL: usize = 2_048;

/// Reads the name that people call something.
pub fn display_name(text: &str, path: &str, wrong: &mut Violations) -> String {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        wrong.add(path, "REQUIRED", "give it a name that people know it by");
    }
    line(trimmed, MAX_DISPLAY_NAME, path, wrong)
}

/// Reads a text of one line, which may be empty.
pub fn line(text: &str, most: usize, path: &str, wrong: &mut Violations) -> String {
    if text.chars().count() > most {
        wrong.add(path, "TOO_LONG", format!("write at most {most} characters"));
    }
    if text.chars().any(char::is_control) {
        wrong.add(
            path,
            "CONTROL_CHARACTER",
            "write one line, without control characters",
        );
    }
    text.to_string()
}

/// Reads an address, which must be https, and tells its host too.
pub fn https_url(text: &str, path: &str, wrong: &mut Violations) -> (String, String) {
    let uri: Option<Uri> = text.parse().ok().filter(|_| text.len() <= MAX_URL);
    let host = uri
        .as_ref()
        .filter(|uri| uri.scheme_str() == Some("https"))
        .and_then(|uri| uri.host())
        .filter(|host| host.contains('.') || *host == "localhost");
    match host {
        Some(host) => (text.to_string(), host.to_ascii_lowercase()),
        None => {
            let reason = if text.is_empty() {
                "REQUIRED"
            } else {
                "INVALID_URL"
            };
            let what =
                "write an https address such as https://example.com/page, 2,048 bytes at most";
            wrong.add(path, reason, what);
            (String::new(), String::new())
        }
    }
}

/// Reads a domain: lower case, without `www.`.
pub fn domain(text: &str, path: &str, wrong: &mut Violations) -> String {
    let lower = text.trim().to_lowercase();
    let bare = lower.strip_prefix("www.").unwrap_or(&lower);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    if bare.len() > 253 || !bare.contains('.') || !bare.split('.').all(label) {
        wrong.add(path, "INVALID_DOMAIN", "write a domain such as example.com");
    }
    bare.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_with_a_host() {
        let check = |text: &str, expect: Option<&str>| {
            let mut wrong = Violations::default();
            let (url, host) = https_url(text, "creative.landing_url", &mut wrong);
            match expect {
                Some(expect) => assert_eq!((url.as_str(), host.as_str()), (text, expect)),
                None => assert_eq!(wrong.list().len(), 1, "{text}"),
            }
        };
        check("https://Example.com/a?b=c#d", Some("example.com"));
        check("https://example.com:8443", Some("example.com"));
        check("http://example.com/", None);
        check("javascript:alert(1)", None);
        check("https:///nowhere", None);
        check("https://exa mple.com/", None);
        check("https://example.com/\" onload=\"x", None);
        check("", None);
        check(&format!("https://example.com/{}", "x".repeat(2_048)), None);
    }

    #[test]
    fn a_domain_is_bare() {
        let check = |text: &str, expect: &str, fine: bool| {
            let mut wrong = Violations::default();
            assert_eq!(domain(text, "d", &mut wrong), expect);
            assert_eq!(wrong.is_empty(), fine, "{text}");
        };
        check("WWW.Example.com ", "example.com", true);
        check("münchen.de", "münchen.de", true);
        check("example", "example", false);
        check("https://example.com", "https://example.com", false);
        check("a..b", "a..b", false);
    }
}
