//! Conversions that were counted.

use campaign::id::{AdvertiserId, BidId, ConversionActionId};
use campaign::time::Timestamp;
use rusqlite::params;

use crate::database::{Transaction, sql_id};
use crate::error::StoreError;
use crate::rollup::{Counts, RollupKey};

impl Transaction<'_> {
    /// Counts an advertiser's order; tells whether it is new. Belongs in the transaction that counts the conversion.
    pub fn count_conversion(
        &self,
        advertiser: AdvertiserId,
        order: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO conversions (advertiser, order_number, at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
        let row = params![sql_id(advertiser.0), order, at.0];
        Ok(self.sql.prepare_cached(sql)?.execute(row)? == 1)
    }

    /// Counts an order of a conversion action; tells whether it is new.
    pub fn count_action_order(
        &self,
        action: ConversionActionId,
        order: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO action_orders (action, order_number, at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
        let row = params![sql_id(action.0), order, at.0];
        Ok(self.sql.prepare_cached(sql)?.execute(row)? == 1)
    }

    /// Counts the click on a bid for an action that counts one a click; tells whether it is the first.
    pub fn count_action_click(
        &self,
        action: ConversionActionId,
        bid: BidId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO action_clicks (action, bid, at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
        let row = params![sql_id(action.0), bid.to_string(), at.0];
        Ok(self.sql.prepare_cached(sql)?.execute(row)? == 1)
    }

    /// Adds to the conversions by action; the action 0 stands for none. Of the counts, conversions and their value are
    /// kept.
    pub fn add_action_rollups<'r>(
        &self,
        rows: impl IntoIterator<Item = (&'r (RollupKey, ConversionActionId), &'r Counts)>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO action_rollups (hour_ms, advertiser, campaign, ad, creative, exchange, action, \
                   conversions, conversion_value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET \
                   conversions = conversions + excluded.conversions, \
                   conversion_value = conversion_value + excluded.conversion_value";
        let mut statement = self.sql.prepare_cached(sql)?;
        for ((key, action), counts) in rows {
            statement.execute(params![
                key.hour().0,
                sql_id(key.advertiser.0),
                sql_id(key.campaign.0),
                sql_id(key.ad.0),
                sql_id(key.creative.0),
                sql_id(key.exchange.0),
                sql_id(action.0),
                counts.conversions,
                counts.conversion_value.0,
            ])?;
        }
        Ok(())
    }

    /// Forgets orders from before this moment: longer ago than an advertiser would say them again. Tells how many.
    pub fn forget_conversions(&self, before: Timestamp) -> Result<usize, StoreError> {
        let forget = |sql| self.sql.execute(sql, [before.0]);
        let orders = forget("DELETE FROM conversions WHERE at_ms < ?")?;
        let of_actions = forget("DELETE FROM action_orders WHERE at_ms < ?")?;
        forget("DELETE FROM action_clicks WHERE at_ms < ?")?;
        Ok(orders + of_actions)
    }
}
