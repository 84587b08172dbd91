//! A block list as the wire says it.

use campaign::block_list::{BlockList, Blocked};
use campaign::id::{AdvertiserId, CampaignId, ExchangeId};
use campaign::targeting::Texts;

use crate::errors::Violations;
use crate::names::Name;
use crate::{text, v1};

/// How many entries one list may have, all kinds together.
pub const MAX_ENTRIES: usize = 10_000;
/// To how many places one list may be attached.
pub const MAX_ATTACHMENTS: usize = 1_000;
/// How long an entry may be, in bytes.
pub const MAX_ENTRY: usize = 253;

/// To what a list may be attached, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An exchange.
    Exchange(ExchangeId),
    /// An advertiser.
    Advertiser(AdvertiserId),
    /// A campaign.
    Campaign(CampaignId),
}

/// How many entries a list has, all kinds together.
pub fn entries(wire: &v1::BlockList) -> usize {
    let categories = wire.categories.iter().map(|it| it.ids.len());
    wire.domains.len()
        + wire.bundles.len()
        + wire.publishers.len()
        + wire.advertiser_domains.len()
        + categories.sum::<usize>()
}

/// Reads a block list; `place` finds what it is attached to, `path` is where it stands in the request.
pub fn read(
    wire: &v1::BlockList,
    place: &dyn Fn(&Name) -> Option<Place>,
    path: &str,
    wrong: &mut Violations,
) -> BlockList {
    let at = |field: &str| format!("{path}.{field}");
    let entries = entries(wire);
    if entries == 0 {
        wrong.add(
            path,
            "REQUIRED",
            "write what is blocked: domains, bundles, publishers, categories",
        );
    }
    if entries > MAX_ENTRIES {
        wrong.add(
            path,
            "TOO_MANY",
            format!("write at most {MAX_ENTRIES} entries: make another list"),
        );
        return BlockList::default();
    }
    let mut list = BlockList {
        display_name: text::display_name(&wire.display_name, &at("display_name"), wrong),
        blocked: Blocked {
            domains: domains(&wire.domains, &at("domains"), wrong),
            bundles: texts(&wire.bundles, &at("bundles"), wrong),
            publishers: texts(&wire.publishers, &at("publishers"), wrong),
            categories: Vec::new(),
        },
        advertiser_domains: domains(&wire.advertiser_domains, &at("advertiser_domains"), wrong),
        ..BlockList::default()
    };
    for (number, categories) in wire.categories.iter().enumerate() {
        let path = at(&format!("categories[{number}].ids"));
        let ids = texts(&categories.ids, &path, wrong);
        let taxonomy = categories.taxonomy.max(1);
        list.blocked.categories.push((taxonomy, ids));
    }
    if wire.attached_to.len() > MAX_ATTACHMENTS {
        let what = format!("write at most {MAX_ATTACHMENTS} names");
        wrong.add(&at("attached_to"), "TOO_MANY", what);
    }
    for (number, written) in wire.attached_to.iter().take(MAX_ATTACHMENTS).enumerate() {
        let found = Name::parse(written).ok().and_then(|name| place(&name));
        match found {
            Some(Place::Exchange(id)) => list.exchanges.push(id),
            Some(Place::Advertiser(id)) => list.advertisers.push(id),
            Some(Place::Campaign(id)) => list.campaigns.push(id),
            None => wrong.add(
                &at(&format!("attached_to[{number}]")),
                "UNKNOWN_RESOURCE",
                "write the name of an exchange, an advertiser or a campaign that there is",
            ),
        }
    }
    if !list.advertiser_domains.is_empty() && list.exchanges.is_empty() {
        let what =
            "advertisers are blocked on exchanges: attach the list to one, or leave them out";
        wrong.add(&at("advertiser_domains"), "NO_EXCHANGE", what);
    }
    list
}

fn domains(wire: &[String], path: &str, wrong: &mut Violations) -> Texts {
    let each = wire.iter().enumerate();
    each.map(|(place, written)| text::domain(written, &format!("{path}[{place}]"), wrong))
        .collect()
}

fn texts(wire: &[String], path: &str, wrong: &mut Violations) -> Texts {
    for (place, written) in wire.iter().enumerate() {
        if written.trim().is_empty() || written.len() > MAX_ENTRY {
            let what = format!("write 1 to {MAX_ENTRY} bytes");
            wrong.add(&format!("{path}[{place}]"), "INVALID_VALUE", what);
        }
    }
    wire.iter().collect()
}
