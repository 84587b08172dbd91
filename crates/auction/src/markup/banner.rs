//! Banners: HTML.

use campaign::creative::{Banner, BannerMarkup};
use minijinja::context;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Links, Renderer};

/// The frame comes first and holds pixel and beacon, so that nothing that the advertiser's own HTML leaves open
/// can swallow them. The beacon follows the Media Rating Council's rule for display ads: half of the pixels in view
/// for one second without a break, in a tab that shows. It sends once; an ad that cannot measure sends nothing.
pub(super) const TEMPLATES: [(&str, &str); 3] = [
    (FRAME, include_str!("templates/frame.html")),
    (IMAGE, include_str!("templates/image.html")),
    (SCRIPT_STRING, "{{ text|tojson }}"),
];

const FRAME: &str = "frame.html";
const IMAGE: &str = "image.html";
const SCRIPT_STRING: &str = "script_string.html";
const FRAME_END: &str = "</div>";

pub(super) fn write(renderer: &Renderer, banner: &Banner, links: &Links<'_>, out: &mut String) {
    let (width, height) = (banner.size.width, banner.size.height);
    let frame = context! {
        width,
        height,
        impression_url => links.impression_url,
        view_url => links.view_url,
    };
    renderer.template(FRAME, frame, out);
    out.push('\n');
    match &banner.markup {
        BannerMarkup::Image { url, alt } => {
            let image = context! {
                width,
                height,
                alt,
                image_url => url,
                click_url => links.click_url,
            };
            renderer.template(IMAGE, image, out);
        }
        BannerMarkup::Html(html) => own_html(renderer, html, links, out),
    }
    out.push('\n');
    out.push_str(FRAME_END);
}

/// What `{{…}}` may stand for in an advertiser's own HTML: the click URL, escaped for the place where it stands.
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
    /// To be replaced.
    Placeholder(Placeholder),
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
        Some(known.map_or(Piece::Unknown(whole), Piece::Placeholder))
    })
}

fn own_html(renderer: &Renderer, html: &str, links: &Links<'_>, out: &mut String) {
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) | Piece::Unknown(text) => out.push_str(text),
            Piece::Placeholder(Placeholder::Html) => {
                out.push_str(&quick_xml::escape::escape(links.click_url));
            }
            Piece::Placeholder(Placeholder::Script) => {
                script_string(renderer, links.click_url, out)
            }
            Piece::Placeholder(Placeholder::UrlPart) => {
                out.extend(utf8_percent_encode(links.click_url, URL_PART));
            }
        }
    }
}

/// The inside of a string literal. `<`, `>`, `&` and both quotes are escaped too, so it ends neither the script nor
/// an attribute.
fn script_string(renderer: &Renderer, text: &str, out: &mut String) {
    let mut literal = String::new();
    renderer.template(SCRIPT_STRING, context! { text }, &mut literal);
    let inside = literal
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    // In an attribute a double quote would end it, escaped or not for the script.
    out.push_str(&inside.unwrap_or(&literal).replace("\\\"", "\\u0022"));
}

/// All but the unreserved characters of RFC 3986.
const URL_PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
