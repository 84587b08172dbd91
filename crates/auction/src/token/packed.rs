//! The terms of a bid in as few bytes as it takes: a bid carries them six times, and a page every one of those.
//!
//! Numbers that are mostly small are written seven bits to a byte, the lowest first, and the highest bit of a byte says
//! that more follow (LEB128, as in Protobuf). Those that may be below zero go through zigzag: 0, −1, 1, −2. The journal
//! has a form of its own, in which every field has its place.

use campaign::creative::Format;
use campaign::id::{AdId, BidId, CreativeId, ExchangeId, Incarnation, LeaseId};
use campaign::money::{Currency, Money, RateTable};
use campaign::time::{Day, Timestamp};
use journal::context::PriceContext;
use journal::entry::BidTerms;

/// No terms take more bytes: those of a number of 12 bits, two of 16, one of 32, eight of 64, and what has its length.
pub const MOST: usize = 2 + 2 * 3 + 5 + 8 * 10 + FIXED;
/// Format and flags, start, currency, user.
const FIXED: usize = 1 + 4 + 3 + 8;

/// Within the byte that says the format too.
const MEASURED: u8 = 0x40;
const HAS_USER: u8 = 0x80;

/// Writes the terms to the front of `out`, and says how many bytes they take.
pub fn write(terms: &BidTerms, out: &mut [u8; MOST]) -> usize {
    let mut to = Writer { out, length: 0 };
    let BidId {
        incarnation,
        sequence,
    } = terms.bid;
    let measured = if terms.measured { MEASURED } else { 0 };
    let has_user = if terms.user != 0 { HAS_USER } else { 0 };
    to.bytes(&[terms.format as u8 | measured | has_user]);
    to.number(u64::from(incarnation.node));
    to.bytes(&incarnation.start.to_le_bytes());
    to.number(sequence);
    to.number(terms.exchange.0);
    to.number(u64::from(terms.impression));
    to.number(terms.ad.0);
    to.number(terms.creative.0);
    to.number(terms.lease.0);
    to.signed(i64::from(terms.day.0));
    to.signed(terms.max_cost.0);
    to.bytes(&terms.currency.letters());
    // Most bids are in the advertiser's own currency.
    to.signed(terms.fx_nanos.wrapping_sub(RateTable::ONE));
    to.signed(terms.issued.0);
    to.number(u64::from(terms.context.bits()));
    if terms.user != 0 {
        to.bytes(&terms.user.to_le_bytes());
    }
    to.length
}

/// Reads terms that fill the bytes exactly. `None` where there are none.
pub fn read(bytes: &[u8]) -> Option<BidTerms> {
    let mut from = Reader(bytes);
    let [flags] = from.bytes()?;
    let bid = BidId {
        incarnation: Incarnation {
            node: u16::try_from(from.number()?).ok()?,
            start: u32::from_le_bytes(from.bytes()?),
        },
        sequence: from.number()?,
    };
    let terms = BidTerms {
        bid,
        exchange: ExchangeId(from.number()?),
        impression: u16::try_from(from.number()?).ok()?,
        ad: AdId(from.number()?),
        creative: CreativeId(from.number()?),
        format: format(flags & !(MEASURED | HAS_USER))?,
        lease: LeaseId(from.number()?),
        day: Day(i32::try_from(from.signed()?).ok()?),
        max_cost: Money(from.signed()?),
        currency: currency(from.bytes()?)?,
        fx_nanos: from.signed()?.wrapping_add(RateTable::ONE),
        issued: Timestamp(from.signed()?),
        context: context(from.number()?)?,
        user: match flags & HAS_USER {
            0 => 0,
            _ => u64::from_le_bytes(from.bytes()?),
        },
        measured: flags & MEASURED != 0,
    };
    from.0.is_empty().then_some(terms)
}

fn format(number: u8) -> Option<Format> {
    Format::ALL
        .into_iter()
        .find(|format| *format as u8 == number)
}

fn context(number: u64) -> Option<PriceContext> {
    let bits = u16::try_from(number).ok()?;
    let context = PriceContext::from_bits(bits);
    (context.bits() == bits).then_some(context)
}

fn currency(letters: [u8; 3]) -> Option<Currency> {
    let code = std::str::from_utf8(&letters).ok()?;
    let currency = Currency::parse(code).ok()?;
    // There is one way to write each thing.
    (currency.letters() == letters).then_some(currency)
}

struct Writer<'o> {
    out: &'o mut [u8; MOST],
    length: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.out[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes(&[number as u8 | 0x80]);
            number >>= 7;
        }
        self.bytes(&[number as u8]);
    }

    fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }
}

struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let [byte] = self.bytes()?;
            let bits = u64::from(byte & 0x7f);
            // Of the tenth byte one bit is left.
            if bits << shift >> shift != bits {
                return None;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(terms: &BidTerms) -> Vec<u8> {
        let mut out = [0; MOST];
        let length = write(terms, &mut out);
        out[..length].to_vec()
    }

    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![
            any::<u64>(),
            (0_u32..64).prop_map(|bit| 1 << bit),
            0_u64..300,
            Just(u64::MAX)
        ]
    }

    prop_compose! {
        fn terms()(
            numbers in prop::collection::vec(number(), 10),
            (node, start, impression, day) in any::<(u16, u32, u16, i32)>(),
            (measured, has_user) in any::<(bool, bool)>(),
            format in prop::sample::select(&Format::ALL[..]),
            currency in "[A-Z]{3}",
            context in 0_u16..0x1000,
        ) -> BidTerms {
            BidTerms {
                bid: BidId { incarnation: Incarnation { node, start }, sequence: numbers[0] },
                exchange: ExchangeId(numbers[1]),
                impression,
                ad: AdId(numbers[2]),
                creative: CreativeId(numbers[3]),
                format,
                lease: LeaseId(numbers[4]),
                day: Day(day),
                max_cost: Money(numbers[5] as i64),
                currency: Currency::parse(&currency).unwrap(),
                fx_nanos: numbers[6] as i64,
                issued: Timestamp(numbers[7] as i64),
                user: if has_user { numbers[8] } else { 0 },
                measured,
                context: PriceContext::from_bits(context),
            }
        }
    }

    proptest! {
        #[test]
        fn terms_come_back_and_nothing_else_is_read_as_them(terms in terms(), more in any::<u8>()) {
            let bytes = written(&terms);
            prop_assert_eq!(read(&bytes), Some(terms));
            for cut in 0..bytes.len() {
                prop_assert_eq!(read(&bytes[..cut]), None);
            }
            prop_assert_eq!(read(&[&bytes[..], &[more]].concat()), None);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..MOST + 3)) {
            let _ = read(&bytes);
        }
    }

    #[test]
    fn the_longest_fill_the_room_there_is() {
        let longest = BidTerms {
            bid: BidId {
                incarnation: Incarnation {
                    node: u16::MAX,
                    start: u32::MAX,
                },
                sequence: u64::MAX,
            },
            exchange: ExchangeId(u64::MAX),
            impression: u16::MAX,
            ad: AdId(u64::MAX),
            creative: CreativeId(u64::MAX),
            format: Format::Native,
            lease: LeaseId(u64::MAX),
            day: Day(i32::MIN),
            max_cost: Money(i64::MIN),
            currency: Currency::EUR,
            fx_nanos: i64::MIN.wrapping_add(RateTable::ONE),
            issued: Timestamp(i64::MIN),
            user: u64::MAX,
            measured: true,
            context: PriceContext::from_bits(0xfff),
        };
        assert_eq!(written(&longest).len(), MOST);
        assert_eq!(read(&written(&longest)), Some(longest));
    }
}
