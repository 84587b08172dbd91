//! A thin hand on quick-xml's writer, for sheets: elements, attributes, texts and URLs that are fixed or marks.

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::sheet::Hole;

/// A document, or a part of one, that is being written.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    /// An empty one.
    pub(super) fn new() -> Xml {
        Xml {
            writer: Writer::new(Vec::new()),
        }
    }

    /// The line that every document begins with.
    pub(super) fn declaration(&mut self) {
        self.put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
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
        self.element(name, attributes, |xml| {
            xml.put(Event::Text(BytesText::new(text)));
        });
    }

    /// An element that holds a URL, as CDATA: there `&` and macros such as `${AUCTION_PRICE}` and `[ERRORCODE]` stay
    /// as they are, which is what those who replace macros by searching the text expect.
    pub(super) fn url(&mut self, name: &str, attributes: &[(&str, &str)], mark: &str) {
        self.element(name, attributes, |xml| {
            xml.put(Event::CData(BytesCData::new(mark)));
        });
    }

    /// A place for elements that another sheet has.
    pub(super) fn part(&mut self, hole: impl Hole) {
        self.put(Event::Text(BytesText::new(&hole.mark())));
    }

    /// What was written.
    pub(super) fn finish(self) -> String {
        String::from_utf8(self.writer.into_inner()).expect("all that was written came from strings")
    }

    fn put(&mut self, event: Event<'_>) {
        self.writer
            .write_event(event)
            .expect("a growing vector takes whatever is written to it");
    }
}
