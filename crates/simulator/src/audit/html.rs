//! HTML, as far as an auditor must read it: whether tags close, and which addresses there are.

/// Elements that have no end tag.
const VOID: [&str; 8] = ["area", "br", "hr", "img", "input", "link", "meta", "source"];

/// Whether every tag and quote that opens closes, in order. Stricter than a browser, which reads anything.
///
/// # Errors
/// What is open, or closes without being open.
pub(crate) fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    let mut elements = 0;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = after(comment, "-->")?;
            continue;
        }
        let end = tag_end(rest)?;
        let (tag, after_tag) = (&rest[1..end], &rest[end + 1..]);
        rest = after_tag;
        if tag.starts_with('!') || tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let name = name.trim().to_ascii_lowercase();
            match open.pop() {
                Some(last) if last == name => continue,
                last => return Err(format!("</{name}> closes {}", last.unwrap_or_default())),
            }
        }
        let name = tag
            .split(|c: char| c.is_whitespace() || c == '/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        elements += 1;
        match name.as_str() {
            "script" | "style" => rest = after(rest, &format!("</{name}>"))?,
            name if VOID.contains(&name) || tag.ends_with('/') => {}
            name => open.push(name.to_string()),
        }
    }
    match open.pop() {
        Some(name) => Err(format!("<{name}> is never closed")),
        None if elements == 0 => Err("no element".to_string()),
        None => Ok(()),
    }
}

fn after<'a>(text: &'a str, end: &str) -> Result<&'a str, String> {
    text.split_once(end)
        .map(|(_, rest)| rest)
        .ok_or_else(|| format!("no {end}"))
}

/// Where the tag at the start of the text ends, outside of quotes.
fn tag_end(text: &str) -> Result<usize, String> {
    let mut quote = None;
    for (place, c) in text.char_indices().skip(1) {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, '>') => return Ok(place),
            _ => {}
        }
    }
    let shown: String = text.chars().take(40).collect();
    Err(format!("{shown} is never closed"))
}

/// Every address of HTTP in a text of HTML, its escapes of HTML and of scripts undone.
pub(crate) fn addresses(html: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = html;
    while let Some(start) = [rest.find("http://"), rest.find("https://")]
        .into_iter()
        .flatten()
        .min()
    {
        rest = &rest[start..];
        let address = until_delimiter(rest);
        rest = &rest[address.len()..];
        let script = address.replace("\\u0026", "&").replace("\\/", "/");
        let plain = quick_xml::escape::unescape(&script)
            .map(|text| text.into_owned())
            .unwrap_or(script);
        // The names of XML's vocabularies are no addresses that anybody loads.
        if !plain.starts_with("http://www.w3.org/") {
            all.push(plain);
        }
    }
    all
}

fn until_delimiter(text: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | ')');
    &text[..text.find(ends).unwrap_or(text.len())]
}
