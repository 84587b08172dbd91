//! Where notices go: the paths under the bidder's public address, and the macros that the exchange fills in.

use bumpalo::Bump;
use bumpalo::collections::String as Text;

use super::{Signed, TagClass};

/// The kinds of notice about a bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notice {
    /// The exchange's `nurl`.
    Win,
    /// The exchange's `burl`.
    Billing,
    /// The exchange's `lurl`.
    Loss,
    /// The markup's own pixel.
    Impression,
    /// The markup was in view.
    View,
    /// The user clicked.
    Click,
}

impl Notice {
    /// All of them.
    pub const ALL: [Notice; 6] = [
        Notice::Win,
        Notice::Billing,
        Notice::Loss,
        Notice::Impression,
        Notice::View,
        Notice::Click,
    ];

    /// Its name in paths and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Notice::Win => "win",
            Notice::Billing => "billing",
            Notice::Loss => "loss",
            Notice::Impression => "impression",
            Notice::View => "view",
            Notice::Click => "click",
        }
    }

    /// What stands before the token in its path.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Notice::Win => "/n/win/",
            Notice::Billing => "/n/billing/",
            Notice::Loss => "/n/loss/",
            Notice::Impression => "/n/impression/",
            Notice::View => "/n/view/",
            Notice::Click => "/n/click/",
        }
    }

    /// The notice of this name.
    pub fn parse(name: &str) -> Option<Notice> {
        Notice::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Which tag its token carries.
    pub const fn class(self) -> TagClass {
        match self {
            Notice::Win | Notice::Billing | Notice::Loss => TagClass::Server,
            Notice::Impression | Notice::View | Notice::Click => TagClass::Page,
        }
    }
}

/// Whether a bid is for one impression or for as many as the exchange counts (`imp.qty`, screens out of home).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    /// One: the price is all there is to know.
    #[default]
    One,
    /// As many as `${AUCTION_MULTIPLIER}` says; the billing asks for it.
    Counted,
}

/// The notice URLs of one bid, each written once, into an arena.
#[derive(Clone, Copy, Debug)]
pub struct NoticeUrls<'u, 'a> {
    /// The bidder's public address, without a slash at the end: `https://bid.example`.
    pub base: &'u str,
    /// The bid's terms, signed.
    pub signed: &'u Signed,
    /// How many impressions the bid is for.
    pub quantity: Quantity,
    /// Where they are written.
    pub arena: &'a Bump,
}

impl<'a> NoticeUrls<'_, 'a> {
    /// `nurl`.
    pub fn win(&self) -> &'a str {
        self.url(Notice::Win, "?p=${AUCTION_PRICE}")
    }

    /// `burl`.
    pub fn billing(&self) -> &'a str {
        self.url(Notice::Billing, self.price())
    }

    /// `lurl`.
    pub fn loss(&self) -> &'a str {
        self.url(Notice::Loss, "?r=${AUCTION_LOSS}&w=${AUCTION_MIN_TO_WIN}")
    }

    /// The impression pixel for an exchange that calls `burl`.
    pub fn impression(&self) -> &'a str {
        self.url(Notice::Impression, "")
    }

    /// The impression pixel for an exchange on which the pixel itself bills.
    pub fn billing_impression(&self) -> &'a str {
        self.url(Notice::Impression, self.price())
    }

    /// The URL that says that the markup was in view.
    pub fn view(&self) -> &'a str {
        self.url(Notice::View, "")
    }

    /// The URL that leads to the creative's landing page.
    pub fn click(&self) -> &'a str {
        self.url(Notice::Click, "")
    }

    /// The URL that counts a click and leads nowhere, for markup whose own link leads on.
    pub fn click_ping(&self) -> &'a str {
        self.url(Notice::Click, "?ping")
    }

    fn url(&self, kind: Notice, query: &str) -> &'a str {
        let parts = [
            self.base,
            kind.path(),
            self.signed.token(kind.class()),
            query,
        ];
        let length = parts.iter().map(|part| part.len()).sum();
        let mut url = Text::with_capacity_in(length, self.arena);
        parts.iter().for_each(|part| url.push_str(part));
        url.into_bump_str()
    }

    const fn price(&self) -> &'static str {
        match self.quantity {
            Quantity::One => "?p=${AUCTION_PRICE}",
            Quantity::Counted => "?p=${AUCTION_PRICE}&m=${AUCTION_MULTIPLIER}",
        }
    }
}
