//! 512 ads met with all that lets them in, in registers from the first set to the last.
//!
//! The only `unsafe` of the crate stands here: vector loads and stores, each with its proof. What the vector versions
//! do is what the plain one says, and a test holds them to it.

use super::row::{Row, WORDS};

/// The sets that are read for one layer, or to exclude.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Which of [`Sieve::sets`].
    pub sets: (u32, u32),
    /// Which of [`Sieve::scattered`]: what its sparse sets hold of the row; 0 where there is nobody.
    pub scattered: u32,
}

/// What an impression says, as sets of ads.
#[derive(Clone, Copy, Debug)]
pub struct Sieve<'s> {
    /// The rows of all dense sets of the index.
    pub rows: &'s [Row],
    /// The first row of each dense set that is read.
    pub sets: &'s [u32],
    /// What sparse sets hold of the row that is sifted; the first is empty.
    pub scattered: &'s [Row],
    /// By layer, what lets ads in.
    pub steps: &'s [Step],
    /// What shuts ads out.
    pub exclude: Step,
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
}

impl Sieve<'_> {
    /// The ads of a row that every step lets in, of those whose bit is set in `steps`, and that nothing shuts out. The
    /// error is the step that left nobody.
    #[inline]
    pub fn sift(&self, lanes: Lanes, row: usize, steps: u64) -> Result<Row, usize> {
        match lanes {
            Lanes::Plain => plain::sift(self, row, steps),
            // SAFETY (both): `detect` has seen that the machine has the instructions, and nobody else makes the value.
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code, reason = "calls what the machine was seen to have")]
            Lanes::Avx2 => unsafe { avx2::sift(self, row, steps) },
            #[cfg(target_arch = "x86_64")]
            #[allow(unsafe_code, reason = "calls what the machine was seen to have")]
            Lanes::Avx512 => unsafe { avx512::sift(self, row, steps) },
        }
    }

    /// Calls `visit` with this row of each of a step's sets.
    #[inline(always)]
    fn each(&self, step: &Step, row: usize, mut visit: impl FnMut(&Row)) {
        for set in &self.sets[step.sets.0 as usize..step.sets.1 as usize] {
            visit(&self.rows[*set as usize + row]);
        }
        if step.scattered != 0 {
            visit(&self.scattered[step.scattered as usize]);
        }
    }
}

/// The places of the bits of a word.
#[inline(always)]
pub fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let first = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(first)
    })
}

/// What the other versions must do.
mod plain {
    use super::{Row, Sieve, Step, WORDS, bits};

    pub fn sift(sieve: &Sieve<'_>, row: usize, steps: u64) -> Result<Row, usize> {
        let mut kept = Row::FULL;
        for number in bits(steps) {
            let any = union(sieve, &sieve.steps[number], row);
            for word in 0..WORDS {
                kept.0[word] &= any.0[word];
            }
            if kept == Row::EMPTY {
                return Err(number);
            }
        }
        let any = union(sieve, &sieve.exclude, row);
        for word in 0..WORDS {
            kept.0[word] &= !any.0[word];
        }
        Ok(kept)
    }

    fn union(sieve: &Sieve<'_>, step: &Step, row: usize) -> Row {
        let mut any = Row::EMPTY;
        sieve.each(step, row, |set| any.insert_all(set));
        any
    }
}

