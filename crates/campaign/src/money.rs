//! Money as whole numbers at the currency's own scale, and the rates between currencies.
//!
//! A price in the trade is said per thousand impressions (CPM). CPM 1.23 USD is 1_230_000 nanos an impression, exactly:
//! a micro of CPM is a nano of an impression. So nothing here, and nothing in the ledger, is a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// An amount of one currency, in its smallest kept unit: 10⁻⁹ of most currencies ("nanos"), 10⁻⁶ of
/// those of small units ([`Currency::scale`]).
///
/// `i64` nanos end at 9.2 thousand million units, which is enough for any budget in the currencies
/// kept so. Sums over many amounts go through `i128` ([`Money::checked_sum`]). Plain `+` and `-`
/// panic on overflow in every build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub i64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);
    /// The largest amount; stands for "no limit" where a limit is compared.
    pub const MAX: Money = Money(i64::MAX);

    /// The amount as the currency's smallest kept unit.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// From millionths of the currency's unit, as the API says amounts. `None` on overflow.
    pub fn from_micros(micros: i64, currency: Currency) -> Option<Money> {
        micros.checked_mul(currency.units_per_micro()).map(Money)
    }

    /// To millionths of the currency's unit, rounded toward zero: a report in micros never shows
    /// money that was not there.
    pub fn micros(self, currency: Currency) -> i64 {
        self.0 / currency.units_per_micro()
    }

    /// Adds, or `None` on overflow.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).map(Money)
    }

    /// Adds, and stays at the largest amount on overflow.
    pub fn saturating_add(self, other: Money) -> Money {
        Money(self.0.saturating_add(other.0))
    }

    /// Subtracts, and stays at the smallest amount on overflow.
    pub fn saturating_sub(self, other: Money) -> Money {
        Money(self.0.saturating_sub(other.0))
    }

    /// `self × numerator / denominator`, rounded down, exact in between. `None` on overflow or a
    /// denominator that is not positive.
    pub fn scaled(self, numerator: i64, denominator: i64) -> Option<Money> {
        mul_div(
            self.0,
            i128::from(numerator),
            i128::from(denominator),
            Rounding::Down,
        )
        .map(Money)
    }

    /// The sum of many amounts, or `None` where it does not fit.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Money>) -> Option<Money> {
        let sum: i128 = amounts.into_iter().map(|m| i128::from(m.0)).sum();
        i64::try_from(sum).ok().map(Money)
    }

    /// Not below zero.
    pub fn or_zero(self) -> Money {
        self.max(Money::ZERO)
    }

    /// Reads decimal text ("12.50") exactly; never through a float.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, MoneyError> {
        parse_decimal(text, currency.scale()).map(Money)
    }

    /// Decimal text with at least two decimals and no trailing zeros beyond them.
    pub fn to_decimal(self, currency: Currency) -> String {
        write_decimal(self.0, currency.scale())
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(
            self.0
                .checked_add(other.0)
                .expect("a sum of money fits an i64"),
        )
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(
            self.0
                .checked_sub(other.0)
                .expect("a difference of money fits an i64"),
        )
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(self.0.checked_neg().expect("money negated fits an i64"))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        Money::checked_sum(amounts).expect("a sum of money fits an i64")
    }
}

/// A price per thousand impressions, kept as **the cost of one impression**, in the currency's smallest kept unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpm(pub i64);

impl Cpm {
    /// Nothing.
    pub const ZERO: Cpm = Cpm(0);

    /// What one impression costs at this price.
    pub const fn impression_cost(self) -> Money {
        Money(self.0)
    }

    /// From millionths of the currency's unit per thousand impressions, as the API says prices;
    /// rounded down where the currency keeps fewer decimals.
    pub fn from_micros(micros: i64, currency: Currency) -> Cpm {
        Cpm(micros / currency.cpm_micros_per_unit())
    }

    /// To millionths of the currency's unit per thousand impressions. `None` on overflow.
    pub fn micros(self, currency: Currency) -> Option<i64> {
        self.0.checked_mul(currency.cpm_micros_per_unit())
    }

    /// `self × numerator / denominator`, exact in between. `None` on overflow or a denominator that is not positive.
    pub fn scaled(self, numerator: i64, denominator: i64, rounding: Rounding) -> Option<Cpm> {
        let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
        mul_div(self.0, numerator, denominator, rounding).map(Cpm)
    }

