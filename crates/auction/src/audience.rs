//! Who is in which audience: uploaded hashes of user ids, looked up once a request.
//!
//! A member is known by the first eight bytes of the SHA-256 of an id. Among ten million members, a user who is none is
//! taken for one once in 10¹² requests or so. In memory a member of one audience takes some 40 bytes, of each further
//! one 8 bytes and a small list. Copies share the parts that do not change.

use std::collections::BTreeMap;
use std::sync::Arc;

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use campaign::hexadecimal;
use campaign::id::AudienceId;
use campaign::time::Timestamp;
use sha2::{Digest, Sha256};

/// How many bytes of a hash a member is kept by where it is stored.
pub const STORED_BYTES: usize = 16;
/// In how many parts the table is copied when it changes.
const SHARDS: usize = 256;
/// Of how many audiences of one id a look-up hears, so that none is long.
const MAX_HEARD: usize = 500;
/// A minute in milliseconds: until when a membership lasts is kept to the minute.
const MINUTE_MS: i64 = 60_000;

/// The SHA-256 of an id as an exchange sends it, as uploads have it: 64 hexadecimal digits.
pub fn hash_digits(id: &str) -> String {
    hexadecimal::write(&Sha256::digest(id.trim()))
}

/// The hash of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberHash(pub [u8; STORED_BYTES]);

impl MemberHash {
    /// Of an id as an exchange sends it.
    pub fn of(id: &str) -> MemberHash {
        MemberHash::cut(&Sha256::digest(id.trim()).into())
    }

    /// Of the 64 hexadecimal digits of a SHA-256; `None` where it is something else.
    pub fn parse(text: &str) -> Option<MemberHash> {
        hexadecimal::read(text).map(|whole| MemberHash::cut(&whole))
    }

    fn cut(whole: &[u8; 32]) -> MemberHash {
        MemberHash(std::array::from_fn(|place| whole[place]))
    }

    fn key(self) -> u64 {
        let first: [u8; 8] = std::array::from_fn(|place| self.0[place]);
        u64::from_be_bytes(first)
    }
}

/// In one audience, until the end of a minute of the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Membership {
    audience: u32,
    until_minute: u32,
}

/// What one user is in. Most are in one audience, and need no list.
#[derive(Clone, Debug)]
enum Held {
    One(Membership),
    #[expect(
        clippy::box_collection,
        reason = "a thin pointer keeps this at 16 bytes, and an entry with its key at 24"
    )]
    Several(Box<Vec<Membership>>),
}

impl Held {
    fn all(&self) -> &[Membership] {
        match self {
            Held::One(one) => std::slice::from_ref(one),
            Held::Several(several) => several,
        }
    }
}

/// A tree, since who uploads hashes may choose them: no choice makes a look-up long.
type Shard = BTreeMap<u64, Held>;

/// Every audience's members.
#[derive(Clone, Debug, Default)]
pub struct Members {
    shards: Vec<Arc<Shard>>,
    count: usize,
    /// The audiences that count, in order.
    living: Arc<[AudienceId]>,
}

impl Members {
    /// How many memberships there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether nobody is in any audience.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The same members, of whom only those of these audiences are found.
    #[must_use]
    pub fn of_living(mut self, audiences: impl Iterator<Item = AudienceId>) -> Members {
        let mut living: Vec<AudienceId> = audiences.collect();
        living.sort_unstable();
        self.living = living.into();
        self
    }

    /// The audiences that a user is in, or was until lately.
    pub fn audiences_of(&self, member: MemberHash) -> impl Iterator<Item = AudienceId> {
        let held = self.held(member.key()).iter();
        held.map(|it| AudienceId(u64::from(it.audience)))
    }

    /// Whether a user is in an audience, or was until lately.
    pub fn holds(&self, audience: AudienceId, member: MemberHash) -> bool {
        self.audiences_of(member).any(|it| it == audience)
    }

    fn held(&self, key: u64) -> &[Membership] {
        let shard = self.shards.get(shard_of(key));
        shard
            .and_then(|shard| shard.get(&key))
            .map_or(&[], Held::all)
    }

    /// Puts a user into an audience until this moment, or lets him stay until then. Tells whether he is new in it.
    pub fn add(&mut self, audience: AudienceId, member: MemberHash, until: Timestamp) -> bool {
        let Ok(number) = u32::try_from(audience.0) else {
            return false;
        };
        let minutes = until.0.div_euclid(MINUTE_MS).clamp(0, i64::from(u32::MAX));
        let membership = Membership {
            audience: number,
            until_minute: minutes as u32,
        };
        if self.shards.is_empty() {
            self.shards = vec![Arc::default(); SHARDS];
        }
        let key = member.key();
        let shard = Arc::make_mut(&mut self.shards[shard_of(key)]);
        let new = match shard.get_mut(&key) {
            None => {
                shard.insert(key, Held::One(membership));
                true
            }
            Some(held) => joined(held, membership),
        };
        self.count += usize::from(new);
        new
    }

