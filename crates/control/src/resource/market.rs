//! What all advertisers share: exchanges, deals, rate tables, block lists. Admins change it.

use api::block_list::Place;
use api::errors::Violations;
use api::names::{Kind, Name};
use api::v1;
use campaign::deal::Deal;
use campaign::id::AdvertiserId;

use super::{Resource, Subject, moment, present_usual, usual, wire_state};
use crate::access::caller::Caller;
use crate::access::role::Permission;
use crate::catalog::{Catalog, Entry, Noun};
use crate::config::MAX_EXCHANGES;
use crate::view::View;

/// How many deals there may be.
const MAX_DEALS: usize = 100_000;

/// Admins of everything, and nobody else.
macro_rules! for_admins {
    () => {
        fn rights(&self, _: Option<&Self>) -> Vec<&'static [Permission]> {
            vec![&[Permission::Administer]]
        }
        fn rights_to_delete() -> &'static [Permission] {
            &[Permission::Administer]
        }
    };
}

impl Resource for v1::Exchange {
    const KIND: Kind = Kind::Exchange;
    usual!();

    fn begin(&mut self, catalog: &Catalog) {
        self.number = catalog.next_exchange().0;
    }

    fn check_fixed(&self, before: &Self, path: &str, wrong: &mut Violations) {
        let billing = |wire: &Self| api::exchange::billing(wire.billing());
        if billing(self) != billing(before) {
            let what = "it stays: bids that are out would be billed twice, or never. Make another exchange";
            wrong.add(&format!("{path}.billing"), "IMMUTABLE", what);
        }
    }

    for_admins!();

    fn noun(&self, subject: &Subject<'_>, _: &Catalog, path: &str, wrong: &mut Violations) -> Noun {
        let read = api::exchange::read(self, subject.name.id(), subject.state, path, wrong);
        Noun::Exchange(Box::new(read))
    }

    fn check(
        &self,
        subject: &Subject<'_>,
        noun: &Noun,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) {
        let Noun::Exchange(exchange) = noun else {
            return;
        };
        check_rate(exchange.currency, catalog, path, wrong);
        if subject.number == 0 && catalog.market.exchanges().len() >= MAX_EXCHANGES {
            let what = format!("there are {MAX_EXCHANGES}, which is as many as there may be");
            wrong.add(path, "TOO_MANY", what);
        }
    }

    fn is_shown(_: &Entry, _: &Caller, _: &Catalog) -> bool {
        true
    }

    fn present(&mut self, entry: &Entry, _: &View<'_>) {
        let number = self.number;
        present_usual!(self, entry);
        self.number = number;
        if let Noun::Exchange(exchange) = &*entry.noun {
            self.currency_code = exchange.currency.to_string();
        }
    }
}

impl Resource for v1::Deal {
    const KIND: Kind = Kind::Deal;
    usual!();
    for_admins!();

    /// A price stays in its currency whatever becomes of the exchange's.
    fn begin(&mut self, catalog: &Catalog) {
        let name = Name::of(Kind::Exchange, &self.exchange).ok();
        let exchange = name.and_then(|name| catalog.exchange_named(name.id()));
        if let Some(exchange) = exchange.filter(|_| self.currency_code.is_empty()) {
            self.currency_code = exchange.currency.to_string();
        }
    }

    fn noun(
        &self,
        subject: &Subject<'_>,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) -> Noun {
        let exchange = |name: &str| {
            let found = catalog.exchange_named(name);
            found.map(|exchange| (exchange.id, exchange.currency))
        };
        let advertiser = |name: &Name| {
            let found = catalog.named(name);
            found.map(|entry| AdvertiserId(entry.record.id.0))
        };
        let context = api::deal::Context {
            exchange: &exchange,
            advertiser: &advertiser,
        };
        let deal = api::deal::read(self, subject.state, &context, path, wrong);
        Noun::Deal(Box::new(deal))
    }

