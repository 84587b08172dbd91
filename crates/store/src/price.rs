//! What outlives a process of what it takes to win at each exchange.

use campaign::id::ExchangeId;
use campaign::money::Money;
use campaign::time::Timestamp;
use rusqlite::params;

use crate::database::{Transaction, id_of, sql_id};
use crate::error::StoreError;

/// What was learned of the prices of one exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PriceMarket {
    /// Outcomes of first-price auctions.
    pub outcomes: f64,
    /// Bids in first-price auctions.
    pub bids: f64,
    /// Those of them that were made to learn.
    pub explored: f64,
    /// Those of these that won.
    pub wins: u64,
    /// What they cost, in the exchange's currency.
    pub spend: Money,
}

/// What was learned of one kind of impression at an exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceCell {
    /// Where.
    pub exchange: ExchangeId,
    /// Which kind, as whoever wrote it tells them apart; 0 is all of them together.
    pub context: u64,
    /// What was learned, as whoever wrote it reads it.
    pub numbers: Vec<f64>,
}

impl Transaction<'_> {
    /// Notes what was learned of an exchange's prices.
    pub fn write_price_market(
        &self,
        exchange: ExchangeId,
        market: &PriceMarket,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO price_markets (exchange, outcomes, bids, explored, wins, spend, at_ms) \
                   VALUES (?, ?, ?, ?, ?, ?, ?)";
        let row = params![
            sql_id(exchange.0),
            market.outcomes,
            market.bids,
            market.explored,
            sql_id(market.wins),
            market.spend.nanos(),
            at.0
        ];
        self.sql.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Notes what was learned of one kind of impression.
    pub fn write_price_cell(&self, cell: &PriceCell, at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO price_cells (exchange, context, numbers, at_ms) VALUES (?, ?, ?, ?)";
        let numbers = cell.numbers.iter().flat_map(|number| number.to_le_bytes());
        let numbers: Vec<u8> = numbers.collect();
        let row = params![sql_id(cell.exchange.0), sql_id(cell.context), numbers, at.0];
        self.sql.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// What was learned of exchanges' prices.
    pub fn read_price_markets(&self) -> Result<Vec<(ExchangeId, PriceMarket)>, StoreError> {
        let sql = "SELECT exchange, outcomes, bids, explored, wins, spend FROM price_markets";
        let mut statement = self.sql.prepare(sql)?;
        let rows = statement.query_map([], |row| {
            let market = PriceMarket {
                outcomes: row.get(1)?,
                bids: row.get(2)?,
                explored: row.get(3)?,
                wins: row.get(4).map(id_of)?,
                spend: Money(row.get(5)?),
            };
            Ok((ExchangeId(row.get(0).map(id_of)?), market))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hands over what was learned of each kind of impression, one after another: all together it may be much.
    pub fn each_price_cell(&self, mut each: impl FnMut(PriceCell)) -> Result<(), StoreError> {
        let sql = "SELECT exchange, context, numbers FROM price_cells";
        let mut statement = self.sql.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(2)?;
            let numbers = bytes.as_chunks().0.iter();
            each(PriceCell {
                exchange: ExchangeId(row.get(0).map(id_of)?),
                context: row.get(1).map(id_of)?,
                numbers: numbers.map(|bytes| f64::from_le_bytes(*bytes)).collect(),
            });
        }
        Ok(())
    }

    /// Forgets what was learned of prices and not renewed since this moment.
    pub fn forget_prices(&self, before: Timestamp) -> Result<(), StoreError> {
        for table in ["price_markets", "price_cells"] {
            let sql = format!("DELETE FROM {table} WHERE at_ms < ?");
            self.sql.execute(&sql, [before.0])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    #[test]
    fn what_was_learned_of_prices_reads_back_until_it_is_old() {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::open(directory.path()).unwrap();
        let work = |transaction: &Transaction<'_>| {
            let market = PriceMarket {
                outcomes: 1e9,
                bids: 2.5,
                explored: 0.5,
                wins: 7,
                spend: Money(9),
            };
            transaction.write_price_market(ExchangeId(3), &PriceMarket::default(), Timestamp(1))?;
            transaction.write_price_market(ExchangeId(3), &market, Timestamp(5))?;
            let cell = |context: u64, number: f64| PriceCell {
                exchange: ExchangeId(3),
                context,
                numbers: vec![number, 1e100, 0.0],
            };
            let (old, new) = (cell(0, 0.1), cell(u64::MAX, 0.2));
            transaction.write_price_cell(&cell(0, 7.0), Timestamp(1))?;
            transaction.write_price_cell(&old, Timestamp(4))?;
            transaction.write_price_cell(&new, Timestamp(5))?;
            let cells = || {
                let mut cells = Vec::new();
                transaction.each_price_cell(|cell| cells.push(cell))?;
                cells.sort_by_key(|cell| cell.context);
                Ok::<_, StoreError>(cells)
            };
            assert_eq!(cells()?, [old, new.clone()]);
            transaction.forget_prices(Timestamp(5))?;
            assert_eq!(cells()?, [new]);
            let markets = transaction.read_price_markets()?;
            assert_eq!(markets, [(ExchangeId(3), market)]);
            Ok::<_, StoreError>(())
        };
        store.transaction(work).unwrap();
    }
}
