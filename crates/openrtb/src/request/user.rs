//! The person: `user`, the identifiers and segments that others know them by.

use super::Geo;
use crate::lenient::fields;

/// The person in front of the device, 3.2.20.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct User<'a> {
    /// The exchange's id.
    pub id: Option<&'a str>,
    /// Our id, as matched by the exchange.
    pub buyeruid: Option<&'a str>,
    /// Year of birth. Deprecated.
    pub yob: Option<i32>,
    /// `M`, `F` or `O`. Deprecated.
    pub gender: Option<&'a str>,
    /// Keywords, interests or intent, separated by commas.
    pub keywords: Option<&'a str>,
    /// Keywords as a list.
    pub kwarray: &'a [&'a str],
    /// What we stored in the exchange's cookie.
    pub customdata: Option<&'a str>,
    /// Home, not the present place.
    pub geo: Option<&'a Geo<'a>>,
    /// Segments.
    pub data: &'a [Data<'a>],
    /// The TCF consent string. Folded from `user.ext.consent`.
    pub consent: Option<&'a str>,
    /// Identifiers by third parties. Folded from `user.ext.eids`.
    pub eids: &'a [Eid<'a>],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// Identifiers from one source, 3.2.27.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Eid<'a> {
    /// Domain of who added the element.
    pub inserter: Option<&'a str>,
    /// Domain of the id.
    pub source: Option<&'a str>,
    /// Who matched.
    pub matcher: Option<&'a str>,
    /// How they matched, [`crate::adcom::match_method`].
    pub mm: Option<i32>,
    /// The ids.
    pub uids: &'a [Uid<'a>],
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// One identifier, 3.2.28.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Uid<'a> {
    /// The identifier.
    pub id: Option<&'a str>,
    /// What it identifies, [`crate::adcom::agent_type`].
    pub atype: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// Facts from one provider, 3.2.21.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Data<'a> {
    /// The exchange's id of the provider.
    pub id: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Extended content ids.
    pub cids: &'a [&'a str],
    /// The facts.
    pub segment: &'a [Segment<'a>],
    /// Taxonomy of the segments, from `data.ext.segtax` (an extension, not a field of 2.6).
    pub segtax: Option<i32>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

/// One fact, 3.2.22.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Segment<'a> {
    /// The provider's id of the segment.
    pub id: Option<&'a str>,
    /// Its name.
    pub name: Option<&'a str>,
    /// Its value.
    pub value: Option<&'a str>,
    /// Raw extension.
    pub ext: Option<&'a str>,
}

fields! {
    User {
        id, buyeruid, yob, gender, keywords, kwarray, customdata, geo, data, consent, eids,
    }
    ext { consent, eids }
}

fields! {
    Eid {
        inserter, source, matcher, mm, uids,
    }
}

fields! {
    Uid {
        id, atype,
    }
}

fields! {
    Data {
        id, name, cids, segment,
    }
    ext { ; segtax }
}

fields! {
    Segment {
        id, name, value,
    }
}
