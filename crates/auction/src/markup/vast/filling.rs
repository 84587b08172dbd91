//! What goes into the holes of a document.

use bumpalo::Bump;
use bumpalo::collections::String as Text;
use campaign::creative::MediaFile;
use campaign::time::Span;

use super::super::media_type::{image_type, is_playlist, is_script};
use super::super::{Playback, escape};
use super::sheets::{Documents, Place, Shape};
use super::{Source, VastAd, VastVersion};
use crate::digits;

/// An ordinary document has about this many bytes, most of them signed URLs. A longer one grows in its place.
const USUAL_BYTES: usize = 3_000;

impl Documents {
    /// The document, in the arena.
    pub(in super::super) fn write<'a>(&self, ad: &VastAd<'_>, arena: &'a Bump) -> &'a str {
        let mut out = Text::with_capacity_in(USUAL_BYTES, arena);
        let shape = ad.shape();
        let filling = Filling {
            documents: self,
            ad,
            shape,
        };
        let whole = self.whole(shape);
        whole.write(&mut out, |place, out| filling.fill(place, out));
        out.into_bump_str()
    }
}

impl VastAd<'_> {
    fn shape(&self) -> Shape {
        let wrapper = matches!(self.source, Source::Wrapper { .. });
        Shape {
            version: self.version,
            medium: self.medium,
            wrapper,
            skippable: self.skip_after.is_some(),
        }
    }
}

struct Filling<'f> {
    documents: &'f Documents,
    ad: &'f VastAd<'f>,
    shape: Shape,
}

impl Filling<'_> {
    fn fill<'a>(&self, place: Place, out: &mut Text<'a>) {
        let (identity, links) = (self.ad.identity, self.ad.links);
        match place {
            Place::AdId => escape::xml_attribute(identity.ad_id, out),
            Place::CreativeId => escape::xml_attribute(identity.creative_id, out),
            Place::CreativeIdText => escape::xml_text(identity.creative_id, out),
            Place::ServingId => escape::xml_text(identity.serving_id, out),
            Place::Title => escape::xml_text(identity.title, out),
            Place::Registry => escape::xml_attribute(host(links.impression_url), out),
            Place::Duration => clock(self.ad.duration, self.ad.version, out),
            Place::SkipAfter => clock(self.ad.skip_after.unwrap_or_default(), self.ad.version, out),
            Place::ImpressionUrl => escape::cdata(links.impression_url, out),
            Place::ErrorUrl => escape::cdata(links.error_url.unwrap_or_default(), out),
            Place::ViewUrl => escape::cdata(links.view_url.unwrap_or_default(), out),
            Place::ClickUrl => escape::cdata(links.click_url, out),
            Place::ClickPingUrl => {
                escape::cdata(links.click_ping_url.unwrap_or(links.click_url), out);
            }
            Place::VastUrl => {
                if let Source::Wrapper { vast_url } = self.ad.source {
                    escape::cdata(vast_url, out);
                }
            }
            Place::Errors if links.error_url.is_some() => self.part(&self.documents.errors, out),
            Place::Views if links.view_url.is_some() => self.part(&self.documents.views, out),
            Place::Progress if !links.playback.is_empty() => {
                self.part(&self.documents.progress, out);
            }
            Place::ProgressEvents => {
                for event in links.playback {
                    let event_sheet = &self.documents.event;
                    event_sheet.write(out, |place, out| fill_event(place, *event, out));
                }
            }
            Place::Files => self.ad.source.files().for_each(|file| self.file(file, out)),
            Place::Companion if self.ad.companion.is_some() => {
                self.part(self.documents.companion(self.shape), out);
            }
            Place::CompanionType
            | Place::CompanionWidth
            | Place::CompanionHeight
            | Place::CompanionUrl => self.fill_companion(place, out),
            // Parts that this document does not have, and what stands in other sheets.
            _ => {}
        }
    }

    fn part(&self, sheet: &super::super::sheet::Sheet<Place>, out: &mut Text<'_>) {
        sheet.write(out, |place, out| self.fill(place, out));
    }

    fn file(&self, file: &MediaFile, out: &mut Text<'_>) {
        let sheet = if is_playlist(&file.mime_type) {
            &self.documents.playlist
        } else if is_script(&file.mime_type) {
            &self.documents.script
        } else {
            &self.documents.file
        };
        sheet.write(out, |place, out| match place {
            Place::FileType => escape::xml_attribute(&file.mime_type, out),
            Place::FileBitrate => digits::signed(i64::from(file.bitrate_kbps), out),
            Place::FileWidth => digits::signed(i64::from(file.size.width), out),
            Place::FileHeight => digits::signed(i64::from(file.size.height), out),
            Place::FileUrl => escape::cdata(&file.url, out),
            _ => {}
        });
    }

    fn fill_companion(&self, place: Place, out: &mut Text<'_>) {
        let Some(companion) = self.ad.companion else {
            return;
        };
        match place {
            Place::CompanionWidth => digits::signed(i64::from(companion.size.width), out),
            Place::CompanionHeight => digits::signed(i64::from(companion.size.height), out),
            Place::CompanionUrl => escape::cdata(&companion.url, out),
            // Creatives are only taken with an image whose type is known, see `validate`.
            _ => out.push_str(image_type(&companion.url).unwrap_or("image/jpeg")),
        }
    }
}

fn fill_event(place: Place, (event, url): (Playback, &str), out: &mut Text<'_>) {
    match place {
        Place::EventName => out.push_str(event.name()),
        _ => escape::cdata(url, out),
    }
}

/// `HH:MM:SS.mmm`; VAST 2.0 knows whole seconds only, and they are rounded up, so that nothing is cut.
fn clock(span: Span, version: VastVersion, out: &mut Text<'_>) {
    let milliseconds = span.0.max(0).unsigned_abs();
    let whole_only = version == VastVersion::V2;
    let seconds = match whole_only {
        true => milliseconds.div_ceil(1_000),
        false => milliseconds / 1_000,
    };
    padded::<2>(seconds / 3_600, out);
    out.push(':');
    padded::<2>(seconds / 60 % 60, out);
    out.push(':');
    padded::<2>(seconds % 60, out);
    if !whole_only {
        out.push('.');
        padded::<3>(milliseconds % 1_000, out);
    }
}

/// A number of at least so many digits.
fn padded<const DIGITS: u32>(number: u64, out: &mut Text<'_>) {
    for missing in (1..DIGITS).rev() {
        if number < 10_u64.pow(missing) {
            out.push('0');
        }
    }
    digits::decimal(number, out);
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#', ':']).next().unwrap_or(rest)
}
