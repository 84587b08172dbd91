//! API tokens as they are kept: what they allow, and the SHA-256 of their secrets, never the secrets.

use campaign::time::Timestamp;
use rusqlite::{Row, params};

use crate::database::{Transaction, id_of, sql_id};
use crate::error::StoreError;

/// The SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// How many tokens there may be, ended ones counted.
pub const MAX_API_TOKENS: usize = 10_000;

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenRow {
    /// The last part of its name.
    pub id: String,
    /// Counts its changes, from 1.
    pub version: u64,
    /// Its secret's.
    pub hash: SecretHash,
    /// The secret's that it had before, and until when that is good.
    pub previous: Option<(SecretHash, Timestamp)>,
    /// When it ends.
    pub expires: Timestamp,
    /// When somebody ended it.
    pub revoked: Option<Timestamp>,
    /// When it was last shown.
    pub last_use: Option<Timestamp>,
    /// The document.
    pub body: Vec<u8>,
}

const COLUMNS: &str = "id, version, hash, previous_hash, previous_until_ms, expires_ms, revoked_ms, last_use_ms, body";

impl ApiTokenRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<ApiTokenRow> {
        let until = row.get::<_, Option<i64>>(4)?.map(Timestamp);
        Ok(ApiTokenRow {
            id: row.get(0)?,
            version: id_of(row.get(1)?),
            hash: row.get(2)?,
            previous: row.get::<_, Option<SecretHash>>(3)?.zip(until),
            expires: Timestamp(row.get(5)?),
            revoked: row.get::<_, Option<i64>>(6)?.map(Timestamp),
            last_use: row.get::<_, Option<i64>>(7)?.map(Timestamp),
            body: row.get(8)?,
        })
    }
}

impl Transaction<'_> {
    /// All tokens, by id; at most [`MAX_API_TOKENS`].
    pub fn api_tokens(&self) -> Result<Vec<ApiTokenRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM api_tokens ORDER BY id LIMIT ?");
        let mut statement = self.sql.prepare(&sql)?;
        let rows = statement.query_map([MAX_API_TOKENS as i64], ApiTokenRow::read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Makes a token, or puts it in the place of what it was.
    pub fn put_api_token(&self, token: &ApiTokenRow) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO api_tokens ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET \
             version = ?2, hash = ?3, previous_hash = ?4, previous_until_ms = ?5, expires_ms = ?6, revoked_ms = ?7, \
             last_use_ms = ?8, body = ?9"
        );
        self.sql.execute(
            &sql,
            params![
                token.id,
                sql_id(token.version),
                token.hash,
                token.previous.map(|(hash, _)| hash),
                token.previous.map(|(_, until)| until.0),
                token.expires.0,
                token.revoked.map(|at| at.0),
                token.last_use.map(|at| at.0),
                token.body,
            ],
        )?;
        Ok(())
    }

    /// Notes when a token was last shown. That is no change of the token.
    pub fn note_api_token_use(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE api_tokens SET last_use_ms = ?2 WHERE id = ?1";
        self.sql.execute(sql, params![id, at.0])?;
        Ok(())
    }
}
