//! Campaign records: documents with a name, a version, and a body that only the API reads.

use campaign::time::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use crate::database::{Transaction, id_of, sql_id};
use crate::error::StoreError;

/// How many changes are remembered one by one. Who is further behind takes everything anew.
pub const CHANGES_KEPT: u64 = 100_000;

/// The longest list that is handed out at once.
pub const MAX_LIST: usize = 10_000;

/// A record's number, from one sequence for all kinds: never changed, never used twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub id: RecordId,
    /// What kind of thing it is: "campaign", "ad".
    pub kind: String,
    /// The full resource name: `advertisers/acme/campaigns/spring`.
    pub name: String,
    /// The name of what it belongs to; empty where it belongs to nothing.
    pub parent: String,
    /// What its owner says of it: "active", "paused".
    pub state: String,
    /// Counts the changes of this record, from 1.
    pub version: u64,
    /// The document.
    pub body: Vec<u8>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
    /// When it was deleted; `None` while it lives.
    pub deleted: Option<Timestamp>,
}

/// A record to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewRecord<'a> {
    /// As [`Record::kind`].
    pub kind: &'a str,
    /// As [`Record::name`].
    pub name: &'a str,
    /// As [`Record::parent`].
    pub parent: &'a str,
    /// As [`Record::state`].
    pub state: &'a str,
    /// As [`Record::body`].
    pub body: &'a [u8],
}

/// Which version a change is made to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Whatever is there.
    Any,
    /// What the caller has read; anything else is refused.
    Version(u64),
}

/// Which records to list.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Of this kind.
    pub kind: &'a str,
    /// Of this parent; `None` is of all.
    pub parent: Option<&'a str>,
    /// After this one: the last of the page before.
    pub after: RecordId,
    /// No more than this, and never more than [`MAX_LIST`].
    pub limit: usize,
    /// Whether deleted ones too.
    pub deleted: Deleted,
}

/// Whether deleted records are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// Only those that live.
    Hidden,
    /// All.
    Shown,
}

/// A change of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The configuration's version after it.
    pub version: u64,
    /// What was made, changed or deleted.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// When.
    pub at: Timestamp,
}

const COLUMNS: &str =
    "id, kind, name, parent, state, version, body, created_ms, updated_ms, deleted_ms";

impl Record {
    /// The version as the API says it.
    pub fn etag(&self) -> String {
        format!("v{}", self.version)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
        Ok(Record {
            id: RecordId(id_of(row.get(0)?)),
            kind: row.get(1)?,
            name: row.get(2)?,
            parent: row.get(3)?,
            state: row.get(4)?,
            version: id_of(row.get(5)?),
            body: row.get(6)?,
            created: Timestamp(row.get(7)?),
            updated: Timestamp(row.get(8)?),
            deleted: row.get::<_, Option<i64>>(9)?.map(Timestamp),
        })
    }
}

impl Expect {
    /// What an etag of [`Record::etag`] asks for; an empty one asks for nothing. `None` where it is no such etag.
    pub fn etag(etag: &str) -> Option<Expect> {
        if etag.is_empty() {
            return Some(Expect::Any);
        }
        etag.strip_prefix('v')?.parse().ok().map(Expect::Version)
    }
}