    /// Takes a user out of an audience. Tells whether he was in it.
    pub fn remove(&mut self, audience: AudienceId, member: MemberHash) -> bool {
        // A part that does not change is not copied.
        if !self.holds(audience, member) {
            return false;
        }
        let key = member.key();
        let shard = &mut self.shards[shard_of(key)];
        let is_it = |it: &Membership| u64::from(it.audience) == audience.0;
        let shard = Arc::make_mut(shard);
        let left: Vec<Membership> = match shard.remove(&key) {
            Some(held) => held.all().iter().filter(|it| !is_it(it)).copied().collect(),
            None => Vec::new(),
        };
        match left[..] {
            [] => {}
            [one] => drop(shard.insert(key, Held::One(one))),
            _ => drop(shard.insert(key, Held::Several(Box::new(left)))),
        }
        self.count -= 1;
        true
    }

    /// The audiences that a user is in now, by any of his ids, each once.
    pub fn of_user<'a>(
        &self,
        ids: impl Iterator<Item = &'a str>,
        now: Timestamp,
        arena: &'a Bump,
    ) -> &'a [AudienceId] {
        let mut found: BumpVec<'a, AudienceId> = BumpVec::new_in(arena);
        let minute = now.0.div_euclid(MINUTE_MS);
        for id in ids {
            let all = self.held(MemberHash::of(id).key());
            let all = all.iter().take(MAX_HEARD);
            for membership in all.filter(|it| i64::from(it.until_minute) > minute) {
                let audience = AudienceId(u64::from(membership.audience));
                let counts = self.living.binary_search(&audience).is_ok();
                if counts && !found.contains(&audience) {
                    found.push(audience);
                }
            }
        }
        found.into_bump_slice()
    }
}

fn joined(held: &mut Held, new: Membership) -> bool {
    match held {
        Held::One(one) if one.audience == new.audience => {
            one.until_minute = new.until_minute;
            false
        }
        Held::One(one) => {
            *held = Held::Several(Box::new(vec![*one, new]));
            true
        }
        Held::Several(several) => match several.iter_mut().find(|it| it.audience == new.audience) {
            Some(known) => {
                known.until_minute = new.until_minute;
                false
            }
            None => {
                several.push(new);
                true
            }
        },
    }
}

fn shard_of(key: u64) -> usize {
    (key >> 56) as usize
}

#[cfg(test)]
mod tests {
    use campaign::time::Span;

    use super::*;

    const NOON: Timestamp = Timestamp(1_795_000_000_000);

    fn audiences(members: &Members, ids: &[&str], now: Timestamp) -> Vec<u64> {
        let arena = Bump::new();
        let ids: Vec<&str> = ids.iter().map(|id| &*arena.alloc_str(id)).collect();
        let living = members
            .clone()
            .of_living([5, 6, 7].map(AudienceId).into_iter());
        let found = living.of_user(ids.into_iter(), now, &arena);
        found.iter().map(|id| id.0).collect()
    }

    #[test]
    fn a_hash_is_that_of_the_id() {
        // `printf %s 6d92078a-8246-4ba4-ae5b-76104861e7dc | sha256sum`
        let text = hash_digits("6d92078a-8246-4ba4-ae5b-76104861e7dc");
        assert_eq!(
            text,
            "31b806b4deec8c4cb1ffb18b9ab4ee1fa82a2b30e1f47902f04d03f5db023376"
        );
        let of_id = MemberHash::of(" 6d92078a-8246-4ba4-ae5b-76104861e7dc ");
        assert_eq!(MemberHash::parse(&text), Some(of_id));
        assert_eq!(MemberHash::parse(&text.to_uppercase()), Some(of_id));
        for wrong in [
            "",
            &text[1..],
            &format!("{}g", &text[1..]),
            &format!("{text}0"),
        ] {
            assert_eq!(MemberHash::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn members_come_stay_longer_expire_and_go() {
        let mut members = Members::default();
        let (one, two) = (MemberHash::of("one"), MemberHash::of("two"));
        let until = NOON + Span::minutes(10);
        assert!(members.add(AudienceId(5), one, until));
        assert!(members.add(AudienceId(6), one, until));
        assert!(members.add(AudienceId(7), one, NOON - Span::minutes(1)));
        assert!(members.add(AudienceId(6), two, until));
        assert!(!members.add(AudienceId(5), one, until + Span::hours(1)));
        assert_eq!(members.len(), 4);
        assert_eq!(audiences(&members, &["one"], NOON), [5, 6]);
        assert_eq!(audiences(&members, &["two", "one"], NOON), [6, 5]);
        assert_eq!(audiences(&members, &["three"], NOON), [0; 0]);
        let arena = Bump::new();
        let of_six = members.clone().of_living([AudienceId(6)].into_iter());
        assert_eq!(
            of_six.of_user(["one"].into_iter(), NOON, &arena),
            [AudienceId(6)]
        );
        assert_eq!(audiences(&members, &["one"], until), [5]);
        let shared = members.clone();
        assert!(members.remove(AudienceId(5), one) && !members.remove(AudienceId(5), one));
        assert_eq!(audiences(&members, &["one"], NOON), [6]);
        assert!(members.remove(AudienceId(6), one) && members.remove(AudienceId(7), one));
        assert_eq!(audiences(&members, &["one"], NOON), [0; 0]);
        assert_eq!((members.len(), shared.len()), (1, 4));
        assert_eq!(audiences(&shared, &["one"], NOON), [5, 6]);
    }

    #[test]
    fn an_entry_is_small() {
        assert_eq!(size_of::<(u64, Held)>(), 24);
    }
}
