//! Who is in which audience, and how many are in each.

use std::collections::HashMap;

use auction::audience::{MemberHash, Members};
use campaign::id::AudienceId;
use campaign::time::Timestamp;

/// How many memberships there may be in all: each bidder holds them in memory, some 40 bytes each.
pub const MAX_MEMBERS: usize = 2_000_000;

/// The members of all audiences, of deleted ones too.
#[derive(Debug, Default)]
pub struct Crowd {
    members: Members,
    counts: HashMap<AudienceId, i64>,
}

impl Crowd {
    /// The members.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// How many an audience has.
    pub fn count(&self, audience: AudienceId) -> i64 {
        self.counts.get(&audience).copied().unwrap_or(0)
    }

    /// Puts a user in until this moment.
    pub fn add(&mut self, audience: AudienceId, member: MemberHash, until: Timestamp) {
        let new = self.members.add(audience, member, until);
        *self.counts.entry(audience).or_default() += i64::from(new);
    }

    /// Takes a user out.
    pub fn remove(&mut self, audience: AudienceId, member: MemberHash) {
        let was = self.members.remove(audience, member);
        *self.counts.entry(audience).or_default() -= i64::from(was);
    }
}