    /// Reads a decimal CPM ("1.23") exactly.
    pub fn parse(text: &str, currency: Currency) -> Result<Cpm, MoneyError> {
        parse_decimal(text, currency.cpm_scale()).map(Cpm)
    }

    /// Decimal text of the CPM.
    pub fn to_decimal(self, currency: Currency) -> String {
        write_decimal(self.0, currency.cpm_scale())
    }
}

/// An ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The US dollar: what OpenRTB means where it names no currency.
    pub const USD: Currency = Currency(*b"USD");
    /// The euro.
    pub const EUR: Currency = Currency(*b"EUR");

    /// Reads a code, in either case.
    pub fn parse(code: &str) -> Result<Currency, MoneyError> {
        match code.trim().as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|l| l.is_ascii_alphabetic()) => {
                Ok(Currency([*a, *b, *c].map(|l| l.to_ascii_uppercase())))
            }
            _ => Err(MoneyError::Currency(code.chars().take(16).collect())),
        }
    }

    /// The code.
    pub fn code(&self) -> &str {
        // Only ASCII letters ever get in.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// The code's three letters.
    pub const fn letters(self) -> [u8; 3] {
        self.0
    }

    /// The three letters as one number, in their order.
    const fn number(self) -> u32 {
        let [a, b, c] = self.0;
        u32::from_be_bytes([0, a, b, c])
    }

    /// How many decimals of one unit an amount keeps: 9, or 6 where a unit is so small that 9 would run out of `i64`.
    pub const fn scale(self) -> u32 {
        match &self.0 {
            b"VND" | b"IDR" | b"KRW" | b"JPY" | b"CLP" => 6,
            _ => 9,
        }
    }

    /// How many decimals of a CPM are kept: three fewer than of an amount, since a thousand impressions share them.
    pub const fn cpm_scale(self) -> u32 {
        self.scale() - 3
    }

    const fn units_per_micro(self) -> i64 {
        10_i64.pow(self.scale() - 6)
    }

    const fn cpm_micros_per_unit(self) -> i64 {
        10_i64.pow(6 - self.cpm_scale())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Which way a conversion or a division rounds. Floors and reservations round up, bids round down:
/// each errs on the side that keeps a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Toward minus infinity.
    Down,
    /// Toward plus infinity.
    Up,
}

/// What one unit of each currency is worth, in thousand-millionths of a US dollar. Control hands it
/// out; bidders only read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateTable {
    /// In the order of the codes.
    usd_nanos: Vec<(Currency, i64)>,
}

impl Default for RateTable {
    fn default() -> RateTable {
        RateTable {
            usd_nanos: vec![(Currency::USD, RateTable::ONE)],
        }
    }
}

impl RateTable {
    /// One dollar a unit.
    pub const ONE: i64 = 1_000_000_000;

    /// Sets a currency's worth, from decimal text such as "1.0824". The dollar itself stays at 1.
    pub fn set(&mut self, currency: Currency, usd: &str) -> Result<(), MoneyError> {
        let nanos = parse_decimal(usd, 9)?;
        if nanos <= 0 || (currency == Currency::USD && nanos != Self::ONE) {
            return Err(MoneyError::Rate {
                currency,
                rate: usd.chars().take(32).collect(),
            });
        }
        match self.find(currency) {
            Ok(at) => self.usd_nanos[at].1 = nanos,
            Err(at) => self.usd_nanos.insert(at, (currency, nanos)),
        }
        Ok(())
    }

    fn find(&self, currency: Currency) -> Result<usize, usize> {
        self.usd_nanos
            .binary_search_by_key(&currency.number(), |(known, _)| known.number())
    }

    /// A currency's worth in nanos of a dollar, `None` where it has no rate.
    pub fn worth(&self, currency: Currency) -> Option<i64> {
        let at = self.find(currency).ok()?;
        Some(self.usd_nanos[at].1)
    }

