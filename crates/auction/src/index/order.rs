//! The order in which a book's ads stand. It changes no answer, only how many rows have to be read for one.
//!
//! Ads that bid much stand before ads that bid little, so that an impression finds its dearest ad in the first rows and
//! leaves the others unread. Yet whoever wants all ads is served best where the ads of a row are alike, since then most
//! rows are passed over whole. Both are had by **bands**, each twice as large as the one before: from band to band the
//! price falls, and within a band like stands by like. Half of a book is in its last band, and few impressions get
//! there.

use std::collections::BTreeMap;

use campaign::country::Country;
use campaign::money::{Currency, RateTable, Rounding};
use campaign::targeting::{Condition, Expression};

use crate::book::{AdTerms, Offer};
use crate::pricing;

use super::row::ROW;
use super::term::shape;

/// Puts ads into the order of their slots. Those that ask for deals stand at the end, since they are read for other
/// impressions than the rest. Of the others, those of a band stand together; of these, those of the same shapes, then
/// those that ask for the same places, then for the same channels and kinds of device. What most ads ask for comes
/// first, so that an impression of the usual kind finds its ads in few runs.
pub fn into_order(offers: &mut [Offer], rates: &RateTable) {
    let (mut shapes, mut countries) = (BTreeMap::new(), vec![0_u32; COUNTRIES]);
    for offer in offers.iter() {
        for creative in &offer.creatives {
            *shapes.entry(shape(creative).number).or_insert(0_u32) += 1;
        }
        each_place(&offer.ad.targeting, &mut |country, _| {
            countries[number(country)] += 1;
        });
    }
    let bands = Bands::of(offers, rates);
    offers.sort_by_cached_key(|offer| (bands.band(offer), key(offer, &shapes, &countries)));
}

/// The bands of a book without its last one: below which price each ends, in smallest units of a dollar.
struct Bands<'r> {
    ends: Vec<i64>,
    rates: &'r RateTable,
}

impl Bands<'_> {
    /// The first holds a row of the dearest ads, the next two rows, the next four.
    fn of<'r>(offers: &[Offer], rates: &'r RateTable) -> Bands<'r> {
        let mut bands = Bands {
            ends: Vec::new(),
            rates,
        };
        let open = offers.iter().filter(|offer| offer.deals.is_empty());
        let mut prices: Vec<i64> = open.map(|offer| bands.price(offer)).collect();
        prices.sort_unstable_by_key(|price| std::cmp::Reverse(*price));
        let firsts = (1..usize::BITS).map(|band| ROW * ((1 << band) - 1));
        bands.ends = firsts
            .map_while(|first| prices.get(first).copied())
            .collect();
        bands
    }

    /// Ads that ask for deals have the very last.
    fn band(&self, offer: &Offer) -> usize {
        if !offer.deals.is_empty() {
            return usize::MAX;
        }
        self.band_at(self.price(offer))
    }

    fn band_at(&self, price: i64) -> usize {
        self.ends.partition_point(|end| price <= *end)
    }

    /// What the ad's record says is a good guess at what it will bid.
    fn price(&self, offer: &Offer) -> i64 {
        let asking = pricing::asking(&AdTerms::of(&offer.ad, 0));
        let own = offer.advertiser.currency;
        let dollars = self.rates.cpm(asking, own, Currency::USD, Rounding::Up);
        dollars.map_or(0, |cpm| cpm.0)
    }
}

/// The shapes and the places, each the most usual first, and then what else most ads ask for.
type Key = ([u64; SHAPES], [u64; PLACES], u32);
const SHAPES: usize = 2;
const PLACES: usize = 3;

/// More than any country's number.
const COUNTRIES: usize = 1 << 15;

/// A country as a number: five bits a letter.
fn number(country: Country) -> usize {
    let letters = country.code().bytes();
    letters.fold(0, |all, letter| {
        (all << 5 | usize::from(letter & 0x1f)) % COUNTRIES
    })
}

