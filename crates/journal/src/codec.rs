//! The entries as bytes: little-endian, versioned, bounded, one way to write each thing.
//!
//! An entry is a version, the moment, a kind and that kind's fields in the order of [`Event`]'s
//! own. An optional field is a byte that is 0 or 1, and then the field where it is 1. What
//! [`decode`] accepts, [`encode`] writes back byte for byte.
//!
//! The terms of a bid have a fixed length, because they also travel alone: in the signed tokens of notices. The context
//! of the price has the upper bits of two bytes that need few: of the format's five, of the right to measure's seven.

use campaign::creative::Format;
use campaign::id::{
    AdId, AdvertiserId, BidId, ConversionActionId, CreativeId, ExchangeId, Incarnation, LeaseId,
};
use campaign::money::{Currency, Money};
use campaign::time::{Day, Timestamp};

use crate::context::PriceContext;
use crate::entry::{BidTerms, Entry, Event, Price};

/// The version that is written. Older ones stay readable for as long as a journal may hold them.
pub const VERSION: u8 = 1;

/// The longest order number of a conversion, in bytes of UTF-8.
pub const MAX_ORDER_LENGTH: usize = 128;

/// No entry is longer than this, in bytes. The longest is a credited conversion.
pub const MAX_ENTRY_LENGTH: usize = 1 + 8 + 1 // version, moment, kind
    + 8 + 8 + 1 + MAX_ORDER_LENGTH + (1 + 8) + (1 + BidTerms::LENGTH + 8);

impl BidTerms {
    /// The length of the terms as bytes.
    pub const LENGTH: usize = (2 + 4 + 8) + 8 + 2 + 8 + 8 + 1 + 8 + 4 + 8 + 3 + 8 + 8 + 8 + 1;
}

/// The kinds of entry as bytes. A number is never given to another kind.
mod kind {
    pub const WIN: u8 = 1;
    pub const BILLING: u8 = 2;
    pub const LOSS: u8 = 3;
    pub const IMPRESSION: u8 = 4;
    pub const VIEW: u8 = 5;
    pub const CLICK: u8 = 6;
    pub const CONVERSION: u8 = 7;
    /// A conversion with its action, which stands after the advertiser.
    pub const CONVERSION_ACTION: u8 = 8;
}

/// What a notice says of the price, as bytes.
mod price {
    pub const COST: u8 = 0;
    pub const UNREADABLE: u8 = 1;
    pub const AUDIT: u8 = 2;
}

/// An entry that has no binary form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The order number is too long. To cut it would make two orders one, so who takes it in must refuse it.
    #[error("the order number is {length} bytes long: refuse those above {MAX_ORDER_LENGTH}")]
    OrderTooLong {
        /// Its length in bytes.
        length: usize,
    },
}

/// Bytes that are no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Written by a newer program, or no entry at all.
    #[error(
        "the entry has version {found} and this program reads up to {VERSION}: run the version that wrote it"
    )]
    Version {
        /// The version that it says.
        found: u8,
    },
    /// The bytes end in the middle of a field.
    #[error("the entry ends inside its {field}, at byte {at}")]
    Truncated {
        /// Which field.
        field: &'static str,
        /// Where the field starts.
        at: usize,
    },
    /// A field holds what it cannot hold.
    #[error("the entry's {field}, at byte {at}, holds no value that this version knows")]
    Value {
        /// Which field.
        field: &'static str,
        /// Where the field starts.
        at: usize,
    },
    /// Bytes follow the last field.
    #[error("{extra} bytes follow the entry's last field")]
    TrailingBytes {
        /// How many.
        extra: usize,
    },
}

/// Appends the entry's bytes to `out`, at most [`MAX_ENTRY_LENGTH`]. On an error `out` is as it was.
pub fn encode(entry: &Entry, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    if let Event::Conversion { order, .. } = &entry.event
        && order.len() > MAX_ORDER_LENGTH
    {
        return Err(EncodeError::OrderTooLong {
            length: order.len(),
        });
    }
    out.push(VERSION);
    out.extend(entry.at.0.to_le_bytes());
    match &entry.event {
        Event::Win { terms, price } => {
            put_kind(out, kind::WIN, terms);
            put_price(out, *price);
        }
        Event::Billing { terms, price } => {
            put_kind(out, kind::BILLING, terms);
            put_price(out, *price);
        }
        Event::Loss {
            terms,
            reason,
            min_to_win,
        } => {
            put_kind(out, kind::LOSS, terms);
            put_option(out, *reason, |out, reason| {
                out.extend(reason.to_le_bytes());
            });
            put_option(out, *min_to_win, put_money);
        }
        Event::Impression { terms } => put_kind(out, kind::IMPRESSION, terms),
        Event::View { terms } => put_kind(out, kind::VIEW, terms),
        Event::Click { terms } => put_kind(out, kind::CLICK, terms),
        Event::Conversion {
            advertiser,
            action,
            order,
            value,
            credited,
        } => {
            out.push(match action {
                None => kind::CONVERSION,
                Some(_) => kind::CONVERSION_ACTION,
            });
            out.extend(advertiser.0.to_le_bytes());
            out.extend(action.iter().flat_map(|action| action.0.to_le_bytes()));
            // At most 128, by the check above, so it fits the byte.
            out.push(order.len() as u8);
            out.extend(order.as_bytes());
            put_option(out, *value, put_money);
            put_option(out, credited.as_ref(), |out, (terms, clicked)| {
                encode_terms(terms, out);
                out.extend(clicked.0.to_le_bytes());
            });
        }
    }
    Ok(())
}

