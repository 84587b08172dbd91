//! The one thing that is made once, at the start, and then renders every bid.

use campaign::creative::{Audio, Banner, Native, Video};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value};
use openrtb::native::request::NativeRequest;

use super::fit::{VastPlan, audio_ad, video_ad};
use super::{AdIdentity, Links, banner, native};

/// Renders `bid.adm`. Its templates are compiled once; to render it only reads, so threads share one.
#[derive(Debug)]
pub struct Renderer {
    templates: Environment<'static>,
}

impl Renderer {
    /// Compiles the templates.
    pub fn new() -> Renderer {
        let mut templates = Environment::empty();
        templates.add_filter("tojson", minijinja::filters::tojson);
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.set_formatter(escape_html);
        for (name, source) in banner::TEMPLATES {
            templates
                .add_template(name, source)
                .expect("the templates are compiled into the program, and a test renders each");
        }
        Renderer { templates }
    }

    /// Appends a banner: HTML with the impression pixel, a viewability beacon, and the image that links to the click
    /// URL or the advertiser's own HTML. It is a fragment, for the frame in which exchanges put it.
    pub fn banner(&self, banner: &Banner, links: &Links<'_>, out: &mut String) {
        banner::write(self, banner, links, out);
    }

    /// Appends a film as VAST.
    pub fn video(
        &self,
        video: &Video,
        plan: &VastPlan,
        identity: &AdIdentity<'_>,
        links: &Links<'_>,
        out: &mut String,
    ) {
        video_ad(video, plan, identity, links).write(out);
    }

    /// Appends a sound as VAST.
    pub fn audio(
        &self,
        audio: &Audio,
        plan: &VastPlan,
        identity: &AdIdentity<'_>,
        links: &Links<'_>,
        out: &mut String,
    ) {
        audio_ad(audio, plan, identity, links).write(out);
    }

    /// Appends a native ad as JSON. What [`super::native_fit`] let pass has all required assets; an optional one that
    /// cannot be answered is left out.
    pub fn native(
        &self,
        native: &Native,
        request: &NativeRequest<'_>,
        identity: &AdIdentity<'_>,
        links: &Links<'_>,
        out: &mut String,
    ) {
        native::write(native, request, identity, links, out);
    }

    /// Appends one template. It cannot fail: templates and the names that they use are fixed, tests render each of
    /// them, and there is no loop, no recursion and no I/O in them.
    pub(super) fn template(&self, name: &str, values: Value, out: &mut String) {
        let text = self
            .templates
            .get_template(name)
            .and_then(|template| template.render(values))
            .expect("a template that is compiled in renders with the values that it names");
        out.push_str(&text);
    }
}

impl Default for Renderer {
    fn default() -> Renderer {
        Renderer::new()
    }
}

/// MiniJinja's own escaping writes `/` as `&#x2f;`. A browser reads that well, but exchanges that scan markup for the
/// addresses in it do not; quick-xml escapes what must be escaped and nothing else.
fn escape_html(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => Ok(out.write_str(&quick_xml::escape::escape(text))?),
        _ => minijinja::escape_formatter(out, state, value),
    }
}
