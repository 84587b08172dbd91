//! What kind of impression a bid was for, as far as it tells what others bid for it.

use campaign::creative::Format;

/// The kind of auction, format, size and floor of an impression, in twelve bits. They travel in spare bits of a bid's
/// terms, so that what came of a bid teaches what it takes to win there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceContext(u16);

/// What tells impressions apart that others bid differently for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// Whether the winner pays its bid.
    pub first_price: bool,
    /// What it shows.
    pub format: Format,
    /// The class of its size, 0 to 15.
    pub size: u8,
    /// The class of its floor, 1 to 15; 1 is no floor.
    pub floor: u8,
}

const EXPLORED: u16 = 1 << 11;
const FIRST_PRICE: u16 = 1 << 10;

impl PriceContext {
    /// Of a bid that teaches nothing of prices: for a deal, say, or of a program that did not know of contexts.
    pub const NONE: PriceContext = PriceContext(0);
    /// How many different [`PriceContext::cell`]s there are.
    pub const CELLS: usize = 1 << 10;

    /// The context of these traits; classes out of their range are brought into it.
    pub fn new(traits: Traits) -> PriceContext {
        let format = (traits.format as u16 - 1) & 3;
        let floor = u16::from(traits.floor.clamp(1, 15));
        let first = if traits.first_price { FIRST_PRICE } else { 0 };
        PriceContext(first | format << 8 | u16::from(traits.size.min(15)) << 4 | floor)
    }

    /// From the bits that [`PriceContext::bits`] gave; what is above twelve bits is left out.
    pub const fn from_bits(bits: u16) -> PriceContext {
        PriceContext(bits & 0xfff)
    }

    /// Twelve bits.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether it teaches anything.
    pub const fn is_known(self) -> bool {
        self.floor() != 0
    }

    /// Whether the winner pays its bid.
    pub const fn is_first_price(self) -> bool {
        self.0 & FIRST_PRICE != 0
    }

    /// Whether the bid was made to learn, not because it seemed best.
    pub const fn is_explored(self) -> bool {
        self.0 & EXPLORED != 0
    }

    /// The same, of a bid that is made to learn.
    #[must_use]
    pub const fn explored(self) -> PriceContext {
        PriceContext(self.0 | EXPLORED)
    }

    /// The same, of a bid that is not.
    #[must_use]
    pub const fn plain(self) -> PriceContext {
        PriceContext(self.0 & !EXPLORED)
    }

    /// Format, size and floor as one number below [`PriceContext::CELLS`].
    pub const fn cell(self) -> usize {
        (self.0 & 0x3ff) as usize
    }

    /// The context of first-price auctions with this [`PriceContext::cell`].
    pub const fn of_cell(cell: u16) -> PriceContext {
        PriceContext(cell & 0x3ff | FIRST_PRICE)
    }

    /// The same in second-price auctions.
    #[must_use]
    pub const fn second_price(self) -> PriceContext {
        PriceContext(self.0 & !FIRST_PRICE)
    }

    /// The format.
    pub fn format(self) -> Format {
        Format::ALL[usize::from(self.0 >> 8 & 3)]
    }

    /// The class of its size.
    pub const fn size(self) -> u8 {
        (self.0 >> 4 & 15) as u8
    }

    /// The class of its floor; 0 where nothing is known.
    pub const fn floor(self) -> u8 {
        (self.0 & 15) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_gives_back_what_it_was_made_of() {
        for (number, format) in Format::ALL.into_iter().enumerate() {
            for (size, floor, first_price) in [(0, 1, false), (15, 15, true), (7, 9, true)] {
                let traits = Traits {
                    first_price,
                    format,
                    size,
                    floor,
                };
                let context = PriceContext::new(traits);
                assert!(context.is_known() && !context.is_explored());
                assert_eq!(
                    (context.format(), context.size(), context.floor()),
                    (format, size, floor)
                );
                assert_eq!(context.is_first_price(), first_price);
                assert_eq!(context.cell() >> 8, number);
                let explored = context.explored();
                assert!(explored.is_explored() && explored.plain() == context);
                assert_eq!(explored.cell(), context.cell());
                assert_eq!(PriceContext::from_bits(explored.bits()), explored);
            }
        }
        assert!(!PriceContext::NONE.is_known());
    }
}
