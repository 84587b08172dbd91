//! A resource as the server tells it, whichever kind it is of.

use api::names::{Kind, Name};
use api::v1;
use prost_reflect::DynamicMessage;
use prost_types::Timestamp;

use crate::contract;

/// One resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Resource {
    /// Who pays.
    Advertiser(Box<v1::Advertiser>),
    /// A budget with a flight.
    Campaign(Box<v1::Campaign>),
    /// What bids.
    Ad(Box<v1::Ad>),
    /// What is shown.
    Creative(Box<v1::Creative>),
    /// Where it is shown.
    Exchange(Box<v1::Exchange>),
    /// What was agreed with a publisher.
    Deal(Box<v1::Deal>),
    /// What currencies are worth.
    RateTable(Box<v1::RateTable>),
    /// What is not bid on.
    BlockList(Box<v1::BlockList>),
    /// Users whom an advertiser knows.
    Audience(Box<v1::Audience>),
    /// What users do that is counted.
    ConversionAction(Box<v1::ConversionAction>),
    /// What is tried.
    Experiment(Box<v1::Experiment>),
}

/// Resources are kept in a box, since some are large.
macro_rules! boxed {
    ($($Kind:ident),*) => {$(
        impl From<v1::$Kind> for Resource {
            fn from(it: v1::$Kind) -> Resource {
                Resource::$Kind(Box::new(it))
            }
        }
    )*};
}

boxed!(
    Advertiser,
    Campaign,
    Ad,
    Creative,
    Exchange,
    Deal,
    RateTable,
    BlockList,
    Audience,
    ConversionAction,
    Experiment
);

/// Does the same with whatever resource it is.
macro_rules! each {
    ($resource:expr, $inner:ident => $done:expr) => {
        match $resource {
            Resource::Advertiser($inner) => $done,
            Resource::Campaign($inner) => $done,
            Resource::Ad($inner) => $done,
            Resource::Creative($inner) => $done,
            Resource::Exchange($inner) => $done,
            Resource::Deal($inner) => $done,
            Resource::RateTable($inner) => $done,
            Resource::BlockList($inner) => $done,
            Resource::Audience($inner) => $done,
            Resource::ConversionAction($inner) => $done,
            Resource::Experiment($inner) => $done,
        }
    };
}

impl Resource {
    /// What it is.
    pub fn kind(&self) -> Kind {
        match self {
            Resource::Advertiser(_) => Kind::Advertiser,
            Resource::Campaign(_) => Kind::Campaign,
            Resource::Ad(_) => Kind::Ad,
            Resource::Creative(_) => Kind::Creative,
            Resource::Exchange(_) => Kind::Exchange,
            Resource::Deal(_) => Kind::Deal,
            Resource::RateTable(_) => Kind::RateTable,
            Resource::BlockList(_) => Kind::BlockList,
            Resource::Audience(_) => Kind::Audience,
            Resource::ConversionAction(_) => Kind::ConversionAction,
            Resource::Experiment(_) => Kind::Experiment,
        }
    }

    /// Its resource name.
    pub fn name(&self) -> &str {
        each!(self, inner => &inner.name)
    }

    /// What people call it.
    pub fn display_name(&self) -> &str {
        each!(self, inner => &inner.display_name)
    }

    /// Whether a person stopped it.
    pub fn state(&self) -> v1::State {
        each!(self, inner => inner.state())
    }

    /// Which version of it this is.
    pub fn etag(&self) -> &str {
        each!(self, inner => &inner.etag)
    }

    /// What programs call it where a number has to do.
    pub fn number(&self) -> u64 {
        each!(self, inner => inner.number)
    }

    /// When it was made.
    pub fn created(&self) -> Option<&Timestamp> {
        each!(self, inner => inner.create_time.as_ref())
    }

    /// When it was last changed.
    pub fn updated(&self) -> Option<&Timestamp> {
        each!(self, inner => inner.update_time.as_ref())
    }

    /// The currency of its amounts; empty where it has none.
    pub fn currency_code(&self) -> &str {
        match self {
            Resource::Advertiser(advertiser) => &advertiser.currency_code,
            Resource::Campaign(campaign) => &campaign.currency_code,
            Resource::Ad(ad) => &ad.currency_code,
            Resource::Exchange(exchange) => &exchange.currency_code,
            Resource::Deal(deal) => &deal.currency_code,
            Resource::Creative(_)
            | Resource::RateTable(_)
            | Resource::BlockList(_)
            | Resource::Audience(_)
            | Resource::ConversionAction(_)
            | Resource::Experiment(_) => "",
        }
    }

