//! What is shown: the advertiser's material in each format, and the facts that publishers may forbid.

use crate::id::{AdvertiserId, CreativeId};
use crate::time::Span;

/// One piece of material, of one format.
#[derive(Clone, Debug, PartialEq)]
pub struct Creative {
    /// Its number.
    pub id: CreativeId,
    /// Whose it is.
    pub advertiser: AdvertiserId,
    /// What people call it.
    pub display_name: String,
    /// Where a click goes, and nowhere else. `https` always.
    pub landing_url: String,
    /// The advertiser's domains as publishers block them (`adomain`), lower case, without `www.`; at least one.
    pub advertiser_domains: Vec<String>,
    /// Content categories (`cat`), in the taxonomy `category_taxonomy`.
    pub categories: Vec<String>,
    /// The taxonomy of `categories` (`cattax`): 1 is IAB Content 1.0 ("IAB2-3"), 6 is Ad Product 2.0.
    pub category_taxonomy: i32,
    /// Creative attributes (`attr`), AdCOM 1.0 list "Creative Attributes".
    pub attributes: Vec<i32>,
    /// Language of the material, ISO 639-1; empty where there is none.
    pub language: String,
    /// The app that is advertised (`bundle`); empty where there is none.
    pub app_bundle: String,
    /// The material itself.
    pub material: Material,
}

impl Creative {
    /// The format that the material is for.
    pub fn format(&self) -> Format {
        match &self.material {
            Material::Banner(_) => Format::Banner,
            Material::Video(_) => Format::Video,
            Material::Audio(_) => Format::Audio,
            Material::Native(_) => Format::Native,
        }
    }
}

/// The formats of OpenRTB. The numbers are those of `mtype`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// An image or a piece of HTML of one size.
    Banner = 1,
    /// A film with sound.
    Video = 2,
    /// Sound alone.
    Audio = 3,
    /// Texts and images that the publisher lays out.
    Native = 4,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 4] = [Format::Banner, Format::Video, Format::Audio, Format::Native];

    /// The format's name.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Banner => "banner",
            Format::Video => "video",
            Format::Audio => "audio",
            Format::Native => "native",
        }
    }
}

/// Width and height in density-independent pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

/// The material of one format.
#[derive(Clone, Debug, PartialEq)]
pub enum Material {
    /// See [`Banner`].
    Banner(Banner),
    /// See [`Video`].
    Video(Video),
    /// See [`Audio`].
    Audio(Audio),
    /// See [`Native`].
    Native(Native),
}

/// A banner of one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Banner {
    /// Its size.
    pub size: Size,
    /// How it is made.
    pub markup: BannerMarkup,
    /// API frameworks that the markup needs (`api`), AdCOM list "API Frameworks"; empty for plain HTML.
    pub apis: Vec<i32>,
}

/// How a banner is made.
#[derive(Clone, Debug, PartialEq)]
pub enum BannerMarkup {
    /// An image that links to the landing URL.
    Image {
        /// Where the image is; `https`.
        url: String,
        /// What a screen reader says.
        alt: String,
    },
    /// The advertiser's own HTML. `{{click_url}}` in it becomes the click URL.
    Html(String),
}

/// A film.
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    /// How long it runs.
    pub duration: Span,
    /// What plays.
    pub source: MediaSource,
    /// How long until it can be skipped; `None` where it cannot.
    pub skip_after: Option<Span>,
    /// API frameworks that it needs (`api`): VPAID 1 and 2, MRAID, OMID 7, SIMID 8; empty for a plain film.
    pub apis: Vec<i32>,
    /// What plays afterwards beside or after the film: companion image and its size.
    pub companion: Option<Companion>,
}

/// An image that is shown beside a film or a sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Companion {
    /// Where it is; `https`.
    pub url: String,
    /// Its size.
    pub size: Size,
}

/// Sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    /// How long it runs.
    pub duration: Span,
    /// What plays.
    pub source: MediaSource,
    /// What is shown meanwhile.
    pub companion: Option<Companion>,
}

/// Where a film or a sound comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaSource {
    /// Our own VAST, with these files.
    Inline(Vec<MediaFile>),
    /// Another ad server's VAST, wrapped in ours.
    Wrapper {
        /// Where that VAST is; `https`.
        vast_url: String,
        /// The content types that it may play, as its owner declares them.
        mime_types: Vec<String>,
    },
}

/// One encoding of a film or a sound.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaFile {
    /// Where it is; `https`.
    pub url: String,
    /// Its content type, such as `video/mp4`.
    pub mime_type: String,
    /// Its size; zero for sound.
    pub size: Size,
    /// Its bit rate in kilobits a second.
    pub bitrate_kbps: i32,
}

/// Texts and images that a publisher lays out (OpenRTB Native 1.2).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Native {
    /// The headline.
    pub title: String,
    /// The text below it (`desc`, data type 2).
    pub description: String,
    /// Who speaks (`sponsored`, data type 1).
    pub sponsored: String,
    /// What the button says (`ctatext`, data type 12).
    pub call_to_action: String,
    /// The large image (image type 3).
    pub image: Option<Image>,
    /// The small one (image type 1).
    pub icon: Option<Image>,
    /// A film in place of the image.
    pub video: Option<Video>,
    /// Other data, by the specification's data type: rating 3, likes 4, downloads 5, price 6, sale
    /// price 7, phone 8, address 9, second text 10, display URL 11.
    pub other_texts: Vec<(i32, String)>,
}

/// A picture with its size.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Where it is; `https`.
    pub url: String,
    /// Its size.
    pub size: Size,
}
