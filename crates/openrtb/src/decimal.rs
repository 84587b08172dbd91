//! Decimal numbers as they were sent.

/// A decimal number as the text that was sent: a floor, a multiplier. It holds a number by the grammar of JSON.
///
/// It turns into an integer of a scale of the reader's choice without passing through a float. Equality is of the
/// value: `1.50` equals `15e-1`.
#[derive(Clone, Copy, Debug)]
pub struct Decimal<'a>(&'a str);

/// A number is `digits` × 10^`exponent`, where `digits` (the two parts together) has no zero at either end.
struct Parts<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

impl<'a> Decimal<'a> {
    /// Zero.
    pub const ZERO: Decimal<'static> = Decimal("0");

    /// Takes a number by JSON's grammar (`-12.5e+3`), without space around it.
    pub fn new(text: &'a str) -> Option<Self> {
        is_number(text.as_bytes()).then_some(Self(text))
    }

    /// Takes the number that `text` starts with, and tells its length.
    #[inline]
    pub(crate) fn at_front(text: &'a str) -> Option<(Self, usize)> {
        let len = number_len(text.as_bytes()).ok()?;
        Some((Self(&text[..len]), len))
    }

    /// The text as it was sent.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether it is less than zero. `-0.0` is not.
    pub fn is_negative(self) -> bool {
        self.parts().is_some_and(|parts| parts.negative)
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.parts().is_none()
    }

    /// The number times 10^`scale`, rounded up (towards positive infinity), so that a floor is never undercut.
    /// `None` when it does not fit.
    pub fn to_scaled(self, scale: u32) -> Option<i64> {
        let (truncated, exact, negative) = self.scaled(scale)?;
        let up = i128::from(!exact && !negative);
        i64::try_from(truncated + up).ok()
    }

    /// The number times 10^`scale`, rounded down (towards negative infinity). `None` when it does not fit.
    pub fn to_scaled_down(self, scale: u32) -> Option<i64> {
        let (truncated, exact, negative) = self.scaled(scale)?;
        let down = i128::from(!exact && negative);
        i64::try_from(truncated - down).ok()
    }

    /// The whole part, held at the ends of `i64`.
    pub(crate) fn truncated(self) -> i64 {
        let end = if self.is_negative() {
            i64::MIN
        } else {
            i64::MAX
        };
        let whole = self.scaled(0).map(|(truncated, ..)| truncated);
        whole
            .and_then(|whole| i64::try_from(whole).ok())
            .unwrap_or(end)
    }

    /// The number times 10^`scale` cut towards zero, whether nothing was cut, and the sign.
    fn scaled(self, scale: u32) -> Option<(i128, bool, bool)> {
        let Some(parts) = self.parts() else {
            return Some((0, true, false));
        };
        let digits = parts.digits();
        // So many of the digits stand before the point once the number is scaled; a negative count means zeros after
        // it.
        let kept = (parts.len() as i64)
            .saturating_add(parts.exponent)
            .saturating_add(i64::from(scale));
        if kept > 19 {
            return None; // At least 10^19, since the first digit is not zero.
        }
        let kept = usize::try_from(kept).unwrap_or(0);
        let magnitude = digits
            .chain(std::iter::repeat(b'0'))
            .take(kept)
            .fold(0i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        let exact = kept >= parts.len();
        let signed = if parts.negative {
            -magnitude
        } else {
            magnitude
        };
        Some((signed, exact, parts.negative))
    }

    /// `None` for zero.
    fn parts(self) -> Option<Parts<'a>> {
        let text = self.0.as_bytes();
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let (mantissa, exponent) = match text.iter().position(|b| matches!(b, b'e' | b'E')) {
            Some(at) => (&text[..at], exponent_value(&text[at + 1..])),
            None => (text, 0),
        };
        let (mut whole, mut fraction) = match mantissa.iter().position(|&b| b == b'.') {
            Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
            None => (mantissa, &[][..]),
        };
        let mut exponent = exponent.saturating_sub(fraction.len() as i64);
        whole = trim_start(whole);
        if whole.is_empty() {
            fraction = trim_start(fraction);
        }
        let significant = trim_end(fraction);
        exponent = exponent.saturating_add((fraction.len() - significant.len()) as i64);
        fraction = significant;
        if fraction.is_empty() {
            let significant = trim_end(whole);
            exponent = exponent.saturating_add((whole.len() - significant.len()) as i64);
            whole = significant;
        }
        (!whole.is_empty() || !fraction.is_empty()).then_some(Parts {
            negative,
            whole,
            fraction,
            exponent,
        })
    }
}

impl<'a> Parts<'a> {
    fn len(&self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    fn digits(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.whole.iter().chain(self.fraction).copied()
    }
}

impl Default for Decimal<'_> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.parts(), other.parts()) {
            (Some(a), Some(b)) => {
                a.negative == b.negative && a.exponent == b.exponent && a.digits().eq(b.digits())
            }
            (None, None) => true,
            _ => false,
        }
    }
}

impl Eq for Decimal<'_> {}

impl std::fmt::Display for Decimal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

