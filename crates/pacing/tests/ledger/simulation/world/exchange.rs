//! Who bills: what becomes of bids, and how bidders are told.

use std::collections::BTreeMap;

use campaign::money::Money;
use campaign::time::Span;
use journal::entry::{BidTerms, Price};
use pacing::ledger::settle::{Effect, Outcome, Settled, Settlement};

use super::{Event, RULES, World};

/// The latest that a prompt exchange bills, and how long it goes on trying. Together within the lateness.
const BILLED_WITHIN_MS: i64 = 50_000;
const TRIES: u32 = 55;

/// The truth of a bid that an exchange bills.
pub struct Billing {
    pub price: i128,
    /// It comes late, or takes back a loss: it may cost the house.
    pub excused: bool,
    /// Some bidder took the notice.
    pub told: bool,
}

impl World {
    /// What the exchange makes of a bid, and how it tells.
    pub fn decide(&mut self, terms: BidTerms) {
        if !self.dice.permille(300) {
            if self.dice.permille(700) {
                let after = self.dice.span_ms(200, 2_000);
                self.tell(after, terms, Outcome::Lost);
            }
            return;
        }
        let max = terms.max_cost.0;
        // Sometimes an exchange asks for more than was bid.
        let asked = self.dice.between(max / 2, max + max / 20);
        let corrected = self.dice.permille(self.corrected_permille);
        if corrected {
            self.tell(Span(300), terms, Outcome::Lost);
        }
        let late = self.dice.permille(self.late_permille);
        let after = if late {
            let late_ms = RULES.lateness.0;
            self.dice
                .span_ms(late_ms, late_ms + RULES.late_cutoff.0 * 3 / 2)
        } else if self.dice.permille(900) {
            self.dice.span_ms(400, 20_000)
        } else {
            self.dice.span_ms(400, BILLED_WITHIN_MS)
        };
        self.tell(after, terms, Outcome::Billed(Price::Cost(Money(asked))));
        let billing = Billing {
            price: i128::from(asked.min(max)),
            excused: corrected || late,
            told: false,
        };
        self.billings.insert(terms.bid.sequence, billing);
    }

    fn tell(&mut self, after: Span, terms: BidTerms, outcome: Outcome) {
        let copies = 1 + i64::from(self.dice.permille(self.repeat_permille));
        for copy in 0..copies {
            let repeated_ms = self.dice.between(0, 3_000) * copy;
            let settlement = Settlement { terms, outcome };
            self.schedule(
                Span(after.0 + repeated_ms),
                Event::Notice(settlement, TRIES),
            );
        }
    }

    /// Any bidder takes any notice; where none does, the exchange tries again for a while.
    pub fn notice(&mut self, settlement: Settlement, tries: u32) {
        let count = self.bidders.len();
        let first = self.dice.pick(count);
        let taker = (0..count)
            .map(|i| (first + i) % count)
            .find(|i| self.bidders[*i].is_up);
        let Some(taker) = taker else {
            // Where the whole house is down, exchanges are patient: this is not about them.
            let left = if self.all_stopped {
                tries
            } else {
                tries.saturating_sub(1)
            };
            if left > 0 {
                self.schedule(Span(1_000), Event::Notice(settlement, left));
            }
            return;
        };
        self.bidders[taker].journal.push(settlement);
        if matches!(settlement.outcome, Outcome::Billed(_)) {
            let sequence = settlement.terms.bid.sequence;
            if let Some(billing) = self.billings.get_mut(&sequence).filter(|b| !b.told) {
                billing.told = true;
                self.excused += billing.price * i128::from(billing.excused);
            }
        }
    }
}

/// Whatever stops for however long, a billing that an exchange tells in time finds its reservation.
pub fn prompt_billings_are_not_late(
    settled: &[Settled],
    billings: &BTreeMap<u64, Billing>,
) -> Result<(), String> {
    for Settled { bid, effect } in settled {
        let is_late = match effect {
            Effect::Charged(charge) => charge.late && !billings[&bid.sequence].excused,
            Effect::TooOld => true,
            _ => false,
        };
        if is_late {
            return Err(format!("{bid} was told in time, but: {effect:?}"));
        }
    }
    Ok(())
}
