//! The click id that is appended to an advertiser's landing URL, and that comes back with a conversion.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use campaign::time::Timestamp;
use hmac::Mac;
use journal::entry::BidTerms;

use super::{
    HEAD, PAYLOAD, Payload, TAG, TokenError, TokenKeys, base64_length, decode, key_of, packed,
};

/// A click id signs more than a notice does, and stands in other hands: its domain is its own.
const DOMAIN: &[u8] = b"outbid click id\0";
/// The moment of the click, behind a notice's payload.
const MOMENT: usize = 8;

/// A click: on which bid, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Click {
    /// The bid.
    pub terms: BidTerms,
    /// The moment.
    pub at: Timestamp,
}

impl Click {
    /// No click id has more characters.
    pub const LONGEST: usize = base64_length(PAYLOAD + MOMENT + TAG);

    /// Appends the signed click id in characters of base64url.
    pub fn push_id(&self, keys: &TokenKeys, out: &mut String) {
        let key = &keys.current;
        let payload = Payload::of(&self.terms, key);
        let mut id = Vec::with_capacity(PAYLOAD + MOMENT + TAG);
        id.extend(payload.bytes());
        id.extend(self.at.0.to_le_bytes());
        let tag = key.absorb(DOMAIN, &id).finalize().into_bytes();
        id.extend(&tag[..TAG]);
        URL_SAFE_NO_PAD.encode_string(id, out);
    }

    /// Reads a click id.
    ///
    /// # Errors
    /// [`TokenError`]: whatever is wrong, the click is not credited.
    pub fn verify_id(text: &str, keys: &TokenKeys) -> Result<Click, TokenError> {
        let mut bytes = [0; Click::LONGEST];
        let (signed, tag) = decode(text, PAYLOAD + MOMENT + TAG, &mut bytes)?;
        key_of(signed, keys)?
            .absorb(DOMAIN, signed)
            .verify_truncated_left(tag)
            .map_err(|_| TokenError::Forged)?;
        let (payload, at) = signed
            .split_last_chunk::<MOMENT>()
            .ok_or(TokenError::Terms)?;
        let terms = payload.get(HEAD..).and_then(packed::read);
        Ok(Click {
            terms: terms.ok_or(TokenError::Terms)?,
            at: Timestamp(i64::from_le_bytes(*at)),
        })
    }
}
