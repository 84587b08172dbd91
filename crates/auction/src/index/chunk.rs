//! Sets of ads as bits, 4,096 ads at a time, and the two operations that matching is made of.
//!
//! The only `unsafe` of the crate stands here: vector loads and stores, each with its proof. What the vector versions
//! do is what the plain ones say, and a test holds them to it.

/// How many ads a chunk holds.
pub const ADS: usize = 4_096;
const WORDS: usize = ADS / 64;
/// How many ads a row of a chunk holds: a cache line of bits. A book's last chunk mostly ends before its last row.
pub const ROW: usize = 512;
const ROW_WORDS: usize = ROW / 64;
/// How many rows a chunk has.
pub const ROWS: usize = ADS / ROW;

/// Some of a chunk's rows, a bit each. A row in which nobody is left is read no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows(u8);

impl Rows {
    /// The first so many rows.
    pub fn first(count: usize) -> Rows {
        debug_assert!(count <= ROWS);
        Rows(((1_u32 << count) - 1) as u8)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Iterator for Rows {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let row = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(row)
    }
}

/// 4,096 ads, a bit each: eight cache lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Chunk([u64; WORDS]);

impl Chunk {
    /// No ad.
    pub const EMPTY: Chunk = Chunk([0; WORDS]);
    /// Every ad.
    pub const FULL: Chunk = Chunk([u64::MAX; WORDS]);

    /// Adds the ad in this place.
    pub fn insert(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    /// Takes the ad in this place out.
    pub fn remove(&mut self, place: usize) {
        self.0[place / 64] &= !(1 << (place % 64));
    }

    /// Whether the ad in this place is in it.
    pub fn contains(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    /// Adds all that another one holds.
    pub fn insert_all(&mut self, other: &Chunk) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// How many ads it holds.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Calls `visit` with each place of these rows that is both here and in `other`, in order.
    pub fn for_each_in_both(&self, other: &Chunk, rows: Rows, mut visit: impl FnMut(usize)) {
        for number in rows.flat_map(|row| row * ROW_WORDS..(row + 1) * ROW_WORDS) {
            let mut left = self.0[number] & other.0[number];
            while left != 0 {
                visit(number * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}

/// The vector instructions that this machine has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lanes {
    /// None that we use.
    #[default]
    Plain,
    /// 256 bits.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// 512 bits.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Lanes {
    /// The widest that this machine has.
    pub fn detect() -> Lanes {
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                return Lanes::Avx512;
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                return Lanes::Avx2;
            }
        }
        Lanes::Plain
    }

    /// Leaves in these rows of `kept` only what is in at least one of the others. Those of the rows in which anything
    /// is left.
    pub fn keep(self, kept: &mut Chunk, any_of: &[&Chunk], rows: Rows) -> Rows {
        match self {
            Lanes::Plain => plain::keep(kept, any_of, rows),
            // SAFETY (both): `detect` has seen that the machine has the instructions, and nobody else makes the value.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code, reason = "calls what the machine was seen to have")]
            Lanes::Avx2 => unsafe { avx2::keep(kept, any_of, rows) },
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code, reason = "calls what the machine was seen to have")]
            Lanes::Avx512 => unsafe { avx512::keep(kept, any_of, rows) },
        }
    }

    /// Takes out of these rows of `kept` all that is in one of the others. Those of the rows in which anything is left.
    pub fn drop(self, kept: &mut Chunk, any_of: &[&Chunk], rows: Rows) -> Rows {
        match self {
            Lanes::Plain => plain::drop(kept, any_of, rows),
            // SAFETY (both): as in `keep`.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code, reason = "calls what the machine was seen to have")]
            Lanes::Avx2 => unsafe { avx2::drop(kept, any_of, rows) },
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code, reason = "calls what the machine was seen to have")]
            Lanes::Avx512 => unsafe { avx512::drop(kept, any_of, rows) },
        }
    }
}

/// What the other versions must do.
mod plain {
    use super::{Chunk, ROW_WORDS, Rows};

    pub fn keep(kept: &mut Chunk, any_of: &[&Chunk], rows: Rows) -> Rows {
        change(kept, any_of, rows, |word, any| word & any)
    }

    pub fn drop(kept: &mut Chunk, any_of: &[&Chunk], rows: Rows) -> Rows {
        change(kept, any_of, rows, |word, any| word & !any)
    }

    fn change(kept: &mut Chunk, any_of: &[&Chunk], rows: Rows, to: fn(u64, u64) -> u64) -> Rows {
        let mut left = Rows(0);
        for row in rows {
            for word in row * ROW_WORDS..(row + 1) * ROW_WORDS {
                let any = any_of.iter().fold(0, |any, chunk| any | chunk.0[word]);
                kept.0[word] = to(kept.0[word], any);
                left.0 |= u8::from(kept.0[word] != 0) << row;
            }
        }
        left
    }
}

