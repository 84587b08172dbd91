//! Who else bids, and who wins for how much.
//!
//! Prices are CPMs in the smallest unit that the auction's currency keeps ([`campaign::money::Cpm`]).

use campaign::creative::Format;
use campaign::money::{Cpm, Currency};
use openrtb::notice::loss;
use rand::RngExt;

use crate::dice::{Purpose, dice, log_normal};

/// By how much a second-price auction charges more than the runner-up's price: one hundredth ("second price plus").
const INCREMENT_HUNDREDTHS: i64 = 1;

/// The rivals of one impression.
#[derive(Clone, Copy, Debug)]
pub struct Rivals {
    /// The format that is mostly bought there.
    pub format: Format,
    /// What an impression costs where the user lives, against the dearest place.
    pub price_level: f64,
    /// What the user is worth to them, around 1.
    pub worth: f64,
}

impl Rivals {
    /// The median of one rival's bid for an impression of usual worth, in units of a CPM.
    fn median(&self) -> f64 {
        let base = match self.format {
            Format::Banner => 1.4,
            Format::Video => 8.0,
            Format::Native => 2.2,
            Format::Audio => 5.0,
        };
        base * self.price_level * self.worth
    }

    /// The rivals' best bid, if any bids: for request `number` of the world, impression `index`. Bids are log-normal,
    /// as they are in published traces; their number varies from none to seven.
    pub fn best(&self, seed: u64, number: u64, index: usize, currency: Currency) -> Option<Cpm> {
        let mut dice = dice(
            seed,
            Purpose::Rivals,
            number.wrapping_mul(16).wrapping_add(index as u64),
        );
        let count = dice.random_range(0..=7);
        let best = (0..count)
            .map(|_| log_normal(&mut dice, self.median(), 0.75))
            .reduce(f64::max)?;
        let scale = 10_f64.powi(currency.cpm_scale() as i32);
        // Rivals write two to four decimals, as buyers do.
        Some(Cpm(((best * 1_000.0).round() / 1_000.0 * scale) as i64))
    }
}

/// How an auction charges its winner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// What it bid.
    FirstPrice,
    /// What it takes to beat the runner-up or the floor.
    SecondPrice,
    /// What was agreed in the deal.
    Agreed(Cpm),
}

impl Charge {
    /// By OpenRTB's number of the auction type (`at`).
    pub fn of(auction_type: i32) -> Charge {
        match auction_type {
            1 => Charge::FirstPrice,
            _ => Charge::SecondPrice,
        }
    }
}

/// Our bid in an auction.
#[derive(Clone, Copy, Debug)]
pub struct Entrant {
    /// Its price.
    pub price: Cpm,
    /// The least price that it had to have: of the impression, or of the deal that it names.
    pub floor: Cpm,
    /// Whether it is for a deal.
    pub deal: bool,
    /// How it is charged if it wins.
    pub charge: Charge,
}

/// What became of one of our bids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It won.
    Won {
        /// What it is charged, never more than its price.
        price: Cpm,
        /// What would just have won.
        min_to_win: Cpm,
    },
    /// It lost.
    Lost {
        /// OpenRTB's loss reason.
        reason: i32,
        /// What would have won.
        min_to_win: Cpm,
    },
}

/// Holds the auction of one impression: our bids, in the order in which they came, against the rivals' best. Bids for
/// deals come before open ones, whatever their price.
pub fn hold(entrants: &[Entrant], rival: Option<Cpm>, currency: Currency) -> Vec<Fate> {
    let step = Cpm(INCREMENT_HUNDREDTHS * 10_i64.pow(currency.cpm_scale() - 2));
    let able = |entrant: &Entrant| entrant.price >= entrant.floor;
    let beats = |entrant: &Entrant| entrant.deal || rival.is_none_or(|rival| entrant.price > rival);
    let winner = entrants
        .iter()
        .enumerate()
        .filter(|(_, entrant)| able(entrant) && beats(entrant))
        // Of equals the first wins.
        .max_by_key(|(place, entrant)| (entrant.deal, entrant.price, std::cmp::Reverse(*place)))
        .map(|(place, _)| place);
    let fate = |(place, entrant): (usize, &Entrant)| {
        // A deal does not run against the open auction.
        let rival = if entrant.deal { None } else { rival };
        let to_beat = rival.map_or(entrant.floor, |rival| {
            entrant.floor.max(Cpm(rival.0 + step.0))
        });
        match winner {
            Some(first) if first == place => {
                let price = match entrant.charge {
                    Charge::FirstPrice => entrant.price,
                    Charge::SecondPrice => to_beat.min(entrant.price),
                    Charge::Agreed(price) => price.min(entrant.price),
                };
                Fate::Won {
                    price,
                    min_to_win: to_beat.min(entrant.price),
                }
            }
            first => {
                let winner = first.map(|first| &entrants[first]);
                let over =
                    winner.map_or(to_beat, |winner| to_beat.max(Cpm(winner.price.0 + step.0)));
                Fate::Lost {
                    reason: why_lost(entrant, winner),
                    min_to_win: over,
                }
            }
        }
    };
    entrants.iter().enumerate().map(fate).collect()
}

