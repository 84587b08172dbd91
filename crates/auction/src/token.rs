//! The signed token that a notice URL carries: what was agreed when the bid was made, so that any node settles it
//! without memory of the bid.
//!
//! A token is base64url of *payload ‖ tag*. The payload is a version, the number of the key and the
//! bid's terms, packed. One HMAC-SHA-256 is made per bid and split in two tags
//! of 16 bytes: the first half goes into the URLs that only the exchange's servers see (win,
//! billing, loss), the second into those that the page sees (impression, view, click). So what a
//! page leaks cannot claim a billing, and a bid costs one HMAC.
//!
//! What a token cannot cover is what the exchange fills in later, above all the price: that is clamped to the signed
//! reservation.

mod click;
mod packed;
mod url;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use journal::entry::BidTerms;
use sha2::Sha256;

pub use click::Click;
pub use url::{Notice, NoticeUrls, Quantity};

/// The version that is written and the only one that is read.
const VERSION: u8 = 2;
/// What is signed starts with this, so that no other use of the keys can make a notice's tag.
const DOMAIN: &[u8] = b"outbid notice\0";
/// Version and number of the key.
const HEAD: usize = 2;
/// A payload is no longer than this: version, number of the key, terms.
const PAYLOAD: usize = HEAD + packed::MOST;
/// 128 bits: nobody guesses one, and half an HMAC is as strong as that.
const TAG: usize = 16;

/// The keys that sign and verify: the newest signs, all verify. An older key stays for as long as notices of bids that
/// it signed may come.
#[derive(Clone)]
pub struct TokenKeys {
    current: Key,
    older: Vec<Key>,
}

/// A key, already absorbed: signing starts from a copy of this state.
#[derive(Clone)]
struct Key {
    id: u8,
    mac: Hmac<Sha256>,
}

/// One secret with its number, as configuration gives it.
#[derive(Clone, Copy)]
pub struct TokenSecret {
    /// The number that tokens name it by. Never given to another secret while tokens of the first may come.
    pub id: u8,
    /// The secret itself.
    pub secret: [u8; 32],
}

/// Two secrets have one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two notice keys have the number {0}: give each its own")]
pub struct DuplicateKey(pub u8);

/// Which of a bid's two tags a token carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TagClass {
    /// Win, billing and loss: only the exchange's servers see it.
    Server,
    /// Impression, view and click: it stands in the page.
    Page,
}

/// Why a token is refused. Whoever sent it is told only that it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not as long as a token is, or not base64url.
    #[error("not a token")]
    Malformed,
    /// Of a version that this program does not know.
    #[error("a token of unknown version {0}")]
    Version(u8),
    /// Signed with a key that is not known, or not any more.
    #[error("a token signed with the unknown key {0}")]
    UnknownKey(u8),
    /// The tag is not the key's, or not of this class.
    #[error("a token with a wrong tag")]
    Forged,
    /// Rightly signed, yet the terms cannot be read: by an older program, then.
    #[error("a token whose terms cannot be read")]
    Terms,
}

impl TokenKeys {
    /// Takes the secret that signs, and those that are still good.
    ///
    /// # Errors
    /// [`DuplicateKey`] where two have one number.
    pub fn new(current: TokenSecret, older: &[TokenSecret]) -> Result<TokenKeys, DuplicateKey> {
        let mut seen = [false; 256];
        for secret in older.iter().chain([&current]) {
            if std::mem::replace(&mut seen[usize::from(secret.id)], true) {
                return Err(DuplicateKey(secret.id));
            }
        }
        Ok(TokenKeys {
            current: Key::new(&current),
            older: older.iter().map(Key::new).collect(),
        })
    }

    fn find(&self, id: u8) -> Result<&Key, TokenError> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id == id)
            .ok_or(TokenError::UnknownKey(id))
    }
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let older: Vec<u8> = self.older.iter().map(|key| key.id).collect();
        write!(f, "TokenKeys(current {}, older {older:?})", self.current.id)
    }
}

impl std::fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenSecret({}, redacted)", self.id)
    }
}

impl Key {
    fn new(secret: &TokenSecret) -> Key {
        let mac = Hmac::new_from_slice(&secret.secret).expect("HMAC takes a key of any length");
        Key { id: secret.id, mac }
    }

    fn absorb(&self, domain: &[u8], payload: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(domain);
        mac.update(payload);
        mac
    }
}

/// A bid's terms, signed for both classes of notice: its two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    server: [u8; Signed::LONGEST],
    page: [u8; Signed::LONGEST],
    length: usize,
}