    /// What may be spent on it.
    pub fn budget(&self) -> Option<&v1::Budget> {
        match self {
            Resource::Advertiser(advertiser) => advertiser.budget.as_ref(),
            Resource::Campaign(campaign) => campaign.budget.as_ref(),
            Resource::Ad(ad) => ad.budget.as_ref(),
            _ => None,
        }
    }

    /// What was spent on it.
    pub fn spend(&self) -> Option<&v1::Spend> {
        match self {
            Resource::Advertiser(advertiser) => advertiser.spend.as_ref(),
            Resource::Campaign(campaign) => campaign.spend.as_ref(),
            Resource::Ad(ad) => ad.spend.as_ref(),
            _ => None,
        }
    }

    /// With its field names.
    pub fn reflect(&self) -> DynamicMessage {
        each!(self, inner => contract::reflect(message_name(self.kind()), inner))
    }

    /// From a message of the kind's type.
    ///
    /// # Panics
    /// Where the message is of another type, which is a mistake in the program.
    pub fn of(kind: Kind, message: &DynamicMessage) -> Resource {
        const OWN: &str = "a message of its own type";
        match kind {
            Kind::Advertiser => Resource::Advertiser(message.transcode_to().expect(OWN)),
            Kind::Campaign => Resource::Campaign(message.transcode_to().expect(OWN)),
            Kind::Ad => Resource::Ad(Box::new(message.transcode_to().expect(OWN))),
            Kind::Creative => Resource::Creative(Box::new(message.transcode_to().expect(OWN))),
            Kind::Exchange => Resource::Exchange(Box::new(message.transcode_to().expect(OWN))),
            Kind::Deal => Resource::Deal(Box::new(message.transcode_to().expect(OWN))),
            Kind::RateTable => Resource::RateTable(Box::new(message.transcode_to().expect(OWN))),
            Kind::BlockList => Resource::BlockList(Box::new(message.transcode_to().expect(OWN))),
            Kind::Audience => Resource::Audience(Box::new(message.transcode_to().expect(OWN))),
            Kind::ConversionAction => {
                Resource::ConversionAction(Box::new(message.transcode_to().expect(OWN)))
            }
            Kind::Experiment => Resource::Experiment(Box::new(message.transcode_to().expect(OWN))),
        }
    }
}

/// The contract's name of the kind's message.
pub fn message_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Advertiser => "Advertiser",
        Kind::Campaign => "Campaign",
        Kind::Ad => "Ad",
        Kind::Creative => "Creative",
        Kind::Exchange => "Exchange",
        Kind::Deal => "Deal",
        Kind::RateTable => "RateTable",
        Kind::BlockList => "BlockList",
        Kind::Audience => "Audience",
        Kind::ConversionAction => "ConversionAction",
        Kind::Experiment => "Experiment",
    }
}

/// The kind in the plural as the command line writes it: `rate-tables`.
pub fn word_of_many(kind: Kind) -> &'static str {
    match kind {
        Kind::RateTable => "rate-tables",
        Kind::BlockList => "block-lists",
        Kind::ConversionAction => "conversion-actions",
        other => collection(other),
    }
}

/// The kind's collection: `campaigns`.
pub fn collection(kind: Kind) -> &'static str {
    let collections = kind.collections();
    collections[collections.len() - 1]
}

/// The ids of a resource name, as people write it: `acme/spring/mpu`. What is of no advertiser keeps its collection,
/// so that `exchanges/demo` is not taken for an advertiser; a name of another shape stays as it is.
pub fn short(name: &str) -> String {
    match Name::parse(name) {
        Ok(name) if !name.kind().is_of_market() => ids(&name).join("/"),
        Ok(_) | Err(_) => name.to_string(),
    }
}

/// The ids in a name, from the advertiser's down.
pub fn ids(name: &Name) -> Vec<&str> {
    name.as_str().split('/').skip(1).step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_the_ids() {
        let check = |name: &str, expect: &str| assert_eq!(short(name), expect);
        check("advertisers/acme", "acme");
        check(
            "advertisers/acme/campaigns/spring/ads/mpu",
            "acme/spring/mpu",
        );
        check("advertisers/acme/creatives/hero", "acme/hero");
        check("", "");
        check("exchanges/demo", "exchanges/demo");
    }

    #[test]
    fn a_resource_reads_back_from_its_fields() {
        let ad = Resource::Ad(Box::new(v1::Ad {
            name: "advertisers/acme/campaigns/spring/ads/mpu".to_string(),
            max_bid_cpm_micros: 2_500_000,
            ..v1::Ad::default()
        }));
        assert_eq!(Resource::of(Kind::Ad, &ad.reflect()), ad);
    }
}
