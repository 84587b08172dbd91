//! An exact price.

use std::fmt;

use crate::write::Digits;

/// `units` × 10^-`scale` of a currency, exactly. `Price { units: 1_230_000, scale: 6 }` is 1.23.
///
/// It is shown, and written, without exponent and without needless zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Price {
    /// The number without its decimal point.
    pub units: i64,
    /// How many of its digits stand after the point, 0 to 18.
    pub scale: u8,
}

impl Price {
    /// Gives the parts of the price as text to `put`, in order.
    pub(super) fn parts(self, mut put: impl FnMut(&str)) {
        let (mut units, mut scale) = (self.units, usize::from(self.scale));
        while scale > 0 && units % 10 == 0 {
            units /= 10;
            scale -= 1;
        }
        if units < 0 {
            put("-");
        }
        let digits = Digits::of(units.unsigned_abs());
        let digits = digits.as_str();
        if scale == 0 {
            put(digits);
        } else if scale < digits.len() {
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            put(whole);
            put(".");
            put(fraction);
        } else {
            put("0.");
            for _ in digits.len()..scale {
                put("0");
            }
            put(digits);
        }
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut result = Ok(());
        self.parts(|part| result = result.and_then(|()| f.write_str(part)));
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_shown_exactly_and_without_needless_zeros() {
        let check = |units, scale, expect: &str| {
            assert_eq!(Price { units, scale }.to_string(), expect);
        };
        check(0, 0, "0");
        check(0, 9, "0");
        check(1_230_000, 6, "1.23");
        check(1_230_001, 6, "1.230001");
        check(5, 6, "0.000005");
        check(100, 0, "100");
        check(100, 2, "1");
        check(120, 1, "12");
        check(-1_050, 3, "-1.05");
        check(-5, 1, "-0.5");
        check(i64::MAX, 9, "9223372036.854775807");
        check(i64::MIN, 18, "-9.223372036854775808");
        check(i64::MAX, 19, "0.9223372036854775807");
        check(7, 21, "0.000000000000000000007");
    }
}
