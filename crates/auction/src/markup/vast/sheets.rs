//! What the documents look like: one sheet for each version and kind of ad, and one for each part that not all have.

use super::super::sheet::{Hole, Sheet, holes};
use super::super::xml::Xml;
use super::{Medium, VastVersion};

holes! {
    /// What the documents leave open: a text, or a part that has a sheet of its own.
    Place {
        AdId,
        CreativeId,
        /// The creative's id between tags rather than in an attribute.
        CreativeIdText,
        ServingId,
        Title,
        /// Who gives out the creative's id.
        Registry,
        Duration,
        SkipAfter,
        ImpressionUrl,
        ErrorUrl,
        ViewUrl,
        ClickUrl,
        ClickPingUrl,
        VastUrl,
        FileType,
        FileBitrate,
        FileWidth,
        FileHeight,
        FileUrl,
        CompanionType,
        CompanionWidth,
        CompanionHeight,
        CompanionUrl,
        /// The part that names the URL for errors.
        Errors,
        /// The part that names the URL for views.
        Views,
        /// The part that names the URLs for a film's progress.
        Progress,
        /// All elements of that part.
        ProgressEvents,
        EventName,
        EventUrl,
        /// All elements of media files.
        Files,
        /// The creative that is a companion.
        Companion,
    }
}

/// All documents and parts of documents that there are.
#[derive(Debug)]
pub(in super::super) struct Documents {
    whole: Vec<(Shape, Sheet<Place>)>,
    pub(super) errors: Sheet<Place>,
    pub(super) views: Sheet<Place>,
    pub(super) progress: Sheet<Place>,
    pub(super) event: Sheet<Place>,
    pub(super) file: Sheet<Place>,
    pub(super) playlist: Sheet<Place>,
    pub(super) script: Sheet<Place>,
    companions: Vec<(Shape, Sheet<Place>)>,
}

/// What makes one document other than another, besides texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) version: VastVersion,
    pub(super) medium: Medium,
    pub(super) wrapper: bool,
    pub(super) skippable: bool,
}

impl Documents {
    /// Writes the sheets.
    pub(in super::super) fn new() -> Documents {
        let all = |write: fn(&Shape, &mut Xml)| {
            let sheet = |shape: Shape| (shape, part(|xml| write(&shape, xml)));
            (0..Shape::COUNT)
                .map(|n| sheet(Shape::numbered(n)))
                .collect()
        };
        Documents {
            whole: all(|shape, xml| {
                xml.declaration();
                shape.document(xml);
            }),
            companions: all(Shape::companion),
            errors: part(|xml| xml.url("Error", &[], &Place::ErrorUrl.mark())),
            views: part(|xml| {
                xml.element("ViewableImpression", &[], |xml| {
                    xml.url("Viewable", &[], &Place::ViewUrl.mark())
                });
            }),
            progress: part(|xml| {
                xml.element("TrackingEvents", &[], |xml| xml.part(Place::ProgressEvents));
            }),
            event: part(|xml| {
                let name = Place::EventName.mark();
                xml.url("Tracking", &[("event", &name)], &Place::EventUrl.mark());
            }),
            file: part(|xml| media_file("progressive", None, xml)),
            playlist: part(|xml| media_file("streaming", None, xml)),
            script: part(|xml| media_file("progressive", Some("VPAID"), xml)),
        }
    }

    pub(super) fn whole(&self, shape: Shape) -> &Sheet<Place> {
        &self.whole[shape.number()].1
    }

    pub(super) fn companion(&self, shape: Shape) -> &Sheet<Place> {
        &self.companions[shape.number()].1
    }
}

fn part(write: impl FnOnce(&mut Xml)) -> Sheet<Place> {
    let mut xml = Xml::new();
    write(&mut xml);
    Sheet::cut(&xml.finish())
}

/// Who serves the ad, as players report it.
const AD_SYSTEM: &str = "Outbid";

impl Shape {
    const COUNT: usize = VastVersion::NEWEST_FIRST.len() * 8;

    fn number(self) -> usize {
        let bit = |set: bool| usize::from(set);
        let audio = self.medium == Medium::Audio;
        (self.version as usize) * 8 + bit(audio) * 4 + bit(self.wrapper) * 2 + bit(self.skippable)
    }

    fn numbered(number: usize) -> Shape {
        let bit = |place: usize| number & place != 0;
        let versions = VastVersion::NEWEST_FIRST;
        let shape = Shape {
            version: versions[versions.len() - 1 - number / 8],
            medium: if bit(4) { Medium::Audio } else { Medium::Video },
            wrapper: bit(2),
            skippable: bit(1),
        };
        debug_assert_eq!(
            shape.number(),
            number,
            "the oldest version has the number 0"
        );
        shape
    }

    fn is_4(&self) -> bool {
        self.version >= VastVersion::V4
    }

    fn document(&self, xml: &mut Xml) {
        let mut root = vec![("version", self.version.text())];
        if self.is_4() {
            root.push(("xmlns", "http://www.iab.com/VAST"));
        }
        let id = Place::AdId.mark();
        let mut ad = vec![("id", id.as_str())];
        if self.medium == Medium::Audio && self.version >= VastVersion::V4_1 {
            ad.push(("adType", "audio"));
        }
        xml.element("VAST", &root, |xml| {
            xml.element("Ad", &ad, |xml| match self.wrapper {
                false => xml.element("InLine", &[], |xml| self.inline(xml)),
                true => xml.element("Wrapper", &[], |xml| self.wrapper(xml)),
            });
        });
    }

