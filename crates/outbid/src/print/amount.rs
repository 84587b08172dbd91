//! Amounts of money as people write and read them: `500USD`, `12.50`, `500.00 USD`. Never through a float.

use campaign::money::{Currency, Money};

use crate::failure::Failure;

/// An amount on the command line. Its currency may be left out where only one can be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    number: String,
    currency: Option<Currency>,
}

impl Written {
    /// Reads `500`, `500USD`, `12.50 eur`, `-3USD`.
    pub fn parse(text: &str) -> Result<Written, String> {
        let wrong = || format!("\"{text}\" is no amount: write one such as 500USD or 12.50");
        let text = text.trim();
        let letters = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
        let (number, code) = (text[..letters].trim_end(), &text[letters..]);
        let digits = number.strip_prefix('-').unwrap_or(number);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(wrong());
        }
        let currency = match code {
            "" => None,
            code => Some(Currency::parse(code).map_err(|_| wrong())?),
        };
        // Whether the number is one does not depend on the currency; how many decimals it may have does.
        Money::parse(number, currency.unwrap_or(Currency::USD))
            .map_err(|error| error.to_string())?;
        Ok(Written {
            number: number.to_string(),
            currency,
        })
    }

    /// The amount in millionths of the account's currency, which must be the one that was written.
    pub fn micros(&self, account: Currency) -> Result<i64, Failure> {
        if let Some(written) = self.currency
            && written != account
        {
            return Err(Failure::usage(format!(
                "this account is kept in {account}, not in {written}"
            ))
            .with_hint(format!(
                "write {}{account} if that is what you mean",
                self.number
            )));
        }
        let money = Money::parse(&self.number, account)
            .map_err(|error| Failure::usage(error.to_string()))?;
        let micros = money.micros(account);
        if Money::from_micros(micros, account) == Some(money) {
            Ok(micros)
        } else {
            Err(Failure::usage(format!(
                "{} is finer than a millionth: write at most six decimals",
                self.number
            )))
        }
    }
}

/// Millionths of a currency as people read them.
pub fn micros(micros: i64, code: &str) -> String {
    match Currency::parse(code)
        .ok()
        .and_then(|it| Some((it, Money::from_micros(micros, it)?)))
    {
        Some((currency, money)) => format!("{} {currency}", money.to_decimal(currency)),
        None => format!("{micros} millionths {code}").trim_end().to_string(),
    }
}

/// Millionths of a currency that is not known here, as people read them: at least two decimals, and as many as it has.
pub fn bare(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (units, rest) = (
        micros.unsigned_abs() / 1_000_000,
        micros.unsigned_abs() % 1_000_000,
    );
    let decimals = format!("{rest:06}");
    let kept = decimals.trim_end_matches('0').len().max(2);
    format!("{sign}{units}.{}", &decimals[..kept])
}

/// An amount in the smallest kept unit of its currency as people read it.
pub fn nanos(nanos: i64, code: &str) -> String {
    match Currency::parse(code) {
        Ok(currency) => format!("{} {currency}", Money(nanos).to_decimal(currency)),
        Err(_) => format!("{nanos} nanos {code}").trim_end().to_string(),
    }
}

/// An amount as people read it at a glance: to the hundredth, or to four decimals below one unit,
/// rounded down, so that it never shows money that is not there. Programs get all of it.
pub fn about(amount: i64, code: &str) -> String {
    let Ok(currency) = Currency::parse(code) else {
        return nanos(amount, code);
    };
    let unit = 10_i64.pow(currency.scale());
    let step = if amount.unsigned_abs() >= unit.unsigned_abs() {
        unit / 100
    } else {
        unit / 10_000
    };
    nanos(amount / step * step, code)
}

/// The same of millionths of a currency. Empty where the currency is not known here.
pub fn glance(micros: i64, code: &str) -> String {
    let currency = Currency::parse(code).ok();
    let money = currency.and_then(|currency| Money::from_micros(micros, currency));
    money.map_or(String::new(), |money| about(money.nanos(), code))
}

/// A limit in millionths, or that there is none.
pub fn limit(limit: Option<i64>, code: &str) -> String {
    limit.map_or("unlimited".to_string(), |limit| micros(limit, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        let check = |text: &str, code: &str, expect: i64| {
            let account = Currency::parse(code).unwrap();
            assert_eq!(
                Written::parse(text).unwrap().micros(account).unwrap(),
                expect,
                "{text}"
            );
        };
        check("500", "USD", 500_000_000);
        check("500USD", "USD", 500_000_000);
        check("500 usd", "USD", 500_000_000);
        check("12.50EUR", "EUR", 12_500_000);
        check("-3", "USD", -3_000_000);
        check("0.1", "USD", 100_000);
        check("0.000001", "USD", 1);
        check("1000JPY", "JPY", 1_000_000_000);
        check("9007199254.740993", "USD", 9_007_199_254_740_993);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "", "USD", "five", "5U", "5USDX", "1,000", "1e3", "--5", "5 5", "$5", "+5", ".5",
        ] {
            if let Ok(read) = Written::parse(text) {
                panic!("{text} was read as {read:?}");
            }
        }
    }

    #[test]
    fn another_currency_or_too_fine_an_amount_is_refused() {
        let check = |text: &str, part: &str| {
            let failure = Written::parse(text)
                .unwrap()
                .micros(Currency::EUR)
                .unwrap_err();
            assert!(failure.message.contains(part), "{text}: {failure}");
        };
        check("5USD", "kept in EUR, not in USD");
        check("0.0000001", "finer than a millionth");
    }

    #[test]
    fn amounts_are_told_with_their_currency() {
        assert_eq!(micros(500_000_000, "USD"), "500.00 USD");
        assert_eq!(micros(1_234_567, "EUR"), "1.234567 EUR");
        assert_eq!(micros(-2_500_000, "USD"), "-2.50 USD");
        assert_eq!(
            micros(i64::MAX, "USD"),
            "9223372036854775807 millionths USD"
        );
        assert_eq!(nanos(1_230_000, "USD"), "0.00123 USD");
        assert_eq!(nanos(1_230_000, "JPY"), "1.23 JPY");
        assert_eq!(limit(None, "USD"), "unlimited");
        assert_eq!(about(2_809_044_608, "USD"), "2.80 USD");
        assert_eq!(about(610_399_999, "USD"), "0.6103 USD");
        assert_eq!(about(99_999, "USD"), "0.00 USD");
        assert_eq!(about(i64::MIN, "USD"), "-9223372036.85 USD");
        assert_eq!(about(1_239_999, "JPY"), "1.23 JPY");
    }
}
