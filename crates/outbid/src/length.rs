//! Lengths of time on the command line.

use std::time::Duration;

/// The longest; what takes longer is not waited for on a command line.
const MAX_MS: u64 = 30 * 86_400_000;

/// Reads `200ms`, `20s`, `5m`, `1h`; a number alone is seconds.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("\"{text}\" is no length of time: write 20s, 5m or 1h, up to 30 days");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let milliseconds = number
        .checked_mul(unit)
        .filter(|milliseconds| *milliseconds <= MAX_MS);
    milliseconds.map(Duration::from_millis).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_a_unit() {
        let check = |text: &str, expect: Option<u64>| {
            assert_eq!(
                parse(text).ok(),
                expect.map(Duration::from_millis),
                "{text}"
            );
        };
        check("250ms", Some(250));
        check("20s", Some(20_000));
        check("20", Some(20_000));
        check("5m", Some(300_000));
        check("2h", Some(7_200_000));
        check("", None);
        check("s", None);
        check("-1s", None);
        check("1.5h", None);
        check("31d", None);
        check("5d", None);
        check("99999999999h", None);
        check("99999999999999999999h", None);
        check("99999999h", None);
    }
}