    fn inline(&self, xml: &mut Xml) {
        xml.text("AdSystem", &[], AD_SYSTEM);
        if !self.is_4() {
            xml.text("AdTitle", &[], &Place::Title.mark());
        }
        self.errors_and_impressions(xml);
        if self.version >= VastVersion::V4_1 {
            xml.text("AdServingId", &[], &Place::ServingId.mark());
        }
        if self.is_4() {
            xml.text("AdTitle", &[], &Place::Title.mark());
        }
        self.creatives(xml, |xml| self.inline_linear(xml));
    }

    fn wrapper(&self, xml: &mut Xml) {
        xml.text("AdSystem", &[], AD_SYSTEM);
        if !self.is_4() {
            xml.url("VASTAdTagURI", &[], &Place::VastUrl.mark());
        }
        self.errors_and_impressions(xml);
        self.creatives(xml, wrapper_linear);
        if self.is_4() {
            xml.url("VASTAdTagURI", &[], &Place::VastUrl.mark());
        }
    }

    fn errors_and_impressions(&self, xml: &mut Xml) {
        xml.part(Place::Errors);
        xml.url("Impression", &[], &Place::ImpressionUrl.mark());
        if self.is_4() {
            xml.part(Place::Views);
        }
    }

    /// One `Creative` for the linear ad and one for its companion: up to 3.0 they may not share one.
    fn creatives(&self, xml: &mut Xml, linear: impl FnOnce(&mut Xml)) {
        xml.element("Creatives", &[], |xml| {
            xml.element("Creative", &[("id", &Place::CreativeId.mark())], |xml| {
                linear(xml);
                self.universal_ad_id("", xml);
            });
            xml.part(Place::Companion);
        });
    }

    fn inline_linear(&self, xml: &mut Xml) {
        let after = Place::SkipAfter.mark();
        let skip = [("skipoffset", after.as_str())];
        let attributes: &[_] = if self.skippable { &skip } else { &[] };
        let duration = Place::Duration.mark();
        xml.element("Linear", attributes, |xml| {
            if self.is_4() {
                xml.part(Place::Progress);
                xml.text("Duration", &[], &duration);
                media_files(xml);
                video_clicks(xml);
            } else {
                xml.text("Duration", &[], &duration);
                xml.part(Place::Progress);
                video_clicks(xml);
                media_files(xml);
            }
        });
    }

    fn companion(&self, xml: &mut Xml) {
        let id = format!("{}{COMPANION}", Place::CreativeId.mark());
        let (width, height) = (Place::CompanionWidth.mark(), Place::CompanionHeight.mark());
        let kind = Place::CompanionType.mark();
        xml.element("Creative", &[("id", &id)], |xml| {
            xml.element("CompanionAds", &[], |xml| {
                let size = [("width", width.as_str()), ("height", &height)];
                xml.element("Companion", &size, |xml| {
                    let url = Place::CompanionUrl.mark();
                    xml.url("StaticResource", &[("creativeType", &kind)], &url);
                    xml.url("CompanionClickThrough", &[], &Place::ClickUrl.mark());
                });
            });
            self.universal_ad_id(COMPANION, xml);
        });
    }

    /// Servers that transcode keep their copies under this id, so it must be unique in the world: the registry is the
    /// host of our own URLs.
    fn universal_ad_id(&self, ending: &str, xml: &mut Xml) {
        if !self.is_4() || self.wrapper {
            return;
        }
        let registry = Place::Registry.mark();
        let value = format!("{}{ending}", Place::CreativeId.mark());
        let mut attributes = vec![("idRegistry", registry.as_str())];
        if self.version == VastVersion::V4 {
            attributes.push(("idValue", &value));
        }
        let id = format!("{}{ending}", Place::CreativeIdText.mark());
        xml.text("UniversalAdId", &attributes, &id);
    }
}

/// What the id of a companion ends with.
const COMPANION: &str = "-companion";

/// The page of a wrapped ad is opened by the other server's click URL: ours is only told of the click.
fn wrapper_linear(xml: &mut Xml) {
    xml.element("Linear", &[], |xml| {
        xml.part(Place::Progress);
        xml.element("VideoClicks", &[], |xml| {
            xml.url("ClickTracking", &[], &Place::ClickPingUrl.mark());
        });
    });
}

/// The click URL counts the click and leads on, so a tracker beside it would count twice.
fn video_clicks(xml: &mut Xml) {
    xml.element("VideoClicks", &[], |xml| {
        xml.url("ClickThrough", &[], &Place::ClickUrl.mark());
    });
}

fn media_files(xml: &mut Xml) {
    xml.element("MediaFiles", &[], |xml| xml.part(Place::Files));
}

fn media_file(delivery: &str, api: Option<&str>, xml: &mut Xml) {
    let marks = [
        ("type", Place::FileType.mark()),
        ("bitrate", Place::FileBitrate.mark()),
        ("width", Place::FileWidth.mark()),
        ("height", Place::FileHeight.mark()),
    ];
    let mut attributes = vec![("delivery", delivery)];
    attributes.extend(marks.iter().map(|(name, mark)| (*name, mark.as_str())));
    attributes.extend(api.map(|api| ("apiFramework", api)));
    xml.url("MediaFile", &attributes, &Place::FileUrl.mark());
}
