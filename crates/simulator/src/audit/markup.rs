//! Markup, read as a page or a player would read it: what it loads, what it tells whom, what it shows.

use auction::token::Notice;
use campaign::creative::Format;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

use super::html;
use super::reading::{integer, list, object, text};

/// What markup holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup {
    /// Every address in it, with its escapes undone.
    pub addresses: Vec<String>,
    /// Of film and sound.
    pub vast: Option<Vast>,
    /// Of native ads: the assets that are given.
    pub assets: Vec<GivenAsset>,
}

/// What a VAST document says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vast {
    /// Its version, such as "3.0".
    pub version: String,
    /// Another server's VAST, wrapped.
    pub wrapper: bool,
    /// How long it plays, in milliseconds; a wrapper does not say.
    pub duration_ms: Option<i64>,
    /// The types of its media files.
    pub mime_types: Vec<String>,
}

/// An asset of a native ad.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenAsset {
    /// The id of the asset that it answers.
    pub id: i32,
    /// `title`, `img`, `video` or `data`.
    pub kind: &'static str,
    /// How many characters its text has.
    pub length: usize,
    /// Width and height of an image, where they are said.
    pub size: Option<(i32, i32)>,
}

impl Markup {
    /// Reads the markup of a format.
    ///
    /// # Errors
    /// Why a page or a player could not read it.
    pub fn read(format: Format, adm: &str) -> Result<Markup, String> {
        match format {
            Format::Banner => {
                html::check(adm)?;
                Ok(Markup {
                    addresses: html::addresses(adm),
                    ..Markup::default()
                })
            }
            Format::Video | Format::Audio => vast(adm),
            Format::Native => native(adm),
        }
    }

    /// The bidder's address for this notice: under its public base.
    pub fn notice(&self, base: &str, kind: Notice) -> Option<&str> {
        self.addresses
            .iter()
            .map(String::as_str)
            .find(|address| is_notice(address, base, kind))
    }
}

/// Whether an address is the bidder's for this kind of notice.
pub(crate) fn is_notice(address: &str, base: &str, kind: Notice) -> bool {
    let path = address
        .strip_prefix(base)
        .and_then(|rest| rest.strip_prefix("/n/"));
    path.and_then(|path| path.split_once('/'))
        .is_some_and(|(name, _)| name == kind.name())
}

