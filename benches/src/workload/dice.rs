//! A small seeded random source, so that every run of every row sees the same ads and the same requests.

/// Splitmix64 (Steele, Lea, Flood 2014): eight bytes of state, good enough to choose words with, the same everywhere.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1, without 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From 0 to `count`, without `count`.
    pub fn below(&mut self, count: usize) -> usize {
        (self.unit() * count as f64) as usize
    }

    /// From the first to the second, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True in so many of a hundred throws.
    pub fn percent(&mut self, of_a_hundred: usize) -> bool {
        self.below(100) < of_a_hundred
    }

    /// From 0 to `count`, without `count`, the first most often: Zipf's law with exponent 1, by the inverse of its
    /// continuous form.
    pub fn zipf(&mut self, count: usize) -> usize {
        let rank = (count as f64 + 1.0).powf(self.unit());
        (rank as usize).clamp(1, count) - 1
    }

    /// One of these, each as likely.
    pub fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    /// One of these by their weights.
    pub fn weighted<'t, T>(&mut self, all: &'t [(T, u32)]) -> &'t T {
        let total: u32 = all.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total as usize) as u32;
        for (value, weight) in all {
            if left < *weight {
                return value;
            }
            left -= weight;
        }
        &all[0].0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_comes_most_often_and_all_come() {
        let mut dice = Dice::new(1);
        let mut seen = [0; 10];
        (0..10_000).for_each(|_| seen[dice.zipf(10)] += 1);
        assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
        assert!(seen[0] > 2 * seen[3], "{seen:?}");
    }

    #[test]
    fn the_same_seed_falls_the_same_way() {
        let throw = |seed| Dice::new(seed).bits();
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
    }
}
