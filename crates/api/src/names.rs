//! Resource names: `advertisers/acme/campaigns/spring/ads/mpu`. What people and programs call things; inside they go by
//! number.

use std::fmt;

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `advertisers/{advertiser}`.
    Advertiser,
    /// `advertisers/{advertiser}/campaigns/{campaign}`.
    Campaign,
    /// `advertisers/{advertiser}/campaigns/{campaign}/ads/{ad}`.
    Ad,
    /// `advertisers/{advertiser}/creatives/{creative}`.
    Creative,
    /// `exchanges/{exchange}`.
    Exchange,
    /// `deals/{deal}`.
    Deal,
    /// `rateTables/{rate_table}`.
    RateTable,
    /// `blockLists/{block_list}`.
    BlockList,
    /// `advertisers/{advertiser}/audiences/{audience}`.
    Audience,
    /// `advertisers/{advertiser}/conversionActions/{conversionAction}`.
    ConversionAction,
    /// `advertisers/{advertiser}/experiments/{experiment}`.
    Experiment,
}

impl Kind {
    /// All of them, each before what hangs below it.
    pub const ALL: [Kind; 11] = [
        Kind::RateTable,
        Kind::Exchange,
        Kind::Deal,
        Kind::Advertiser,
        Kind::Campaign,
        Kind::Ad,
        Kind::Creative,
        Kind::BlockList,
        Kind::Audience,
        Kind::ConversionAction,
        Kind::Experiment,
    ];

    /// The names of the collections on the way down to it.
    pub const fn collections(self) -> &'static [&'static str] {
        match self {
            Kind::Advertiser => &["advertisers"],
            Kind::Campaign => &["advertisers", "campaigns"],
            Kind::Ad => &["advertisers", "campaigns", "ads"],
            Kind::Creative => &["advertisers", "creatives"],
            Kind::Exchange => &["exchanges"],
            Kind::Deal => &["deals"],
            Kind::RateTable => &["rateTables"],
            Kind::BlockList => &["blockLists"],
            Kind::Audience => &["advertisers", "audiences"],
            Kind::ConversionAction => &["advertisers", "conversionActions"],
            Kind::Experiment => &["advertisers", "experiments"],
        }
    }

    /// What the contract calls it where a field or a part of a path is meant: `rate_table`.
    pub const fn noun(self) -> &'static str {
        match self {
            Kind::Advertiser => "advertiser",
            Kind::Campaign => "campaign",
            Kind::Ad => "ad",
            Kind::Creative => "creative",
            Kind::Exchange => "exchange",
            Kind::Deal => "deal",
            Kind::RateTable => "rate_table",
            Kind::BlockList => "block_list",
            Kind::Audience => "audience",
            Kind::ConversionAction => "conversion_action",
            Kind::Experiment => "experiment",
        }
    }

    /// What it is called in a sentence: `rate table`.
    pub const fn words(self) -> &'static str {
        match self {
            Kind::RateTable => "rate table",
            Kind::BlockList => "block list",
            Kind::ConversionAction => "conversion action",
            _ => self.noun(),
        }
    }

    /// What it hangs below.
    pub const fn parent(self) -> Option<Kind> {
        match self {
            Kind::Advertiser | Kind::Exchange | Kind::Deal | Kind::RateTable | Kind::BlockList => {
                None
            }
            Kind::Campaign
            | Kind::Creative
            | Kind::Audience
            | Kind::ConversionAction
            | Kind::Experiment => Some(Kind::Advertiser),
            Kind::Ad => Some(Kind::Campaign),
        }
    }

    /// Whether it belongs to no advertiser, but says for all of them where, and in what money, is bought.
    pub const fn is_of_market(self) -> bool {
        matches!(
            self,
            Kind::Exchange | Kind::Deal | Kind::RateTable | Kind::BlockList
        )
    }

    /// Whether a book is made of it, so that a change waits for a new one.
    pub const fn is_in_book(self) -> bool {
        !self.is_of_market() || matches!(self, Kind::BlockList)
    }

    /// The shape of its names, for messages.
    pub fn pattern(self) -> String {
        let parts: Vec<String> = self
            .collections()
            .iter()
            .map(|collection| format!("{collection}/{{{}}}", &collection[..collection.len() - 1]))
            .collect();
        parts.join("/")
    }
}

