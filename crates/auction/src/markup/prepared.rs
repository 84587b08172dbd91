//! A creative as a book holds it.

use std::ops::Deref;

use campaign::creative::{Creative, Material};

use super::own_html::OwnHtml;

/// A creative with what is worked out of it once, when a book is made, and wanted at every bid.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    creative: Creative,
    own_html: OwnHtml,
}

impl Prepared {
    /// Reads a creative.
    pub fn new(creative: Creative) -> Prepared {
        let own_html = match &creative.material {
            Material::Banner(banner) => OwnHtml::of(banner),
            _ => OwnHtml::default(),
        };
        Prepared { creative, own_html }
    }

    /// What is known of a banner's own HTML.
    pub fn own_html(&self) -> &OwnHtml {
        &self.own_html
    }
}

impl Deref for Prepared {
    type Target = Creative;

    fn deref(&self) -> &Creative {
        &self.creative
    }
}
