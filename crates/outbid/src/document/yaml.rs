//! YAML as the same values that JSON gives. What would make two readers of one file see two things is refused: anchors,
//! tags, keys that are there twice, more than one document. Numbers never pass through a float.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

/// How deep lists and tables may lie in each other.
const MAX_DEPTH: usize = 64;

/// Reads one document. The error is one sentence with its line.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader {
        events: Parser::new_from_str(text),
    };
    let value = match reader.next()? {
        (Event::StreamEnd, _) => return Ok(Value::Object(Map::new())),
        (event, at) => reader.value(event, at, 0)?,
    };
    match reader.next()? {
        (Event::StreamEnd, _) => Ok(value),
        (_, at) => Err(place(at, "a second document begins: split the file")),
    }
}

struct Reader<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
}

impl<'a> Reader<'a> {
    /// The next event that says something. The marks between documents do not: a second one's content is met instead.
    fn next(&mut self) -> Result<(Event<'a>, Span), String> {
        loop {
            match self.events.next() {
                Some(Ok((
                    Event::Nothing
                    | Event::StreamStart
                    | Event::DocumentStart(_)
                    | Event::DocumentEnd,
                    _,
                ))) => {}
                Some(Ok(said)) => return Ok(said),
                Some(Err(error)) => {
                    return Err(format!("line {}: {}", error.marker().line(), error.info()));
                }
                None => return Ok((Event::StreamEnd, Span::default())),
            }
        }
    }

    fn value(&mut self, event: Event<'a>, at: Span, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err(place(at, "lists and tables lie too deep in each other"));
        }
        match event {
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                Err(place(at, "anchors are not read here: write the value out"))
            }
            Event::Alias(_) => Err(place(at, "aliases are not read here: write the value out")),
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => Err(place(
                at,
                "tags are not read here: leave the word with ! out",
            )),
            Event::Scalar(text, ScalarStyle::Plain, _, None) => Ok(plain(&text)),
            Event::Scalar(text, _, _, None) => Ok(Value::String(text.into_owned())),
            Event::SequenceStart(_, None) => {
                let mut list = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => return Ok(Value::Array(list)),
                        (event, at) => list.push(self.value(event, at, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(_, None) => self.table(depth),
            _ => Err(place(at, "the file ends too early")),
        }
    }

    fn table(&mut self, depth: usize) -> Result<Value, String> {
        let mut table = Map::new();
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::Object(table)),
                (Event::Scalar(key, ..), at) => (key.into_owned(), at),
                (_, at) => return Err(place(at, "a key must be a word")),
            };
            let (event, value_at) = self.next()?;
            let value = self.value(event, value_at, depth + 1)?;
            if table.insert(key.clone(), value).is_some() {
                return Err(place(at, &format!("{key} is there twice")));
            }
        }
    }
}

fn place(at: Span, what: &str) -> String {
    format!("line {}: {what}", at.start.line())
}

/// A word without quotes, as YAML 1.2's core schema reads it.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        text => number(text).unwrap_or_else(|| Value::String(text.to_string())),
    }
}

/// Whole numbers may be grouped by `_`, as in TOML.
fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let bare = text.replace('_', "");
    let whole = bare.parse::<i64>().map(Value::from);
    whole
        .or_else(|_| bare.parse::<u64>().map(Value::from))
        .ok()
        .or_else(|| bare.parse::<f64>().ok().map(Value::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_says_what_json_would_say() {
        let check = |text: &str, expect: Value| assert_eq!(parse(text), Ok(expect), "{text}");
        check("", json!({}));
        check(
            "a: 1\nb: [x, \"2\", -3, 1.5]\n",
            json!({"a": 1, "b": ["x", "2", -3, 1.5]}),
        );
        check(
            "a:\n  - b: true\n    c: ~\n  - d: no\n",
            json!({"a": [{"b": true, "c": null}, {"d": "no"}]}),
        );
        check(
            "---\na: 500_000_000\nb: 2026-11-20\n",
            json!({"a": 500_000_000, "b": "2026-11-20"}),
        );
        check(
            "n: 9007199254740993",
            json!({"n": 9_007_199_254_740_993_i64}),
        );
        check("# only\n# comments\n", json!({}));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused_with_its_line() {
        let check = |text: &str, part: &str| {
            let told = parse(text).unwrap_err();
            assert!(told.contains(part), "{text}: {told}");
        };
        check("a: &x 1\nb: *x\n", "line 1: anchors");
        check("a: !!str 1", "line 1: tags");
        check("a: 1\nb: 2\na: 3\n", "line 3: a is there twice");
        check("a: 1\n---\nb: 2\n", "a second document");
        check("a: [1, 2\nb: 3\n", "line ");
        check("? [1]\n: 2\n", "a key must be a word");
        check(&"[".repeat(100), "line ");
    }
}