fn trim_start(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&b| b == b'0').count();
    &digits[zeros..]
}

fn trim_end(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().rev().take_while(|&&b| b == b'0').count();
    &digits[..digits.len() - zeros]
}

/// An exponent by JSON's grammar. Beyond a million it makes no difference whether it is exact.
fn exponent_value(text: &[u8]) -> i64 {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let magnitude = digits.iter().fold(0i64, |sum, digit| {
        (sum * 10 + i64::from(digit - b'0')).min(1_000_000_000)
    });
    if negative { -magnitude } else { magnitude }
}

/// Whether the text is a number by JSON's grammar.
fn is_number(text: &[u8]) -> bool {
    number_len(text) == Ok(text.len())
}

/// Length of the number that `text` starts with by RFC 8259 section 6. The error is where a digit was missing.
pub(crate) fn number_len(text: &[u8]) -> Result<usize, usize> {
    let digits = |from: usize| -> Result<usize, usize> {
        let mut at = from;
        while text.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at == from { Err(at) } else { Ok(at) }
    };
    let start = usize::from(text.first() == Some(&b'-'));
    let mut at = if text.get(start) == Some(&b'0') {
        start + 1
    } else {
        digits(start)?
    };
    if text.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at = digits(at)?;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_is_exact_and_rounds_to_the_asked_side() {
        let check = |text: &str, scale, up: Option<i64>, down: Option<i64>| {
            let decimal = Decimal::new(text).unwrap();
            assert_eq!(decimal.to_scaled(scale), up, "{text} up");
            assert_eq!(decimal.to_scaled_down(scale), down, "{text} down");
        };
        let same = |text: &str, scale, value| check(text, scale, Some(value), Some(value));
        same("0", 9, 0);
        same("-0.000e5", 9, 0);
        same("0e999999999999999999999", 9, 0);
        same("1.23", 6, 1_230_000);
        same("1.230000", 2, 123);
        same("100", 0, 100);
        same("100e-2", 0, 1);
        same("1e2", 3, 100_000);
        same("12.5E+1", 1, 1_250);
        same("-1.5", 1, -15);
        same("0.000001", 6, 1);
        same("9223372036854775807", 0, i64::MAX);
        same("-9223372036854775808", 0, i64::MIN);
        same("9.223372036854775807", 18, i64::MAX);
        check("1.2345678", 6, Some(1_234_568), Some(1_234_567));
        check("-1.2345678", 6, Some(-1_234_567), Some(-1_234_568));
        check("0.0000001", 6, Some(1), Some(0));
        check("-0.0000001", 6, Some(0), Some(-1));
        check("1e-400", 6, Some(1), Some(0));
        check("1e-99999999999999999999", 6, Some(1), Some(0));
        check(
            "0.1000000000000000055",
            9,
            Some(100_000_001),
            Some(100_000_000),
        );
        check("9223372036854775808", 0, None, None);
        check("9223372036854775807.5", 0, None, Some(i64::MAX));
        check("1e300", 6, None, None);
        check("1e99999999999999999999", 6, None, None);
        check("-1e300", 6, None, None);
    }

    #[test]
    fn the_whole_part_is_held_at_the_ends() {
        let check = |text: &str, expect| {
            assert_eq!(Decimal::new(text).unwrap().truncated(), expect, "{text}");
        };
        check("300.0", 300);
        check("300.99", 300);
        check("-300.99", -300);
        check("3e2", 300);
        check("3.5e1", 35);
        check("5e-1", 0);
        check("9223372036854775807.9", i64::MAX);
        check("1e30", i64::MAX);
        check("-1e30", i64::MIN);
        check("-9223372036854775809", i64::MIN);
    }

    #[test]
    fn only_numbers_of_json_are_taken() {
        for good in ["0", "-0", "10", "1.0", "1e5", "1E-5", "1.25e+07"] {
            assert!(Decimal::new(good).is_some(), "{good}");
        }
        for bad in [
            "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1 ", " 1", "1,5", "NaN", "Infinity",
            "0x1", "1_0", "--1",
        ] {
            assert!(Decimal::new(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn equality_is_of_the_value() {
        let check = |a: &str, b: &str, equal: bool| {
            assert_eq!(Decimal::new(a) == Decimal::new(b), equal, "{a} and {b}");
        };
        check("1.5", "1.50", true);
        check("15e-1", "1.5", true);
        check("100", "1e2", true);
        check("0", "-0.00e3", true);
        check("0.05", "5e-2", true);
        check("1.5", "-1.5", false);
        check("1.5", "1.05", false);
        check("10", "1", false);
        check("0", "1", false);
    }

    #[test]
    fn sign_and_zero_are_told_apart() {
        let check = |text: &str, negative, zero| {
            let decimal = Decimal::new(text).unwrap();
            assert_eq!(
                (decimal.is_negative(), decimal.is_zero()),
                (negative, zero),
                "{text}"
            );
        };
        check("0", false, true);
        check("-0.0", false, true);
        check("-0.01", true, false);
        check("0.01", false, false);
    }
}
