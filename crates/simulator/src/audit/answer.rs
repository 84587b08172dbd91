//! An answer, read against the tables of section 4.2 of OpenRTB 2.6.

use serde_json::{Map, Value};

use super::fault::{Fault, FaultKind};
use super::reading::decimal;

/// A bid, as far as its fields have the right types.
#[derive(Clone, Debug, Default)]
pub struct AnswerBid {
    /// The seat that it stands in.
    pub seat: Option<String>,
    /// The currency of its price.
    pub currency: Option<String>,
    /// The bid itself.
    fields: Map<String, Value>,
}

impl AnswerBid {
    /// A field of text; empty where it is missing.
    pub fn text(&self, field: &str) -> &str {
        self.fields
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A whole number.
    pub fn integer(&self, field: &str) -> Option<i32> {
        self.fields.get(field)?.as_i64()?.try_into().ok()
    }

    /// The texts of a list.
    pub fn texts(&self, field: &str) -> Vec<&str> {
        self.fields
            .get(field)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The numbers of a list.
    pub fn integers(&self, field: &str) -> Vec<i32> {
        let all = self
            .fields
            .get(field)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        all.filter_map(|n| n.as_i64()?.try_into().ok()).collect()
    }

    /// The price as decimal text.
    pub fn price(&self) -> String {
        match self.fields.get("price") {
            Some(Value::Number(price)) => decimal(price),
            _ => String::new(),
        }
    }
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Integer,
    Number,
    Texts,
    Integers,
    Objects,
    Object,
}

/// The name of a field, what it holds, and whether it must be there.
type Field = (&'static str, Kind, bool);

/// Section 4.2.1.
const RESPONSE: &[Field] = &[
    ("id", Kind::Text, true),
    ("seatbid", Kind::Objects, false),
    ("bidid", Kind::Text, false),
    ("cur", Kind::Text, false),
    ("customdata", Kind::Text, false),
    ("nbr", Kind::Integer, false),
    ("ext", Kind::Object, false),
];

/// Section 4.2.2.
const SEAT: &[Field] = &[
    ("bid", Kind::Objects, true),
    ("seat", Kind::Text, false),
    ("group", Kind::Integer, false),
    ("ext", Kind::Object, false),
];

/// Section 4.2.3.
const BID: &[Field] = &[
    ("id", Kind::Text, true),
    ("impid", Kind::Text, true),
    ("price", Kind::Number, true),
    ("nurl", Kind::Text, false),
    ("burl", Kind::Text, false),
    ("lurl", Kind::Text, false),
    ("adm", Kind::Text, false),
    ("adid", Kind::Text, false),
    ("adomain", Kind::Texts, false),
    ("bundle", Kind::Text, false),
    ("iurl", Kind::Text, false),
    ("cid", Kind::Text, false),
    ("crid", Kind::Text, false),
    ("tactic", Kind::Text, false),
    ("cattax", Kind::Integer, false),
    ("cat", Kind::Texts, false),
    ("attr", Kind::Integers, false),
    ("apis", Kind::Integers, false),
    ("api", Kind::Integer, false),
    ("protocol", Kind::Integer, false),
    ("qagmediarating", Kind::Integer, false),
    ("language", Kind::Text, false),
    ("langb", Kind::Text, false),
    ("dealid", Kind::Text, false),
    ("w", Kind::Integer, false),
    ("h", Kind::Integer, false),
    ("wratio", Kind::Integer, false),
    ("hratio", Kind::Integer, false),
    ("exp", Kind::Integer, false),
    ("dur", Kind::Integer, false),
    ("mtype", Kind::Integer, false),
    ("slotinpod", Kind::Integer, false),
    ("ext", Kind::Object, false),
];

/// Reads the body of an answer to the request `request_id`: its bids, and what is wrong with their form.
pub fn read(body: &[u8], request_id: &str) -> (Vec<AnswerBid>, Vec<Fault>) {
    let mut faults = Vec::new();
    let response = match serde_json::from_slice(body) {
        Ok(Value::Object(response)) => response,
        Ok(_) => {
            return (
                Vec::new(),
                vec![Fault::new(FaultKind::Json, "the body is no JSON object")],
            );
        }
        Err(error) => {
            return (
                Vec::new(),
                vec![Fault::new(FaultKind::Json, error.to_string())],
            );
        }
    };
    // `{}` is a no-bid by section 4.1 of the specification.
    if response.is_empty() {
        return (Vec::new(), faults);
    }
    check(&response, RESPONSE, "", &mut faults);
    let id = response
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if id != request_id {
        let detail = format!("the answer is to \"{id}\", the request is \"{request_id}\"");
        faults.push(Fault::new(FaultKind::ResponseId, detail));
    }
    let currency = response.get("cur").and_then(Value::as_str);
    let mut bids = Vec::new();
    for (place, seat) in objects(&response, "seatbid").enumerate() {
        let path = format!("seatbid[{place}].");
        check(seat, SEAT, &path, &mut faults);
        if objects(seat, "bid").next().is_none() {
            faults.push(Fault::new(FaultKind::Seat, format!("{path}bid is empty")));
        }
        for (place, bid) in objects(seat, "bid").enumerate() {
            check(bid, BID, &format!("{path}bid[{place}]."), &mut faults);
            bids.push(AnswerBid {
                seat: seat.get("seat").and_then(Value::as_str).map(str::to_string),
                currency: currency.map(str::to_string),
                fields: bid.clone(),
            });
        }
    }
    (bids, faults)
}

fn objects<'a>(
    of: &'a Map<String, Value>,
    field: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> {
    of.get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
}

fn check(object: &Map<String, Value>, table: &[Field], path: &str, faults: &mut Vec<Fault>) {
    for (name, kind, required) in table {
        match object.get(*name) {
            None if *required => {
                faults.push(Fault::new(FaultKind::MissingField, format!("{path}{name}")))
            }
            Some(value) if !kind.holds(value) => {
                faults.push(Fault::new(
                    FaultKind::WrongType,
                    format!("{path}{name} is {value}"),
                ));
            }
            _ => {}
        }
    }
    for name in object.keys() {
        if !table.iter().any(|(known, ..)| known == name) {
            faults.push(Fault::new(FaultKind::UnknownField, format!("{path}{name}")));
        }
    }
}

impl Kind {
    fn holds(self, value: &Value) -> bool {
        let all = |kind: Kind| {
            value
                .as_array()
                .is_some_and(|all| all.iter().all(|one| kind.holds(one)))
        };
        match self {
            Kind::Text => value.is_string(),
            Kind::Integer => value.is_i64() || value.is_u64(),
            Kind::Number => value.is_number(),
            Kind::Object => value.is_object(),
            Kind::Texts => all(Kind::Text),
            Kind::Integers => all(Kind::Integer),
            Kind::Objects => all(Kind::Object),
        }
    }
}
