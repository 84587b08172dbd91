//! Whether a creative may be taken at all. Control asks this when a creative is created or changed, so that rendering
//! never meets material that it cannot show.

use campaign::creative::{
    Audio, Banner, BannerMarkup, Companion, Creative, Image, Material, MediaFile, MediaSource,
    Native, Size, Video,
};
use campaign::time::Span;
use openrtb::adcom::{api_framework, native_data};

use super::fit::MEDIA_FILES_MAX;
use super::media_type::{image_type, is_playlist, is_script};
use super::own_html::{Piece, Placeholder, pieces};
use super::web_url::{self, Macros};

/// The most bytes that an advertiser's own HTML may have.
pub const HTML_BYTES_MAX: usize = 64 * 1024;
/// The most characters that a text of a native ad, or an image's description, may have.
pub const TEXT_CHARACTERS_MAX: usize = 1_000;
/// The greatest width or height.
pub const SIDE_MAX: i32 = 10_000;
/// The longest film or sound.
pub const DURATION_MAX: Span = Span::hours(1);
/// The greatest bit rate in kilobits a second.
pub const BITRATE_KBPS_MAX: i32 = 200_000;

/// One thing that is wrong with a creative.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct MaterialError {
    /// Which field, such as `video.inline.files[2].url`.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is nothing.
    #[error("is missing")]
    Missing,
    /// An address of another scheme, or none.
    #[error("must start with https://")]
    NotHttps,
    /// A host that no public name server could know.
    #[error("needs a host name such as www.example.com")]
    Host,
    /// A domain in another form than the one that publishers block.
    #[error("must be a domain in lower case without www., such as example.com")]
    Domain,
    /// A character that has no place in an address.
    #[error("has the character {character:?}, which must be percent-encoded in a URL")]
    UrlCharacter {
        /// Which.
        character: char,
    },
    /// More bytes than there may be.
    #[error("is longer than {bytes_max} bytes")]
    TooLong {
        /// How many there may be.
        bytes_max: usize,
    },
    /// More characters than there may be.
    #[error("is longer than {characters_max} characters")]
    TooManyCharacters {
        /// How many there may be.
        characters_max: usize,
    },
    /// A character that is not text.
    #[error("has a control character")]
    ControlCharacter,
    /// A number out of its range.
    #[error("must be between {least} and {most}")]
    OutOfRange {
        /// The least.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// A content type that does not belong here.
    #[error("has the content type {mime_type:?}, which does not belong here")]
    MimeType {
        /// Which.
        mime_type: String,
    },
    /// An image whose type cannot be told.
    #[error(
        "must end in .png, .jpg, .gif, .webp, .avif or .svg, because players want to know the type"
    )]
    ImageType,
    /// A macro that exchanges leave in place.
    #[error("has the macro {name}, which OpenRTB does not know")]
    UnknownMacro {
        /// As it stands there.
        name: String,
    },
    /// A macro where no exchange sees it.
    #[error("has a ${{AUCTION_...}} macro, and no exchange sees this address to replace it")]
    MacroHere,
    /// A placeholder of ours that we do not know.
    #[error(
        "has the placeholder {text:?}; there are {{{{click_url}}}}, {{{{click_url_js}}}} and {{{{click_url_encoded}}}}"
    )]
    UnknownPlaceholder {
        /// The placeholder, cut to a readable length.
        text: String,
    },
    /// `{{click_url}}` in a script, where it would be escaped for HTML.
    #[error("has {{{{click_url}}}} in a script: write {{{{click_url_js}}}} there, between quotes")]
    PlaceholderInScript,
    /// An address in HTML that a secure page does not load.
    #[error("has an http:// address; secure pages load https:// only")]
    InsecureAddress,
    /// A kind of native text that cannot be given here.
    #[error(
        "has the data type {kind}, which has a field of its own, is no type, or is given twice"
    )]
    DataType {
        /// Which.
        kind: i32,
    },
}

/// Checks a creative as a whole.
///
/// # Errors
/// Everything that is wrong with it, in the order of its fields.
pub fn validate(creative: &Creative) -> Result<(), Vec<MaterialError>> {
    let mut check = Check::default();
    let landing = web_url::check(&creative.landing_url, Macros::Refused);
    check.put("landing_url", landing);
    if creative.advertiser_domains.is_empty() {
        check.wrong("advertiser_domains", Problem::Missing);
    }
    for (n, domain) in creative.advertiser_domains.iter().enumerate() {
        check.put(&format!("advertiser_domains[{n}]"), check_domain(domain));
    }
    match &creative.material {
        Material::Banner(banner) => check.banner(banner),
        Material::Video(video) => check.video("video", video),
        Material::Audio(audio) => check.audio(audio),
        Material::Native(native) => check.native(native),
    }
    if check.errors.is_empty() {
        Ok(())
    } else {
        Err(check.errors)
    }
}

