//! The bidder's part: updates taken in, leases asked for, bids agreed, entries told, and the reports that come of them.

use std::sync::Arc;
use std::time::Instant;

use api::v1;
use auction::book::Update;
use campaign::creative::Format;
use campaign::id::{AdId, BidId, CreativeId, ExchangeId, Incarnation};
use campaign::money::{Currency, Money};
use campaign::time::Clock;
use journal::context::PriceContext;
use journal::entry::{BidTerms, Entry, Event};
use pacing::lease::{GrantAnswer, GrantRequest, LeaseGrant, LeaseMessage};

use super::{Harness, PATIENCE, PLANTED};

pub const HOLDER: Incarnation = Incarnation { node: 1, start: 1 };

impl Harness {
    pub async fn ask(&mut self, request: u64, ad: u64, wanted: i64) -> GrantAnswer {
        let request = GrantRequest {
            holder: HOLDER,
            request,
            ad: AdId(ad),
            wanted: Money(wanted),
            sent: self.clock.now(),
        };
        self.leases
            .send(LeaseMessage::Requests(vec![request]))
            .await
            .unwrap();
        self.answer().await
    }

    pub async fn granted(&mut self, request: u64, ad: u64, wanted: i64) -> LeaseGrant {
        match self.ask(request, ad, wanted).await {
            GrantAnswer::Granted(grant) => grant,
            GrantAnswer::Refused(refused) => panic!("{refused:?}"),
        }
    }

    pub fn terms_of(&self, grant: &LeaseGrant, sequence: u64) -> BidTerms {
        BidTerms {
            bid: BidId {
                incarnation: HOLDER,
                sequence,
            },
            exchange: ExchangeId(1),
            impression: 0,
            ad: grant.ad,
            creative: CreativeId(PLANTED + 3),
            format: Format::Banner,
            lease: grant.id,
            day: grant.campaign_day,
            max_cost: Money(2_000_000),
            currency: Currency::USD,
            fx_nanos: 1_000_000_000,
            issued: self.clock.now(),
            user: 0,
            measured: true,
            context: PriceContext::NONE,
        }
    }

    /// Takes updates as a bidder would, until they say what is waited for.
    pub async fn updated(&mut self, what: &str, reached: impl Fn(&Harness) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !reached(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            let update = tokio::time::timeout(left, self.updates.recv()).await;
            match update
                .unwrap_or_else(|_| panic!("no update says that {what}"))
                .unwrap()
            {
                Update::Book { book, terms } => {
                    self.book = book;
                    self.terms = terms.into_iter().collect();
                }
                Update::Market(market) => {
                    self.book = Arc::new(self.book.with_market(market));
                }
                Update::Terms(terms) => self.terms.extend(terms),
                Update::Prices(prices) => self.prices = prices,
                Update::Recall(ads) => self.recalled.extend(ads),
            }
        }
    }

    /// Writes entries to the journal, durable.
    pub fn write(&mut self, entries: &[Entry]) {
        for entry in entries {
            let mut bytes = Vec::new();
            journal::codec::encode(entry, &mut bytes).unwrap();
            self.writer.append(&bytes).unwrap();
        }
        self.writer.commit().unwrap();
    }

    pub fn entry(&self, event: Event) -> Entry {
        Entry {
            at: self.clock.now(),
            event,
        }
    }

    pub async fn report(
        &self,
        parent: &str,
        dimensions: &[v1::Dimension],
    ) -> v1::QueryReportResponse {
        let request = v1::QueryReportRequest {
            parent: parent.to_string(),
            dimensions: dimensions
                .iter()
                .map(|dimension| *dimension as i32)
                .collect(),
            ..Default::default()
        };
        self.reports()
            .query_report(request)
            .await
            .unwrap()
            .into_inner()
    }
}
