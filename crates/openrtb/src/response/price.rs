//! An exact price.

/// `units` × 10^-`scale` of a currency, exactly. `Price { units: 1_230_000, scale: 6 }` is 1.23.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Price {
    /// The number without its decimal point.
    pub units: i64,
    /// How many of its digits stand after the point, at most [`Price::MAX_SCALE`].
    pub scale: u8,
}

impl Price {
    /// The greatest scale: 10^18 is the greatest power of ten in an `i64`.
    pub const MAX_SCALE: u8 = 18;
}
