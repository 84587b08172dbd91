//! What can be wrong with an answer.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind of thing.
    pub kind: FaultKind,
    /// What exactly, for a person to read.
    pub detail: String,
}

impl Fault {
    /// A fault with its detail.
    pub fn new(kind: FaultKind, detail: impl Into<String>) -> Fault {
        // Some details quote what was sent, which may be long.
        let detail = detail.into().chars().take(400).collect();
        Fault { kind, detail }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.detail)
    }
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $kind:ident = $name:literal,)*) => {
        /// The kinds of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FaultKind {
            $($(#[doc = $doc])* $kind,)*
        }

        impl FaultKind {
            /// Every kind.
            pub const ALL: &'static [FaultKind] = &[$(FaultKind::$kind),*];

            /// The kind's name in reports.
            pub const fn name(self) -> &'static str {
                match self {
                    $(FaultKind::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// The HTTP status is none that the specification has for this.
    Status = "status",
    /// A header is missing or wrong.
    Header = "header",
    /// The body is no JSON object.
    Json = "json",
    /// A required field is missing.
    MissingField = "missing_field",
    /// A field has another type than the specification gives it.
    WrongType = "wrong_type",
    /// A field that the specification does not know.
    UnknownField = "unknown_field",
    /// The answer is to another request.
    ResponseId = "response_id",
    /// A seat without a bid, or one that may not bid or is not ours.
    Seat = "seat",
    /// Two bids have one id.
    DuplicateBid = "duplicate_bid",
    /// The bid is for no impression of the request.
    UnknownImpression = "unknown_impression",
    /// The price is no positive amount that the currency keeps.
    Price = "price",
    /// The price is below the floor.
    BelowFloor = "below_floor",
    /// The currency is none that was asked for.
    Currency = "currency",
    /// The price is above what the ad may bid.
    AboveMaxBid = "above_max_bid",
    /// The deal is none of the impression's, or one had to be named.
    Deal = "deal",
    /// The format is none of the impression's.
    Format = "format",
    /// The size is none of the impression's.
    Size = "size",
    /// The duration is outside the impression's.
    Duration = "duration",
    /// The protocol is none of the impression's.
    Protocol = "protocol",
    /// The media types are none of the impression's.
    MimeType = "mime_type",
    /// The creative needs an API framework that the impression does not have.
    Api = "api",
    /// An asset that the impression requires is missing or does not fit.
    Asset = "asset",
    /// The advertiser is blocked.
    BlockedDomain = "blocked_domain",
    /// A category is blocked.
    BlockedCategory = "blocked_category",
    /// A creative attribute is blocked.
    BlockedAttribute = "blocked_attribute",
    /// The advertised app is blocked.
    BlockedApp = "blocked_app",
    /// The language is not allowed.
    Language = "language",
    /// Something insecure where everything must be secure.
    Insecure = "insecure",
    /// The markup cannot be read as its format.
    Markup = "markup",
    /// A notice URL is missing, or is not the bidder's.
    Notice = "notice",
    /// A macro was filled in, changed or encoded.
    Macro = "macro",
    /// The terms that the notices carry are not those of the bid.
    Terms = "terms",
    /// Campaign, ad or creative do not exist.
    UnknownNoun = "unknown_noun",
    /// The bid says of its creative what is not so.
    NounMismatch = "noun_mismatch",
    /// The ad may not run: paused, deleted, or outside its flight.
    Halted = "halted",
    /// The ad does not want this request.
    Targeting = "targeting",
    /// The click leads elsewhere than to the landing page.
    Click = "click",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_in_reports_and_in_json() {
        for kind in FaultKind::ALL {
            assert_eq!(
                serde_json::to_string(kind).expect("a name"),
                format!("\"{}\"", kind.name())
            );
        }
    }
}
