//! The click id that is appended to an advertiser's landing URL, and that comes back with a conversion.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use campaign::time::Timestamp;
use hmac::Mac;
use journal::codec;
use journal::entry::BidTerms;

use super::{PAYLOAD, TAG, TokenError, TokenKeys, base64_length, decode, key_of, payload};

/// A click id signs more than a notice does, and stands in other hands: its domain is its own.
const DOMAIN: &[u8] = b"outbid click id\0";
/// A notice's payload and the moment of the click.
const CLICK_PAYLOAD: usize = PAYLOAD + 8;

/// A click: on which bid, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Click {
    /// The bid.
    pub terms: BidTerms,
    /// The moment.
    pub at: Timestamp,
}

impl Click {
    /// The length of a click id in characters.
    pub const ID_LENGTH: usize = base64_length(CLICK_PAYLOAD + TAG);

    /// Appends the signed click id: [`Click::ID_LENGTH`] characters of base64url.
    pub fn push_id(&self, keys: &TokenKeys, out: &mut String) {
        let key = &keys.current;
        let signed: [u8; CLICK_PAYLOAD] = payload(key, &self.terms, &self.at.0.to_le_bytes());
        let tag = key.absorb(DOMAIN, &signed).finalize().into_bytes();
        let mut id = [0; CLICK_PAYLOAD + TAG];
        id[..CLICK_PAYLOAD].copy_from_slice(&signed);
        id[CLICK_PAYLOAD..].copy_from_slice(&tag[..TAG]);
        URL_SAFE_NO_PAD.encode_string(id, out);
    }

    /// Reads a click id.
    ///
    /// # Errors
    /// [`TokenError`]: whatever is wrong, the click is not credited.
    pub fn verify_id(text: &str, keys: &TokenKeys) -> Result<Click, TokenError> {
        let id: [u8; CLICK_PAYLOAD + TAG] = decode(text)?;
        let (signed, tag) = id.split_at(CLICK_PAYLOAD);
        key_of(signed, keys)?
            .absorb(DOMAIN, signed)
            .verify_truncated_left(tag)
            .map_err(|_| TokenError::Forged)?;
        let (terms, at) = signed[2..].split_at(BidTerms::LENGTH);
        let at = at.try_into().expect("the moment is the last 8 bytes");
        Ok(Click {
            terms: codec::decode_terms(terms).map_err(|_| TokenError::Terms)?,
            at: Timestamp(i64::from_le_bytes(at)),
        })
    }
}