/// A resource name, whose every part is well formed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    kind: Kind,
    text: String,
}

impl Name {
    /// Reads a name of any kind.
    pub fn parse(text: &str) -> Result<Name, NameError> {
        let parts: Vec<&str> = text.split('/').collect();
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| has_shape(&parts, *kind))
            .ok_or_else(|| NameError::Shape(shown(text)))?;
        for id in parts.iter().skip(1).step_by(2) {
            check_id(id)?;
        }
        Ok(Name {
            kind,
            text: text.to_string(),
        })
    }

    /// Reads a name that must be of this kind.
    pub fn of(kind: Kind, text: &str) -> Result<Name, NameError> {
        match Name::parse(text) {
            Ok(name) if name.kind == kind => Ok(name),
            Err(NameError::Id(id)) => Err(NameError::Id(id)),
            _ => Err(NameError::Kind {
                text: shown(text),
                pattern: kind.pattern(),
            }),
        }
    }

    /// The name of what hangs below `parent`, or stands by itself where there is none.
    ///
    /// # Panics
    /// Where the parent is of another kind than `kind` hangs below, which is a mistake in the program.
    pub fn child(parent: Option<&Name>, kind: Kind, id: &str) -> Result<Name, NameError> {
        assert_eq!(parent.map(|name| name.kind), kind.parent());
        check_id(id)?;
        let collection = kind.collections()[kind.collections().len() - 1];
        let text = match parent {
            Some(parent) => format!("{parent}/{collection}/{id}"),
            None => format!("{collection}/{id}"),
        };
        Ok(Name { kind, text })
    }

    /// What it is a name of.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The name of what it hangs below.
    pub fn parent(&self) -> Option<Name> {
        let kind = self.kind.parent()?;
        let mut ends = self.text.rmatch_indices('/').map(|(at, _)| at);
        let end = ends.nth(1)?;
        Some(Name {
            kind,
            text: self.text[..end].to_string(),
        })
    }

    /// The name of its advertiser; of what belongs to none, that of the uppermost.
    pub fn advertiser(&self) -> Name {
        let mut name = self.clone();
        while let Some(parent) = name.parent() {
            name = parent;
        }
        name
    }

    /// The last part.
    pub fn id(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The parent of a list, in which `-` stands for any (AIP-159).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    parts: Vec<Option<String>>,
}

impl Parent {
    /// Reads the parent of a list of `kind`.
    pub fn parse(kind: Kind, text: &str) -> Result<Parent, NameError> {
        let wrong = || NameError::Parent {
            text: shown(text),
            pattern: kind.parent().map_or(String::new(), Kind::pattern),
        };
        let parent = kind.parent().ok_or_else(wrong)?;
        let parts: Vec<&str> = text.split('/').collect();
        if !has_shape(&parts, parent) {
            return Err(wrong());
        }
        let read = |id: &&str| match *id {
            "-" => Ok(None),
            id => check_id(id).map(|()| Some(id.to_string())),
        };
        let parts = parts.iter().skip(1).step_by(2).map(read);
        Ok(Parent {
            parts: parts.collect::<Result<_, _>>()?,
        })
    }

    /// Whether this name hangs below.
    pub fn holds(&self, name: &Name) -> bool {
        let ids = name.as_str().split('/').skip(1).step_by(2);
        self.parts
            .iter()
            .zip(ids)
            .all(|(want, id)| want.as_deref().is_none_or(|want| want == id))
    }

    /// The one parent that it is, where nothing in it stands for any.
    pub fn exact(&self, kind: Kind) -> Option<Name> {
        let parent = kind.parent()?;
        let ids: Option<Vec<&str>> = self.parts.iter().map(Option::as_deref).collect();
        let text: Vec<String> = parent
            .collections()
            .iter()
            .zip(ids?)
            .map(|(collection, id)| format!("{collection}/{id}"))
            .collect();
        Name::of(parent, &text.join("/")).ok()
    }
}

fn has_shape(parts: &[&str], kind: Kind) -> bool {
    let collections = kind.collections();
    parts.len() == 2 * collections.len()
        && parts
            .iter()
            .step_by(2)
            .zip(collections)
            .all(|(part, collection)| part == collection)
}