impl Signed {
    /// No token has more characters. Most have about 90.
    pub const LONGEST: usize = base64_length(PAYLOAD + TAG);

    /// Signs the terms with the current key.
    pub fn new(terms: &BidTerms, keys: &TokenKeys) -> Signed {
        let payload = Payload::of(terms, &keys.current);
        let payload = payload.bytes();
        let whole = keys.current.absorb(DOMAIN, payload).finalize().into_bytes();
        let (server_tag, page_tag) = whole.split_at(TAG);
        // What the two have in common is encoded once; base64 goes by three bytes.
        let (common, rest) = payload.split_at(payload.len() / 3 * 3);
        let mut server = [0; Signed::LONGEST];
        let start = encode(common, &mut server);
        let mut page = server;
        let mut length = 0;
        for (token, tag) in [(&mut server, server_tag), (&mut page, page_tag)] {
            let mut own = [0; 2 + TAG];
            own[..rest.len()].copy_from_slice(rest);
            own[rest.len()..rest.len() + TAG].copy_from_slice(tag);
            length = start + encode(&own[..rest.len() + TAG], &mut token[start..]);
        }
        Signed {
            server,
            page,
            length,
        }
    }

    /// The token of one class, in characters of base64url.
    pub fn token(&self, class: TagClass) -> &str {
        let token = match class {
            TagClass::Server => &self.server,
            TagClass::Page => &self.page,
        };
        std::str::from_utf8(&token[..self.length]).expect("base64 is ASCII")
    }
}

/// Writes the bytes as base64url, and says how many characters they became.
fn encode(bytes: &[u8], out: &mut [u8]) -> usize {
    URL_SAFE_NO_PAD
        .encode_slice(bytes, out)
        .expect("a token has room for what it is made of")
}

/// Reads a token of one class. The tag is compared in constant time, and nothing of the terms is read before it is.
///
/// # Errors
/// [`TokenError`]: whatever is wrong, the notice is refused.
pub fn verify(text: &str, class: TagClass, keys: &TokenKeys) -> Result<BidTerms, TokenError> {
    let mut bytes = [0; Signed::LONGEST];
    let (payload, tag) = decode(text, PAYLOAD + TAG, &mut bytes)?;
    let mac = key_of(payload, keys)?.absorb(DOMAIN, payload);
    let good = match class {
        TagClass::Server => mac.verify_truncated_left(tag),
        TagClass::Page => mac.verify_truncated_right(tag),
    };
    good.map_err(|_| TokenError::Forged)?;
    packed::read(&payload[HEAD..]).ok_or(TokenError::Terms)
}

/// The terms of a token, for whoever holds no key and believes what he is given. Whoever acts on them calls [`verify`].
pub fn read_unverified(text: &str) -> Option<BidTerms> {
    let mut bytes = [0; Signed::LONGEST];
    let (payload, _) = decode(text, PAYLOAD + TAG, &mut bytes).ok()?;
    packed::read(payload.get(HEAD..)?)
}

/// What is signed: version, number of the key, terms.
struct Payload {
    bytes: [u8; PAYLOAD],
    length: usize,
}

impl Payload {
    fn of(terms: &BidTerms, key: &Key) -> Payload {
        let mut out = [0; packed::MOST];
        let length = HEAD + packed::write(terms, &mut out);
        let mut bytes = [0; PAYLOAD];
        bytes[..HEAD].copy_from_slice(&[VERSION, key.id]);
        bytes[HEAD..].copy_from_slice(&out);
        Payload { bytes, length }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// Decodes what is signed, of `longest` bytes with its tag at most, and the tag. Longer text is not looked at, so there
/// is no work to be had by sending much.
fn decode<'b>(
    text: &str,
    longest: usize,
    room: &'b mut [u8],
) -> Result<(&'b [u8], &'b [u8]), TokenError> {
    if text.len() > base64_length(longest) {
        return Err(TokenError::Malformed);
    }
    let length = URL_SAFE_NO_PAD
        .decode_slice(text, room)
        .map_err(|_| TokenError::Malformed)?;
    let signed = length.checked_sub(TAG).ok_or(TokenError::Malformed)?;
    Ok(room[..length].split_at(signed))
}

fn key_of<'a>(payload: &[u8], keys: &'a TokenKeys) -> Result<&'a Key, TokenError> {
    match payload {
        [VERSION, id, ..] => keys.find(*id),
        [version, ..] => Err(TokenError::Version(*version)),
        [] => Err(TokenError::Malformed),
    }
}

const fn base64_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

#[cfg(test)]
mod tests;
