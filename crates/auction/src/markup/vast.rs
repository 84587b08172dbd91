//! VAST, the video ad serving template of the IAB: which version, and the document.
//!
//! Elements stand in the order of each version's own schema (`vast_2.0.1.xsd`, the draft of 3.0, `vast4.xsd`,
//! `vast_4.1.xsd`, `vast_4.2.xsd`): up to 3.0 the order is that of the chapters, from 4.0 on it is almost alphabetical.

use campaign::creative::{Companion, MediaFile};
use campaign::time::Span;
use openrtb::adcom::protocol;

use super::media_type::{image_type, is_playlist, is_script};
use super::xml::Xml;
use super::{AdIdentity, Links};

/// The versions that we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VastVersion {
    /// 2.0
    V2,
    /// 3.0, which brought skipping.
    V3,
    /// 4.0, which brought viewability and the universal ad id.
    V4,
    /// 4.1, which took in audio and brought the ad serving id.
    V4_1,
    /// 4.2
    V4_2,
}

impl VastVersion {
    /// All of them, newest first.
    pub const NEWEST_FIRST: [VastVersion; 5] = [
        VastVersion::V4_2,
        VastVersion::V4_1,
        VastVersion::V4,
        VastVersion::V3,
        VastVersion::V2,
    ];

    /// The version as the document states it.
    pub const fn text(self) -> &'static str {
        match self {
            VastVersion::V2 => "2.0",
            VastVersion::V3 => "3.0",
            VastVersion::V4 => "4.0",
            VastVersion::V4_1 => "4.1",
            VastVersion::V4_2 => "4.2",
        }
    }

    /// The number of this version, or of wrappers in this version, in AdCOM 1.0's list "Creative Subtypes -
    /// Audio/Video": what `protocols` asks for and what `bid.protocol` answers.
    pub const fn protocol(self, wrapper: bool) -> i32 {
        match (self, wrapper) {
            (VastVersion::V2, false) => protocol::VAST_2,
            (VastVersion::V2, true) => protocol::VAST_2_WRAPPER,
            (VastVersion::V3, false) => protocol::VAST_3,
            (VastVersion::V3, true) => protocol::VAST_3_WRAPPER,
            (VastVersion::V4, false) => protocol::VAST_4_0,
            (VastVersion::V4, true) => protocol::VAST_4_0_WRAPPER,
            (VastVersion::V4_1, false) => protocol::VAST_4_1,
            (VastVersion::V4_1, true) => protocol::VAST_4_1_WRAPPER,
            (VastVersion::V4_2, false) => protocol::VAST_4_2,
            (VastVersion::V4_2, true) => protocol::VAST_4_2_WRAPPER,
        }
    }
}

/// The newest version that a list of protocols takes, for an inline ad or for a wrapper; `None` where it takes none.
///
/// An empty list says nothing, and 3.0 is the answer: every player of today reads it, it can tell that an ad may be
/// skipped and report errors, and 4.x is still not read everywhere. Wrappers count only where the list names them.
/// VAST 1 and DAAST are not written (VAST 4.1 took DAAST in), and neither is 4.3.
pub fn choose_vast(protocols: &[i32], wrapper: bool) -> Option<VastVersion> {
    if protocols.is_empty() {
        return Some(VastVersion::V3);
    }
    let listed = |version: &VastVersion| protocols.contains(&version.protocol(wrapper));
    VastVersion::NEWEST_FIRST.into_iter().find(listed)
}

/// What kind of player an ad is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    Video,
    Audio,
}

/// Where the ad's media come from.
pub(super) enum Source<'a> {
    /// These files, best first.
    Inline(Vec<&'a MediaFile>),
    /// Another server's VAST.
    Wrapper { vast_url: &'a str },
}

/// One ad, ready to be written.
pub(super) struct VastAd<'a> {
    pub(super) version: VastVersion,
    pub(super) medium: Medium,
    pub(super) identity: &'a AdIdentity<'a>,
    pub(super) links: &'a Links<'a>,
    pub(super) duration: Span,
    pub(super) skip_after: Option<Span>,
    pub(super) source: Source<'a>,
    pub(super) companion: Option<&'a Companion>,
}

