//! The ads that a term lets in or shuts out.

use super::term::Attribute;

/// Where a set of ads is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posting {
    /// As bits: the number of the set.
    Dense(u32),
    /// As places, in order: from here to there.
    Sparse(u32, u32),
}

/// What a term does for the ads that ask about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// In which layer it lets ads in, as a place in the index's list of layers; [`EXCLUDE`] where it shuts them out.
    pub layer: u8,
    /// What the term is about.
    pub attribute: Attribute,
    /// Which ads.
    pub posting: Posting,
}

/// The "layer" of terms that shut ads out.
pub const EXCLUDE: u8 = super::LAYERS as u8;

/// A set is kept as places while it holds no more than one ad of so many, about one a row: up to there, setting bits
/// one by one costs less than reading rows.
pub const ADS_PER_PLACE: usize = 512;
