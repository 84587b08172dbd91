//! Where the impression appears: `site`, `app`, `dooh`, and the publisher who sells it.

use super::Content;
use crate::lenient::fields;

/// A website, 3.2.13.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Site<'a> {
    /// The exchange's id of the site.
    pub id: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its domain.
    pub domain: Option<&'a str>,
    /// The taxonomy of the categories, [`crate::adcom::category_taxonomy`]; Content 1.0 when absent.
    pub cattax: Option<i32>,
    /// Categories of the site.
    pub cat: &'a [&'a str],
    /// Categories of the section.
    pub sectioncat: &'a [&'a str],
    /// Categories of the page.
    pub pagecat: &'a [&'a str],
    /// URL of the page.
    pub page: Option<&'a str>,
    /// URL that led to the page.
    pub r#ref: Option<&'a str>,
    /// Search that led to the page.
    pub search: Option<&'a str>,
    /// Whether the layout is made for mobile.
    pub mobile: Option<bool>,
    /// Whether there is a privacy policy.
    pub privacypolicy: Option<bool>,
    /// Who is paid.
    pub publisher: Option<&'a Publisher<'a>>,
    /// What is shown.
    pub content: Option<&'a Content<'a>>,
    /// Keywords, separated by commas.
    pub keywords: Option<&'a str>,
    /// Keywords as a list.
    pub kwarray: &'a [&'a str],
    /// Domain that authorises shared inventory. Folded from `site.ext.inventorypartnerdomain`.
    pub inventorypartnerdomain: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// An application, 3.2.14.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct App<'a> {
    /// The exchange's id of the application.
    pub id: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its id in the store.
    pub bundle: Option<&'a str>,
    /// Its domain.
    pub domain: Option<&'a str>,
    /// Its page in the store.
    pub storeurl: Option<&'a str>,
    /// The taxonomy of the categories, [`crate::adcom::category_taxonomy`]; Content 1.0 when absent.
    pub cattax: Option<i32>,
    /// Categories of the application.
    pub cat: &'a [&'a str],
    /// Categories of the section.
    pub sectioncat: &'a [&'a str],
    /// Categories of the view.
    pub pagecat: &'a [&'a str],
    /// Its version.
    pub ver: Option<&'a str>,
    /// Whether there is a privacy policy.
    pub privacypolicy: Option<bool>,
    /// Whether it is the paid version.
    pub paid: Option<bool>,
    /// Who is paid.
    pub publisher: Option<&'a Publisher<'a>>,
    /// What is shown.
    pub content: Option<&'a Content<'a>>,
    /// Keywords, separated by commas.
    pub keywords: Option<&'a str>,
    /// Keywords as a list.
    pub kwarray: &'a [&'a str],
    /// Domain that authorises shared inventory. Folded from `app.ext.inventorypartnerdomain`.
    pub inventorypartnerdomain: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// A screen out of home, 3.2.32.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dooh<'a> {
    /// The exchange's id of the placement.
    pub id: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Types of the venue in the taxonomy `venuetypetax`. Also read from `venuetypeid`, as IAB's own samples write it.
    pub venuetype: &'a [&'a str],
    /// The taxonomy of `venuetype`, [`crate::adcom::venue_taxonomy`].
    pub venuetypetax: Option<i32>,
    /// Who is paid.
    pub publisher: Option<&'a Publisher<'a>>,
    /// Domain of the owner.
    pub domain: Option<&'a str>,
    /// Keywords, separated by commas.
    pub keywords: Option<&'a str>,
    /// What is shown.
    pub content: Option<&'a Content<'a>>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// Who supplies the inventory and is paid for it, 3.2.15.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Publisher<'a> {
    /// The exchange's id of the seller, as in its sellers.json.
    pub id: Option<&'a str>,
    /// Name.
    pub name: Option<&'a str>,
    /// The taxonomy of `cat`, [`crate::adcom::category_taxonomy`]; Content 1.0 when absent.
    pub cattax: Option<i32>,
    /// Categories.
    pub cat: &'a [&'a str],
    /// Highest-level domain of the seller.
    pub domain: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

fields! {
    Site {
        id, name, domain, cattax, cat, sectioncat, pagecat, page, "ref" => r#ref, search, mobile,
        privacypolicy, publisher, content, keywords, kwarray, inventorypartnerdomain,
    }
    ext { inventorypartnerdomain }
}

fields! {
    App {
        id, name, bundle, domain, storeurl, cattax, cat, sectioncat, pagecat, ver, privacypolicy, paid,
        publisher, content, keywords, kwarray, inventorypartnerdomain,
    }
    ext { inventorypartnerdomain }
}

fields! {
    Dooh {
        id, name, venuetype, venuetypetax, publisher, domain, keywords, content,
    }
    also { "venuetypeid" => venuetype }
}

fields! {
    Publisher {
        id, name, cattax, cat, domain,
    }
}
