//! API tokens: made, shown, rotated, revoked. The gate looks at the keys that are made of them here.

mod calls;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use api::v1;
use campaign::time::Timestamp;
use prost::Message;
use store::api_token::ApiTokenRow;
use store::database::Transaction;
use store::error::StoreError;
use tokio::sync::watch;

use crate::access::keyring::{Key, Keyring, NEVER};
use crate::access::role::Binding;

/// The collection of all of them.
const COLLECTION: &str = "apiTokens/";

/// All tokens.
pub(super) struct Tokens {
    rows: BTreeMap<String, Token>,
    keyring: watch::Sender<Arc<Keyring>>,
}

#[derive(Clone)]
struct Token {
    row: ApiTokenRow,
    wire: v1::ApiToken,
    last_use: Arc<AtomicI64>,
}

impl Token {
    fn read(row: ApiTokenRow) -> Result<Token, StoreError> {
        let wire = v1::ApiToken::decode(row.body.as_slice())
            .map_err(|error| StoreError::Unreadable(format!("{COLLECTION}{}: {error}", row.id)))?;
        let last_use = row.last_use.map_or(NEVER, |at| at.0);
        Ok(Token {
            row,
            wire,
            last_use: Arc::new(AtomicI64::new(last_use)),
        })
    }

    fn name(&self) -> String {
        format!("{COLLECTION}{}", self.row.id)
    }

    fn bindings(&self) -> Vec<Binding> {
        self.wire
            .bindings
            .iter()
            .filter_map(Binding::read)
            .collect()
    }

    fn is_good(&self, now: Timestamp) -> bool {
        self.row.revoked.is_none() && now < self.row.expires
    }

    fn key(&self) -> Key {
        Key {
            name: self.name(),
            display_name: self.wire.display_name.clone(),
            bindings: self.bindings(),
            hash: self.row.hash,
            previous: self.row.previous,
            expires: self.row.expires,
            revoked: self.row.revoked.is_some(),
            last_use: Arc::clone(&self.last_use),
        }
    }

    /// As the contract shows it.
    fn present(&self, now: Timestamp) -> v1::ApiToken {
        let last_use = self.last_use.load(Ordering::Relaxed);
        let state = match (self.row.revoked, now < self.row.expires) {
            (Some(_), _) => v1::ApiTokenState::Revoked,
            (None, true) => v1::ApiTokenState::Active,
            (None, false) => v1::ApiTokenState::Expired,
        };
        v1::ApiToken {
            name: self.name(),
            state: state as i32,
            expire_time: api::time::write_moment(self.row.expires),
            revoke_time: self.row.revoked.and_then(api::time::write_moment),
            last_use_time: (last_use != NEVER)
                .then(|| api::time::write_moment(Timestamp(last_use)))
                .flatten(),
            etag: format!("v{}", self.row.version),
            ..self.wire.clone()
        }
    }
}

impl Tokens {
    /// Reads them.
    pub fn load(transaction: &Transaction<'_>) -> Result<Tokens, StoreError> {
        let mut rows = BTreeMap::new();
        for row in transaction.api_tokens()? {
            rows.insert(row.id.clone(), Token::read(row)?);
        }
        let tokens = Tokens {
            rows,
            keyring: watch::Sender::new(Arc::default()),
        };
        tokens.tell();
        Ok(tokens)
    }

    /// The keys, as they change.
    pub fn keys(&self) -> watch::Receiver<Arc<Keyring>> {
        self.keyring.subscribe()
    }

    fn tell(&self) {
        let keys = self
            .rows
            .iter()
            .map(|(id, token)| (id.clone(), token.key()));
        self.keyring
            .send_replace(Arc::new(Keyring::new(keys.collect())));
    }

    /// Which tokens were shown since this was asked last, and when.
    pub fn shown_since(&mut self) -> Vec<(String, Timestamp)> {
        let mut shown = Vec::new();
        for (id, token) in &mut self.rows {
            let at = token.last_use.load(Ordering::Relaxed);
            if at != NEVER && token.row.last_use != Some(Timestamp(at)) {
                token.row.last_use = Some(Timestamp(at));
                shown.push((id.clone(), Timestamp(at)));
            }
        }
        shown
    }
}