fn check_domain(domain: &str) -> Result<(), Problem> {
    let lower = !domain.bytes().any(|b| b.is_ascii_uppercase());
    if lower && !domain.starts_with("www.") && web_url::check_host(domain).is_ok() {
        Ok(())
    } else {
        Err(Problem::Domain)
    }
}

fn check_text(text: &str) -> Result<(), Problem> {
    if text.chars().any(char::is_control) {
        return Err(Problem::ControlCharacter);
    }
    if text.chars().count() > TEXT_CHARACTERS_MAX {
        let characters_max = TEXT_CHARACTERS_MAX;
        return Err(Problem::TooManyCharacters { characters_max });
    }
    web_url::check_macros(text)
}

fn check_range(value: i64, least: i64, most: i64) -> Result<(), Problem> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(Problem::OutOfRange { least, most })
    }
}

/// Collects what is wrong.
#[derive(Default)]
struct Check {
    errors: Vec<MaterialError>,
}

impl Check {
    fn wrong(&mut self, field: &str, problem: Problem) {
        self.errors.push(MaterialError {
            field: field.to_owned(),
            problem,
        });
    }

    fn put(&mut self, field: &str, result: Result<(), Problem>) {
        if let Err(problem) = result {
            self.wrong(field, problem);
        }
    }

    fn url(&mut self, field: &str, url: &str) {
        self.put(field, web_url::check(url, Macros::Replaced));
    }

    fn size(&mut self, field: &str, size: Size) {
        for (side, value) in [("width", size.width), ("height", size.height)] {
            let result = check_range(value.into(), 1, SIDE_MAX.into());
            self.put(&format!("{field}.{side}"), result);
        }
    }

    fn banner(&mut self, banner: &Banner) {
        self.size("banner.size", banner.size);
        match &banner.markup {
            BannerMarkup::Image { url, alt } => {
                self.url("banner.image.url", url);
                self.put("banner.image.alt", check_text(alt));
            }
            BannerMarkup::Html(html) => self.html("banner.html", html),
        }
    }

    fn html(&mut self, field: &str, html: &str) {
        if html.trim().is_empty() {
            self.wrong(field, Problem::Missing);
        }
        if html.len() > HTML_BYTES_MAX {
            let bytes_max = HTML_BYTES_MAX;
            self.wrong(field, Problem::TooLong { bytes_max });
            return;
        }
        self.put(field, web_url::check_macros(html));
        self.put(field, check_placeholders(html));
        self.put(field, check_secure(html));
    }

    fn video(&mut self, field: &str, video: &Video) {
        self.duration(field, video.duration);
        if let Some(after) = video.skip_after {
            let result = check_range(after.0, 0, video.duration.0);
            self.put(&format!("{field}.skip_after"), result);
        }
        let vpaid = [api_framework::VPAID_1, api_framework::VPAID_2];
        let scripts = video.apis.iter().any(|api| vpaid.contains(api));
        self.source(field, &video.source, |kind| {
            kind.starts_with("video/") || is_playlist(kind) || (scripts && is_script(kind))
        });
        if let MediaSource::Inline(files) = &video.source {
            for (n, file) in files.iter().enumerate() {
                self.size(&format!("{field}.inline.files[{n}].size"), file.size);
            }
        }
        self.companion(field, video.companion.as_ref());
    }

    fn audio(&mut self, audio: &Audio) {
        self.duration("audio", audio.duration);
        self.source("audio", &audio.source, |kind| {
            kind.starts_with("audio/") || is_playlist(kind)
        });
        self.companion("audio", audio.companion.as_ref());
    }

    fn duration(&mut self, field: &str, duration: Span) {
        let result = check_range(duration.0, 1, DURATION_MAX.0);
        self.put(&format!("{field}.duration_ms"), result);
    }

    fn source(&mut self, field: &str, source: &MediaSource, belongs: impl Fn(&str) -> bool) {
        match source {
            MediaSource::Inline(files) => {
                let field = format!("{field}.inline.files");
                self.count(&field, files.len());
                for (n, file) in files.iter().enumerate() {
                    self.file(&format!("{field}[{n}]"), file, &belongs);
                }
            }
            MediaSource::Wrapper {
                vast_url,
                mime_types,
            } => {
                self.url(&format!("{field}.wrapper.vast_url"), vast_url);
                let field = format!("{field}.wrapper.mime_types");
                self.count(&field, mime_types.len());
                for (n, kind) in mime_types.iter().enumerate() {
                    self.put(&format!("{field}[{n}]"), check_type(kind, &belongs));
                }
            }
        }
    }

