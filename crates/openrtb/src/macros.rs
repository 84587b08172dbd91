//! The substitution macros of section 4.4: `${AUCTION_PRICE}` and its kin, left in markup and notice URLs for the
//! exchange to fill.
//!
//! An exchange replaces a macro without regard for what stands around it, removes it where it has no value, and writes
//! `AUDIT` where it only looks at the creative. `${AUCTION_PRICE:B64}` asks for the value in an encoding that both
//! sides have agreed on.

/// The id of the bid request.
pub const AUCTION_ID: &str = "${AUCTION_ID}";
/// `bidid` of the response.
pub const AUCTION_BID_ID: &str = "${AUCTION_BID_ID}";
/// The id of the impression.
pub const AUCTION_IMP_ID: &str = "${AUCTION_IMP_ID}";
/// The seat that the bid was made for.
pub const AUCTION_SEAT_ID: &str = "${AUCTION_SEAT_ID}";
/// `adid` of the bid.
pub const AUCTION_AD_ID: &str = "${AUCTION_AD_ID}";
/// The clearing price, in currency and units of the bid.
pub const AUCTION_PRICE: &str = "${AUCTION_PRICE}";
/// The currency of the bid.
pub const AUCTION_CURRENCY: &str = "${AUCTION_CURRENCY}";
/// Clearing price divided by bid price.
pub const AUCTION_MBR: &str = "${AUCTION_MBR}";
/// Why the bid lost, [`crate::notice::loss`].
pub const AUCTION_LOSS: &str = "${AUCTION_LOSS}";
/// The least bid that would have won.
pub const AUCTION_MIN_TO_WIN: &str = "${AUCTION_MIN_TO_WIN}";
/// How many impressions were won.
pub const AUCTION_MULTIPLIER: &str = "${AUCTION_MULTIPLIER}";
/// When the impression was shown, in milliseconds since the epoch.
pub const AUCTION_IMP_TS: &str = "${AUCTION_IMP_TS}";
/// The seller's discount as a percentage of the bid price.
pub const AUCTION_DISCOUNT_PCT: &str = "${AUCTION_DISCOUNT_PCT}";
/// The seller's discount as a CPM.
pub const AUCTION_DISCOUNT_CPM: &str = "${AUCTION_DISCOUNT_CPM}";

/// What an exchange fills in. An empty value removes the macro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values<'a> {
    /// For [`AUCTION_ID`].
    pub id: &'a str,
    /// For [`AUCTION_BID_ID`].
    pub bid_id: &'a str,
    /// For [`AUCTION_IMP_ID`].
    pub imp_id: &'a str,
    /// For [`AUCTION_SEAT_ID`].
    pub seat_id: &'a str,
    /// For [`AUCTION_AD_ID`].
    pub ad_id: &'a str,
    /// For [`AUCTION_PRICE`].
    pub price: &'a str,
    /// For [`AUCTION_CURRENCY`].
    pub currency: &'a str,
    /// For [`AUCTION_MBR`].
    pub mbr: &'a str,
    /// For [`AUCTION_LOSS`].
    pub loss: &'a str,
    /// For [`AUCTION_MIN_TO_WIN`].
    pub min_to_win: &'a str,
    /// For [`AUCTION_MULTIPLIER`].
    pub multiplier: &'a str,
    /// For [`AUCTION_IMP_TS`].
    pub imp_ts: &'a str,
    /// For [`AUCTION_DISCOUNT_PCT`].
    pub discount_pct: &'a str,
    /// For [`AUCTION_DISCOUNT_CPM`].
    pub discount_cpm: &'a str,
}

impl Values<'static> {
    /// What is filled in where a creative is only looked at.
    pub const AUDIT: Self = Values {
        id: "AUDIT",
        bid_id: "AUDIT",
        imp_id: "AUDIT",
        seat_id: "AUDIT",
        ad_id: "AUDIT",
        price: "AUDIT",
        currency: "AUDIT",
        mbr: "AUDIT",
        loss: "AUDIT",
        min_to_win: "AUDIT",
        multiplier: "AUDIT",
        imp_ts: "AUDIT",
        discount_pct: "AUDIT",
        discount_cpm: "AUDIT",
    };
}

