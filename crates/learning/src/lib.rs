//! What the past says: win, click and conversion rates with a prior.

pub mod rates;