fn vast(adm: &str) -> Result<Markup, String> {
    let mut reader = Reader::from_str(adm);
    let mut markup = Markup::default();
    let mut vast = Vast::default();
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    loop {
        match reader
            .read_event()
            .map_err(|error| format!("XML: {error}"))?
        {
            Event::Start(tag) => {
                opened(&tag, &mut path, &mut vast)?;
                content.clear();
            }
            Event::Empty(tag) => {
                opened(&tag, &mut path, &mut vast)?;
                path.pop();
            }
            Event::Text(piece) => content.push_str(&piece.into_inner()),
            Event::CData(piece) => content.push_str(&piece.into_inner()),
            Event::GeneralRef(name) => {
                let entity = format!("&{};", name.into_inner());
                content.push_str(
                    &quick_xml::escape::unescape(&entity)
                        .map_err(|error| format!("XML: {error}"))?,
                );
            }
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                closed(&name, content.trim(), &mut vast, &mut markup)?;
                content.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if !path.is_empty() || vast.version.is_empty() {
        return Err("no whole VAST document".to_string());
    }
    if vast.mime_types.is_empty() && !vast.wrapper {
        return Err("neither a media file nor a wrapped document".to_string());
    }
    markup.vast = Some(vast);
    Ok(markup)
}

fn opened(tag: &BytesStart<'_>, path: &mut Vec<String>, vast: &mut Vast) -> Result<(), String> {
    let name = String::from_utf8_lossy(tag.name().as_ref().as_ref()).into_owned();
    let attribute = |wanted: &str| -> Result<Option<String>, String> {
        let found = tag
            .try_get_attribute(wanted)
            .map_err(|error| format!("XML: {error}"))?;
        Ok(found.map(|attribute| attribute.value.as_ref().to_string()))
    };
    match (name.as_str(), path.len()) {
        ("VAST", 0) => vast.version = attribute("version")?.unwrap_or_default(),
        (_, 0) => return Err(format!("the root is {name}, not VAST")),
        ("Wrapper", _) => vast.wrapper = true,
        ("MediaFile", _) => vast.mime_types.push(attribute("type")?.unwrap_or_default()),
        _ => {}
    }
    path.push(name);
    Ok(())
}

fn closed(name: &str, content: &str, vast: &mut Vast, markup: &mut Markup) -> Result<(), String> {
    if content.starts_with("http://") || content.starts_with("https://") {
        markup.addresses.push(content.to_string());
    }
    if name == "Duration" {
        vast.duration_ms = Some(clock(content).ok_or_else(|| format!("Duration is {content}"))?);
    }
    Ok(())
}

/// `HH:MM:SS` or `HH:MM:SS.mmm` in milliseconds.
fn clock(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<i64> = clock
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [hours, minutes, seconds] = parts[..] else {
        return None;
    };
    let milliseconds: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds)
}

fn native(adm: &str) -> Result<Markup, String> {
    let outer: Value = serde_json::from_str(adm).map_err(|error| format!("JSON: {error}"))?;
    let native = object(&outer["native"]).unwrap_or(outer);
    if text(&native["link"]["url"]).is_none() {
        return Err("no link.url".to_string());
    }
    let given = |asset: &Value| {
        let kind = ["title", "img", "video", "data"]
            .into_iter()
            .find(|kind| asset[*kind].is_object())?;
        let inside = &asset[kind];
        let words = text(&inside["text"])
            .or_else(|| text(&inside["value"]))
            .unwrap_or_default();
        Some(GivenAsset {
            id: integer(&asset["id"])?,
            kind,
            length: words.chars().count(),
            size: integer(&inside["w"]).zip(integer(&inside["h"])),
        })
    };
    let assets: Vec<GivenAsset> = list(&native["assets"]).iter().filter_map(given).collect();
    if assets.is_empty() || assets.len() != list(&native["assets"]).len() {
        return Err("no assets, or one that is no asset".to_string());
    }
    let mut addresses = Vec::new();
    gather(&native, &mut addresses);
    Ok(Markup {
        addresses,
        assets,
        vast: None,
    })
}

/// Every address in a JSON value; films stand in it as whole VAST documents.
fn gather(value: &Value, addresses: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("http://") || text.starts_with("https://") => {
            addresses.push(text.clone());
        }
        Value::String(text) if text.contains("<VAST") => {
            addresses.extend(vast(text).map(|inner| inner.addresses).unwrap_or_default());
        }
        Value::Array(all) => all.iter().for_each(|one| gather(one, addresses)),
        Value::Object(fields) => fields.values().for_each(|one| gather(one, addresses)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://bid.example";

    #[test]
    fn a_banner_gives_its_addresses_with_escapes_undone() {
        let adm = r#"<div><img src="https://bid.example/n/impression/T?p=${AUCTION_PRICE}&amp;m=1" alt="">
            <script>f("https://bid.example/n/view/T?a=1\u0026b=2");</script>
            <a href='https://bid.example/n/click/T'><img src="https://cdn.example/a.png"></a></div>"#;
        let markup = Markup::read(Format::Banner, adm).expect("it is HTML");
        assert_eq!(
            markup.notice(BASE, Notice::Impression),
            Some("https://bid.example/n/impression/T?p=${AUCTION_PRICE}&m=1")
        );
        assert_eq!(
            markup.notice(BASE, Notice::View),
            Some("https://bid.example/n/view/T?a=1&b=2")
        );
        assert_eq!(
            markup.notice(BASE, Notice::Click),
            Some("https://bid.example/n/click/T")
        );
        assert_eq!(markup.notice("https://other.example", Notice::Click), None);
        assert_eq!(markup.addresses.len(), 4);
    }

    #[test]
    fn a_vast_document_gives_what_a_player_needs() {
        let adm = r#"<?xml version="1.0"?><VAST version="4.0"><Ad id="1"><InLine><AdTitle>a &amp; b</AdTitle>
            <Impression><![CDATA[https://bid.example/n/impression/T]]></Impression>
            <Creatives><Creative><Linear><Duration>00:00:15.500</Duration>
            <VideoClicks><ClickThrough>https://bid.example/n/click/T?a&amp;b</ClickThrough></VideoClicks>
            <MediaFiles><MediaFile type="video/mp4"><![CDATA[https://cdn.example/a.mp4]]></MediaFile>
            </MediaFiles></Linear></Creative></Creatives></InLine></Ad></VAST>"#;
        let markup = Markup::read(Format::Video, adm).expect("it is VAST");
        let vast = markup.vast.clone().expect("it says what it is");
        assert_eq!(
            (vast.version.as_str(), vast.wrapper, vast.duration_ms),
            ("4.0", false, Some(15_500))
        );
        assert_eq!(vast.mime_types, ["video/mp4"]);
        assert_eq!(
            markup.notice(BASE, Notice::Click),
            Some("https://bid.example/n/click/T?a&b")
        );
        assert_eq!(markup.addresses.len(), 3);
    }

    #[test]
    fn markup_that_nobody_could_read_is_refused() {
        let check = |format, adm: &str| {
            assert!(Markup::read(format, adm).is_err(), "{format:?} {adm}");
        };
        check(Format::Banner, "");
        check(Format::Banner, "no element at all");
        check(Format::Banner, "<div><img src=\"a>");
        check(Format::Banner, "<div><a href=x></div></a>");
        check(Format::Banner, "<div>");
        check(Format::Video, "<VAST version=\"3.0\"><Ad></VAST>");
        check(Format::Video, "<html></html>");
        check(Format::Video, "<VAST version=\"3.0\"></VAST>");
        check(Format::Native, "{\"assets\":[]}");
        check(
            Format::Native,
            "{\"assets\":[{\"id\":1}],\"link\":{\"url\":\"https://a.example\"}}",
        );
        check(Format::Native, "<a>");
    }
}
