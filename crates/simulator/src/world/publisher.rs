//! Where the ads appear.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::interest::INTERESTS;
use crate::dice::{Purpose, dice, hex, pick};

/// A website or an app.
#[derive(Clone, Debug)]
pub struct Publisher {
    /// Its number.
    pub number: usize,
    /// What people call it.
    pub name: String,
    /// The publisher's id at exchanges.
    pub id: String,
    /// Site or app.
    pub property: Property,
    /// What it is about: a place in [`INTERESTS`].
    pub interest: usize,
    /// What its pages cost at least, against the usual.
    pub floor_level: f64,
    /// Whether it wants everything over HTTPS.
    pub secure: bool,
    /// Advertiser categories that it takes no ads of.
    pub blocked_categories: Vec<&'static str>,
    /// Advertisers that it takes no ads of.
    pub blocked_domains: Vec<&'static str>,
    /// Creative attributes that it does not take.
    pub blocked_attributes: Vec<i32>,
    /// Out of a hundred impressions, how many are banner, video, native and audio.
    pub formats: [u32; 4],
}

/// What a publisher runs.
#[derive(Clone, Debug)]
pub enum Property {
    /// A website.
    Site {
        /// Its domain.
        domain: String,
    },
    /// An app.
    App {
        /// Its bundle on Android.
        bundle: String,
        /// Its number in the other store.
        store_number: u64,
        /// Whether it plays on televisions.
        television: bool,
    },
}

impl Publisher {
    /// The publisher of this number.
    pub(crate) fn of(seed: u64, number: usize) -> Publisher {
        let mut dice = dice(seed, Purpose::Publisher, number as u64);
        let interest = dice.random_range(0..INTERESTS.len());
        let stem = stem(&mut dice);
        let word = INTERESTS[interest].word;
        let (property, formats) = property(&mut dice, &stem, word);
        Publisher {
            number,
            name: format!("{} {word}", capital(&stem)),
            id: format!("pub-{}", hex(&mut dice, 8)),
            property,
            interest,
            floor_level: dice.random_range(0.4..1.8),
            secure: dice.random_bool(0.9),
            blocked_categories: subset(
                &mut dice,
                &[
                    "IAB7-39", "IAB8-5", "IAB8-18", "IAB9-9", "IAB14-1", "IAB25", "IAB26",
                ],
            ),
            blocked_domains: subset(
                &mut dice,
                &["casino.example", "loans.example", "rival-news.example"],
            ),
            blocked_attributes: subset(&mut dice, &[1, 3, 6, 8, 9, 10, 14]),
            formats,
        }
    }

    /// Whether it is an app.
    pub fn is_app(&self) -> bool {
        matches!(self.property, Property::App { .. })
    }
}

/// The property and its mix of banner, video, native and audio.
fn property(dice: &mut ChaCha8Rng, stem: &str, word: &str) -> (Property, [u32; 4]) {
    match dice.random_range(0..100) {
        0..62 => {
            let domain = format!("{stem}-{word}.example");
            (Property::Site { domain }, [72, 12, 15, 1])
        }
        62..92 => {
            let formats = if word == "games" {
                [60, 25, 15, 0]
            } else {
                [55, 15, 20, 10]
            };
            (app(dice, stem, word, false), formats)
        }
        _ => (app(dice, stem, word, true), [0, 100, 0, 0]),
    }
}

fn app(dice: &mut ChaCha8Rng, stem: &str, word: &str, television: bool) -> Property {
    Property::App {
        bundle: format!("example.{stem}.{word}"),
        store_number: dice.random_range(300_000_000..1_700_000_000),
        television,
    }
}

/// A made-up name of two or three syllables.
fn stem(dice: &mut ChaCha8Rng) -> String {
    const SYLLABLES: &[&str] = &[
        "ba", "dor", "el", "fen", "gra", "hol", "ka", "lim", "mor", "nel", "or", "pel", "ris",
        "sol", "tan", "ver",
    ];
    (0..dice.random_range(2..=3))
        .map(|_| *pick(dice, SYLLABLES))
        .collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn subset<T: Copy>(dice: &mut ChaCha8Rng, of: &[T]) -> Vec<T> {
    of.iter()
        .copied()
        .filter(|_| dice.random_bool(0.35))
        .collect()
}
