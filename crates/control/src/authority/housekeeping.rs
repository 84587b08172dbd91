//! What is written down now and then, and what is forgotten.

use store::error::StoreError;

use super::money::{NOTICES_FORGOTTEN_AT_ONCE, NOTICES_KEPT, ORDERS_KEPT};
use super::{Authority, AuthorityError, audiences};

impl Authority {
    /// Notes the time, and forgets what nobody needs.
    pub(super) fn housekeeping(&mut self, is_last: bool) -> Result<(), AuthorityError> {
        let now = self.clock.now();
        self.exploration.forget(now);
        let shown = self.tokens.shown_since();
        let multipliers = self.pace.unnoted();
        let plans = self.pace.unnoted_plans(now, is_last);
        let promises = self.pace.promises().unnoted();
        let taken_back = self.pace.promises().take_back();
        let starts = self.segments.unnoted();
        let (markets, cells) = self.prices.unnoted(now, is_last);
        let expired = self.store.transaction::<_, StoreError>(|transaction| {
            transaction.note_now(now)?;
            for (level, multiplier) in &multipliers {
                transaction.write_multiplier(*level, *multiplier, now)?;
            }
            for (level, plan) in &plans {
                transaction.write_plan_profile(*level, plan, now)?;
            }
            for (exchange, market) in &markets {
                transaction.write_price_market(*exchange, market, now)?;
            }
            for cell in &cells {
                transaction.write_price_cell(cell, now)?;
            }
            for (campaign, promise) in &promises {
                transaction.write_promise(*campaign, promise, now)?;
            }
            for campaign in &taken_back {
                transaction.forget_promise(*campaign)?;
            }
            for (campaign, start) in &starts {
                transaction.write_segment_start(*campaign, *start)?;
            }
            for (id, at) in &shown {
                transaction.note_api_token_use(id, *at)?;
            }
            transaction.forget_answers(
                now - crate::idempotency::KEPT,
                crate::idempotency::KEPT_COUNT,
            )?;
            transaction.forget_conversions(now - ORDERS_KEPT)?;
            transaction.forget_notices(now - NOTICES_KEPT, NOTICES_FORGOTTEN_AT_ONCE)?;
            transaction.forget_audience_members(now, audiences::FORGOTTEN_AT_ONCE)
        })?;
        self.forget_members(&expired);
        Ok(())
    }
}
