//! Where notices go: the paths under the bidder's public address, and the macros that the exchange fills in.

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

/// Writes the notice URLs of one bid.
#[derive(Clone, Copy, Debug)]
pub struct NoticeUrls<'a> {
    /// The bidder's public address, without a slash at the end: `https://bid.example`.
    pub base: &'a str,
    /// The bid's terms, signed.
    pub signed: &'a Signed,
    /// How many impressions the bid is for.
    pub quantity: Quantity,
}

impl NoticeUrls<'_> {
    /// Appends `nurl`.
    pub fn push_win(&self, out: &mut String) {
        self.push(Notice::Win, out);
        out.push_str("?p=${AUCTION_PRICE}");
    }

    /// Appends `burl`.
    pub fn push_billing(&self, out: &mut String) {
        self.push(Notice::Billing, out);
        self.push_price(out);
    }

    /// Appends `lurl`.
    pub fn push_loss(&self, out: &mut String) {
        self.push(Notice::Loss, out);
        out.push_str("?r=${AUCTION_LOSS}&w=${AUCTION_MIN_TO_WIN}");
    }

    /// Appends the impression pixel for an exchange that calls `burl`.
    pub fn push_impression(&self, out: &mut String) {
        self.push(Notice::Impression, out);
    }

    /// Appends the impression pixel for an exchange on which the pixel itself bills.
    pub fn push_billing_impression(&self, out: &mut String) {
        self.push(Notice::Impression, out);
        self.push_price(out);
    }

    /// Appends the URL that says that the markup was in view.
    pub fn push_view(&self, out: &mut String) {
        self.push(Notice::View, out);
    }

    /// Appends the URL that leads to the creative's landing page.
    pub fn push_click(&self, out: &mut String) {
        self.push(Notice::Click, out);
    }

    /// Appends the URL that counts a click and leads nowhere, for markup whose own link leads on.
    pub fn push_click_ping(&self, out: &mut String) {
        self.push(Notice::Click, out);
        out.push_str("?ping");
    }

    fn push(&self, kind: Notice, out: &mut String) {
        out.push_str(self.base);
        out.push_str("/n/");
        out.push_str(kind.name());
        out.push('/');
        self.signed.push(kind.class(), out);
    }

    fn push_price(&self, out: &mut String) {
        out.push_str("?p=${AUCTION_PRICE}");
        if self.quantity == Quantity::Counted {
            out.push_str("&m=${AUCTION_MULTIPLIER}");
        }
    }
}
