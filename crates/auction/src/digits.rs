//! Numbers as text, without the formatting machinery: a bid writes a dozen of them.

use bumpalo::collections::String;

/// Appends a number in decimal digits.
pub(crate) fn decimal(number: u64, out: &mut String<'_>) {
    // The longest has 20 digits.
    let mut digits = [0; 20];
    let (mut rest, mut from) = (number, digits.len());
    loop {
        from -= 1;
        digits[from] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.push_str(ascii(&digits[from..]));
}

/// Appends a number in decimal digits, with its sign where it is below zero.
pub(crate) fn signed(number: i64, out: &mut String<'_>) {
    if number < 0 {
        out.push('-');
    }
    decimal(number.unsigned_abs(), out);
}

/// Appends the lowest `N` hexadecimal digits of a number, in lower case.
pub(crate) fn hexadecimal<const N: usize>(number: u64, out: &mut String<'_>) {
    let mut digits = [0; N];
    for (place, digit) in digits.iter_mut().rev().enumerate() {
        *digit = b"0123456789abcdef"[(number >> (4 * place) & 15) as usize];
    }
    out.push_str(ascii(&digits));
}

fn ascii(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).expect("digits are ASCII")
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;

    #[test]
    fn numbers_are_written_in_full() {
        let arena = Bump::new();
        for number in [0, 1, 9, 10, 99, 100, 1_000_000_007, i64::MAX, -1, i64::MIN] {
            let mut out = String::new_in(&arena);
            signed(number, &mut out);
            assert_eq!(out, number.to_string().as_str());
        }
        let mut out = String::new_in(&arena);
        decimal(u64::MAX, &mut out);
        assert_eq!(out, u64::MAX.to_string().as_str());
        let mut out = String::new_in(&arena);
        hexadecimal::<8>(0xdead_beef, &mut out);
        hexadecimal::<4>(7, &mut out);
        hexadecimal::<16>(u64::MAX, &mut out);
        assert_eq!(out, "deadbeef0007ffffffffffffffff");
    }
}
