//! One row of a recording, of whichever kind it is.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request};
use serde_json::Value;

use crate::client::gzip;

/// A row that can be sent.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) request: Request<Full<Bytes>>,
    /// The OpenRTB request in it, where it is one.
    pub(super) asked: Option<Value>,
}

/// Headers that belong to one connection, or that follow from the body and the target.
const NOT_REPLAYED: [&str; 6] = [
    "host",
    "content-length",
    "connection",
    "transfer-encoding",
    "keep-alive",
    "expect",
];

/// Reads a row. Three kinds are known: an OpenRTB request as it is; an object with the request as text in `request`; an
/// HTTP request as `line`, `headers` and `body`.
///
/// # Errors
/// Why it cannot be sent.
pub(super) fn read(line: &str, host: &str, path: &str) -> Result<Row, String> {
    let row: Value = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
    if row.get("line").is_some() && row.get("headers").is_some() {
        return http(&row, host, path);
    }
    let body = match &row["request"] {
        Value::String(text) => text.clone(),
        // The line itself, so that numbers and escapes go out as they stand.
        _ if row.is_object() => line.to_string(),
        _ => return Err("neither an OpenRTB request nor a row that holds one".to_string()),
    };
    let request = Request::post(path)
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body.clone())))
        .map_err(|error| error.to_string())?;
    Ok(Row {
        request,
        asked: serde_json::from_str(&body).ok(),
    })
}

fn http(row: &Value, host: &str, path: &str) -> Result<Row, String> {
    let mut words = row["line"]
        .as_str()
        .unwrap_or_default()
        .split_ascii_whitespace();
    let method = words
        .next()
        .and_then(|word| word.parse::<Method>().ok())
        .ok_or("no method")?;
    // What was asked for stays, where it was asked for changes.
    let query = words
        .next()
        .and_then(|target| target.split_once('?'))
        .map(|(_, query)| query);
    let uri = query.map_or_else(|| path.to_string(), |query| format!("{path}?{query}"));
    let body = row["body"].as_str().unwrap_or_default();
    let mut request = Request::builder()
        .method(&method)
        .uri(uri)
        .header(header::HOST, host);
    let mut zipped = false;
    for line in row["headers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let (Ok(name), Ok(value)) = (
            name.trim().parse::<HeaderName>(),
            value.trim().parse::<HeaderValue>(),
        ) else {
            return Err(format!("the header {line:?} cannot be sent"));
        };
        zipped |= name == header::CONTENT_ENCODING && value == "gzip";
        if !NOT_REPLAYED.contains(&name.as_str()) {
            request = request.header(name, value);
        }
    }
    // The recording holds bodies inflated.
    let bytes = if zipped && !body.is_empty() {
        gzip(body.as_bytes())
    } else {
        body.as_bytes().to_vec()
    };
    let request = request
        .body(Full::new(Bytes::from(bytes)))
        .map_err(|error| error.to_string())?;
    let asked = if method == Method::POST {
        serde_json::from_str(body).ok()
    } else {
        None
    };
    Ok(Row { request, asked })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn body_of(row: Row) -> Vec<u8> {
        let body = row.request.into_body().collect().await;
        body.expect("it is all there").to_bytes().to_vec()
    }

    #[tokio::test]
    async fn each_kind_of_row_is_known() {
        let plain = r#"{"id":"1","imp":[{"id":"1","bidfloor":1.50}]}"#;
        let row = read(plain, "h:1", "/bid/demo").expect("plain");
        assert_eq!(
            (row.request.method(), row.request.uri().path()),
            (&Method::POST, "/bid/demo")
        );
        assert_eq!(body_of(row).await, plain.as_bytes());

        let wrapped = r#"{"source":"s","kind":"k","request":"{\"id\":\"a\\u0062\"}"}"#;
        let row = read(wrapped, "h:1", "/bid/demo").expect("wrapped");
        assert_eq!(row.asked.as_ref().expect("a request")["id"], "ab");
        assert_eq!(body_of(row).await, br#"{"id":"a\u0062"}"#);

        for bad in ["", "[1]", "7", "{\"id\""] {
            assert!(read(bad, "h:1", "/").is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn an_http_request_is_sent_as_it_was_but_for_its_place() {
        let row = r#"{"line":"POST /old/path?x=1 HTTP/1.1",
            "headers":["Host: a","Content-Length: 9","Content-Encoding: gzip",
            "X-Openrtb-Version: 2.5"],"body":"{\"id\":\"1\"}"}"#;
        let row = read(row, "h:1", "/bid/demo").expect("HTTP");
        assert_eq!(row.request.uri().to_string(), "/bid/demo?x=1");
        assert_eq!(row.request.headers()["host"], "h:1");
        assert_eq!(row.request.headers()["x-openrtb-version"], "2.5");
        assert!(!row.request.headers().contains_key("content-length"));
        let body = body_of(row).await;
        assert_eq!(
            crate::client::gunzip(&body, 100).as_deref(),
            Ok(&b"{\"id\":\"1\"}"[..])
        );

        let get = r#"{"line":"GET /a?b=c HTTP/1.1","headers":[],"body":""}"#;
        let row = read(get, "h:1", "/bid/demo").expect("GET");
        assert_eq!(
            (row.request.method(), row.asked.is_none()),
            (&Method::GET, true)
        );
    }
}
