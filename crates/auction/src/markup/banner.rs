//! Banners: HTML.

use bumpalo::Bump;
use bumpalo::collections::String as Text;
use campaign::creative::{Banner, BannerMarkup};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

use super::own_html::OwnHtml;
use super::sheet::{Hole, Sheet, holes};
use super::{Links, escape};
use crate::digits;

/// The frame comes first and holds pixel and beacon, so that nothing that the advertiser's own HTML leaves open
/// can swallow them. The beacon follows the Media Rating Council's rule for display ads: half of the pixels in view
/// for one second without a break, in a tab that shows. It sends once; an ad that cannot measure sends nothing.
const FRAME: &str = include_str!("templates/frame.html");
const IMAGE: &str = include_str!("templates/image.html");
const FRAME_END: &str = "</div>";

holes! {
    /// What the templates leave open.
    Place {
        Width,
        Height,
        ImpressionUrl,
        ViewUrl,
        ClickUrl,
        ImageUrl,
        Alt,
    }
}

/// The frames of banners, with what stands in them where that is an image.
#[derive(Debug)]
pub(super) struct Frames {
    measured: Frame,
    unmeasured: Frame,
}

/// A frame with or without the beacon.
#[derive(Debug)]
struct Frame {
    start: Sheet<Place>,
    whole_image: Sheet<Place>,
}

impl Frames {
    /// Renders the templates, with marks for all values.
    pub(super) fn new() -> Frames {
        Frames {
            measured: Frame::new(Some(Place::ViewUrl.mark())),
            unmeasured: Frame::new(None),
        }
    }

    /// The document of a banner, in the arena.
    pub(super) fn write<'a>(
        &self,
        banner: &Banner,
        own: &OwnHtml,
        links: &Links<'_>,
        arena: &'a Bump,
    ) -> &'a str {
        let frame = match links.view_url {
            Some(_) => &self.measured,
            None => &self.unmeasured,
        };
        let fill = |place: Place, out: &mut Text<'a>| fill(place, banner, links, out);
        match &banner.markup {
            BannerMarkup::Image { url, alt } => {
                let texts = url.len() + alt.len() + links.len();
                let room = frame.whole_image.len() + texts + ESCAPES;
                let mut out = Text::with_capacity_in(room, arena);
                frame.whole_image.write(&mut out, fill);
                out.into_bump_str()
            }
            BannerMarkup::Html(html) => {
                let room = frame.start.len() + html.len() + links.len() + ESCAPES;
                let mut out = Text::with_capacity_in(room, arena);
                frame.start.write(&mut out, fill);
                own.write(html, links.click_url, &mut out);
                out.push('\n');
                out.push_str(FRAME_END);
                out.into_bump_str()
            }
        }
    }
}

/// About as much longer than they are texts become by their escapes. Where it is more, the text is moved once.
const ESCAPES: usize = 128;

impl Frame {
    fn new(view_url: Option<String>) -> Frame {
        let templates = templates();
        let values = context! {
            width => Place::Width.mark(),
            height => Place::Height.mark(),
            impression_url => Place::ImpressionUrl.mark(),
            view_url,
            click_url => Place::ClickUrl.mark(),
            image_url => Place::ImageUrl.mark(),
            alt => Place::Alt.mark(),
        };
        let render = |template: &str| {
            templates
                .render_str(template, &values)
                .expect("a template that is compiled in renders with the values that it names")
        };
        let (frame, image) = (render(&folded(FRAME)), render(&folded(IMAGE)));
        Frame {
            start: Sheet::cut(&frame),
            whole_image: Sheet::cut(&format!("{frame}{image}{FRAME_END}")),
        }
    }
}

/// The template's lines as one, without what indents them: they are there for those who read the template, and an
/// exchange pays for them a thousand times a second. So no line of it may need its end: statements of the script have
/// their semicolons, and it has no comment.
fn folded(template: &str) -> String {
    template.lines().map(str::trim).collect()
}

/// No value is escaped here: each is a mark, which has nothing to escape, and what takes its place is escaped when it
/// does.
fn templates() -> Environment<'static> {
    let mut templates = Environment::empty();
    templates.add_filter("tojson", minijinja::filters::tojson);
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates
}

fn fill(place: Place, banner: &Banner, links: &Links<'_>, out: &mut Text<'_>) {
    let (image_url, text) = match &banner.markup {
        BannerMarkup::Image { url, alt } => (url.as_str(), alt.as_str()),
        BannerMarkup::Html(_) => ("", ""),
    };
    match place {
        Place::Width => digits::signed(i64::from(banner.size.width), out),
        Place::Height => digits::signed(i64::from(banner.size.height), out),
        Place::ImpressionUrl => escape::html(links.impression_url, out),
        Place::ViewUrl => escape::script(links.view_url.unwrap_or_default(), out),
        Place::ClickUrl => escape::html(links.click_url, out),
        Place::ImageUrl => escape::html(image_url, out),
        Place::Alt => escape::html(text, out),
    }
}
