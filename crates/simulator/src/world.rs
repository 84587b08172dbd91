//! A world from a seed: who publishers and users are, who asks for bids, and what the law says where they live.
//!
//! Every request is a function of the seed and its number. Nothing is remembered between two requests, so any number
//! of them can be made at once and in any order.

pub mod consent;
pub mod device;
pub mod interest;
pub mod marketplace;
pub mod place;
pub mod placement;
pub mod publisher;
pub mod truth;
pub mod user;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::dice::{Purpose, dice, pick, pick_weighted, uuid};
use crate::request_json;
use device::Device;
use marketplace::{ChannelOnly, Marketplace};
use placement::Placement;
use publisher::{Property, Publisher};
use truth::Truth;
use user::User;

/// How large the world is and who lives in it.
#[derive(Clone, Debug)]
pub struct WorldSettings {
    /// The exchanges, at least one.
    pub marketplaces: Vec<Marketplace>,
    /// How many publishers there are, at least one.
    pub publishers: usize,
    /// How many users there are, at least one.
    pub users: u64,
    /// The bidder's number in the Global Vendor List; without one, no TC string names it.
    pub vendor: Option<u16>,
    /// How many times as often as usual users click.
    pub click_scale: f64,
    /// How probable a click is on these creatives, by number, whoever sees them; up to 1/4. The others speak to each
    /// interest differently.
    pub clicks: Arc<BTreeMap<u64, f64>>,
}

impl Default for WorldSettings {
    fn default() -> WorldSettings {
        WorldSettings {
            marketplaces: Marketplace::defaults(),
            publishers: 240,
            users: 50_000,
            vendor: None,
            click_scale: 1.0,
            clicks: Arc::default(),
        }
    }
}

/// The world of one seed.
#[derive(Clone, Debug)]
pub struct World {
    seed: u64,
    settings: WorldSettings,
    publishers: Vec<Arc<Publisher>>,
}

/// A request with the truth behind it.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Which request of the world it is, counted from 0.
    pub number: u64,
    /// The exchange's id of it.
    pub id: String,
    /// The id of the transaction, which all bidders see.
    pub transaction: String,
    /// Which exchange asks: a place in [`World::marketplaces`].
    pub marketplace: usize,
    /// Who will see the ad.
    pub user: User,
    /// Where it will appear.
    pub publisher: Arc<Publisher>,
    /// Which page or screen of the publisher.
    pub page: u32,
    /// What is on offer.
    pub placements: Vec<Placement>,
    /// A rehearsal: nothing of it is billable.
    pub test: bool,
}

impl World {
    /// Makes the world.
    pub fn new(seed: u64, settings: WorldSettings) -> World {
        let publishers = (0..settings.publishers.max(1))
            .map(|n| Arc::new(Publisher::of(seed, n)))
            .collect();
        World {
            seed,
            settings,
            publishers,
        }
    }

    /// The seed that it is made from.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The exchanges.
    pub fn marketplaces(&self) -> &[Marketplace] {
        &self.settings.marketplaces
    }

    /// How users answer to ads.
    pub fn truth(&self) -> Truth {
        let settings = &self.settings;
        Truth::new(self.seed, settings.click_scale, settings.clicks.clone())
    }

    /// The request of this number.
    pub fn ask(&self, number: u64) -> Ask {
        let mut dice = dice(self.seed, Purpose::Request, number);
        let (marketplace, user, publisher) = self.meeting(&mut dice);
        let placements =
            placement::placements(&mut dice, &publisher, user.device, user.place.price_level);
        Ask {
            number,
            id: uuid(&mut dice),
            transaction: uuid(&mut dice),
            marketplace,
            page: dice.random_range(1..=40),
            test: dice.random_bool(0.002),
            user,
            publisher,
            placements,
        }
    }

    /// The request as JSON, as its exchange writes it.
    pub fn json(&self, ask: &Ask) -> Value {
        request_json::request(ask, &self.settings.marketplaces[ask.marketplace])
    }

    /// The request as bytes, not compressed.
    pub fn body(&self, ask: &Ask) -> Bytes {
        Bytes::from(self.json(ask).to_string())
    }

