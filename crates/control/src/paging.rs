//! Pages (AIP-158): a token is opaque, and good only for the same question.

use api::errors::CallError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Reads how many are wanted: `usual` where nothing is said, and never more than `most`.
pub fn size(wanted: i32, usual: usize, most: usize) -> Result<usize, CallError> {
    match usize::try_from(wanted) {
        Ok(0) => Ok(usual),
        Ok(wanted) => Ok(wanted.min(most)),
        Err(_) => Err(CallError::field(
            "page_size",
            "OUT_OF_RANGE",
            "write 0 or more",
        )),
    }
}

/// The question that a page belongs to, as a few bytes that another question does not have.
pub fn question(parts: &[&str]) -> [u8; 8] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut short = [0; 8];
    short.copy_from_slice(&hash.finalize()[..8]);
    short
}

/// The token of the page after `last`.
pub fn token(question: [u8; 8], last: u64) -> String {
    let mut bytes = question.to_vec();
    bytes.extend(last.to_le_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a token of the same question; the empty one stands before everything.
pub fn after(token: &str, question: [u8; 8]) -> Result<u64, CallError> {
    if token.is_empty() {
        return Ok(0);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let bytes: Option<[u8; 16]> = bytes.and_then(|bytes| bytes.try_into().ok());
    let wrong = |what: &str| Err(CallError::field("page_token", "INVALID_PAGE_TOKEN", what));
    match bytes.as_ref().map(|bytes| bytes.split_at(8)) {
        Some((asked, last)) if asked == question => {
            let mut number = [0; 8];
            number.copy_from_slice(last);
            Ok(u64::from_le_bytes(number))
        }
        Some(_) => wrong(
            "it is of another list: leave parent and filters as they were, or start without a token",
        ),
        None => wrong("write the next_page_token of the page before, as it was"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_own_question_only() {
        let (mine, other) = (question(&["a", "bc"]), question(&["ab", "c"]));
        let token = token(mine, 77);
        assert_eq!(after(&token, mine), Ok(77));
        assert_eq!(after("", mine), Ok(0));
        for (token, question) in [(token.as_str(), other), ("!", mine), ("AAAA", mine)] {
            let told = after(token, question).unwrap_err();
            assert_eq!(told.reason(), "INVALID_FIELDS");
        }
    }

    #[test]
    fn a_page_has_a_size() {
        assert_eq!(size(0, 50, 1_000), Ok(50));
        assert_eq!(size(7, 50, 1_000), Ok(7));
        assert_eq!(size(i32::MAX, 50, 1_000), Ok(1_000));
        assert!(size(-1, 50, 1_000).is_err());
    }
}
