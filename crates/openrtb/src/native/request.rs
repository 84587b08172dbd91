//! The native markup request, section 4 of the OpenRTB Native Ads Specification 1.2. Lists are in [`crate::adcom`].

use bumpalo::Bump;

use crate::json::{Key, Kind, Malformed, Reader};
use crate::lenient::{Object, Read, by_key, fields, fill};
use crate::request::Video;
use crate::write::{Extensions, Sink, object_in_string};

/// What a native impression asks for, 4.1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NativeRequest<'a> {
    /// Version; 1.2 when absent.
    pub ver: Option<&'a str>,
    /// Layout of native 1.0. Deprecated.
    pub layout: Option<i32>,
    /// Ad unit of native 1.0. Deprecated.
    pub adunit: Option<i32>,
    /// Context, [`crate::adcom::native_context`].
    pub context: Option<i32>,
    /// Context in detail, [`crate::adcom::display_context`].
    pub contextsubtype: Option<i32>,
    /// Design of the placement, [`crate::adcom::display_placement`].
    pub plcmttype: Option<i32>,
    /// Identical placements in this layout; 1 when absent.
    pub plcmtcnt: Option<i32>,
    /// 0 for the first ad, 1 for the second.
    pub seq: Option<i32>,
    /// The elements.
    pub assets: &'a [Asset<'a>],
    /// A URL for the assets may be answered.
    pub aurlsupport: bool,
    /// A dynamic creative URL may be answered.
    pub durlsupport: bool,
    /// Trackers that may be answered.
    pub eventtrackers: &'a [EventTracker<'a>],
    /// A link to a privacy notice may be answered.
    pub privacy: bool,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// One element; exactly one of `title`, `img`, `video` and `data` should be there. 4.2.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asset<'a> {
    /// Unique within the request; answers name it. `None` where it was not sent, and then it cannot be answered.
    pub id: Option<i32>,
    /// Without it the exchange takes no bid.
    pub required: bool,
    /// A title.
    pub title: Option<&'a Title<'a>>,
    /// An image.
    pub img: Option<&'a Image<'a>>,
    /// A video.
    pub video: Option<&'a Video<'a>>,
    /// Any other text.
    pub data: Option<&'a Data<'a>>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A title, 4.3.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Title<'a> {
    /// The greatest length in characters.
    pub len: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// An image, 4.4.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Image<'a> {
    /// [`crate::adcom::native_image`] (`type`).
    pub kind: Option<i32>,
    /// Exact width in pixels.
    pub w: Option<i32>,
    /// The least width in pixels.
    pub wmin: Option<i32>,
    /// Exact height in pixels.
    pub h: Option<i32>,
    /// The least height in pixels.
    pub hmin: Option<i32>,
    /// Content types that are supported; all when empty.
    pub mimes: &'a [&'a str],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// Any other text, 4.6.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Data<'a> {
    /// [`crate::adcom::native_data`] (`type`).
    pub kind: Option<i32>,
    /// The greatest length in characters.
    pub len: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// An event that may be tracked, 4.7.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EventTracker<'a> {
    /// By the list of native 1.2 itself, not AdCOM's: 1 impression, 2 in view (half of it, one second), 3 in view (all
    /// of it, one second), 4 film in view (half of it, two seconds).
    pub event: Option<i32>,
    /// [`crate::adcom::tracking_method`].
    pub methods: &'a [i32],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

fields! {
    NativeRequest {
        ver, layout, adunit, context, contextsubtype, plcmttype, plcmtcnt, seq, assets, aurlsupport,
        durlsupport, eventtrackers, privacy,
    }
}

fields! {
    Asset {
        id, required, title, img, video, data,
    }
}

fields! {
    Title {
        len,
    }
}

fields! {
    Image {
        "type" => kind, w, wmin, h, hmin, mimes,
    }
}

fields! {
    Data {
        "type" => kind, len,
    }
}

fields! {
    EventTracker {
        event, methods,
    }
}

impl<'a> NativeRequest<'a> {
    /// Reads `native.request`: an object, or a string that holds one. `None` where it is neither.
    pub(crate) fn read_wherever(value: &mut Reader<'a>) -> Result<Option<&'a Self>, Malformed> {
        match value.peek()? {
            Kind::Object => Ok(Some(Self::read_unwrapped(value)?)),
            Kind::String => {
                let text = value.string()?;
                Ok(Self::read_text(text, value.arena()).ok())
            }
            _ => value.skip().map(|()| None),
        }
    }

    /// Writes `native.request` as the spec has it: a string that holds the object.
    pub(crate) fn write_in_string<S: Sink>(
        request: &Option<&Self>,
        extensions: Extensions,
        out: &mut S,
    ) {
        if let Some(request) = request {
            object_in_string(*request, extensions, out);
        }
    }

    /// What is malformed inside the string makes the native offer unreadable, not the request around it.
    fn read_text(text: &'a str, arena: &'a Bump) -> Result<&'a Self, Malformed> {
        let mut value = Reader::of_text(text, arena)?;
        let request = Self::read_unwrapped(&mut value)?;
        value.end()?;
        Ok(request)
    }

    /// Reads the request from an object, or from `{"native": ...}` around it, as before version 1.1.
    fn read_unwrapped(value: &mut Reader<'a>) -> Result<&'a Self, Malformed> {
        let mut root = Root::default();
        fill(&mut root, value)?;
        Ok(root
            .native
            .unwrap_or_else(|| value.arena().alloc(root.request)))
    }
}

/// A native request that may be inside another object.
#[derive(Clone, Copy, Default)]
struct Root<'a> {
    native: Option<&'a NativeRequest<'a>>,
    request: NativeRequest<'a>,
}

impl<'a> Object<'a> for Root<'a> {
    fn field(&mut self, key: Key, value: &mut Reader<'a>) -> Result<(), Malformed> {
        by_key! { key, value,
            "native" => self.native.read(value),
            else => self.request.field(key, value),
        }
    }

    fn set_ext(&mut self, raw: Option<&'a str>) {
        self.request.set_ext(raw);
    }
}
