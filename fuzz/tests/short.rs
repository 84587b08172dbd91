//! Each target for some seconds, on its seeds and on seeds that were changed at random. The same each time.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests may panic as tests may"
)]

use std::path::Path;

use fuzz::TARGETS;

/// A generator of numbers that look random: SplitMix64, Steele, Lea and Flood, OOPSLA 2014.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }
}

/// What is put into a text, beside parts of other seeds.
const PIECES: [&[u8]; 16] = [
    b"\"", b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\\u00", b"0", b"1e9", b"null", b" ", b"\n",
    b"\xff", b"~",
];

fn change(text: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(text.len() + 1);
    let end = (at + dice.below(40)).min(text.len());
    match dice.below(5) {
        0 => drop(text.drain(at..end)),
        1 => drop(text.splice(at..at, PIECES[dice.below(PIECES.len())].to_vec())),
        2 => drop(text.splice(at..end, PIECES[dice.below(PIECES.len())].to_vec())),
        3 => {
            let other = &seeds[dice.below(seeds.len())];
            let from = dice.below(other.len() + 1);
            let to = (from + dice.below(200)).min(other.len());
            drop(text.splice(at..end, other[from..to].to_vec()));
        }
        _ => {
            if let Some(byte) = text.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut directories = vec![root.join("seeds").join(target)];
    if target == "request" {
        directories.push(root.join("../crates/openrtb/tests/samples"));
    }
    let files = directories
        .iter()
        .flat_map(|directory| std::fs::read_dir(directory).unwrap());
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn run(name: &str) {
    let (_, holds) = TARGETS
        .into_iter()
        .find(|(target, _)| *target == name)
        .unwrap();
    let seeds = seeds(name);
    assert!(!seeds.is_empty());
    for seed in &seeds {
        holds(seed);
    }
    let mut dice = Dice(seeds.len() as u64);
    for _ in 0..4_000 {
        let mut text = seeds[dice.below(seeds.len())].clone();
        // What takes long to read is for the long run.
        text.truncate(6_000);
        for _ in 0..=dice.below(6) {
            change(&mut text, &seeds, &mut dice);
        }
        holds(&text);
    }
}

#[test]
fn any_body_is_read_as_by_serde_json() {
    run("request");
}

#[test]
fn any_native_request_is_read_in_a_string_as_outside() {
    run("native");
}

#[test]
fn any_response_is_read_back_by_serde_json() {
    run("response");
}

#[test]
fn any_consent_string_gets_a_verdict() {
    run("consent");
}
