use campaign::creative::Format;
use campaign::id::{AdId, BidId, CreativeId, ExchangeId, Incarnation, LeaseId};
use campaign::money::{Currency, Money, RateTable};
use campaign::time::{Day, Timestamp};

use super::*;

fn secret(id: u8) -> TokenSecret {
    TokenSecret {
        id,
        secret: [id ^ 0x5a; 32],
    }
}

fn keys(current: u8, older: &[u8]) -> TokenKeys {
    let older: Vec<TokenSecret> = older.iter().map(|id| secret(*id)).collect();
    TokenKeys::new(secret(current), &older).unwrap()
}

fn terms() -> BidTerms {
    BidTerms {
        bid: BidId {
            incarnation: Incarnation { node: 3, start: 9 },
            sequence: 0x0123_4567_89ab_cdef,
        },
        exchange: ExchangeId(7),
        impression: 2,
        ad: AdId(u64::MAX),
        creative: CreativeId(11),
        format: Format::Video,
        lease: LeaseId(13),
        day: Day(20_778),
        max_cost: Money(1_230_000),
        currency: Currency::EUR,
        fx_nanos: RateTable::ONE,
        issued: Timestamp(1_795_000_000_000),
        user: 42,
        measured: true,
        context: journal::context::PriceContext::NONE,
    }
}

fn token(terms: &BidTerms, class: TagClass, keys: &TokenKeys) -> String {
    Signed::new(terms, keys).token(class).to_string()
}

const CLASSES: [TagClass; 2] = [TagClass::Server, TagClass::Page];

#[test]
fn a_token_brings_its_terms_back() {
    let keys = keys(1, &[]);
    for class in CLASSES {
        let text = token(&terms(), class, &keys);
        assert!(text.len() < 100, "{text}");
        assert_eq!(read_unverified(&text), Some(terms()));
        assert_eq!(verify(&text, class, &keys), Ok(terms()));
    }
}

#[test]
fn a_token_is_good_for_its_own_class_only() {
    let keys = keys(1, &[]);
    let page = token(&terms(), TagClass::Page, &keys);
    let server = token(&terms(), TagClass::Server, &keys);
    assert_eq!(
        verify(&page, TagClass::Server, &keys),
        Err(TokenError::Forged)
    );
    assert_eq!(
        verify(&server, TagClass::Page, &keys),
        Err(TokenError::Forged)
    );
}

