//! Which addresses we let into markup.

use openrtb::macros;

use super::validate::Problem;

/// The longest address.
const URL_BYTES_MAX: usize = 2_048;

/// What an address is for decides whether an exchange gets to fill in macros.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Macros {
    /// It stands in the markup, so the exchange replaces `${AUCTION_…}` in it.
    Replaced,
    /// Nobody sees it before we redirect there.
    Refused,
}

/// Checks that an address is `https`, has a host name that the public DNS could know, and is made of the characters of
/// RFC 3986 only, so that it can stand anywhere without being cut or changed.
///
/// # Errors
/// The first thing that is wrong.
pub(super) fn check(url: &str, policy: Macros) -> Result<(), Problem> {
    if url.len() > URL_BYTES_MAX {
        return Err(Problem::TooLong {
            bytes_max: URL_BYTES_MAX,
        });
    }
    let Some(rest) = url.strip_prefix("https://") else {
        return Err(Problem::NotHttps);
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    check_authority(authority)?;
    let path = without_macros(path, policy)?;
    match path.chars().find(|c| !is_url_character(*c)) {
        None => check_percent(&path),
        Some(character) => Err(Problem::UrlCharacter { character }),
    }
}

/// Checks a host name: lower or upper case letters, digits and hyphens, at least two labels, the last not a number.
pub(super) fn check_host(host: &str) -> Result<(), Problem> {
    let labels = || host.split('.');
    let label_is_good = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top_is_name = labels()
        .next_back()
        .is_some_and(|top| top.bytes().any(|b| b.is_ascii_alphabetic()));
    let good = host.len() <= 253 && labels().count() >= 2 && labels().all(label_is_good);
    if good && top_is_name {
        Ok(())
    } else {
        Err(Problem::Host)
    }
}

fn check_authority(authority: &str) -> Result<(), Problem> {
    // A user name before the host ("https://bank.example@evil.example/") only ever serves to deceive.
    if authority.contains('@') {
        return Err(Problem::Host);
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(Problem::Host);
    }
    check_host(host)
}

/// The text less its macros, which are known to be good then.
fn without_macros(text: &str, policy: Macros) -> Result<String, Problem> {
    check_macros(text)?;
    // All values are empty here, which removes what they replace.
    let plain = macros::expand(text, &macros::Values::default(), macros::no_encoding);
    if policy == Macros::Refused && plain != text {
        return Err(Problem::MacroHere);
    }
    Ok(plain)
}

/// Checks that each `${AUCTION_…}` in a text is one that exchanges know, with or without an encoding (`:B64`).
///
/// # Errors
/// The first that they would leave in place.
pub(super) fn check_macros(text: &str) -> Result<(), Problem> {
    match macros::first_unknown(text) {
        None => Ok(()),
        Some(name) => Err(Problem::UnknownMacro {
            name: name.chars().take(40).collect(),
        }),
    }
}

/// Section 2 of RFC 3986: unreserved, reserved, and the percent sign.
fn is_url_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

/// Each percent sign starts an escape.
fn check_percent(path: &str) -> Result<(), Problem> {
    let is_hex = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_hexdigit());
    let good = path.split('%').skip(1).all(|escape| {
        let mut bytes = escape.bytes();
        is_hex(bytes.next()) && is_hex(bytes.next())
    });
    if good {
        Ok(())
    } else {
        Err(Problem::UrlCharacter { character: '%' })
    }
}
