//! Who sees the ads.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::consent::Consent;
use super::device::{DEVICES, Device};
use super::interest::INTERESTS;
use super::place::{PLACES, Place};
use crate::dice::{Purpose, dice, hex, pick_weighted, uuid};

/// A person. Made anew from the seed and the number whenever needed, so a million of them take no memory.
#[derive(Clone, Debug)]
pub struct User {
    /// The person's number.
    pub number: u64,
    /// Where the person lives.
    pub place: &'static Place,
    /// What the person holds.
    pub device: &'static Device,
    /// What the person cares for: places in [`INTERESTS`], two to four.
    pub interests: Vec<usize>,
    /// Year of birth, where exchanges know it.
    pub year_of_birth: Option<i32>,
    /// What the person allows.
    pub consent: Consent,
    /// The exchange's id of the person.
    pub id: String,
    /// Our id of the person, where exchange and bidder once matched theirs.
    pub buyer_id: Option<String>,
    /// The id of an identity provider, where there is one.
    pub shared_id: Option<String>,
    /// The device's advertising id.
    pub device_id: String,
    /// The address, its last byte cut.
    pub ip: String,
    /// How much the person's attention is worth to the rivals, around 1.
    pub worth: f64,
}

impl User {
    /// The person of this number. `vendor` is the bidder's number in the Global Vendor List.
    pub(crate) fn of(seed: u64, number: u64, vendor: Option<u16>) -> User {
        let mut dice = dice(seed, Purpose::User, number);
        let place = pick_weighted(&mut dice, PLACES, |place| place.weight);
        let device = pick_weighted(&mut dice, DEVICES, |device| device.weight);
        let interests = interests(&mut dice);
        let ip = format!(
            "{}.{}.{}.0",
            dice.random_range(11..=99),
            dice.random_range(0..=255),
            dice.random_range(0..=255)
        );
        User {
            number,
            place,
            device,
            interests,
            year_of_birth: dice
                .random_bool(0.25)
                .then(|| dice.random_range(1950..=2005)),
            consent: Consent::roll(&mut dice, place.law, vendor),
            id: hex(&mut dice, 32),
            buyer_id: dice.random_bool(0.6).then(|| hex(&mut dice, 24)),
            shared_id: dice.random_bool(0.4).then(|| uuid(&mut dice)),
            device_id: uuid(&mut dice),
            ip,
            worth: dice.random_range(0.6..1.6),
        }
    }
}

fn interests(dice: &mut ChaCha8Rng) -> Vec<usize> {
    let wanted = dice.random_range(2..=4);
    let mut interests = Vec::with_capacity(wanted);
    // Bounded: a pick that is there already is simply not made again.
    for _ in 0..2 * wanted {
        let interest = dice.random_range(0..INTERESTS.len());
        if interests.len() < wanted && !interests.contains(&interest) {
            interests.push(interest);
        }
    }
    interests
}