macro_rules! vector_version {
    ($name:ident, $feature:literal, $vector:ty, $lanes:literal, $ones:expr, $zero:ident, $load:ident, $store:ident,
     $or:ident, $and:ident, $and_not:ident, $is_zero:expr) => {
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "vector loads and stores take pointers")]
        mod $name {
            use std::arch::x86_64::*;

            use super::{Row, Sieve, Step, bits};

            /// How many vectors a row is.
            const LANES: usize = $lanes;
            // The proof of every load and store below: a row is exactly so many vectors long, and aligned to them.
            const _: () = assert!(size_of::<Row>() == LANES * size_of::<$vector>());
            const _: () = assert!(align_of::<Row>() >= align_of::<$vector>());

            #[target_feature(enable = $feature)]
            pub fn sift(sieve: &Sieve<'_>, row: usize, steps: u64) -> Result<Row, usize> {
                let mut kept = [$ones; LANES];
                for number in bits(steps) {
                    let any = union(sieve, &sieve.steps[number], row);
                    let mut left = $zero();
                    for lane in 0..LANES {
                        kept[lane] = $and(kept[lane], any[lane]);
                        left = $or(left, kept[lane]);
                    }
                    if $is_zero(left) {
                        return Err(number);
                    }
                }
                let any = union(sieve, &sieve.exclude, row);
                let mut sifted = Row::EMPTY;
                for lane in 0..LANES {
                    // SAFETY: a row is LANES vectors long and aligned to them, and this one is ours.
                    unsafe {
                        let to = sifted.0.as_mut_ptr().cast::<$vector>().add(lane);
                        $store(to.cast(), $and_not(any[lane], kept[lane]));
                    }
                }
                Ok(sifted)
            }

            #[inline]
            #[target_feature(enable = $feature)]
            fn union(sieve: &Sieve<'_>, step: &Step, row: usize) -> [$vector; LANES] {
                let mut any = [$zero(); LANES];
                sieve.each(step, row, |set| {
                    for lane in 0..LANES {
                        // SAFETY: a row is LANES vectors long and aligned to them; it is borrowed for reading.
                        let more =
                            unsafe { $load(set.0.as_ptr().cast::<$vector>().add(lane).cast()) };
                        any[lane] = $or(any[lane], more);
                    }
                });
                any
            }
        }
    };
}

vector_version!(
    avx2,
    "avx2",
    __m256i,
    2,
    _mm256_set1_epi8(-1),
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
    1,
    _mm512_set1_epi8(-1),
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

    const ROWS: usize = 3;

    fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
        // Thin, even and thick ones, so that results are empty now and then.
        let word = prop_oneof![
            Just(0_u64),
            Just(u64::MAX),
            any::<u64>(),
            (0_u32..64).prop_map(|bit| 1 << bit),
        ];
        let row = prop::collection::vec(word, WORDS)
            .prop_map(|words| Row(words.try_into().expect("as many words as asked for")));
        prop::collection::vec(row, most)
    }

    fn step() -> impl Strategy<Value = Step> {
        let sets = (0_u32..3, 0_u32..3).prop_map(|(from, length)| (from, from + length));
        (sets, 0_u32..4).prop_map(|(sets, scattered)| Step { sets, scattered })
    }

    proptest! {
        #[test]
        fn every_version_does_what_the_plain_one_does(
            rows in rows(6 * ROWS),
            mut scattered in rows(4),
            steps in prop::collection::vec(step(), 1..5),
            exclude in step(),
            which in any::<u64>(),
        ) {
            scattered[0] = Row::EMPTY;
            let sieve = Sieve {
                rows: &rows,
                sets: &[0, 3, 6, 9, 15],
                scattered: &scattered,
                steps: &steps,
                exclude,
            };
            let which = which & ((1 << steps.len()) - 1);
            for row in 0..ROWS {
                let plain = sieve.sift(Lanes::Plain, row, which);
                for lanes in available() {
                    prop_assert_eq!(sieve.sift(lanes, row, which), plain);
                }
                let is_in = |step: &Step, place: usize| {
                    let mut any = false;
                    sieve.each(step, row, |set| any |= set.contains(place));
                    any
                };
                let expected = |place: usize| {
                    bits(which).all(|number| is_in(&steps[number], place)) && !is_in(&exclude, place)
                };
                for place in 0..super::super::row::ROW {
                    let kept = plain.is_ok_and(|kept| kept.contains(place));
                    prop_assert_eq!(kept, expected(place));
                }
            }
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
}
