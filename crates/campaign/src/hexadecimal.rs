//! Bytes in hexadecimal digits, two a byte.

/// Writes bytes, in lower case.
pub fn write(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads so many bytes; `None` where the text is not twice as many digits, of either case, and nothing else.
pub fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (digit(*high)? << 4 | digit(*low)?) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        assert_eq!(write(&[0, 10, 255]), "000aff");
        assert_eq!(read("000aff"), Some([0, 10, 255]));
        assert_eq!(read("000AFF"), Some([0, 10, 255]));
        for wrong in [
            "", "000af", "000aff0", "000aff00", "000a+f", "000agf", "000aé",
        ] {
            assert_eq!(read::<3>(wrong), None, "{wrong}");
        }
    }
}
