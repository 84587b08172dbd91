//! What somebody does not want: sites, apps, publishers, content, and advertisers.

use crate::id::{AdvertiserId, CampaignId, ExchangeId};
use crate::targeting::{Condition, Expression, Texts};

/// A list of what is not wanted, and who does not want it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockList {
    /// What people call it.
    pub display_name: String,
    /// Nothing of this is bid on there.
    pub exchanges: Vec<ExchangeId>,
    /// Whose ads do not bid on any of this.
    pub advertisers: Vec<AdvertiserId>,
    /// Which campaigns' ads do not bid on any of this.
    pub campaigns: Vec<CampaignId>,
    /// Impressions that are not wanted.
    pub blocked: Blocked,
    /// Advertisers' domains whose creatives are not shown on the exchanges.
    pub advertiser_domains: Texts,
}

/// Impressions that are not wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocked {
    /// Sites: `example.com` means `www.example.com` too.
    pub domains: Texts,
    /// Apps by their bundles.
    pub bundles: Texts,
    /// Publishers by their ids.
    pub publishers: Texts,
    /// Content categories, each set in its taxonomy. A parent means its children.
    pub categories: Vec<(i32, Texts)>,
}

impl Blocked {
    /// Whether it blocks nothing.
    pub fn is_empty(&self) -> bool {
        self.domains.is_empty()
            && self.bundles.is_empty()
            && self.publishers.is_empty()
            && self.categories.iter().all(|(_, ids)| ids.is_empty())
    }

    /// Adds what another list blocks.
    pub fn add(&mut self, other: &Blocked) {
        let both = |one: &Texts, other: &Texts| one.iter().chain(other.iter()).collect();
        self.domains = both(&self.domains, &other.domains);
        self.bundles = both(&self.bundles, &other.bundles);
        self.publishers = both(&self.publishers, &other.publishers);
        for (taxonomy, ids) in &other.categories {
            match self
                .categories
                .iter_mut()
                .find(|(known, _)| known == taxonomy)
            {
                Some((_, known)) => *known = both(known, ids),
                None => self.categories.push((*taxonomy, ids.clone())),
            }
        }
    }

    /// What an ad's targeting becomes where this is not wanted.
    pub fn shut_out(&self, targeting: Expression) -> Expression {
        let mut parts = vec![targeting];
        let mut not = |condition| parts.push(Expression::Not(Box::new(Expression::Is(condition))));
        if !self.domains.is_empty() {
            not(Condition::Domain(self.domains.clone()));
        }
        if !self.bundles.is_empty() {
            not(Condition::Bundle(self.bundles.clone()));
        }
        if !self.publishers.is_empty() {
            not(Condition::Publisher(self.publishers.clone()));
        }
        for (taxonomy, ids) in &self.categories {
            not(Condition::Category {
                taxonomy: *taxonomy,
                ids: ids.clone(),
            });
        }
        match parts.len() {
            1 => parts.remove(0),
            _ => Expression::All(parts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Texts {
        all.iter().collect()
    }

    #[test]
    fn lists_add_up() {
        let mut blocked = Blocked {
            domains: texts(&["a.example"]),
            categories: vec![(1, texts(&["IAB25"]))],
            ..Blocked::default()
        };
        assert!(!blocked.is_empty() && Blocked::default().is_empty());
        blocked.add(&Blocked {
            domains: texts(&["B.example"]),
            categories: vec![(1, texts(&["IAB26"])), (6, texts(&["1002"]))],
            ..Blocked::default()
        });
        assert_eq!(blocked.domains, texts(&["a.example", "b.example"]));
        let expect = vec![(1, texts(&["iab25", "iab26"])), (6, texts(&["1002"]))];
        assert_eq!(blocked.categories, expect);
    }

    #[test]
    fn what_is_blocked_is_shut_out_of_targeting() {
        let blocked = Blocked {
            bundles: texts(&["com.bad"]),
            ..Blocked::default()
        };
        let wants = Expression::default();
        let not = Expression::Is(Condition::Bundle(texts(&["com.bad"])));
        let expect = Expression::All(vec![wants.clone(), Expression::Not(Box::new(not))]);
        assert_eq!(blocked.shut_out(wants.clone()), expect);
        assert_eq!(Blocked::default().shut_out(wants.clone()), wants);
    }
}