/// Reads an entry that fills `bytes` exactly.
pub fn decode(bytes: &[u8]) -> Result<Entry, DecodeError> {
    let mut input = Input { bytes, at: 0 };
    let [found] = input.take("version")?;
    if found != VERSION {
        return Err(DecodeError::Version { found });
    }
    let at = input.timestamp("moment")?;
    let [kind] = input.take("kind")?;
    let event = match kind {
        kind::WIN => Event::Win {
            terms: input.terms()?,
            price: input.price()?,
        },
        kind::BILLING => Event::Billing {
            terms: input.terms()?,
            price: input.price()?,
        },
        kind::LOSS => Event::Loss {
            terms: input.terms()?,
            reason: input.option("loss reason", |input| {
                input.take("loss reason").map(i32::from_le_bytes)
            })?,
            min_to_win: input.option("price to win", |input| input.money("price to win"))?,
        },
        kind::IMPRESSION => Event::Impression {
            terms: input.terms()?,
        },
        kind::VIEW => Event::View {
            terms: input.terms()?,
        },
        kind::CLICK => Event::Click {
            terms: input.terms()?,
        },
        kind::CONVERSION | kind::CONVERSION_ACTION => Event::Conversion {
            advertiser: AdvertiserId(input.u64("advertiser")?),
            action: match kind {
                kind::CONVERSION_ACTION => {
                    Some(ConversionActionId(input.u64("conversion action")?))
                }
                _ => None,
            },
            order: input.order()?,
            value: input.option("value", |input| input.money("value"))?,
            credited: input.option("credited click", |input| {
                Ok((input.terms()?, input.timestamp("moment of the click")?))
            })?,
        },
        _ => return Err(input.bad("kind", 1)),
    };
    input.end()?;
    Ok(Entry { at, event })
}

/// Appends the terms' bytes to `out`: [`BidTerms::LENGTH`] of them.
pub fn encode_terms(terms: &BidTerms, out: &mut Vec<u8>) {
    out.extend(terms_bytes(terms));
}

/// The terms as bytes.
pub fn terms_bytes(terms: &BidTerms) -> [u8; BidTerms::LENGTH] {
    let (mut bytes, mut length) = ([0; BidTerms::LENGTH], 0);
    let mut put = |field: &[u8]| {
        bytes[length..length + field.len()].copy_from_slice(field);
        length += field.len();
    };
    let Incarnation { node, start } = terms.bid.incarnation;
    put(&node.to_le_bytes());
    put(&start.to_le_bytes());
    put(&terms.bid.sequence.to_le_bytes());
    put(&terms.exchange.0.to_le_bytes());
    put(&terms.impression.to_le_bytes());
    put(&terms.ad.0.to_le_bytes());
    put(&terms.creative.0.to_le_bytes());
    let context = terms.context.bits();
    put(&[terms.format as u8 | (context << 3) as u8]);
    put(&terms.lease.0.to_le_bytes());
    put(&terms.day.0.to_le_bytes());
    put(&terms.max_cost.0.to_le_bytes());
    put(&terms.currency.letters());
    put(&terms.fx_nanos.to_le_bytes());
    put(&terms.issued.0.to_le_bytes());
    put(&terms.user.to_le_bytes());
    put(&[u8::from(terms.measured) | (context >> 5 << 1) as u8]);
    debug_assert_eq!(length, BidTerms::LENGTH, "a field is missing");
    bytes
}

/// Reads terms that fill `bytes` exactly.
pub fn decode_terms(bytes: &[u8]) -> Result<BidTerms, DecodeError> {
    let mut input = Input { bytes, at: 0 };
    let terms = input.terms()?;
    input.end()?;
    Ok(terms)
}

fn put_kind(out: &mut Vec<u8>, kind: u8, terms: &BidTerms) {
    out.push(kind);
    encode_terms(terms, out);
}

fn put_price(out: &mut Vec<u8>, price: Price) {
    match price {
        Price::Cost(cost) => {
            out.push(price::COST);
            put_money(out, cost);
        }
        Price::Unreadable => out.push(price::UNREADABLE),
        Price::Audit => out.push(price::AUDIT),
    }
}