fn why_lost(entrant: &Entrant, winner: Option<&Entrant>) -> i32 {
    match winner {
        _ if entrant.price < entrant.floor && entrant.deal => loss::BELOW_DEAL_FLOOR,
        _ if entrant.price < entrant.floor => loss::BELOW_AUCTION_FLOOR,
        Some(winner) if winner.deal && !entrant.deal => loss::DEAL_BID,
        _ => loss::HIGHER_BID,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CPM in thousandths.
    const fn cpm(thousandths: i64) -> Cpm {
        Cpm(thousandths * 1_000)
    }

    fn open(price: i64, floor: i64, auction_type: i32) -> Entrant {
        Entrant {
            price: cpm(price),
            floor: cpm(floor),
            deal: false,
            charge: Charge::of(auction_type),
        }
    }

    fn won(price: i64, min_to_win: i64) -> Fate {
        Fate::Won {
            price: cpm(price),
            min_to_win: cpm(min_to_win),
        }
    }

    fn lost(reason: i32, min_to_win: i64) -> Fate {
        Fate::Lost {
            reason,
            min_to_win: cpm(min_to_win),
        }
    }

    #[test]
    fn the_winner_pays_by_the_kind_of_auction() {
        let check = |entrant: Entrant, rival: Option<i64>, expect: Fate| {
            assert_eq!(
                hold(&[entrant], rival.map(cpm), Currency::USD),
                [expect],
                "{entrant:?} {rival:?}"
            );
        };
        // First price: what was bid, with what would have been enough.
        check(open(3_000, 500, 1), Some(2_000), won(3_000, 2_010));
        check(open(3_000, 500, 1), None, won(3_000, 500));
        // Second price: a hundredth over the runner-up, over no less than the floor, never over the bid.
        check(open(3_000, 500, 2), Some(2_000), won(2_010, 2_010));
        check(open(3_000, 2_500, 2), Some(2_000), won(2_500, 2_500));
        check(open(3_000, 500, 2), Some(2_995), won(3_000, 3_000));
        check(open(3_000, 0, 2), None, won(0, 0));
        // Ties go to the rival, who was there first.
        check(
            open(2_000, 500, 2),
            Some(2_000),
            lost(loss::HIGHER_BID, 2_010),
        );
        check(
            open(400, 500, 2),
            None,
            lost(loss::BELOW_AUCTION_FLOOR, 500),
        );
        check(
            open(400, 500, 1),
            Some(700),
            lost(loss::BELOW_AUCTION_FLOOR, 710),
        );
    }

    #[test]
    fn a_deal_wins_over_the_open_auction_at_its_own_price() {
        let agreed = Entrant {
            deal: true,
            charge: Charge::Agreed(cpm(1_500)),
            ..open(1_500, 1_500, 1)
        };
        let fates = hold(
            &[open(9_000, 100, 1), agreed],
            Some(cpm(4_000)),
            Currency::USD,
        );
        assert_eq!(fates, [lost(loss::DEAL_BID, 4_010), won(1_500, 1_500)]);
    }

    #[test]
    fn only_one_of_our_own_bids_wins_and_the_first_of_equals_does() {
        let fates = hold(
            &[open(1_000, 0, 1), open(2_000, 0, 1), open(2_000, 0, 1)],
            None,
            Currency::USD,
        );
        assert_eq!(fates, [lost(102, 2_010), won(2_000, 0), lost(102, 2_010)]);
    }

    #[test]
    fn rivals_bid_alike_for_the_same_request_and_pay_more_where_life_is_dearer() {
        let at = |price_level| Rivals {
            format: Format::Banner,
            price_level,
            worth: 1.0,
        };
        let sum = |rivals: Rivals| -> i64 {
            (0..2_000)
                .filter_map(|n| rivals.best(3, n, 0, Currency::USD))
                .map(|price| price.0)
                .sum()
        };
        assert_eq!(sum(at(1.0)), sum(at(1.0)));
        assert!(sum(at(1.0)) > 3 * sum(at(0.25)));
    }
}
