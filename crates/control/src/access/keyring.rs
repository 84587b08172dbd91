//! The tokens that open something, as the gate looks at them: swapped whole when one of them changes.
//!
//! A token is `outbid_{id}_{secret}`, with 32 random bytes in the secret. Of the whole text only the SHA-256 is kept:
//! with 256 bits to guess, a slow hash as for passwords would add nothing. The id finds the row; the hashes are then
//! compared in a time that does not tell how much of them is alike.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use api::errors::CallError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use campaign::time::Timestamp;
use sha2::{Digest, Sha256};
use store::api_token::SecretHash;
use tonic::Code;

use super::role::Binding;

/// How each token begins, so that scanners for secrets that lie about can know them.
const BEGINNING: &str = "outbid_";
/// How many characters of the random part a prefix shows: 24 bits of 256.
const SHOWN: usize = 4;
/// When a token was last shown, where it never was.
pub const NEVER: i64 = i64::MIN;

/// Makes a token's text of 32 random bytes.
pub fn secret(id: &str, random: [u8; 32]) -> String {
    format!("{BEGINNING}{id}_{}", URL_SAFE_NO_PAD.encode(random))
}

/// How a token's text begins: enough to tell it from others, too little to use it.
pub fn prefix(secret: &str) -> String {
    let random = secret.rfind('_').map_or(0, |_| {
        // The random part may hold `_` itself, so it is found by the id, which holds none.
        let after = secret[BEGINNING.len()..].find('_').unwrap_or(0);
        BEGINNING.len() + after + 1
    });
    secret.chars().take(random + SHOWN).collect()
}

/// What is kept of a token's text.
pub fn hash(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}

/// The id in a token's text.
fn id(secret: &str) -> Option<&str> {
    let (id, _) = secret.strip_prefix(BEGINNING)?.split_once('_')?;
    Some(id)
}

/// Whether two hashes are one, in a time that does not depend on where they differ.
fn same(one: &SecretHash, other: &SecretHash) -> bool {
    let differing = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    black_box(differing) == 0
}

/// One token.
#[derive(Clone, Debug)]
pub struct Key {
    /// `apiTokens/{api_token}`.
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// What it allows.
    pub bindings: Vec<Binding>,
    /// Its secret's.
    pub hash: SecretHash,
    /// The former secret's, and until when that is good.
    pub previous: Option<(SecretHash, Timestamp)>,
    /// When it ends.
    pub expires: Timestamp,
    /// Whether somebody ended it.
    pub revoked: bool,
    /// When it was last shown, in milliseconds since 1970; [`NEVER`] where it never was.
    pub last_use: Arc<AtomicI64>,
}

/// All tokens, by id.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    keys: BTreeMap<String, Key>,
}

impl Keyring {
    /// Of these.
    pub fn new(keys: BTreeMap<String, Key>) -> Keyring {
        Keyring { keys }
    }

    /// The key that this text is of, if it is good now, and notes that it was shown.
    ///
    /// # Errors
    /// UNAUTHENTICATED. That a token has expired or was revoked is told to who knows its secret alone.
    pub fn open(&self, secret: &str, now: Timestamp) -> Result<&Key, CallError> {
        let id = id(secret).ok_or_else(unknown)?;
        self.look(id, &hash(secret), now)
    }

    /// The same for one who showed the token before, by the token's id and what is kept of what was shown.
    ///
    /// # Errors
    /// UNAUTHENTICATED.
    pub fn look(&self, id: &str, shown: &SecretHash, now: Timestamp) -> Result<&Key, CallError> {
        let key = self.keys.get(id).ok_or_else(unknown)?;
        let former = key
            .previous
            .is_some_and(|(former, until)| same(&former, shown) && now < until);
        if !same(&key.hash, shown) && !former {
            return Err(unknown());
        }
        if key.revoked {
            let what = format!("{} was revoked: ask an admin for another token", key.name);
            return Err(unauthenticated("TOKEN_REVOKED", what));
        }
        if key.expires <= now {
            let what = format!(
                "{} expired at {}: ask an admin to rotate it",
                key.name, key.expires
            );
            return Err(unauthenticated("TOKEN_EXPIRED", what));
        }
        key.last_use.fetch_max(now.0, Ordering::Relaxed);
        Ok(key)
    }
}

fn unknown() -> CallError {
    let what = "the token is not known here: make one with `outbid token create`, or choose another context";
    unauthenticated("TOKEN_UNKNOWN", what)
}

/// The error of a call that shows no token that is good.
pub fn unauthenticated(reason: &'static str, what: impl Into<String>) -> CallError {
    CallError::new(Code::Unauthenticated, reason, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> Key {
        Key {
            name: "apiTokens/ci-2".to_string(),
            display_name: "CI".to_string(),
            bindings: Vec::new(),
            hash: hash(secret),
            previous: None,
            expires: Timestamp(100),
            revoked: false,
            last_use: Arc::new(AtomicI64::new(NEVER)),
        }
    }

    fn reason(keys: &Keyring, text: &str, now: i64) -> &'static str {
        keys.open(text, Timestamp(now))
            .map_or_else(|error| error.reason(), |_| "good")
    }

    #[test]
    fn a_token_opens_until_it_ends_and_nothing_else_does() {
        // All bits set is all underscores in this alphabet: the id must still be told from the rest.
        let (text, other) = (secret("ci-2", [0xff; 32]), secret("ci-2", [7; 32]));
        assert_eq!(text.len(), "outbid_ci-2_".len() + 43);
        assert_eq!(prefix(&text), "outbid_ci-2_____");
        let ring = |key: Key| Keyring::new(BTreeMap::from([("ci-2".to_string(), key)]));
        let keys = ring(key(&text));
        let check = |keys: &Keyring, text: &str, now: i64, expect: &str| {
            assert_eq!(reason(keys, text, now), expect, "{text}");
        };
        check(&keys, &text, 99, "good");
        check(&keys, &text, 100, "TOKEN_EXPIRED");
        check(&keys, &other, 1, "TOKEN_UNKNOWN");
        check(&keys, &other, 100, "TOKEN_UNKNOWN");
        check(&keys, &text[..text.len() - 1], 1, "TOKEN_UNKNOWN");
        check(&keys, &text.replace("ci-2", "ci-3"), 1, "TOKEN_UNKNOWN");
        for bad in ["", "outbid_", "outbid__", "ci-2", "outbid_ci-2", &text[7..]] {
            check(&keys, bad, 1, "TOKEN_UNKNOWN");
        }
        let revoked = ring(Key {
            revoked: true,
            ..key(&text)
        });
        check(&revoked, &text, 1, "TOKEN_REVOKED");
        check(&revoked, &other, 1, "TOKEN_UNKNOWN");
        let rotated = ring(Key {
            previous: Some((hash(&text), Timestamp(50))),
            ..key(&other)
        });
        check(&rotated, &text, 49, "good");
        check(&rotated, &text, 50, "TOKEN_UNKNOWN");
        check(&rotated, &other, 50, "good");
    }
}
