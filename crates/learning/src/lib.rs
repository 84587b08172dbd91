//! What the past says: win, click and conversion rates with a prior; what it takes to win.

pub mod landscape;
pub mod rates;