impl<'a> Values<'a> {
    /// The value of a macro, by what stands between `AUCTION_` and the suffix. `None` for a macro that does not exist.
    fn get(&self, name: &str) -> Option<&'a str> {
        Some(match name {
            "ID" => self.id,
            "BID_ID" => self.bid_id,
            "IMP_ID" => self.imp_id,
            "SEAT_ID" => self.seat_id,
            "AD_ID" => self.ad_id,
            "PRICE" => self.price,
            "CURRENCY" => self.currency,
            "MBR" => self.mbr,
            "LOSS" => self.loss,
            "MIN_TO_WIN" => self.min_to_win,
            "MULTIPLIER" => self.multiplier,
            "IMP_TS" => self.imp_ts,
            "DISCOUNT_PCT" => self.discount_pct,
            "DISCOUNT_CPM" => self.discount_cpm,
            _ => return None,
        })
    }
}

/// Replaces the macros in `template`.
///
/// `encode` gets the suffix (`B64`) and the value of a macro that asks for an encoding, and answers the encoded
/// value, or `None` for an encoding that it does not know. What is not known, a macro or an encoding, stays as it is.
pub fn expand(
    template: &str,
    values: &Values<'_>,
    encode: impl Fn(&str, &str) -> Option<String>,
) -> String {
    let mut expanded = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(found) = find(rest) {
        expanded.push_str(found.before);
        let value = values.get(found.name);
        match (found.suffix, value) {
            (None, Some(value)) => expanded.push_str(value),
            // An absent value is removed, not encoded.
            (Some(_), Some("")) => {}
            (Some(suffix), Some(value)) => match encode(suffix, value) {
                Some(encoded) => expanded.push_str(&encoded),
                None => expanded.push_str(found.whole),
            },
            (_, None) => expanded.push_str(found.whole),
        }
        rest = found.after;
    }
    expanded.push_str(rest);
    expanded
}

/// For [`expand`] where no encoding has been agreed on.
pub fn no_encoding(_suffix: &str, _value: &str) -> Option<String> {
    None
}

/// The first thing in `text` that looks like a macro of an auction and is none, such as `${AUCTION_PRIZE}`. Creatives
/// are checked by this when they come in, since nobody would fill it.
pub fn first_unknown(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(found) = find(rest) {
        let known = Values::AUDIT.get(found.name).is_some();
        if !known || found.suffix == Some("") {
            return Some(found.whole);
        }
        rest = found.after;
    }
    None
}

/// Something of the form `${AUCTION_NAME}` or `${AUCTION_NAME:SUFFIX}`.
struct Found<'t> {
    before: &'t str,
    whole: &'t str,
    name: &'t str,
    suffix: Option<&'t str>,
    after: &'t str,
}

const OPENING: &str = "${AUCTION_";

