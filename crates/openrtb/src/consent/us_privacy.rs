//! The US Privacy string: four characters such as `1YNN`, for version, notice, opt-out of sale, and whether the Limited
//! Service Provider Agreement covers the sale. It is also section 6 of a GPP string.
//!
//! Source: "US Privacy String", version 1 (IAB Tech Lab, 2020-03).

/// What a US Privacy string says of the sale of personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsPrivacy {
    /// `1---`: the law does not cover this user.
    NotApplicable,
    /// The user had notice and did not opt out.
    NotOptedOut,
    /// The user opted out, or had no notice and so no chance to.
    OptedOut,
}

/// Reads a US Privacy string, in capitals or not. `None` where it is none: whoever asks must take that as an opt-out.
///
/// The third character may be `-` only where the law does not apply, and then all three are.
pub fn read(text: &str) -> Option<UsPrivacy> {
    let &[b'1', notice, opt_out, agreement] = text.as_bytes() else {
        return None;
    };
    match [notice, opt_out, agreement].map(|byte| byte.to_ascii_uppercase()) {
        [b'-', b'-', b'-'] => Some(UsPrivacy::NotApplicable),
        [b'N', b'N', b'Y' | b'N' | b'-'] => Some(UsPrivacy::OptedOut),
        [b'Y' | b'-', b'N', b'Y' | b'N' | b'-'] => Some(UsPrivacy::NotOptedOut),
        [b'Y' | b'N' | b'-', b'Y', b'Y' | b'N' | b'-'] => Some(UsPrivacy::OptedOut),
        _ => None,
    }
}
