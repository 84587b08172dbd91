//! The best that hindsight could have bought: who knows every price and how good each ad truly is.
//!
//! Each day is a linear program: buy the impressions with the most value for their price, each for the ad that is truly
//! best there, until the day's budget is spent, and none that costs more than it is worth. It has no bounds on shares
//! and learns nothing, so no engine reaches it.

use campaign::money::Money;

/// An impression that could have been bought.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// In which hour of the scenario.
    pub hour: u32,
    /// The ad that is truly best there.
    pub ad: u16,
    /// What showing it is truly worth, in nanos.
    pub value: f64,
    /// What it costs, in nanos.
    pub price: f64,
}

/// What hindsight bought in an hour, by ad.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bought {
    /// For how much, in nanos.
    pub spend: Vec<f64>,
    /// Worth how much, in nanos.
    pub value: f64,
}

/// Spends a day's budget on its chances; adds what is bought to the hours.
pub fn buy(mut chances: Vec<Chance>, budget: Money, hours: &mut [Bought]) {
    chances.retain(|chance| chance.value >= chance.price);
    chances.sort_by(|a, b| (b.value / b.price).total_cmp(&(a.value / a.price)));
    let mut left = budget.nanos() as f64;
    for chance in chances {
        let part = (left / chance.price).min(1.0);
        if part <= 0.0 {
            break;
        }
        left -= part * chance.price;
        if let Some(hour) = hours.get_mut(chance.hour as usize) {
            hour.spend[usize::from(chance.ad)] += part * chance.price;
            hour.value += part * chance.value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hindsight_buys_the_best_first_and_nothing_above_its_worth() {
        let chance = |ad: u16, value: f64, price: f64| Chance {
            hour: u32::from(ad),
            ad,
            value,
            price,
        };
        let chances = || {
            vec![
                chance(0, 4.0, 2.0),
                chance(1, 9.0, 3.0),
                chance(2, 1.0, 1.5),
            ]
        };
        let check = |budget: i64, expect: [f64; 2]| {
            let empty = Bought {
                spend: vec![0.0; 3],
                value: 0.0,
            };
            let mut hours = vec![empty; 3];
            buy(chances(), Money(budget), &mut hours);
            let spent = [0, 1].map(|n| hours[n].spend[n]);
            assert_eq!(spent, expect, "{budget}");
            assert_eq!(hours[2].value, 0.0);
        };
        check(2, [0.0, 2.0]);
        check(4, [1.0, 3.0]);
        check(100, [2.0, 3.0]);
    }
}
