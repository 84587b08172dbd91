//! VAST, the video ad serving template of the IAB: which version, and the document.
//!
//! Elements stand in the order of each version's own schema (`vast_2.0.1.xsd`, the draft of 3.0, `vast4.xsd`,
//! `vast_4.1.xsd`, `vast_4.2.xsd`): up to 3.0 the order is that of the chapters, from 4.0 on it is almost alphabetical.

mod filling;
mod sheets;

use campaign::creative::{Companion, MediaFile};
use campaign::time::Span;
use openrtb::adcom::protocol;

use super::{AdIdentity, Links};

pub(super) use sheets::Documents;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    Video,
    Audio,
}

/// Where the ad's media come from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// Some of these files, best first.
    Inline {
        files: &'a [MediaFile],
        chosen: &'a [u8],
    },
    /// Another server's VAST.
    Wrapper { vast_url: &'a str },
}

impl<'a> Source<'a> {
    /// The files that are written; none of a wrapper.
    pub(super) fn files(self) -> impl Iterator<Item = &'a MediaFile> {
        let (files, chosen): (&[MediaFile], &[u8]) = match self {
            Source::Inline { files, chosen } => (files, chosen),
            Source::Wrapper { .. } => (&[], &[]),
        };
        chosen.iter().filter_map(|&n| files.get(usize::from(n)))
    }
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