    fn count(&mut self, field: &str, count: usize) {
        if count == 0 {
            self.wrong(field, Problem::Missing);
        } else if count > MEDIA_FILES_MAX {
            let (least, most) = (1, MEDIA_FILES_MAX as i64);
            self.wrong(field, Problem::OutOfRange { least, most });
        }
    }

    fn file(&mut self, field: &str, file: &MediaFile, belongs: impl Fn(&str) -> bool) {
        self.url(&format!("{field}.url"), &file.url);
        let kind = check_type(&file.mime_type, belongs);
        self.put(&format!("{field}.mime_type"), kind);
        let bitrate = check_range(file.bitrate_kbps.into(), 1, BITRATE_KBPS_MAX.into());
        self.put(&format!("{field}.bitrate_kbps"), bitrate);
    }

    fn companion(&mut self, field: &str, companion: Option<&Companion>) {
        let Some(companion) = companion else { return };
        let field = format!("{field}.companion");
        self.url(&format!("{field}.url"), &companion.url);
        if image_type(&companion.url).is_none() {
            self.wrong(&format!("{field}.url"), Problem::ImageType);
        }
        self.size(&format!("{field}.size"), companion.size);
    }

    fn native(&mut self, native: &Native) {
        if native.title.is_empty() {
            self.wrong("native.title", Problem::Missing);
        }
        for (field, text) in [
            ("native.title", &native.title),
            ("native.description", &native.description),
            ("native.sponsored", &native.sponsored),
            ("native.call_to_action", &native.call_to_action),
        ] {
            self.put(field, check_text(text));
        }
        self.image("native.image", native.image.as_ref());
        self.image("native.icon", native.icon.as_ref());
        if let Some(video) = &native.video {
            self.video("native.video", video);
        }
        for (n, (kind, text)) in native.other_texts.iter().enumerate() {
            let field = format!("native.other_texts[{n}]");
            let earlier = native.other_texts[..n]
                .iter()
                .any(|(other, _)| other == kind);
            let listed = (native_data::RATING..=native_data::DISPLAY_URL).contains(kind);
            if earlier || !(listed || *kind >= FIRST_VENDOR_TYPE) {
                self.wrong(&field, Problem::DataType { kind: *kind });
            }
            if text.is_empty() {
                self.wrong(&field, Problem::Missing);
            }
            self.put(&field, check_text(text));
        }
    }

    fn image(&mut self, field: &str, image: Option<&Image>) {
        let Some(image) = image else { return };
        self.url(&format!("{field}.url"), &image.url);
        self.size(&format!("{field}.size"), image.size);
    }
}

/// In IAB's lists the numbers from here on are an exchange's own.
const FIRST_VENDOR_TYPE: i32 = 500;

fn check_type(mime_type: &str, belongs: impl Fn(&str) -> bool) -> Result<(), Problem> {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"/+-.".contains(&b);
    let lower = mime_type.to_ascii_lowercase();
    if lower.bytes().all(good) && belongs(&lower) {
        return Ok(());
    }
    let mime_type = mime_type.chars().take(64).collect();
    Err(Problem::MimeType { mime_type })
}

fn check_placeholders(html: &str) -> Result<(), Problem> {
    let mut in_script = false;
    for piece in pieces(html) {
        match piece {
            Piece::Unknown(text) => {
                let text = text.chars().take(40).collect();
                return Err(Problem::UnknownPlaceholder { text });
            }
            Piece::Placeholder(Placeholder::Html, _) if in_script => {
                return Err(Problem::PlaceholderInScript);
            }
            Piece::Placeholder(..) => {}
            Piece::Text(text) => {
                let lower = text.to_ascii_lowercase();
                let (opens, closes) = (lower.rfind("<script"), lower.rfind("</script"));
                in_script = match (opens, closes) {
                    (None, None) => in_script,
                    (opens, closes) => opens > closes,
                };
            }
        }
    }
    Ok(())
}

/// An `http://` address breaks the lock of a secure page. The names of XML's vocabularies only look like addresses.
fn check_secure(html: &str) -> Result<(), Problem> {
    let lower = html.to_ascii_lowercase();
    let addresses = lower.split("http://").skip(1);
    if addresses
        .into_iter()
        .all(|rest| rest.starts_with("www.w3.org/"))
    {
        Ok(())
    } else {
        Err(Problem::InsecureAddress)
    }
}
