//! An advertiser's own HTML: its placeholders, and what publishers ask about it. It is read once, when the creative is
//! taken into a book.

use std::ops::Range;

use bumpalo::collections::String as Text;
use campaign::creative::{Banner, BannerMarkup};
use openrtb::adcom::banner_type;

use super::escape;

/// What `{{…}}` may stand for: the click URL, escaped for the place where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Placeholder {
    /// `{{click_url}}`, in an attribute or in text.
    Html,
    /// `{{click_url_js}}`, between the quotes of a string in a script or in an event handler.
    Script,
    /// `{{click_url_encoded}}`, inside another address, as the value of a parameter.
    UrlPart,
}

impl Placeholder {
    fn named(name: &str) -> Option<Placeholder> {
        match name.trim() {
            "click_url" => Some(Placeholder::Html),
            "click_url_js" => Some(Placeholder::Script),
            "click_url_encoded" => Some(Placeholder::UrlPart),
            _ => None,
        }
    }
}

/// A piece of an advertiser's own HTML.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Piece<'a> {
    /// To be kept as it is.
    Text(&'a str),
    /// To be replaced, with the text that stands for it.
    Placeholder(Placeholder, &'a str),
    /// Braces around something that we do not know. No creative is taken with one.
    Unknown(&'a str),
}

/// Cuts an advertiser's own HTML at its placeholders.
pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(after) = rest.strip_prefix("{{") else {
            let (text, left) = rest.split_at(rest.find("{{").unwrap_or(rest.len()));
            rest = left;
            return Some(Piece::Text(text));
        };
        let (name, left) = after.split_once("}}").unwrap_or((after, ""));
        let whole = &rest[..rest.len() - left.len()];
        rest = left;
        let known = Placeholder::named(name).filter(|_| whole.ends_with("}}"));
        Some(known.map_or(Piece::Unknown(whole), |known| {
            Piece::Placeholder(known, whole)
        }))
    })
}

/// What is known of a banner's own HTML without reading it again. Of a banner from an image it knows nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnHtml {
    /// Where the placeholders stand, in the order of the text.
    placeholders: Box<[(Range<u32>, Placeholder)]>,
    scripts: bool,
    frames: bool,
    insecure: bool,
}

impl OwnHtml {
    /// Reads what a banner has of it.
    pub fn of(banner: &Banner) -> OwnHtml {
        match &banner.markup {
            BannerMarkup::Html(html) => OwnHtml::read(html),
            BannerMarkup::Image { .. } => OwnHtml::default(),
        }
    }

    fn read(html: &str) -> OwnHtml {
        let mut own = OwnHtml::default();
        let mut braces = false;
        for (at, byte) in html.bytes().enumerate() {
            let holds = |from: usize, text: &str| {
                let there = html.as_bytes().get(from..from + text.len());
                there.is_some_and(|there| there.eq_ignore_ascii_case(text.as_bytes()))
            };
            match byte {
                b'<' => {
                    own.scripts |= holds(at, "<script");
                    own.frames |= holds(at, "<iframe");
                }
                b':' => own.insecure |= at >= 4 && holds(at - 4, "http://"),
                b'{' => braces |= holds(at, "{{"),
                _ => {}
            }
        }
        if braces {
            own.placeholders = placeholders(html);
        }
        own
    }

    /// The types of banner (AdCOM has them no more; OpenRTB 2.6 list 5.2) that it is.
    pub fn types(&self) -> &'static [i32] {
        match (self.scripts, self.frames) {
            (true, true) => &[
                banner_type::XHTML_BANNER,
                banner_type::JAVASCRIPT,
                banner_type::IFRAME,
            ],
            (true, false) => &[banner_type::XHTML_BANNER, banner_type::JAVASCRIPT],
            (false, true) => &[banner_type::XHTML_BANNER, banner_type::IFRAME],
            (false, false) => &[banner_type::XHTML_BANNER],
        }
    }

    /// Whether it loads nothing by plain `http`.
    pub fn is_secure(&self) -> bool {
        !self.insecure
    }

    /// Appends the HTML that it was read from, with the click URL in its places.
    pub(super) fn write(&self, html: &str, click_url: &str, out: &mut Text<'_>) {
        let mut written = 0;
        for (range, placeholder) in &self.placeholders {
            out.push_str(&html[written..range.start as usize]);
            match placeholder {
                Placeholder::Html => escape::html(click_url, out),
                Placeholder::Script => escape::script(click_url, out),
                Placeholder::UrlPart => escape::url_part(click_url, out),
            }
            written = range.end as usize;
        }
        out.push_str(&html[written..]);
    }
}

fn placeholders(html: &str) -> Box<[(Range<u32>, Placeholder)]> {
    let mut end = 0;
    let found = pieces(html).filter_map(|piece| {
        let start = end;
        let (Piece::Text(text) | Piece::Unknown(text) | Piece::Placeholder(_, text)) = piece;
        end += text.len();
        let Piece::Placeholder(placeholder, _) = piece else {
            return None;
        };
        // HTML is never taken that is too long for this.
        let range = u32::try_from(start).ok()?..u32::try_from(end).ok()?;
        Some((range, placeholder))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(html: &str) -> OwnHtml {
        OwnHtml::read(html)
    }

    #[test]
    fn what_publishers_ask_is_known() {
        let check = |html: &str, types: &[i32], secure: bool| {
            let own = own(html);
            assert_eq!((own.types(), own.is_secure()), (types, secure), "{html}");
        };
        check("", &[2], true);
        check("<SCRIPT>", &[2, 3], true);
        check("<p><iFrame src='HTTPS://a.example'>", &[2, 4], true);
        check("<iframe><script", &[2, 3, 4], true);
        check("<img src=HTTP://a.example>", &[2], false);
        check("http:/ ttp:// <scrip", &[2], true);
        check("://", &[2], true);
    }
}