#[test]
fn every_flipped_bit_is_refused() {
    let keys = keys(1, &[2]);
    for class in CLASSES {
        let good = URL_SAFE_NO_PAD
            .decode(token(&terms(), class, &keys))
            .unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let text = URL_SAFE_NO_PAD.encode(bad);
            assert!(verify(&text, class, &keys).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn every_changed_character_is_refused() {
    let keys = keys(1, &[]);
    let good = token(&terms(), TagClass::Server, &keys);
    for at in 0..good.len() {
        for other in ["A", "_", "=", "+", "/", "%", " ", "é", ""] {
            let bad = format!("{}{other}{}", &good[..at], &good[at + 1..]);
            if bad != good {
                let read = verify(&bad, TagClass::Server, &keys);
                assert!(read.is_err(), "{other:?} at {at}");
            }
        }
    }
}

#[test]
fn a_token_that_is_cut_or_longer_is_refused() {
    let keys = keys(1, &[]);
    let good = token(&terms(), TagClass::Server, &keys);
    for length in 0..good.len() {
        let read = verify(&good[..length], TagClass::Server, &keys);
        assert!(read.is_err(), "{length} long");
    }
    let check = |text: &str| {
        let read = verify(text, TagClass::Server, &keys);
        assert_eq!(read, Err(TokenError::Malformed), "{} long", text.len());
    };
    check("");
    check("A");
    check(&format!("{good}=="));
    check(&"A".repeat(Signed::LONGEST + 1));
    check(&"A".repeat(1 << 20));
    // None of these is looked at because of its length; that which could be one is no token because of its version.
    let read = verify(&"A".repeat(Signed::LONGEST), TagClass::Server, &keys);
    assert_eq!(read, Err(TokenError::Version(0)));
}

#[test]
fn the_longest_terms_have_a_token() {
    let keys = keys(1, &[]);
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
        creative: CreativeId(u64::MAX),
        lease: LeaseId(u64::MAX),
        day: Day(i32::MIN),
        max_cost: Money(i64::MIN),
        fx_nanos: i64::MIN + RateTable::ONE,
        issued: Timestamp(i64::MIN),
        user: u64::MAX,
        context: journal::context::PriceContext::from_bits(0xfff),
        ..terms()
    };
    for class in CLASSES {
        let text = token(&longest, class, &keys);
        assert_eq!(text.len(), Signed::LONGEST);
        assert_eq!(verify(&text, class, &keys), Ok(longest));
    }
    let click = Click {
        terms: longest,
        at: Timestamp(i64::MAX),
    };
    let mut id = String::new();
    click.push_id(&keys, &mut id);
    assert_eq!(id.len(), Click::LONGEST);
    assert_eq!(Click::verify_id(&id, &keys), Ok(click));
}

#[test]
fn keys_rotate_with_overlap() {
    let (before, during, after) = (keys(1, &[]), keys(2, &[1]), keys(2, &[]));
    let old = token(&terms(), TagClass::Server, &before);
    let new = token(&terms(), TagClass::Server, &during);
    let check = |text: &str, keys: &TokenKeys, expect: Result<BidTerms, TokenError>| {
        assert_eq!(verify(text, TagClass::Server, keys), expect);
    };
    check(&old, &before, Ok(terms()));
    check(&old, &during, Ok(terms()));
    check(&old, &after, Err(TokenError::UnknownKey(1)));
    check(&new, &before, Err(TokenError::UnknownKey(2)));
    check(&new, &during, Ok(terms()));
    check(&new, &after, Ok(terms()));
}

#[test]
fn another_secret_under_the_same_number_signs_nothing_that_is_taken() {
    let other = TokenKeys::new(
        TokenSecret {
            id: 1,
            secret: [9; 32],
        },
        &[],
    );
    let text = token(&terms(), TagClass::Server, &other.unwrap());
    assert_eq!(
        verify(&text, TagClass::Server, &keys(1, &[])),
        Err(TokenError::Forged)
    );
}

#[test]
fn two_secrets_may_not_share_a_number() {
    let made = TokenKeys::new(secret(4), &[secret(5), secret(4)]);
    assert_eq!(made.err(), Some(DuplicateKey(4)));
}

#[test]
fn a_secret_is_not_printed() {
    let shown = format!("{:?} {:?}", keys(1, &[2]), secret(1));
    assert_eq!(
        shown,
        "TokenKeys(current 1, older [2]) TokenSecret(1, redacted)"
    );
}

#[test]
fn a_click_id_brings_back_the_bid_and_the_moment() {
    let keys = keys(1, &[]);
    let click = Click {
        terms: terms(),
        at: Timestamp(1_795_000_123_456),
    };
    let mut id = String::new();
    click.push_id(&keys, &mut id);
    assert!(id.len() <= Click::LONGEST);
    assert_eq!(Click::verify_id(&id, &keys), Ok(click));
    let good = URL_SAFE_NO_PAD.decode(&id).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(Click::verify_id(&URL_SAFE_NO_PAD.encode(bad), &keys).is_err());
    }
}

#[test]
fn a_click_id_is_no_notice_and_a_notice_is_no_click_id() {
    let keys = keys(1, &[]);
    let mut id = String::new();
    let click = Click {
        terms: terms(),
        at: Timestamp(0),
    };
    click.push_id(&keys, &mut id);
    for class in CLASSES {
        assert!(verify(&id, class, &keys).is_err());
        assert!(Click::verify_id(&token(&terms(), class, &keys), &keys).is_err());
    }
    // Even of one length they would not be taken for each other: the domains differ.
    let key = &keys.current;
    let signed = Payload::of(&terms(), key);
    assert_ne!(
        key.absorb(DOMAIN, signed.bytes()).finalize().into_bytes(),
        key.absorb(b"outbid click id\0", signed.bytes())
            .finalize()
            .into_bytes()
    );
}

#[test]
fn the_urls_are_those_that_the_bidder_serves() {
    fn check(
        quantity: Quantity,
        url: impl for<'a> Fn(&NoticeUrls<'_, 'a>) -> &'a str,
        expect: &str,
    ) {
        let arena = bumpalo::Bump::new();
        let signed = Signed::new(&terms(), &keys(1, &[]));
        let urls = NoticeUrls {
            base: "https://bid.example",
            signed: &signed,
            quantity,
            arena: &arena,
        };
        let token = |class| token(&terms(), class, &keys(1, &[]));
        let expect = expect
            .replace("SERVER", &token(TagClass::Server))
            .replace("PAGE", &token(TagClass::Page));
        assert_eq!(url(&urls), format!("https://bid.example/n/{expect}"));
    }
    use Quantity::{Counted, One};
    let price = |path: &str| path.to_string() + "?p=${AUCTION_PRICE}";
    let counted = |path: &str| path.to_string() + "?p=${AUCTION_PRICE}&m=${AUCTION_MULTIPLIER}";
    check(One, |u| u.win(), &price("win/SERVER"));
    check(Counted, |u| u.win(), &price("win/SERVER"));
    check(One, |u| u.billing(), &price("billing/SERVER"));
    let billing = counted("billing/SERVER");
    check(Counted, |u| u.billing(), &billing);
    let loss = "loss/SERVER?r=${AUCTION_LOSS}&w=${AUCTION_MIN_TO_WIN}";
    check(One, |u| u.loss(), loss);
    check(One, |u| u.impression(), "impression/PAGE");
    let pixel = price("impression/PAGE");
    check(One, |u| u.billing_impression(), &pixel);
    let pixel = counted("impression/PAGE");
    check(Counted, |u| u.billing_impression(), &pixel);
    check(One, |u| u.view(), "view/PAGE");
    check(One, |u| u.click(), "click/PAGE");
    check(One, |u| u.click_ping(), "click/PAGE?ping");
}

#[test]
fn a_notice_is_known_by_its_name() {
    for notice in Notice::ALL {
        assert_eq!(Notice::parse(notice.name()), Some(notice));
        assert_eq!(notice.path(), format!("/n/{}/", notice.name()));
    }
    assert_eq!(Notice::parse("bill"), None);
}