    fn check(
        &self,
        subject: &Subject<'_>,
        noun: &Noun,
        catalog: &Catalog,
        path: &str,
        wrong: &mut Violations,
    ) {
        let Noun::Deal(deal) = noun else {
            return;
        };
        let taken = catalog.deal(deal.exchange, &deal.id);
        if let Some(taken) = taken.filter(|number| *number != subject.number) {
            let what = format!("{} is that deal: change it", catalog.name_of(taken));
            wrong.add(&format!("{path}.deal_id"), "ALREADY_TAKEN", what);
        }
        check_seats(deal, self, catalog, path, wrong);
        check_rate(deal.currency, catalog, path, wrong);
        if subject.number == 0 && catalog.market.deals().len() >= MAX_DEALS {
            let what = format!("there are {MAX_DEALS}, which is as many as there may be");
            wrong.add(path, "TOO_MANY", what);
        }
    }

    /// What is for some advertisers alone is shown to those who may read one of them.
    fn is_shown(entry: &Entry, caller: &Caller, catalog: &Catalog) -> bool {
        let Noun::Deal(deal) = &*entry.noun else {
            return false;
        };
        let may = |id: &AdvertiserId| caller.may(Permission::Read, &catalog.name_of(id.0));
        deal.advertisers.is_empty()
            || caller.may(Permission::Read, entry.name.as_str())
            || deal.advertisers.iter().any(may)
    }

    fn present(&mut self, entry: &Entry, _: &View<'_>) {
        present_usual!(self, entry);
        if let Noun::Deal(deal) = &*entry.noun {
            self.currency_code = deal.currency.to_string();
        }
    }
}

/// A seat that is not ours there could never bid.
fn check_seats(
    deal: &Deal,
    wire: &v1::Deal,
    catalog: &Catalog,
    path: &str,
    wrong: &mut Violations,
) {
    let name = Name::of(Kind::Exchange, &wire.exchange).ok();
    let Some(exchange) = name.and_then(|name| catalog.exchange_named(name.id())) else {
        return;
    };
    for (place, seat) in deal.seats.iter().enumerate() {
        if !exchange.seats.contains(seat) {
            let what = format!("we have the seats {} there", exchange.seats.join(", "));
            wrong.add(&format!("{path}.seats[{place}]"), "UNKNOWN_SEAT", what);
        }
    }
}

fn check_rate(
    currency: campaign::money::Currency,
    catalog: &Catalog,
    path: &str,
    wrong: &mut Violations,
) {
    if catalog.rates.worth(currency).is_none() {
        let what = format!("{currency} has no rate: add it to the rate table");
        wrong.add(&format!("{path}.currency_code"), "NO_RATE", what);
    }
}

impl Resource for v1::RateTable {
    const KIND: Kind = Kind::RateTable;
    usual!();
    for_admins!();

    fn noun(&self, _: &Subject<'_>, _: &Catalog, path: &str, wrong: &mut Violations) -> Noun {
        Noun::RateTable(Box::new(api::rate_table::read(self, path, wrong)))
    }

    fn is_shown(_: &Entry, _: &Caller, _: &Catalog) -> bool {
        true
    }

    fn present(&mut self, entry: &Entry, view: &View<'_>) {
        present_usual!(self, entry);
        let in_force = view.catalog.rates_at(view.now);
        self.in_force = in_force.is_some_and(|(in_force, _)| in_force.record.id == entry.record.id);
    }
}

impl Resource for v1::BlockList {
    const KIND: Kind = Kind::BlockList;
    usual!();
    for_admins!();

    fn noun(&self, _: &Subject<'_>, catalog: &Catalog, path: &str, wrong: &mut Violations) -> Noun {
        let place = |name: &Name| {
            Some(match &*catalog.named(name)?.noun {
                Noun::Exchange(it) => Place::Exchange(it.id),
                Noun::Advertiser(it) => Place::Advertiser(it.id),
                Noun::Campaign(it) => Place::Campaign(it.id),
                _ => return None,
            })
        };
        Noun::BlockList(Box::new(api::block_list::read(self, &place, path, wrong)))
    }

    fn present(&mut self, entry: &Entry, _: &View<'_>) {
        present_usual!(self, entry);
    }
}
