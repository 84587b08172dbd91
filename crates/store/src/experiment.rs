//! What the arms of experiments came to, by parts of their users.

use campaign::id::ExperimentId;
use campaign::money::Money;
use rusqlite::params;

use crate::database::{Transaction, sql_id};
use crate::error::StoreError;
use crate::rollup::Counts;

/// Which row something counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArmKey {
    /// Of which experiment.
    pub experiment: ExperimentId,
    /// Of which arm, by its place.
    pub arm: u16,
    /// Of which part of its users.
    pub bucket: u16,
}

impl Transaction<'_> {
    /// Adds to the rows, in the transaction of the settlement that it comes from. Of the counts, impressions, spend,
    /// clicks, conversions and their value are kept.
    pub fn add_arm_counts<'r>(
        &self,
        rows: impl IntoIterator<Item = (&'r ArmKey, &'r Counts)>,
    ) -> Result<(), StoreError> {
        let mut statement = self.sql.prepare_cached(
            "INSERT INTO arm_counts \
             (experiment, arm, bucket, impressions, spend, clicks, conversions, conversion_value) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET \
             impressions = impressions + excluded.impressions, spend = spend + excluded.spend, \
             clicks = clicks + excluded.clicks, conversions = conversions + excluded.conversions, \
             conversion_value = conversion_value + excluded.conversion_value",
        )?;
        for (key, counts) in rows {
            statement.execute(params![
                sql_id(key.experiment.0),
                key.arm,
                key.bucket,
                counts.impressions,
                counts.spend.0,
                counts.clicks,
                counts.conversions,
                counts.conversion_value.0,
            ])?;
        }
        Ok(())
    }

    /// What an experiment came to: a row for each arm and part of its users of which anything was told.
    pub fn arm_counts(
        &self,
        experiment: ExperimentId,
    ) -> Result<Vec<(ArmKey, Counts)>, StoreError> {
        let mut statement = self.sql.prepare_cached(
            "SELECT arm, bucket, impressions, spend, clicks, conversions, conversion_value \
             FROM arm_counts WHERE experiment = ? ORDER BY arm, bucket",
        )?;
        let rows = statement.query_map([sql_id(experiment.0)], |row| {
            let key = ArmKey {
                experiment,
                arm: row.get(0)?,
                bucket: row.get(1)?,
            };
            let counts = Counts {
                impressions: row.get(2)?,
                spend: Money(row.get(3)?),
                clicks: row.get(4)?,
                conversions: row.get(5)?,
                conversion_value: Money(row.get(6)?),
                ..Counts::default()
            };
            Ok((key, counts))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
