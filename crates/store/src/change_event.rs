//! Who changed what: one row a change of one resource, chained by hashes.
//!
//! **Invariant: a row's hash covers all that the row says, and the hash of the row before.** Whoever changes a row,
//! puts one in or takes one out breaks every hash from there on. Who can write the whole file can also compute the
//! whole chain anew; against that helps only the newest hash, kept elsewhere.

use campaign::time::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::database::{Transaction, id_of, sql_id};
use crate::error::StoreError;
use crate::record::MAX_LIST;

/// The hash before the first row.
const ORIGIN: [u8; 32] = [0; 32];

/// What a record was before a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// As [`crate::record::Record::state`].
    pub state: String,
    /// As [`crate::record::Record::body`].
    pub body: Vec<u8>,
}

/// A change to be noted.
#[derive(Clone, Debug)]
pub struct NewChangeEvent<'a> {
    /// When.
    pub at: Timestamp,
    /// The token's name; empty for the server itself.
    pub actor: &'a str,
    /// What was changed.
    pub resource: &'a str,
    /// The document.
    pub body: &'a [u8],
    /// What there was.
    pub before: Option<Before>,
    /// The record's version after it; 0 where it has none.
    pub version: u64,
}

/// A change as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeEventRow {
    /// Its number, counted from 1 without a gap.
    pub id: u64,
    /// As [`NewChangeEvent::at`].
    pub at: Timestamp,
    /// As [`NewChangeEvent::actor`].
    pub actor: String,
    /// As [`NewChangeEvent::resource`].
    pub resource: String,
    /// As [`NewChangeEvent::body`].
    pub body: Vec<u8>,
    /// As [`NewChangeEvent::before`].
    pub before: Option<Before>,
    /// As [`NewChangeEvent::version`].
    pub version: u64,
    /// The hash over it and over the hash of the row before.
    pub hash: [u8; 32],
}

/// Which changes to list, newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChangeEventList<'a> {
    /// Only of this resource and what hangs below it.
    pub resource: Option<&'a str>,
    /// Only by this one.
    pub actor: Option<&'a str>,
    /// Only from then on.
    pub from: Option<Timestamp>,
    /// Only before then.
    pub until: Option<Timestamp>,
    /// Only with a lower number; 0 for all.
    pub before: u64,
    /// No more than this, and never more than [`MAX_LIST`].
    pub limit: usize,
}

/// Whether the chain is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// How many rows there are.
    pub count: u64,
    /// The hash of the newest.
    pub head: [u8; 32],
    /// The number of the first row that is not as it was written, or is missing.
    pub first_broken: Option<u64>,
}

const COLUMNS: &str = "id, at_ms, actor, resource, body, before_state, before_body, version, hash";

impl ChangeEventRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<ChangeEventRow> {
        let state: Option<String> = row.get(5)?;
        let body: Option<Vec<u8>> = row.get(6)?;
        Ok(ChangeEventRow {
            id: id_of(row.get(0)?),
            at: Timestamp(row.get(1)?),
            actor: row.get(2)?,
            resource: row.get(3)?,
            body: row.get(4)?,
            before: state.zip(body).map(|(state, body)| Before { state, body }),
            version: id_of(row.get(7)?),
            hash: row.get(8)?,
        })
    }

    /// What its hash must be after a row of this hash. Each part goes in with its length, so that no two rows read
    /// alike.
    fn hash_after(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(previous);
        part(&self.id.to_le_bytes());
        part(&self.at.0.to_le_bytes());
        part(self.actor.as_bytes());
        part(self.resource.as_bytes());
        part(&self.body);
        match &self.before {
            None => part(&[]),
            Some(before) => {
                part(&[1]);
                part(before.state.as_bytes());
                part(&before.body);
            }
        }
        part(&self.version.to_le_bytes());
        hash.finalize().into()
    }
}