/// Whether this can be the last part of a name: what a DNS label can be, and never a bare number, which would look like
/// one of ours (AIP-122).
pub fn check_id(id: &str) -> Result<(), NameError> {
    let bytes = id.as_bytes();
    let fits = matches!(bytes.first(), Some(b'a'..=b'z'))
        && bytes.len() <= 63
        && bytes.last() != Some(&b'-')
        && bytes
            .iter()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if fits {
        Ok(())
    } else {
        Err(NameError::Id(shown(id)))
    }
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

/// What can be wrong with a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not of any shape that we know.
    #[error("\"{0}\" is no resource name: write one such as advertisers/acme/campaigns/spring")]
    Shape(String),
    /// Of another shape.
    #[error("\"{text}\" is not of the form {pattern}")]
    Kind {
        /// What was written.
        text: String,
        /// What it should look like.
        pattern: String,
    },
    /// Not what the list hangs below.
    #[error("\"{text}\" is not of the form {pattern} (a - stands for any)")]
    Parent {
        /// What was written.
        text: String,
        /// What it should look like.
        pattern: String,
    },
    /// A part that is no id.
    #[error(
        "\"{0}\" cannot be part of a name: write a lower-case letter, then lower-case letters, digits and hyphens, 63 at most"
    )]
    Id(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_knows_what_it_is_of_and_what_it_hangs_below() {
        let ad = Name::parse("advertisers/acme/campaigns/spring/ads/mpu").unwrap();
        assert_eq!((ad.kind(), ad.id()), (Kind::Ad, "mpu"));
        let campaign = ad.parent().unwrap();
        assert_eq!(campaign.as_str(), "advertisers/acme/campaigns/spring");
        assert_eq!(campaign.parent().unwrap().as_str(), "advertisers/acme");
        assert_eq!(campaign.parent().unwrap().parent(), None);
        assert_eq!(ad.advertiser().as_str(), "advertisers/acme");
        assert_eq!(Name::child(Some(&campaign), Kind::Ad, "mpu"), Ok(ad));
    }

    #[test]
    fn the_words_of_a_kind_are_its_noun_as_people_write_it() {
        for kind in Kind::ALL {
            assert_eq!(kind.words(), kind.noun().replace('_', " "));
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_what_to_write() {
        let check = |text: &str, part: &str| {
            let told = Name::of(Kind::Campaign, text).unwrap_err().to_string();
            assert!(told.contains(part), "{text}: {told}");
        };
        check("", "advertisers/{advertiser}/campaigns/{campaign}");
        check(
            "advertisers/acme",
            "advertisers/{advertiser}/campaigns/{campaign}",
        );
        check("advertisers/acme/campaigns/Spring", "lower-case");
        check("advertisers/acme/campaigns/", "lower-case");
        check("advertisers/-/campaigns/x", "lower-case");
        check("advertisers/acme/campaigns/x-", "lower-case");
        check("/advertisers/acme/campaigns/x", "form");
        check(
            &format!("advertisers/acme/campaigns/{}", "x".repeat(64)),
            "63",
        );
    }

    #[test]
    fn a_hyphen_in_a_parent_stands_for_any() {
        let ad = Name::parse("advertisers/acme/campaigns/spring/ads/mpu").unwrap();
        let check = |text: &str, expect: bool| {
            let parent = Parent::parse(Kind::Ad, text).unwrap();
            assert_eq!(parent.holds(&ad), expect, "{text}");
        };
        check("advertisers/acme/campaigns/spring", true);
        check("advertisers/-/campaigns/-", true);
        check("advertisers/acme/campaigns/autumn", false);
        check("advertisers/-/campaigns/spring", true);
        assert!(Parent::parse(Kind::Ad, "advertisers/acme").is_err());
        let exact = Parent::parse(Kind::Ad, "advertisers/acme/campaigns/spring").unwrap();
        assert_eq!(exact.exact(Kind::Ad), ad.parent());
        let any = Parent::parse(Kind::Campaign, "advertisers/-").unwrap();
        assert_eq!(any.exact(Kind::Campaign), None);
    }
}
