//! What stops, and when it starts again; and what people do to budgets meanwhile.

use campaign::money::Money;
use pacing::account::Level;

use super::{Event, World};
use campaign::time::Span;

impl World {
    pub fn fault(&mut self) {
        if self.is_closing() {
            if !self.all_stopped {
                self.heal();
            }
            self.schedule(Span(1_000), Event::Fault);
            return;
        }
        let next = self.dice.span_ms(500, 20_000);
        self.schedule(next, Event::Fault);
        self.raise_budgets();
        let index = self.dice.pick(self.bidders.len());
        // Sometimes for longer than notices may be late.
        let long = self.dice.permille(80);
        let outage = self.dice.span_ms(0, if long { 400_000 } else { 15_000 });
        match self.dice.between(0, 9) {
            _ if self.all_stopped => {}
            0 if self.dice.permille(200) => {
                self.authority.stop();
                self.schedule(outage, Event::StartAuthority);
            }
            1 if self.bidders[index].is_up => {
                self.bidders[index].crash_or_start(self.defect);
                self.schedule(outage, Event::StartBidder(index));
            }
            2 => {
                self.bidders[index].is_cut_off = true;
                self.schedule(outage, Event::Reconnect(index));
            }
            3 => self.bidders[index].drift(self.now, &mut self.dice),
            5 if self.caps_change => self.change_cap(),
            6 if self.dice.permille(500) => self.stop_everything(),
            _ => {}
        }
    }

    /// One machine that ran everything loses power.
    fn stop_everything(&mut self) {
        self.all_stopped = true;
        self.authority.stop();
        for bidder in self.bidders.iter_mut().filter(|b| b.is_up) {
            bidder.crash_or_start(self.defect);
        }
        let outage = self.dice.span_ms(0, 400_000);
        self.schedule(outage, Event::StartEverything);
    }

    pub fn heal(&mut self) {
        self.authority.start(self.now);
        for bidder in 0..self.bidders.len() {
            self.bidders[bidder].is_cut_off = false;
            self.start_bidder(bidder);
        }
    }

    pub fn start_bidder(&mut self, bidder: usize) {
        if !self.bidders[bidder].is_up && !self.all_stopped {
            self.bidders[bidder].crash_or_start(self.defect);
        }
    }

    fn raise_budgets(&mut self) {
        for (level, mut budget) in self.authority.budgets.clone() {
            let share = match level {
                Level::Advertiser(_) => 3,
                Level::Campaign(_) => 2,
                Level::Ad(_) => 1,
            };
            for cap in [&mut budget.lifetime, &mut budget.daily] {
                *cap = cap.map(|cap| Money(cap.0 + self.drip.0 * share));
            }
            self.authority.set_budget(level, budget, self.now);
        }
    }

    fn change_cap(&mut self) {
        let levels: Vec<Level> = self.authority.budgets.keys().copied().collect();
        let level = levels[self.dice.pick(levels.len())];
        let mut budget = self.authority.budgets[&level];
        let permille = self.dice.between(200, 1_500);
        let scaled = |cap: Option<Money>| cap.and_then(|cap| cap.scaled(permille, 1_000));
        if self.dice.permille(500) {
            budget.daily = scaled(budget.daily);
        } else {
            budget.lifetime = scaled(budget.lifetime);
        }
        self.authority.set_budget(level, budget, self.now);
    }
}
