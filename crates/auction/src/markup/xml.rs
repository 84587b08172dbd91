//! A thin hand on quick-xml's writer: elements, text and URLs, all escaped by the library.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document that is being written.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    /// A new document, of about this many bytes.
    pub(super) fn new(capacity: usize) -> Xml {
        let mut xml = Xml {
            writer: Writer::new(Vec::with_capacity(capacity)),
        };
        xml.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// An element with what `content` writes inside it.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Xml),
    ) {
        let attributes = attributes.iter().copied();
        let start = BytesStart::new(name).with_attributes(attributes);
        self.put(Event::Start(start));
        content(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element that holds text.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        let text = possible(text);
        self.element(name, attributes, |xml| {
            xml.put(Event::Text(BytesText::new(&text)));
        });
    }

    /// An element that holds a URL, as CDATA: there `&` and macros such as `${AUCTION_PRICE}` and `[ERRORCODE]` stay
    /// as they are, which is what those who replace macros by searching the text expect.
    pub(super) fn url(&mut self, name: &str, attributes: &[(&str, &str)], url: &str) {
        let url = possible(url);
        self.element(name, attributes, |xml| {
            // A `]]>` inside would end the section; the library splits it over two.
            for part in BytesCData::escaped(&url) {
                xml.put(Event::CData(part));
            }
        });
    }

    /// The document.
    pub(super) fn finish(self, out: &mut String) {
        // All that was written came from strings, so nothing is ever replaced here.
        out.push_str(&String::from_utf8_lossy(&self.writer.into_inner()));
    }

    fn put(&mut self, event: Event<'_>) {
        self.writer
            .write_event(event)
            .expect("a growing vector takes whatever is written to it");
    }
}

/// The text less what XML 1.0 cannot hold at all, escaped or not. Creatives are not taken with such characters.
fn possible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_xml_character) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| is_xml_character(*c)).collect())
}

/// XML 1.0, production 2, `Char`.
fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
