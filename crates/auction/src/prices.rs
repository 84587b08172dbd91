//! What to bid in first-price auctions, as control tells it: for each kind of impression a table from what it is worth
//! to the bid that gains most. And which kind an impression is of.

use std::sync::Arc;

use campaign::creative::{Format, Size};
use campaign::id::ExchangeId;
use campaign::money::Cpm;
use campaign::time::Timestamp;
use journal::context::{PriceContext, Traits};
use learning::landscape::Curve;
use openrtb::adcom::auction_type;

use crate::opportunity::{Opportunity, Visit};

/// What to bid at each exchange. Said whole, not as differences, so that one that is lost or comes twice does no harm.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    exchanges: Vec<(ExchangeId, Arc<Shades>)>,
    explored_ppm: u32,
}

/// What to bid at one exchange.
#[derive(Clone, Debug)]
pub struct Shades {
    /// Which curve a kind of impression has.
    cells: Box<[u16; PriceContext::CELLS]>,
    curves: Vec<Curve>,
}

/// So many bids of one kind and price were made, and no more is known of them. These are statistics, not money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offered {
    /// When the bidder said so.
    pub at: Timestamp,
    /// Where.
    pub exchange: ExchangeId,
    /// The kind of impression, and whether the bids were made to learn.
    pub context: PriceContext,
    /// What was bid, in the exchange's currency.
    pub price: Cpm,
    /// How many; a part of one where some of many were counted.
    pub bids: f64,
}

/// What is best to bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shade {
    /// The bid that gains most, in the exchange's currency.
    pub best: Cpm,
    /// In how many of a million bids another is made, to learn.
    pub explored_ppm: u32,
}

impl Prices {
    /// What to bid at these exchanges; others are bid at what an impression is worth.
    pub fn new(exchanges: Vec<(ExchangeId, Arc<Shades>)>, explored_ppm: u32) -> Prices {
        Prices {
            exchanges,
            explored_ppm,
        }
    }

    /// What to bid for an impression of this kind that is worth so much, where something was learned there.
    pub fn shade(&self, exchange: ExchangeId, context: PriceContext, worth: Cpm) -> Option<Shade> {
        let (_, shades) = self.exchanges.iter().find(|(id, _)| *id == exchange)?;
        Some(Shade {
            best: Cpm(shades.best_bid(context, worth.0)),
            explored_ppm: self.explored_ppm,
        })
    }
}

impl Shades {
    /// A curve for each kind of impression, by its place among the curves; `None` where a place has no curve.
    pub fn new(cells: Box<[u16; PriceContext::CELLS]>, curves: Vec<Curve>) -> Option<Shades> {
        let good = cells.iter().all(|place| usize::from(*place) < curves.len());
        good.then_some(Shades { cells, curves })
    }

    fn best_bid(&self, context: PriceContext, worth: i64) -> i64 {
        self.curves[usize::from(self.cells[context.cell()])].best_bid(worth)
    }
}

/// The kind of an impression that is bid on in the open auction. None where prices are not to be learned: an impression
/// that pays for several, an answer in another currency than the exchange's, a kind of auction that is neither of the
/// two.
pub fn context(visit: &Visit<'_>, opportunity: &Opportunity<'_>) -> PriceContext {
    let one = opportunity.multiplier_micros == 1_000_000;
    let own = visit.currency == visit.exchange.currency;
    let first_price = match visit.request.at.unwrap_or(visit.exchange.auction_type) {
        auction_type::FIRST_PRICE => true,
        auction_type::SECOND_PRICE_PLUS => false,
        _ => return PriceContext::NONE,
    };
    if !one || !own {
        return PriceContext::NONE;
    }
    PriceContext::new(Traits {
        first_price,
        format: format(opportunity),
        size: size_class(opportunity.sizes),
        floor: floor_class(opportunity.floor),
    })
}

/// What is dearest of what it may show.
fn format(opportunity: &Opportunity<'_>) -> Format {
    let imp = opportunity.imp;
    if imp.video.is_some() {
        Format::Video
    } else if imp.audio.is_some() {
        Format::Audio
    } else if imp.native.is_some() {
        Format::Native
    } else {
        Format::Banner
    }
}

/// The usual sizes of banners have a class each, others one by their area. The largest size of an impression counts; 0
/// is none.
pub fn size_class(sizes: &[Size]) -> u8 {
    let area = |size: &Size| i64::from(size.width) * i64::from(size.height);
    let Some(largest) = sizes.iter().max_by_key(|size| area(size)) else {
        return 0;
    };
    match (largest.width, largest.height) {
        (300, 250) => 1,
        (728, 90) => 2,
        (320 | 300, 50) => 3,
        (160, 600) => 4,
        (300, 600) => 5,
        (970, 250) => 6,
        (320, 100) => 7,
        (336, 280) => 8,
        (970, 90) => 9,
        (320, 480) | (480, 320) => 10,
        _ => match area(largest) {
            ..30_000 => 11,
            30_000..80_000 => 12,
            80_000..200_000 => 13,
            200_000..500_000 => 14,
            500_000.. => 15,
        },
    }
}

/// In words what [`size_class`] tells apart.
pub const fn size_name(class: u8) -> &'static str {
    match class {
        0 => "no size",
        1 => "300x250",
        2 => "728x90",
        3 => "320x50",
        4 => "160x600",
        5 => "300x600",
        6 => "970x250",
        7 => "320x100",
        8 => "336x280",
        9 => "970x90",
        10 => "320x480",
        11 => "small sizes",
        12 => "sizes of about 300x180",
        13 => "sizes of about 400x300",
        14 => "sizes of about 640x480",
        _ => "large sizes",
    }
}

/// A floor by its octave: 1 is none, 2 is up to twice `LOWEST_FLOOR`.
pub fn floor_class(floor: Cpm) -> u8 {
    match u64::try_from(floor.0) {
        Ok(units @ 1..) => (units.ilog2().saturating_sub(LOWEST_FLOOR.ilog2()) + 2).min(15) as u8,
        _ => 1,
    }
}

/// The lowest floor that is told apart from those below it: 0.016 a thousand.
const LOWEST_FLOOR: u64 = 1 << 14;

/// From where on floors are of a class; `None` where there is no floor.
pub const fn lowest_floor(class: u8) -> Option<Cpm> {
    match class {
        2.. => Some(Cpm((LOWEST_FLOOR as i64) << (class - 2))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_floors_have_classes() {
        let size = |width, height| Size { width, height };
        let check = |sizes: &[Size], class: u8, name: &str| {
            assert_eq!(size_class(sizes), class, "{sizes:?}");
            assert_eq!(size_name(class), name);
        };
        check(&[], 0, "no size");
        check(&[size(300, 250)], 1, "300x250");
        check(&[size(300, 250), size(300, 600)], 5, "300x600");
        check(&[size(640, 480)], 14, "sizes of about 640x480");
        check(&[size(i32::MAX, i32::MAX)], 15, "large sizes");
        let check = |floor: i64, class: u8| assert_eq!(floor_class(Cpm(floor)), class, "{floor}");
        check(-1, 1);
        check(0, 1);
        check(1, 2);
        check((1 << 15) - 1, 2);
        check(1 << 15, 3);
        check(i64::MAX, 15);
        for class in 2..=15 {
            assert_eq!(lowest_floor(class).map(floor_class), Some(class));
        }
    }
}