/// The first macro in `text`. One that is never closed goes to the end of its run of letters.
fn find(text: &str) -> Option<Found<'_>> {
    let start = text.find(OPENING)?;
    let inside = &text[start + OPENING.len()..];
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-' | '.');
    let len = inside.find(|c| !is_part(c)).unwrap_or(inside.len());
    let (name, suffix) = match inside[..len].split_once(':') {
        Some((name, suffix)) => (name, Some(suffix)),
        None => (&inside[..len], None),
    };
    let closed = inside[len..].starts_with('}');
    let end = start + OPENING.len() + len + usize::from(closed);
    Some(Found {
        before: &text[..start],
        whole: &text[start..end],
        // No macro has an empty name, so that an unclosed one is unknown.
        name: if closed { name } else { "" },
        suffix,
        after: &text[end..],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'static> = Values {
        id: "r1",
        bid_id: "b1",
        imp_id: "i1",
        seat_id: "s1",
        ad_id: "a1",
        price: "1.23",
        currency: "EUR",
        mbr: "0.5",
        loss: "102",
        min_to_win: "1.20",
        multiplier: "14.2",
        imp_ts: "1700000000000",
        discount_pct: "10",
        discount_cpm: "0.1",
    };

    fn reversed(suffix: &str, value: &str) -> Option<String> {
        (suffix == "REV").then(|| value.chars().rev().collect())
    }

    #[test]
    fn macros_are_filled_wherever_they_stand() {
        let check = |template: &str, expect: &str| {
            assert_eq!(expand(template, &VALUES, reversed), expect, "{template}");
        };
        check("", "");
        check(
            "nothing to fill ${} $ {AUCTION_ID}",
            "nothing to fill ${} $ {AUCTION_ID}",
        );
        check(
            "https://a/?p=${AUCTION_PRICE}&c=${AUCTION_CURRENCY}",
            "https://a/?p=1.23&c=EUR",
        );
        check("${AUCTION_ID}${AUCTION_BID_ID}${AUCTION_IMP_ID}", "r1b1i1");
        check(
            "${AUCTION_SEAT_ID}|${AUCTION_AD_ID}|${AUCTION_MBR}",
            "s1|a1|0.5",
        );
        check(
            "${AUCTION_LOSS}|${AUCTION_MIN_TO_WIN}|${AUCTION_MULTIPLIER}",
            "102|1.20|14.2",
        );
        check(
            "${AUCTION_IMP_TS}|${AUCTION_DISCOUNT_PCT}|${AUCTION_DISCOUNT_CPM}",
            "1700000000000|10|0.1",
        );
        check("é${AUCTION_PRICE}é", "é1.23é");
        check("${${AUCTION_PRICE}}", "${1.23}");
        check("${AUCTION_PRICE:REV}", "32.1");
        check("${AUCTION_PRICE:B64}", "${AUCTION_PRICE:B64}");
        check("${AUCTION_PRIZE}", "${AUCTION_PRIZE}");
        check("${AUCTION_PRICE", "${AUCTION_PRICE");
        check("${AUCTION_PRICE ${AUCTION_PRICE}", "${AUCTION_PRICE 1.23");
        check("${auction_price}", "${auction_price}");
    }

    #[test]
    fn a_value_that_is_absent_removes_the_macro() {
        let lost = Values {
            price: "",
            ..VALUES
        };
        assert_eq!(
            expand(
                "p=${AUCTION_PRICE}&q=${AUCTION_PRICE:REV}.",
                &lost,
                reversed
            ),
            "p=&q=."
        );
        assert_eq!(
            expand("${AUCTION_PRICE}", &Values::AUDIT, no_encoding),
            "AUDIT"
        );
    }

    #[test]
    fn every_macro_that_is_named_here_is_known() {
        for name in [
            AUCTION_ID,
            AUCTION_BID_ID,
            AUCTION_IMP_ID,
            AUCTION_SEAT_ID,
            AUCTION_AD_ID,
            AUCTION_PRICE,
            AUCTION_CURRENCY,
            AUCTION_MBR,
            AUCTION_LOSS,
            AUCTION_MIN_TO_WIN,
            AUCTION_MULTIPLIER,
            AUCTION_IMP_TS,
            AUCTION_DISCOUNT_PCT,
            AUCTION_DISCOUNT_CPM,
        ] {
            assert_eq!(first_unknown(name), None, "{name}");
            assert_eq!(expand(name, &Values::AUDIT, no_encoding), "AUDIT");
        }
    }

    #[test]
    fn what_nobody_would_fill_is_found() {
        let check =
            |text: &str, expect: Option<&str>| assert_eq!(first_unknown(text), expect, "{text}");
        check("<img src='https://a/?p=${AUCTION_PRICE}'>", None);
        check("${AUCTION_PRICE:B64}", None);
        check("`${value}`", None);
        check(
            "a ${AUCTION_PRICE} b ${AUCTION_PRIZE} c",
            Some("${AUCTION_PRIZE}"),
        );
        check("${AUCTION_}", Some("${AUCTION_}"));
        check("${AUCTION_PRICE:}", Some("${AUCTION_PRICE:}"));
        check("${AUCTION_PRICE&c=1", Some("${AUCTION_PRICE"));
        check("${AUCTION_PRICE", Some("${AUCTION_PRICE"));
    }
}
