//! In how many auctions a fixed price takes part.