macro_rules! vector_version {
    ($name:ident, $feature:literal, $vector:ty, $lanes:literal, $zero:ident, $load:ident, $store:ident, $or:ident,
     $and:ident, $and_not:ident, $is_zero:expr) => {
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "vector loads and stores take pointers")]
        mod $name {
            use std::arch::x86_64::*;

            use super::{Chunk, ROWS, Rows};

            const LANES: usize = $lanes;
            /// How many lanes a row has.
            const ROW: usize = LANES / ROWS;
            // The proof of every load and store below: a chunk is exactly so many lanes long, and aligned to the
            // widest of them.
            const _: () = assert!(size_of::<Chunk>() == LANES * size_of::<$vector>());
            const _: () = assert!(align_of::<Chunk>() >= align_of::<$vector>());
            const _: () = assert!(LANES == ROW * ROWS);

            #[target_feature(enable = $feature)]
            pub fn keep(kept: &mut Chunk, any_of: &[&Chunk], rows: Rows) -> Rows {
                let mut left = Rows(0);
                for row in rows {
                    for lane in row * ROW..(row + 1) * ROW {
                        let now = $and(load(kept, lane), any(any_of, lane));
                        store(kept, lane, now);
                        left.0 |= u8::from(!($is_zero)(now)) << row;
                    }
                }
                left
            }

            #[target_feature(enable = $feature)]
            pub fn drop(kept: &mut Chunk, any_of: &[&Chunk], rows: Rows) -> Rows {
                let mut left = Rows(0);
                for row in rows {
                    for lane in row * ROW..(row + 1) * ROW {
                        let now = $and_not(any(any_of, lane), load(kept, lane));
                        store(kept, lane, now);
                        left.0 |= u8::from(!($is_zero)(now)) << row;
                    }
                }
                left
            }

            #[inline]
            #[target_feature(enable = $feature)]
            fn any(any_of: &[&Chunk], lane: usize) -> $vector {
                let mut any = $zero();
                for chunk in any_of {
                    any = $or(any, load(chunk, lane));
                }
                any
            }

            #[inline]
            #[target_feature(enable = $feature)]
            fn load(chunk: &Chunk, lane: usize) -> $vector {
                debug_assert!(lane < LANES);
                // SAFETY: a row is one of the ROWS, being a bit of a byte, so the callers' lanes are below LANES: the
                // lane lies in the chunk, and is aligned.
                unsafe { $load(chunk.0.as_ptr().cast::<$vector>().add(lane).cast()) }
            }

            #[inline]
            #[target_feature(enable = $feature)]
            fn store(chunk: &mut Chunk, lane: usize, value: $vector) {
                debug_assert!(lane < LANES);
                // SAFETY: as in `load`; and the chunk is borrowed for writing.
                unsafe {
                    $store(
                        chunk.0.as_mut_ptr().cast::<$vector>().add(lane).cast(),
                        value,
                    )
                }
            }
        }
    };
}

vector_version!(
    avx2,
    "avx2",
    __m256i,
    16,
    _mm256_setzero_si256,
    _mm256_load_si256,
    _mm256_store_si256,
    _mm256_or_si256,
    _mm256_and_si256,
    _mm256_andnot_si256,
    |left| _mm256_testz_si256(left, left) == 1
);

vector_version!(
    avx512,
    "avx512f",
    __m512i,
    8,
    _mm512_setzero_si512,
    _mm512_load_si512,
    _mm512_store_si512,
    _mm512_or_si512,
    _mm512_and_si512,
    _mm512_andnot_si512,
    |left| _mm512_test_epi64_mask(left, left) == 0
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chunks() -> impl Strategy<Value = Vec<Chunk>> {
        // Thin, even and thick ones, so that results are empty now and then.
        let word = prop_oneof![
            Just(0_u64),
            Just(u64::MAX),
            any::<u64>(),
            (0_u32..64).prop_map(|bit| 1 << bit),
        ];
        let chunk = prop::collection::vec(word, WORDS)
            .prop_map(|words| Chunk(words.try_into().expect("as many words as asked for")));
        prop::collection::vec(chunk, 1..6)
    }

    proptest! {
        #[test]
        fn every_version_does_what_the_plain_one_does(chunks in chunks(), rows in any::<u8>()) {
            let (first, others) = chunks.split_first().expect("at least one");
            let others: Vec<&Chunk> = others.iter().collect();
            let rows = Rows(rows);
            let (mut kept, mut dropped) = (*first, *first);
            let left = (
                Lanes::Plain.keep(&mut kept, &others, rows),
                Lanes::Plain.drop(&mut dropped, &others, rows),
            );
            for lanes in available() {
                let (mut ours, mut gone) = (*first, *first);
                let again = (lanes.keep(&mut ours, &others, rows), lanes.drop(&mut gone, &others, rows));
                prop_assert_eq!(again, left);
                prop_assert_eq!(ours, kept);
                prop_assert_eq!(gone, dropped);
            }
            let (mut some_kept, mut some_dropped) = (Rows(0), Rows(0));
            for place in 0..ADS {
                let before = first.contains(place);
                let listed = others.iter().any(|chunk| chunk.contains(place));
                let within = rows.into_iter().any(|row| row == place / ROW);
                prop_assert_eq!(kept.contains(place), before && (listed || !within));
                prop_assert_eq!(dropped.contains(place), before && !(listed && within));
                some_kept.0 |= u8::from(within && kept.contains(place)) << (place / ROW);
                some_dropped.0 |= u8::from(within && dropped.contains(place)) << (place / ROW);
            }
            prop_assert_eq!((some_kept, some_dropped), left);
        }
    }

    /// The vector versions that this machine can run.
    fn available() -> Vec<Lanes> {
        let mut all = vec![Lanes::Plain];
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx2") {
                all.push(Lanes::Avx2);
            }
            if std::arch::is_x86_feature_detected!("avx512f") {
                all.push(Lanes::Avx512);
            }
        }
        all
    }

    #[test]
    fn places_come_back_in_order() {
        let mut chunk = Chunk::EMPTY;
        let places = [0, 63, 64, 700, 4_095];
        places.iter().for_each(|place| chunk.insert(*place));
        chunk.insert(64);
        assert_eq!(chunk.count(), 5);
        let mut mask = Chunk::FULL;
        mask.remove(700);
        let mut seen = Vec::new();
        chunk.for_each_in_both(&mask, Rows::first(ROWS), |place| seen.push(place));
        assert_eq!(seen, [0, 63, 64, 4_095]);
    }
}
