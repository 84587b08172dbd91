//! What tests that play a market share: dice, updates taken in, and the end of a look.

use std::time::Duration;

use auction::book::{BidTally, Update};
use campaign::id::AdId;
use campaign::money::Money;
use campaign::time::Clock;
use journal::entry::{BidTerms, Entry, Event, Price};

use super::Harness;

/// Dice that fall the same in each run.
pub struct Dice(pub u64);

impl Dice {
    pub fn throw(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % below
    }
}

impl Harness {
    /// Takes in what control told since.
    pub fn take_updates(&mut self) {
        while let Ok(update) = self.updates.try_recv() {
            match update {
                Update::Terms(terms) => self.terms.extend(terms),
                Update::Recall(ads) => self.recalled.extend(ads),
                Update::Book { book, terms } => {
                    self.book = book;
                    self.terms = terms.into_iter().collect();
                }
                Update::Market(_) | Update::Prices(_) => {}
            }
        }
    }

    /// The exchange says that a dearer bid won.
    pub fn outbid(&self, terms: BidTerms) -> Entry {
        self.entry(Event::Loss {
            terms,
            reason: Some(102),
            min_to_win: None,
        })
    }

    /// The exchange bills an impression.
    pub fn billed(&self, terms: BidTerms, price: Money) -> Entry {
        self.entry(Event::Billing {
            terms,
            price: Price::Cost(price),
        })
    }

    /// Tells what came of a look's bids and how many each ad made, and waits until control has looked at it.
    pub async fn end_look(
        &mut self,
        entries: &[Entry],
        bids: impl IntoIterator<Item = (AdId, u64)>,
    ) {
        self.write(entries);
        let at = self.clock.now();
        let tallies = bids.into_iter().map(|(ad, bids)| BidTally {
            ad,
            at,
            bids,
            refusals: vec![],
        });
        self.tallies.send(tallies.collect()).await.unwrap();
        // Control looks at pace and terms every quarter of a real second.
        tokio::time::sleep(Duration::from_millis(260)).await;
    }
}