    /// Every currency and its worth in nanos of a dollar.
    pub fn iter(&self) -> impl Iterator<Item = (Currency, i64)> + '_ {
        self.usd_nanos.iter().copied()
    }

    /// Converts a number of smallest units (of money, or of CPM: the arithmetic is the same) from
    /// one currency to another. `None` where a currency has no rate, or the result does not fit.
    pub fn convert(
        &self,
        units: i64,
        from: Currency,
        to: Currency,
        rounding: Rounding,
    ) -> Option<i64> {
        if from == to {
            return Some(units);
        }
        let (worth_from, worth_to) = (self.worth(from)?, self.worth(to)?);
        // Most currencies are kept at the same scale, and then the powers of ten cancel.
        if from.scale() == to.scale()
            && let Some(product) = units.checked_mul(worth_from)
        {
            return divide(product, worth_to, rounding);
        }
        let numerator = i128::from(worth_from) * 10_i128.pow(to.scale());
        let denominator = i128::from(worth_to) * 10_i128.pow(from.scale());
        mul_div(units, numerator, denominator, rounding)
    }

    /// Converts an amount; see [`RateTable::convert`].
    pub fn money(
        &self,
        amount: Money,
        from: Currency,
        to: Currency,
        rounding: Rounding,
    ) -> Option<Money> {
        self.convert(amount.0, from, to, rounding).map(Money)
    }

    /// Converts a price; see [`RateTable::convert`].
    pub fn cpm(&self, price: Cpm, from: Currency, to: Currency, rounding: Rounding) -> Option<Cpm> {
        self.convert(price.0, from, to, rounding).map(Cpm)
    }
}

/// What can be wrong with money as text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three letters.
    #[error("\"{0}\" is no currency: write a three-letter ISO 4217 code such as USD")]
    Currency(String),
    /// Not decimal digits.
    #[error("\"{0}\" is no amount: write decimal digits such as 12.50")]
    Amount(String),
    /// More decimals than are kept.
    #[error("\"{text}\" has more than {scale} decimals, which is finer than this currency is kept")]
    TooFine {
        /// What was written.
        text: String,
        /// How many decimals are kept.
        scale: u32,
    },
    /// Larger than an `i64` of smallest units.
    #[error("\"{0}\" is larger than can be kept")]
    TooLarge(String),
    /// A rate that is not positive, or a dollar that is not a dollar.
    #[error(
        "\"{rate}\" cannot be the worth of one {currency} in USD: write a positive decimal number (USD itself is always 1)"
    )]
    Rate {
        /// Whose rate.
        currency: Currency,
        /// What was written.
        rate: String,
    },
}

/// `dividend / divisor`, which is above zero, in the machine's own division: several times as fast as that of `i128`.
fn divide(dividend: i64, divisor: i64, rounding: Rounding) -> Option<i64> {
    let down = dividend.div_euclid(divisor);
    let up = rounding == Rounding::Up && dividend.rem_euclid(divisor) != 0;
    down.checked_add(i64::from(up))
}

/// `value × numerator / denominator` in 256-bit-safe steps: `None` where even `i128` would overflow.
fn mul_div(value: i64, numerator: i128, denominator: i128, rounding: Rounding) -> Option<i64> {
    if denominator <= 0 {
        return None;
    }
    let product = i128::from(value).checked_mul(numerator)?;
    let down = product.div_euclid(denominator);
    let up = i128::from(rounding == Rounding::Up && product.rem_euclid(denominator) != 0);
    i64::try_from(down + up).ok()
}

fn parse_decimal(text: &str, scale: u32) -> Result<i64, MoneyError> {
    let shown = || text.chars().take(32).collect::<String>();
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
        return Err(MoneyError::Amount(shown()));
    }
    let kept = fraction.trim_end_matches('0');
    if kept.len() > scale as usize {
        return Err(MoneyError::TooFine {
            text: shown(),
            scale,
        });
    }
    let mut value: i64 = 0;
    for digit in whole
        .bytes()
        .chain(kept.bytes())
        .chain(std::iter::repeat_n(b'0', scale as usize - kept.len()))
    {
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(i64::from(digit - b'0')))
            .ok_or_else(|| MoneyError::TooLarge(shown()))?;
    }
    Ok(if negative { -value } else { value })
}

fn write_decimal(value: i64, scale: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    let unit = 10_u64.pow(scale);
    let fraction = format!("{:0width$}", magnitude % unit, width = scale as usize);
    let kept = fraction
        .trim_end_matches('0')
        .len()
        .max(2.min(scale as usize));
    format!("{sign}{}.{}", magnitude / unit, &fraction[..kept])
}

#[cfg(test)]
mod tests;
