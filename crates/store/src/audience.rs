//! Who is in which audience, by hashes of ids.

use campaign::id::AudienceId;
use campaign::time::Timestamp;
use rusqlite::params;

use crate::database::{Transaction, id_of, sql_id};
use crate::error::StoreError;

/// The first bytes of the SHA-256 of an id.
pub type MemberBytes = [u8; 16];

impl Transaction<'_> {
    /// Puts members into an audience until this moment, or lets those stay until then who are in it.
    pub fn add_audience_members(
        &self,
        audience: AudienceId,
        members: &[MemberBytes],
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO audience_members (audience, member, until_ms) VALUES (?, ?, ?) \
                   ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms";
        let mut statement = self.sql.prepare(sql)?;
        for member in members {
            statement.execute(params![sql_id(audience.0), member, until.0])?;
        }
        Ok(())
    }

    /// Takes members out of an audience.
    pub fn remove_audience_members(
        &self,
        audience: AudienceId,
        members: &[MemberBytes],
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM audience_members WHERE audience = ? AND member = ?";
        let mut statement = self.sql.prepare(sql)?;
        for member in members {
            statement.execute(params![sql_id(audience.0), member])?;
        }
        Ok(())
    }

    /// Hands every member out.
    pub fn each_audience_member(
        &self,
        mut take: impl FnMut(AudienceId, MemberBytes, Timestamp),
    ) -> Result<(), StoreError> {
        let sql = "SELECT audience, member, until_ms FROM audience_members";
        let mut statement = self.sql.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let until = Timestamp(row.get(2)?);
            take(AudienceId(id_of(row.get(0)?)), row.get(1)?, until);
        }
        Ok(())
    }

    /// Forgets members whose time is over, at most so many, and tells who they were.
    pub fn forget_audience_members(
        &self,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<(AudienceId, MemberBytes)>, StoreError> {
        let sql = "DELETE FROM audience_members WHERE (audience, member) IN \
                   (SELECT audience, member FROM audience_members WHERE until_ms <= ? LIMIT ?) \
                   RETURNING audience, member";
        let mut statement = self.sql.prepare(sql)?;
        let rows = statement.query_map(params![now.0, most as i64], |row| {
            Ok((AudienceId(id_of(row.get(0)?)), row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