/// An ordinary document has about this many bytes, most of them signed URLs.
const USUAL_BYTES: usize = 3_000;

impl VastAd<'_> {
    /// Appends the document.
    pub(super) fn write(&self, out: &mut String) {
        let mut xml = Xml::new(USUAL_BYTES);
        let mut root = vec![("version", self.version.text())];
        if self.is_4() {
            root.push(("xmlns", "http://www.iab.com/VAST"));
        }
        let mut ad = vec![("id", self.identity.ad_id)];
        if self.medium == Medium::Audio && self.version >= VastVersion::V4_1 {
            ad.push(("adType", "audio"));
        }
        xml.element("VAST", &root, |xml| {
            xml.element("Ad", &ad, |xml| match &self.source {
                Source::Inline(files) => xml.element("InLine", &[], |xml| self.inline(files, xml)),
                Source::Wrapper { vast_url } => {
                    xml.element("Wrapper", &[], |xml| self.wrapper(vast_url, xml));
                }
            });
        });
        xml.finish(out);
    }

    fn is_4(&self) -> bool {
        self.version >= VastVersion::V4
    }

    fn inline(&self, files: &[&MediaFile], xml: &mut Xml) {
        xml.text("AdSystem", &[], AD_SYSTEM);
        if !self.is_4() {
            xml.text("AdTitle", &[], self.identity.title);
        }
        self.error_and_impressions(xml);
        if self.version >= VastVersion::V4_1 {
            xml.text("AdServingId", &[], self.identity.serving_id);
        }
        if self.is_4() {
            xml.text("AdTitle", &[], self.identity.title);
        }
        self.creatives(xml, |xml| self.inline_linear(files, xml));
    }

    fn wrapper(&self, vast_url: &str, xml: &mut Xml) {
        xml.text("AdSystem", &[], AD_SYSTEM);
        if !self.is_4() {
            xml.url("VASTAdTagURI", &[], vast_url);
        }
        self.error_and_impressions(xml);
        self.creatives(xml, |xml| self.wrapper_linear(xml));
        if self.is_4() {
            xml.url("VASTAdTagURI", &[], vast_url);
        }
    }

    fn error_and_impressions(&self, xml: &mut Xml) {
        if let Some(url) = self.links.error_url {
            xml.url("Error", &[], url);
        }
        xml.url("Impression", &[], self.links.impression_url);
        let view_url = self.links.view_url.filter(|_| self.is_4());
        if let Some(url) = view_url {
            xml.element("ViewableImpression", &[], |xml| {
                xml.url("Viewable", &[], url)
            });
        }
    }

    /// One `Creative` for the linear ad and one for its companion: up to 3.0 they may not share one.
    fn creatives(&self, xml: &mut Xml, linear: impl FnOnce(&mut Xml)) {
        let id = self.identity.creative_id;
        xml.element("Creatives", &[], |xml| {
            xml.element("Creative", &[("id", id)], |xml| {
                linear(xml);
                self.universal_ad_id(id, xml);
            });
            let Some(companion) = self.companion else {
                return;
            };
            let id = format!("{id}-companion");
            xml.element("Creative", &[("id", &id)], |xml| {
                self.companion_ads(companion, xml);
                self.universal_ad_id(&id, xml);
            });
        });
    }

    fn inline_linear(&self, files: &[&MediaFile], xml: &mut Xml) {
        let skip_after = self.skip_after.map(|after| self.clock(after));
        let mut attributes = Vec::new();
        if let Some(after) = &skip_after {
            attributes.push(("skipoffset", after.as_str()));
        }
        let duration = self.clock(self.duration);
        xml.element("Linear", &attributes, |xml| {
            if self.is_4() {
                self.tracking_events(xml);
                xml.text("Duration", &[], &duration);
                media_files(files, xml);
                self.video_clicks(xml);
            } else {
                xml.text("Duration", &[], &duration);
                self.tracking_events(xml);
                self.video_clicks(xml);
                media_files(files, xml);
            }
        });
    }

    /// The page of a wrapped ad is opened by the other server's click URL: ours is only told of the click.
    fn wrapper_linear(&self, xml: &mut Xml) {
        xml.element("Linear", &[], |xml| {
            self.tracking_events(xml);
            xml.element("VideoClicks", &[], |xml| {
                let url = self.links.click_ping_url.unwrap_or(self.links.click_url);
                xml.url("ClickTracking", &[], url);
            });
        });
    }

    fn tracking_events(&self, xml: &mut Xml) {
        if self.links.playback.is_empty() {
            return;
        }
        xml.element("TrackingEvents", &[], |xml| {
            for (event, url) in self.links.playback {
                xml.url("Tracking", &[("event", event.name())], url);
            }
        });
    }

    /// The click URL counts the click and leads on, so a tracker beside it would count twice.
    fn video_clicks(&self, xml: &mut Xml) {
        xml.element("VideoClicks", &[], |xml| {
            xml.url("ClickThrough", &[], self.links.click_url);
        });
    }

    fn companion_ads(&self, companion: &Companion, xml: &mut Xml) {
        let (width, height) = (
            companion.size.width.to_string(),
            companion.size.height.to_string(),
        );
        // Creatives are only taken with an image whose type is known, see `validate`.
        let kind = image_type(&companion.url).unwrap_or("image/jpeg");
        xml.element("CompanionAds", &[], |xml| {
            let size = [("width", width.as_str()), ("height", height.as_str())];
            xml.element("Companion", &size, |xml| {
                xml.url("StaticResource", &[("creativeType", kind)], &companion.url);
                xml.url("CompanionClickThrough", &[], self.links.click_url);
            });
        });
    }

    /// Servers that transcode keep their copies under this id, so it must be unique in the world: the registry is the
    /// host of our own URLs.
    fn universal_ad_id(&self, id: &str, xml: &mut Xml) {
        if !self.is_4() || matches!(self.source, Source::Wrapper { .. }) {
            return;
        }
        let mut attributes = vec![("idRegistry", host(self.links.impression_url))];
        if self.version == VastVersion::V4 {
            attributes.push(("idValue", id));
        }
        xml.text("UniversalAdId", &attributes, id);
    }

    /// `HH:MM:SS.mmm`; VAST 2.0 knows whole seconds only, and they are rounded up, so that nothing is cut.
    fn clock(&self, span: Span) -> String {
        let clock = |seconds: i64| {
            let (minutes, second) = (seconds / 60, seconds % 60);
            format!("{:02}:{:02}:{second:02}", minutes / 60, minutes % 60)
        };
        let milliseconds = span.0.max(0);
        if self.version == VastVersion::V2 {
            return clock((milliseconds + 999) / 1_000);
        }
        let fraction = milliseconds % 1_000;
        format!("{}.{fraction:03}", clock(milliseconds / 1_000))
    }
}

/// Who serves the ad, as players report it.
const AD_SYSTEM: &str = "Outbid";

fn media_files(files: &[&MediaFile], xml: &mut Xml) {
    xml.element("MediaFiles", &[], |xml| {
        for file in files {
            let (width, height, bitrate) = (
                file.size.width.to_string(),
                file.size.height.to_string(),
                file.bitrate_kbps.to_string(),
            );
            let mut attributes = vec![
                ("delivery", delivery_name(&file.mime_type)),
                ("type", file.mime_type.as_str()),
                ("bitrate", &bitrate),
                ("width", &width),
                ("height", &height),
            ];
            if is_script(&file.mime_type) {
                attributes.push(("apiFramework", "VPAID"));
            }
            xml.url("MediaFile", &attributes, &file.url);
        }
    });
}

fn delivery_name(mime_type: &str) -> &'static str {
    if is_playlist(mime_type) {
        "streaming"
    } else {
        "progressive"
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#', ':']).next().unwrap_or(rest)
}
