//! What the past says: win, click and conversion rates with a prior, and how firmly they are believed; conversions that
//! are still to come; what it takes to win; what changed at once; how the arms of an
//! experiment compare.

pub mod reach;
pub mod recent;

pub mod beta;
pub mod rates;

pub mod bandit;
pub mod delay;
pub mod experiment;

pub mod landscape;

pub mod surge;