impl Transaction<'_> {
    /// Notes a change, in the transaction of the change.
    pub fn append_change_event(
        &self,
        new: NewChangeEvent<'_>,
    ) -> Result<ChangeEventRow, StoreError> {
        let (last, previous) = self.chain_end()?;
        let mut row = ChangeEventRow {
            id: last + 1,
            at: new.at,
            actor: new.actor.to_owned(),
            resource: new.resource.to_owned(),
            body: new.body.to_owned(),
            before: new.before,
            version: new.version,
            hash: ORIGIN,
        };
        row.hash = row.hash_after(&previous);
        let sql = format!(
            "INSERT INTO change_events ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        );
        let before = row.before.as_ref();
        self.sql.execute(
            &sql,
            params![
                sql_id(row.id),
                row.at.0,
                row.actor,
                row.resource,
                row.body,
                before.map(|before| &before.state),
                before.map(|before| &before.body),
                sql_id(row.version),
                row.hash,
            ],
        )?;
        Ok(row)
    }

    /// The change of this number.
    pub fn change_event(&self, id: u64) -> Result<Option<ChangeEventRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM change_events WHERE id = ?");
        let row = self.sql.query_row(&sql, [sql_id(id)], ChangeEventRow::read);
        Ok(row.optional()?)
    }

    /// Changes, newest first.
    pub fn list_change_events(
        &self,
        list: &ChangeEventList<'_>,
    ) -> Result<Vec<ChangeEventRow>, StoreError> {
        // What hangs below `a` begins with `a/`, and sorts before `a0`, as `0` is what comes after `/`.
        let below = list.resource.map(|name| format!("{name}/"));
        let after = list.resource.map(|name| format!("{name}0"));
        let sql = format!(
            "SELECT {COLUMNS} FROM change_events WHERE (?1 IS NULL OR resource = ?1 OR (resource > ?2 AND resource < ?3)) \
             AND (?4 IS NULL OR actor = ?4) AND (?5 IS NULL OR at_ms >= ?5) AND (?6 IS NULL OR at_ms < ?6) \
             AND (?7 = 0 OR id < ?7) ORDER BY id DESC LIMIT ?8"
        );
        let mut statement = self.sql.prepare(&sql)?;
        let rows = statement.query_map(
            params![
                list.resource,
                below,
                after,
                list.actor,
                list.from.map(|at| at.0),
                list.until.map(|at| at.0),
                sql_id(list.before),
                list.limit.min(MAX_LIST) as i64,
            ],
            ChangeEventRow::read,
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Computes every hash anew.
    pub fn verify_change_events(&self) -> Result<Chain, StoreError> {
        let mut statement = self
            .sql
            .prepare(&format!("SELECT {COLUMNS} FROM change_events ORDER BY id"))?;
        let mut rows = statement.query([])?;
        let mut chain = Chain {
            count: 0,
            head: ORIGIN,
            first_broken: None,
        };
        while let Some(row) = rows.next()? {
            let row = ChangeEventRow::read(row)?;
            let whole = row.id == chain.count + 1 && row.hash == row.hash_after(&chain.head);
            if !whole {
                chain.first_broken.get_or_insert(chain.count + 1);
            }
            chain.count += 1;
            chain.head = row.hash;
        }
        // SQLite remembers the highest number that it ever gave: rows that were taken off the end are missed.
        let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'change_events'";
        let given = id_of(self.sql.query_row(sql, [], |row| row.get(0))?);
        if given != chain.count {
            chain.first_broken.get_or_insert(chain.count + 1);
        }
        Ok(chain)
    }

    /// The number and the hash of the newest change.
    fn chain_end(&self) -> Result<(u64, [u8; 32]), StoreError> {
        let sql = "SELECT id, hash FROM change_events ORDER BY id DESC LIMIT 1";
        let end = self
            .sql
            .query_row(sql, [], |row| Ok((id_of(row.get(0)?), row.get(1)?)));
        Ok(end.optional()?.unwrap_or((0, ORIGIN)))
    }
}