    /// An exchange, a user and a publisher that can meet.
    fn meeting(&self, dice: &mut ChaCha8Rng) -> (usize, User, Arc<Publisher>) {
        const TRIES: usize = 24;
        let places: Vec<usize> = (0..self.settings.marketplaces.len()).collect();
        let marketplace = *pick_weighted(dice, &places, |n| self.settings.marketplaces[*n].weight);
        let only = self.settings.marketplaces[marketplace].quirks.channel;
        for _ in 0..TRIES {
            let user = self.user(dice);
            let publisher = pick(dice, &self.publishers);
            if meets(publisher, user.device, only) {
                return (marketplace, user, publisher.clone());
            }
        }
        // A world with few publishers may have none that fits: then the first one is read on an odd device.
        (marketplace, self.user(dice), self.publishers[0].clone())
    }

    /// Some users are seen much more often than others.
    fn user(&self, dice: &mut ChaCha8Rng) -> User {
        let users = self.settings.users.max(1);
        let share: f64 = dice.random::<f64>().powi(3);
        let number = ((users as f64 * share) as u64).min(users - 1);
        User::of(self.seed, number, self.settings.vendor)
    }
}

fn meets(publisher: &Publisher, device: &Device, only: ChannelOnly) -> bool {
    match publisher.property {
        Property::Site { .. } => only != ChannelOnly::Apps && !device.is_television(),
        Property::App {
            television: true, ..
        } => only != ChannelOnly::Sites && device.is_television(),
        Property::App { .. } => only != ChannelOnly::Sites && device.is_mobile(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(seed: u64, numbers: impl Iterator<Item = u64>) -> Vec<Bytes> {
        let world = World::new(seed, WorldSettings::default());
        numbers.map(|n| world.body(&world.ask(n))).collect()
    }

    #[test]
    fn one_seed_gives_one_sequence_of_requests_in_whatever_order_they_are_made() {
        let forward = bodies(42, 0..200);
        let mut backward = bodies(42, (0..200).rev());
        backward.reverse();
        assert_eq!(forward, backward);
        assert_ne!(forward, bodies(43, 0..200));
    }

    #[test]
    fn requests_are_as_long_as_real_ones() {
        let mut lengths: Vec<usize> = bodies(1, 0..400).iter().map(Bytes::len).collect();
        lengths.sort_unstable();
        let (least, middle, most) = (lengths[0], lengths[200], lengths[399]);
        assert!(
            least > 1_000 && (1_500..4_000).contains(&middle) && most < 8_000,
            "{least} {middle} {most}"
        );
    }

    #[test]
    fn every_format_law_and_exchange_occurs() {
        let world = World::new(5, WorldSettings::default());
        let all: String = (0..2_000)
            .map(|n| world.json(&world.ask(n)).to_string())
            .collect();
        for text in [
            "\"banner\":",
            "\"video\":",
            "\"native\":",
            "\"audio\":",
            "\"gdpr\":1",
            "\"us_privacy\":",
            "\"coppa\":1",
            "\"lmt\":1",
            "\"deals\":",
            "\"schain\":",
            "\"eids\":",
            "\"bundle\":",
            "\"plcmt\":",
            "\"bidfloorcur\":\"EUR\"",
        ] {
            assert!(all.contains(text), "{text}");
        }
        let seen: std::collections::BTreeSet<usize> =
            (0..2_000).map(|n| world.ask(n).marketplace).collect();
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn the_product_reads_what_the_world_writes() {
        let world = World::new(9, WorldSettings::default());
        for number in 0..500 {
            let ask = world.ask(number);
            let body = world.body(&ask);
            let arena = bumpalo::Bump::new();
            let read = openrtb::request::parse(&body, &arena).expect("well formed");
            assert_eq!(read.id, ask.id);
            assert_eq!(
                (read.imp.len(), read.skipped),
                (ask.placements.len(), &[][..])
            );
            assert_eq!(read.app.is_some(), ask.publisher.is_app());
        }
    }
}
