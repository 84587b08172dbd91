//! Any text as a native request: in a string, as the specification has it, and as an object. Both are read alike.

use bumpalo::Bump;
use openrtb::request::{Native, parse};
use serde_json::{Map, Value};

use crate::request;

/// Panics where it does not hold.
pub fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let offer = |request: &str| {
        format!(r#"{{"imp":[{{"id":"1","banner":{{}},"native":{{"request":{request}}}}}]}}"#)
    };
    let in_string = offer(&Value::from(text).to_string());
    request::holds(in_string.as_bytes());
    let inside = offer(text);
    request::holds(inside.as_bytes());

    // An object nested nearly as deep as may be fits into a string, but not into the objects around it. Text that
    // closes its object and goes on is another request.
    let brackets = text.bytes().filter(|byte| b"{[".contains(byte)).count();
    if brackets < 50 && serde_json::from_str::<Map<String, Value>>(text).is_ok() {
        let arena = Bump::new();
        assert_eq!(native(&in_string, &arena), native(&inside, &arena));
    }
}

fn native<'a>(body: &'a str, arena: &'a Bump) -> Option<Native<'a>> {
    let request = parse(body.as_bytes(), arena).unwrap();
    request.imp.first().and_then(|imp| imp.native.copied())
}