fn put_money(out: &mut Vec<u8>, money: Money) {
    out.extend(money.0.to_le_bytes());
}

fn put_option<T>(out: &mut Vec<u8>, value: Option<T>, put: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        None => out.push(0),
        Some(value) => {
            out.push(1);
            put(out, value);
        }
    }
}

/// Bytes, and how far they have been read.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Input<'_> {
    fn take<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], DecodeError> {
        let rest = &self.bytes[self.at..];
        let Some(taken) = rest.first_chunk::<N>() else {
            return Err(DecodeError::Truncated { field, at: self.at });
        };
        self.at += N;
        Ok(*taken)
    }

    /// The error for a field of `length` bytes that was just read.
    fn bad(&self, field: &'static str, length: usize) -> DecodeError {
        DecodeError::Value {
            field,
            at: self.at - length,
        }
    }

    fn end(&self) -> Result<(), DecodeError> {
        match self.bytes.len() - self.at {
            0 => Ok(()),
            extra => Err(DecodeError::TrailingBytes { extra }),
        }
    }

    fn u64(&mut self, field: &'static str) -> Result<u64, DecodeError> {
        self.take(field).map(u64::from_le_bytes)
    }

    fn money(&mut self, field: &'static str) -> Result<Money, DecodeError> {
        self.take(field).map(i64::from_le_bytes).map(Money)
    }

    fn timestamp(&mut self, field: &'static str) -> Result<Timestamp, DecodeError> {
        self.take(field).map(i64::from_le_bytes).map(Timestamp)
    }

    fn option<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        match self.take(field)? {
            [0] => Ok(None),
            [1] => read(self).map(Some),
            _ => Err(self.bad(field, 1)),
        }
    }

    fn price(&mut self) -> Result<Price, DecodeError> {
        match self.take("price")? {
            [price::COST] => self.money("price").map(Price::Cost),
            [price::UNREADABLE] => Ok(Price::Unreadable),
            [price::AUDIT] => Ok(Price::Audit),
            _ => Err(self.bad("price", 1)),
        }
    }

    fn order(&mut self) -> Result<String, DecodeError> {
        let [length] = self.take("order number")?;
        let length = usize::from(length);
        if length > MAX_ORDER_LENGTH {
            return Err(self.bad("order number", 1));
        }
        let Some(text) = self.bytes[self.at..].get(..length) else {
            return Err(DecodeError::Truncated {
                field: "order number",
                at: self.at,
            });
        };
        self.at += length;
        match std::str::from_utf8(text) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(self.bad("order number", length)),
        }
    }

    /// The format, and the context's lower five bits.
    fn format(&mut self) -> Result<(Format, u16), DecodeError> {
        let [byte] = self.take("format")?;
        let format = Format::ALL
            .into_iter()
            .find(|format| *format as u8 == byte & 7)
            .ok_or_else(|| self.bad("format", 1))?;
        Ok((format, u16::from(byte >> 3)))
    }

    fn currency(&mut self) -> Result<Currency, DecodeError> {
        let letters: [u8; 3] = self.take("currency")?;
        std::str::from_utf8(&letters)
            .ok()
            .and_then(|code| Currency::parse(code).ok())
            // One way to write each thing: lower case is refused.
            .filter(|currency| currency.letters() == letters)
            .ok_or_else(|| self.bad("currency", 3))
    }

    fn terms(&mut self) -> Result<BidTerms, DecodeError> {
        let bid = BidId {
            incarnation: Incarnation {
                node: self.take("node").map(u16::from_le_bytes)?,
                start: self.take("start").map(u32::from_le_bytes)?,
            },
            sequence: self.u64("bid")?,
        };
        let exchange = ExchangeId(self.u64("exchange")?);
        let impression = self.take("impression").map(u16::from_le_bytes)?;
        let ad = AdId(self.u64("ad")?);
        let creative = CreativeId(self.u64("creative")?);
        let (format, lower) = self.format()?;
        let lease = LeaseId(self.u64("lease")?);
        let day = Day(self.take("day").map(i32::from_le_bytes)?);
        let max_cost = self.money("reserved cost")?;
        let currency = self.currency()?;
        let fx_nanos = self.take("exchange rate").map(i64::from_le_bytes)?;
        let issued = self.timestamp("moment of the bid")?;
        let user = self.u64("user")?;
        let [last] = self.take("right to measure")?;
        Ok(BidTerms {
            bid,
            exchange,
            impression,
            ad,
            creative,
            format,
            lease,
            day,
            max_cost,
            currency,
            fx_nanos,
            issued,
            user,
            measured: last & 1 == 1,
            context: PriceContext::from_bits(lower | u16::from(last >> 1) << 5),
        })
    }
}
