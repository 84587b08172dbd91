//! The one thing that is made once, at the start, and then renders every bid.

use bumpalo::Bump;
use campaign::creative::{Audio, Banner, Native, Video};
use openrtb::native::request::NativeRequest;

use super::banner::Frames;
use super::fit::{VastPlan, audio_ad, video_ad};
use super::own_html::OwnHtml;
use super::vast::Documents;
use super::{AdIdentity, Links, native};

/// Renders `bid.adm`, into an arena: to render it copies sheets that were written at the start and fills their holes,
/// and it takes nothing from the heap. It only reads, so threads share one.
#[derive(Debug)]
pub struct Renderer {
    frames: Frames,
    documents: Documents,
}

impl Renderer {
    /// Writes the sheets.
    pub fn new() -> Renderer {
        Renderer {
            frames: Frames::new(),
            documents: Documents::new(),
        }
    }

    /// A banner: HTML with the impression pixel, a viewability beacon, and the image that links to the click URL or
    /// the advertiser's own HTML, of which `own` was read. It is a fragment, for the frame in which exchanges put it.
    pub fn banner<'a>(
        &self,
        banner: &Banner,
        own: &OwnHtml,
        links: &Links<'_>,
        arena: &'a Bump,
    ) -> &'a str {
        self.frames.write(banner, own, links, arena)
    }

    /// A film as VAST.
    pub fn video<'a>(
        &self,
        video: &Video,
        plan: &VastPlan,
        identity: &AdIdentity<'_>,
        links: &Links<'_>,
        arena: &'a Bump,
    ) -> &'a str {
        let ad = video_ad(video, plan, identity, links);
        self.documents.write(&ad, arena)
    }

    /// A sound as VAST.
    pub fn audio<'a>(
        &self,
        audio: &Audio,
        plan: &VastPlan,
        identity: &AdIdentity<'_>,
        links: &Links<'_>,
        arena: &'a Bump,
    ) -> &'a str {
        let ad = audio_ad(audio, plan, identity, links);
        self.documents.write(&ad, arena)
    }

    /// A native ad as JSON. What [`super::native_fit`] let pass has all required assets; an optional one that cannot
    /// be answered is left out.
    pub fn native<'a>(
        &self,
        native: &'a Native,
        request: &NativeRequest<'_>,
        identity: &AdIdentity<'_>,
        links: &Links<'_>,
        arena: &'a Bump,
    ) -> &'a str {
        native::write(&self.documents, native, request, identity, links, arena)
    }
}

impl Default for Renderer {
    fn default() -> Renderer {
        Renderer::new()
    }
}
