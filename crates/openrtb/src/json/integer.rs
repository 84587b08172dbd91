//! Short integers, eight digits at a time.

use super::Reader;

impl Reader<'_> {
    /// Reads a number that stands here, of one to seven digits alone; of any other takes nothing.
    ///
    /// Nearly all numbers of a request are such: sizes, seconds, entries of lists, flags.
    #[inline(always)]
    pub(crate) fn short_integer(&mut self) -> Option<u32> {
        let word = self.text.as_bytes().get(self.at..self.at + 8)?;
        let word = u64::from_le_bytes(*word.first_chunk()?);
        // Half of them are one digit.
        let (digit, end) = (word as u8 ^ b'0', (word >> 8) as u8);
        if digit <= 9 && (end == b',' || end | 0x20 == b'}') {
            self.at += 1;
            return Some(u32::from(digit));
        }
        let (value, len) = front(word)?;
        self.at += len;
        Some(value)
    }
}

/// The integer that eight bytes of text start with, the first one lowest, and how many digits it has.
#[inline(always)]
fn front(word: u64) -> Option<(u32, usize)> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // A digit becomes its value, 0 to 9, and adding 0x76 makes the top bit of all that is more.
    let values = word ^ (ONES * 0x30);
    let others = (values | (values & (ONES * 0x7f)).wrapping_add(ONES * 0x76)) & (ONES * 0x80);
    let bits = others.trailing_zeros() & !7;
    let after = (word >> (bits & 63)) as u8;
    // None, more than seven, a zero before others, or not the whole number.
    if bits == 0
        || bits == 64
        || bits > 8 && values as u8 == 0
        || matches!(after, b'.' | b'e' | b'E')
    {
        return None;
    }
    // The digits go to the top, zeros before them, and are joined two by two.
    let digits = values << (64 - bits);
    let pairs = (digits.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    let value = fours.wrapping_mul(10_000 << 32 | 1) >> 32;
    Some((value as u32, bits as usize / 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_seven_digits_are_read_and_nothing_else() {
        let check = |text: &str, expect: Option<(u32, usize)>| {
            let mut word = *b"\xff\xff\xff\xff\xff\xff\xff\xff";
            word[..text.len()].copy_from_slice(text.as_bytes());
            assert_eq!(front(u64::from_le_bytes(word)), expect, "{text}");
        };
        for value in (0..10_000_000)
            .step_by(997)
            .chain(0..2_000)
            .chain([9_999_999])
        {
            let text = value.to_string();
            check(&text, Some((value, text.len())));
            check(&format!("{text:.6},")[..text.len().min(6) + 1], {
                let cut = &text[..text.len().min(6)];
                Some((cut.parse().unwrap(), cut.len()))
            });
        }
        for text in [
            "", "-1", "01", "00", "1.5", "1e5", "1E5", "0.1", "12345678", "00000000", "+1", "x1",
            "/", ":",
        ] {
            check(text, None);
        }
        for end in 0..=255u8 {
            let word = u64::from_le_bytes([b'4', b'2', end, b'7', b'7', b'7', b'7', b'7']);
            let expect = match end {
                b'.' | b'e' | b'E' => None,
                b'0'..=b'9' => continue,
                _ => Some((42, 2)),
            };
            assert_eq!(front(word), expect, "{end}");
        }
    }
}
