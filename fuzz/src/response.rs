//! Any response: what we write, serde_json reads as it was.

use bumpalo::Bump;
use bumpalo::collections::String;
use openrtb::native;
use openrtb::response::{Bid, BidResponse, Price, SeatBid, write};
use serde_json::{Value, json};

/// Panics where it does not hold.
pub fn holds(bytes: &[u8]) {
    let (numbers, texts) = bytes.split_at(bytes.len().min(14));
    let mut numbers = numbers.iter().copied().chain(std::iter::repeat(0));
    let mut eight = || u64::from_le_bytes(std::array::from_fn(|_| numbers.next().unwrap_or(0)));
    let (units, w) = (eight() as i64, eight() as i32);
    let scale = w.unsigned_abs() as u8 % 19;
    let texts: Vec<_> = texts
        .split(|&byte| byte == 0xff)
        .map(std::string::String::from_utf8_lossy)
        .collect();
    let text = |index: usize| texts.get(index).map(AsRef::as_ref);
    let all: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();

    let bid = Bid {
        id: text(0).unwrap_or_default(),
        impid: text(1).unwrap_or_default(),
        price: Price { units, scale },
        adm: text(2),
        nurl: text(3),
        adomain: &all,
        attr: &[w, 0],
        w: Some(w),
        ..Bid::default()
    };
    let bids = [bid];
    let seats = [SeatBid {
        bid: &bids,
        seat: text(4),
        group: w > 0,
        ..SeatBid::default()
    }];
    let response = BidResponse {
        id: text(0).unwrap_or_default(),
        seatbid: &seats,
        customdata: text(5),
        ..BidResponse::default()
    };
    let mut written = b"kept".to_vec();
    write(&response, &mut written);
    let value: Value = serde_json::from_slice(written.strip_prefix(b"kept").unwrap()).unwrap();

    let read = &value["seatbid"][0]["bid"][0];
    assert_eq!(value["id"], bid.id);
    assert_eq!(value["customdata"], json!(response.customdata));
    assert_eq!(value["seatbid"][0]["seat"], json!(text(4)));
    assert_eq!(
        (&read["id"], &read["impid"]),
        (&json!(bid.id), &json!(bid.impid))
    );
    assert_eq!(
        (&read["adm"], &read["nurl"]),
        (&json!(bid.adm), &json!(bid.nurl))
    );
    assert_eq!(
        read["adomain"],
        if all.is_empty() {
            Value::Null
        } else {
            json!(all)
        }
    );
    assert_eq!((&read["attr"], &read["w"]), (&json!([w, 0]), &json!(w)));
    let price = openrtb::Decimal::new(&bid.price.to_string())
        .and_then(|price| price.to_scaled(u32::from(scale)));
    assert_eq!(price, Some(units));

    let link = native::response::Link {
        url: bid.id,
        clicktrackers: &all,
        fallback: text(1),
    };
    let arena = Bump::new();
    let mut markup = String::new_in(&arena);
    native::response::write(
        &native::response::NativeResponse {
            link,
            ..Default::default()
        },
        &mut markup,
    );
    let value: Value = serde_json::from_str(&markup).unwrap();
    assert_eq!(
        (&value["link"]["url"], &value["link"]["fallback"]),
        (&json!(bid.id), &json!(text(1)))
    );
}
