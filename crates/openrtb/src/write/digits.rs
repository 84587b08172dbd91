//! Decimal digits, two at a time.

/// The digits of a number.
pub(crate) struct Digits {
    /// At the end; as many as the largest number has.
    bytes: [u8; MOST],
    start: usize,
}

/// How many digits a `u64` can have.
const MOST: usize = 20;

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

impl Digits {
    /// The digits of `value`, without zeros before them; of zero, one.
    #[inline]
    pub(crate) fn of(mut value: u64) -> Self {
        let (mut bytes, mut start) = ([b'0'; MOST], MOST);
        while value >= 10 {
            start -= 2;
            bytes[start..start + 2].copy_from_slice(&PAIRS[(value % 100) as usize]);
            value /= 100;
        }
        // What is left has one digit, or is the zero before the last pair of which the first digit is not zero.
        if value > 0 || start == MOST {
            start -= 1;
            bytes[start] = b'0' + value as u8;
        }
        Self { bytes, start }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        // Digits are ASCII, so that this never comes out empty.
        std::str::from_utf8(&self.bytes[self.start..]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_standard_library() {
        let powers = (0..20).map(|power| 10u64.pow(power));
        let around = powers.flat_map(|power| [power - 1, power, power + 1, power.wrapping_mul(7)]);
        for value in (0..20_000).chain(around).chain([u64::MAX, i64::MAX as u64]) {
            assert_eq!(Digits::of(value).as_str(), value.to_string());
        }
    }
}
