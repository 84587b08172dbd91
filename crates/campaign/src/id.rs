//! Numeric ids. The names that people read (`advertisers/acme/campaigns/spring`) belong to the edges; inside, and in
//! notices, things are known by number, which never changes and is never used twice.

use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// Who pays.
    AdvertiserId,
    /// A budget with a flight and a goal; holds ads.
    CampaignId,
    /// What bids: targeting, price, creatives. Other platforms call it a line item.
    AdId,
    /// What is shown.
    CreativeId,
    /// A marketplace that sends bid requests.
    ExchangeId,
    /// What users do that an advertiser counts.
    ConversionActionId,
    /// A list of users whom an advertiser knows.
    AudienceId,
    /// What is tried on a part of the users.
    ExperimentId,
    /// A grant of money to one bidder for one ad.
    LeaseId,
}

/// A bidder process for as long as it runs: the machine's number and how many times it has started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation {
    /// The bidder's number, unique in the deployment.
    pub node: u16,
    /// Counts the bidder's starts; stored before the first bid, so it never repeats.
    pub start: u32,
}

/// The id of one bid. Request ids repeat (exchanges retry, and reuse them); bid ids never do,
/// because the incarnation and the sequence never do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BidId {
    /// The process that made the bid.
    pub incarnation: Incarnation,
    /// Counts the bids of that process.
    pub sequence: u64,
}

impl BidId {
    /// Length of the wire form: node, start and sequence as hexadecimal digits.
    pub const WIRE_LENGTH: usize = 4 + 8 + 16;

    /// Reads the wire form; `None` where it is not 28 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<BidId> {
        let digits = text.len() == Self::WIRE_LENGTH
            && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !digits {
            return None;
        }
        Some(BidId {
            incarnation: Incarnation {
                node: u16::from_str_radix(&text[..4], 16).ok()?,
                start: u32::from_str_radix(&text[4..12], 16).ok()?,
            },
            sequence: u64::from_str_radix(&text[12..], 16).ok()?,
        })
    }
}

impl fmt::Display for BidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Incarnation { node, start } = self.incarnation;
        write!(f, "{node:04x}{start:08x}{:016x}", self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bid_id_reads_back_what_it_wrote() {
        let id = BidId {
            incarnation: Incarnation {
                node: 7,
                start: 0xdead_beef,
            },
            sequence: u64::MAX,
        };
        assert_eq!(id.to_string(), "0007deadbeefffffffffffffffff");
        assert_eq!(BidId::parse(&id.to_string()), Some(id));
        for bad in [
            "",
            "0007",
            "0007deadbeeffffffffffffffffg",
            "0007DEADBEEFFFFFFFFFFFFFFFFF",
            "+007deadbeefffffffffffffffff",
        ] {
            assert_eq!(BidId::parse(bad), None, "{bad}");
        }
    }
}