fn key(offer: &Offer, shapes: &BTreeMap<u64, u32>, countries: &[u32]) -> Key {
    let (mut of_shapes, mut of_places) = ([0; SHAPES], [0; PLACES]);
    for creative in &offer.creatives {
        let shape = shape(creative).number;
        let often = shapes.get(&shape).copied().unwrap_or_default();
        // A width and a height, of which the lower halves are enough to tell sizes apart.
        keep_least(
            usual_first(often, shape >> 16 | shape & 0xffff),
            &mut of_shapes,
        );
    }
    each_place(&offer.ad.targeting, &mut |country, region| {
        let country = number(country);
        let thing = (country as u64) << 16 | u64::from(region);
        keep_least(usual_first(countries[country], thing), &mut of_places);
    });
    let also = also_asked(&offer.ad.targeting);
    (of_shapes, of_places, also)
}

/// A number that is the lower the more ads ask for the thing; never 0, which is for nothing.
fn usual_first(often: u32, thing: u64) -> u64 {
    u64::from(u32::MAX - often) << 32 | thing & 0xffff_ffff
}

/// Keeps the least numbers that are not 0, in order, each once.
fn keep_least(number: u64, least: &mut [u64]) {
    let mut number = number;
    for kept in least {
        if *kept == number {
            return;
        }
        if *kept == 0 || number < *kept {
            std::mem::swap(kept, &mut number);
            if number == 0 {
                return;
            }
        }
    }
}

/// Calls `visit` with the countries that are asked for, and with something of the region where it is a region.
fn each_place(expression: &Expression, visit: &mut impl FnMut(Country, u16)) {
    match expression {
        Expression::Is(Condition::Country(set)) => {
            set.iter().for_each(|country| visit(*country, 0));
        }
        Expression::Is(Condition::Region(list)) => {
            for region in list {
                let letters = region.code.bytes();
                let code =
                    letters.fold(0_u16, |all, letter| all.rotate_left(5) ^ u16::from(letter));
                visit(region.country, code.max(1));
            }
        }
        Expression::All(parts) | Expression::Any(parts) => {
            parts.iter().for_each(|part| each_place(part, visit));
        }
        _ => {}
    }
}

/// The channels and kinds of device that an ad asks for, a bit each.
fn also_asked(expression: &Expression) -> u32 {
    let parts = match expression {
        Expression::All(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    parts.iter().fold(0, |asked, part| match part {
        Expression::Is(Condition::Channel(set)) => set.iter().fold(asked, |asked, channel| {
            asked | 1 << (24 + *channel as u32 % 8)
        }),
        Expression::Is(Condition::DeviceType(set)) => set
            .iter()
            .fold(asked, |asked, kind| asked | 1 << (*kind as u32 % 16)),
        _ => asked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_are_kept_in_order() {
        let check = |numbers: &[u64], expect: [u64; 3]| {
            let mut least = [0; 3];
            numbers
                .iter()
                .for_each(|number| keep_least(*number, &mut least));
            assert_eq!(least, expect, "{numbers:?}");
        };
        check(&[], [0, 0, 0]);
        check(&[5], [5, 0, 0]);
        check(&[5, 3, 5, 3], [3, 5, 0]);
        check(&[5, 3, 9, 1, 7], [1, 3, 5]);
        check(&[1, 2, 3, 4], [1, 2, 3]);
    }

    #[test]
    fn a_band_begins_at_its_price_and_ends_before_the_next_ones() {
        let rates = RateTable::default();
        let bands = Bands {
            ends: vec![90, 50, 10],
            rates: &rates,
        };
        let found = [91, 90, 51, 50, 11, 10, 0].map(|price| bands.band_at(price));
        assert_eq!(found, [0, 1, 1, 2, 2, 3, 3]);
    }

    #[test]
    fn what_most_ask_for_comes_first() {
        assert!(usual_first(9, 2) < usual_first(3, 1));
        assert!(usual_first(3, 1) < usual_first(3, 2));
        assert_ne!(usual_first(u32::MAX, 1), 0);
    }
}
