//! What the configuration says of exchanges and rates is planted in the store, once each: from then on the store holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::names::{Kind, Name};
use api::v1;
use campaign::exchange::Exchange;
use campaign::money::RateTable;
use campaign::time::Timestamp;
use prost::Message;
use store::database::Transaction;
use store::error::StoreError;
use store::record::{Deleted, List, MAX_LIST, NewRecord, RecordId};

use super::Manner;
use crate::access::caller::Caller;
use crate::audit::Author;
use crate::catalog::ACTIVE;
use crate::config::Market;

/// Why the configuration's exchanges cannot be planted.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Notices could not say of which exchange they are.
    #[error(
        "the configuration gives exchange \"{name}\" the id {number}, which exchanges/{taken} has in the store: give \
         it another id"
    )]
    NumberTaken {
        /// What the configuration calls it.
        name: String,
        /// Its number there.
        number: u64,
        /// Whose number it is.
        taken: String,
    },
    /// A record that is none.
    #[error("the record {name} cannot be read: {why}. Keep the data, and report it")]
    Unreadable {
        /// Which record.
        name: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Makes a record of the rates where the store has never had any, and of each exchange that it has never heard of. What
/// it has, deleted or not, stays as it is.
pub fn plant(
    transaction: &Transaction<'_>,
    market: &Market,
    now: Timestamp,
) -> Result<(), SeedError> {
    let mut known = known(transaction)?;
    let author = Author::new(&Arc::new(Caller::server()), &Manner::default(), now);
    plant_rates(transaction, &market.rates, &author, now)?;
    for exchange in &market.exchanges {
        let wire = api::exchange::write(exchange);
        if let Some(stored) = known.get(&exchange.name) {
            if means(exchange, stored) != means(exchange, &wire) {
                tracing::info!(
                    exchange = exchange.name,
                    "the store says otherwise of this exchange than the configuration, and the store holds"
                );
            }
            continue;
        }
        if let Some((taken, _)) = known.iter().find(|(_, it)| it.number == exchange.id.0) {
            return Err(SeedError::NumberTaken {
                name: exchange.name.clone(),
                number: exchange.id.0,
                taken: taken.clone(),
            });
        }
        let name = named(Kind::Exchange, &exchange.name)?;
        make(transaction, &name, &wire, &author, now)?;
        known.insert(exchange.name.clone(), wire);
    }
    Ok(())
}

/// What the configuration's rate table is called in the store.
const RATES: &str = "configured";

fn plant_rates(
    transaction: &Transaction<'_>,
    rates: &RateTable,
    author: &Author,
    now: Timestamp,
) -> Result<(), SeedError> {
    let any = List {
        limit: 1,
        ..all(Kind::RateTable)
    };
    let written = api::rate_table::write(rates);
    if written.is_empty() || !transaction.list_records(&any)?.is_empty() {
        return Ok(());
    }
    let wire = v1::RateTable {
        display_name: "Of the configuration".to_string(),
        rates: written,
        ..v1::RateTable::default()
    };
    make(
        transaction,
        &named(Kind::RateTable, RATES)?,
        &wire,
        author,
        now,
    )
}

fn make(
    transaction: &Transaction<'_>,
    name: &Name,
    wire: &impl Message,
    author: &Author,
    now: Timestamp,
) -> Result<(), SeedError> {
    let new = NewRecord {
        kind: name.kind().noun(),
        name: name.as_str(),
        parent: "",
        state: ACTIVE,
        body: &wire.encode_to_vec(),
    };
    let record = transaction.create_record(&new, now)?;
    Ok(author.note(transaction, None, &record)?)
}

fn named(kind: Kind, id: &str) -> Result<Name, SeedError> {
    Name::child(None, kind, id).map_err(|error| SeedError::Unreadable {
        name: id.to_string(),
        why: error.to_string(),
    })
}

fn all(kind: Kind) -> List<'static> {
    List {
        kind: kind.noun(),
        parent: None,
        after: RecordId(0),
        limit: MAX_LIST,
        deleted: Deleted::Shown,
    }
}

/// The exchanges of the store by the last parts of their names, deleted ones too.
fn known(transaction: &Transaction<'_>) -> Result<BTreeMap<String, v1::Exchange>, SeedError> {
    let mut known = BTreeMap::new();
    for record in transaction.list_records(&all(Kind::Exchange))? {
        let read = |why: String| SeedError::Unreadable {
            name: record.name.clone(),
            why,
        };
        let name = Name::of(Kind::Exchange, &record.name).map_err(|e| read(e.to_string()))?;
        let wire = v1::Exchange::decode(record.body.as_slice());
        let wire = wire.map_err(|e| read(e.to_string()))?;
        known.insert(name.id().to_string(), wire);
    }
    Ok(known)
}

/// What a message says of this exchange, but for what the configuration has no words for.
fn means(exchange: &Exchange, wire: &v1::Exchange) -> Exchange {
    let mut ignored = api::errors::Violations::default();
    let read = api::exchange::read(wire, &exchange.name, exchange.state, "", &mut ignored);
    Exchange {
        display_name: String::new(),
        floors: None,
        ..read
    }
}