impl Transaction<'_> {
    /// Makes a record.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], also where the record of that name was deleted: reports still speak of it.
    pub fn create_record(&self, new: &NewRecord<'_>, now: Timestamp) -> Result<Record, StoreError> {
        if self.record_named(new.name)?.is_some() {
            return Err(StoreError::NameTaken {
                name: new.name.to_owned(),
            });
        }
        let sql = "INSERT INTO records (kind, name, parent, state, version, body, created_ms, updated_ms) \
                   VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?6)";
        self.sql.execute(
            sql,
            params![new.kind, new.name, new.parent, new.state, new.body, now.0],
        )?;
        let id = RecordId(id_of(self.sql.last_insert_rowid()));
        self.changed(id, now)
    }

    /// The record, deleted or not.
    pub fn record(&self, id: RecordId) -> Result<Option<Record>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE id = ?");
        let record = self.sql.query_row(&sql, [sql_id(id.0)], Record::read);
        Ok(record.optional()?)
    }

    /// The record of this name, deleted or not.
    pub fn record_named(&self, name: &str) -> Result<Option<Record>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM records WHERE name = ?");
        Ok(self.sql.query_row(&sql, [name], Record::read).optional()?)
    }

    /// Records by number, a page at a time.
    pub fn list_records(&self, list: &List<'_>) -> Result<Vec<Record>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM records WHERE kind = ?1 AND (?2 IS NULL OR parent = ?2) AND id > ?3 \
             AND (?4 OR deleted_ms IS NULL) ORDER BY id LIMIT ?5"
        );
        let limit = list.limit.min(MAX_LIST) as i64;
        let deleted = list.deleted == Deleted::Shown;
        let mut statement = self.sql.prepare(&sql)?;
        let records = statement.query_map(
            params![list.kind, list.parent, sql_id(list.after.0), deleted, limit],
            Record::read,
        )?;
        Ok(records.collect::<Result<_, _>>()?)
    }

    /// Changes a record's state and body.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`], [`StoreError::VersionMismatch`].
    pub fn update_record(
        &self,
        id: RecordId,
        expect: Expect,
        state: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Record, StoreError> {
        self.living(id, expect)?;
        let sql = "UPDATE records SET state = ?2, body = ?3, updated_ms = ?4, version = version + 1 WHERE id = ?1";
        self.sql
            .execute(sql, params![sql_id(id.0), state, body, now.0])?;
        self.changed(id, now)
    }

    /// Marks a record as deleted. Its number and its name stay taken.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`], [`StoreError::VersionMismatch`].
    pub fn delete_record(
        &self,
        id: RecordId,
        expect: Expect,
        now: Timestamp,
    ) -> Result<Record, StoreError> {
        self.living(id, expect)?;
        let sql = "UPDATE records SET deleted_ms = ?2, updated_ms = ?2, version = version + 1 WHERE id = ?1";
        self.sql.execute(sql, params![sql_id(id.0), now.0])?;
        self.changed(id, now)
    }

    /// Takes a record's deletion back: it is as it was, in a version of its own.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`] where no record of this number is deleted.
    pub fn undelete_record(&self, id: RecordId, now: Timestamp) -> Result<Record, StoreError> {
        let sql = "UPDATE records SET deleted_ms = NULL, updated_ms = ?2, version = version + 1 \
                   WHERE id = ?1 AND deleted_ms IS NOT NULL";
        match self.sql.execute(sql, params![sql_id(id.0), now.0])? {
            0 => Err(StoreError::NoRecord { id: id.0 }),
            _ => self.changed(id, now),
        }
    }

    /// The version of the whole configuration: counts every change of every record.
    pub fn config_version(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(version), 0) FROM changes";
        Ok(id_of(self.sql.query_row(sql, [], |row| row.get(0))?))
    }

    /// What changed after this version of the configuration, at most [`MAX_LIST`] changes.
    ///
    /// # Errors
    /// [`StoreError::ChangesForgotten`] where that is too long ago.
    pub fn changes_since(&self, version: u64) -> Result<Vec<Change>, StoreError> {
        let sql = "SELECT coalesce(min(version) - 1, 0) FROM changes";
        let oldest = id_of(self.sql.query_row(sql, [], |row| row.get(0))?);
        if version < oldest {
            return Err(StoreError::ChangesForgotten {
                asked: version,
                oldest,
            });
        }
        let sql = "SELECT changes.version, record, kind, at_ms FROM changes JOIN records ON records.id = record \
                   WHERE changes.version > ?1 ORDER BY changes.version LIMIT ?2";
        let mut statement = self.sql.prepare(sql)?;
        let changes = statement.query_map(params![sql_id(version), MAX_LIST as i64], |row| {
            Ok(Change {
                version: id_of(row.get(0)?),
                record: RecordId(id_of(row.get(1)?)),
                kind: row.get(2)?,
                at: Timestamp(row.get(3)?),
            })
        })?;
        Ok(changes.collect::<Result<_, _>>()?)
    }

    fn living(&self, id: RecordId, expect: Expect) -> Result<(), StoreError> {
        let record = self.record(id)?.filter(|record| record.deleted.is_none());
        let Some(record) = record else {
            return Err(StoreError::NoRecord { id: id.0 });
        };
        match expect {
            Expect::Version(expected) if expected != record.version => {
                Err(StoreError::VersionMismatch {
                    name: record.name,
                    expected,
                    found: record.version,
                })
            }
            Expect::Version(_) | Expect::Any => Ok(()),
        }
    }

    /// Counts a change, forgets the oldest, and tells the record as it is now.
    fn changed(&self, id: RecordId, now: Timestamp) -> Result<Record, StoreError> {
        let sql = "INSERT INTO changes (record, at_ms) VALUES (?, ?)";
        self.sql.execute(sql, params![sql_id(id.0), now.0])?;
        let forget = self.sql.last_insert_rowid() - CHANGES_KEPT.cast_signed();
        self.sql
            .execute("DELETE FROM changes WHERE version <= ?", [forget])?;
        self.record(id)?.ok_or(StoreError::NoRecord { id: id.0 })
    }
}
