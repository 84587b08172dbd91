//! Sets of ads as bits, a row of 512 ads at a time.

/// How many ads a row holds: a cache line of bits.
pub const ROW: usize = 512;
/// How many words a row is.
pub(super) const WORDS: usize = ROW / 64;

/// 512 ads, a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Row(pub(super) [u64; WORDS]);

impl Row {
    /// No ad.
    pub const EMPTY: Row = Row([0; WORDS]);
    /// Every ad.
    pub const FULL: Row = Row([u64::MAX; WORDS]);

    /// Adds the ad in this place.
    #[inline]
    pub fn insert(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    /// Takes the ad in this place out.
    pub fn remove(&mut self, place: usize) {
        self.0[place / 64] &= !(1 << (place % 64));
    }

    /// Whether the ad in this place is in it.
    #[inline]
    pub fn contains(&self, place: usize) -> bool {
        self.0[place / 64] >> (place % 64) & 1 == 1
    }

    /// Adds all that another one holds.
    #[inline]
    pub fn insert_all(&mut self, other: &Row) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// Whether nobody is in it.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.iter().fold(0, |any, word| any | word) == 0
    }

    /// The first ad's place.
    pub fn first(&self) -> Option<usize> {
        let number = self.0.iter().position(|word| *word != 0)?;
        Some(number * 64 + self.0[number].trailing_zeros() as usize)
    }

    /// What is both here and in `other`.
    #[inline]
    pub fn and(&self, other: &Row) -> Row {
        let mut both = *self;
        for (word, more) in both.0.iter_mut().zip(&other.0) {
            *word &= more;
        }
        both
    }

    /// Calls `visit` with each place, in order.
    #[inline]
    pub fn for_each(&self, mut visit: impl FnMut(usize)) {
        for (number, word) in self.0.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                visit(number * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_in_order() {
        let mut row = Row::EMPTY;
        assert!(row.is_empty());
        let places = [0, 63, 64, 300, 511];
        places.iter().for_each(|place| row.insert(*place));
        row.insert(64);
        let mut mask = Row::FULL;
        mask.remove(300);
        let mut seen = Vec::new();
        row.and(&mask).for_each(|place| seen.push(place));
        assert_eq!(seen, [0, 63, 64, 511]);
        assert_eq!([Row::EMPTY, row].map(|row| row.first()), [None, Some(0)]);
        row.remove(0);
        row.remove(63);
        assert_eq!(row.first(), Some(64));
        assert!(row.contains(300) && !row.contains(301) && !row.is_empty());
    }
}
