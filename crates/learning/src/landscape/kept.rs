//! What a landscape learned, as numbers that outlive it.

use super::{Cell, Landscape};

impl Landscape {
    /// What was learned of a context, or of all auctions where none is named, as numbers for [`Landscape::resume`].
    /// None of a context that was not seen.
    pub fn kept(&self, context: Option<u64>) -> Option<Vec<f64>> {
        let cell = match context {
            Some(context) => self.narrower.get(&context)?,
            None => &self.broadest,
        };
        let counts = [cell.total, cell.scale].into_iter();
        Some(counts.chain(cell.weights.iter().copied()).collect())
    }

    /// Goes on from what a landscape of the same prices had learned of a context. False, and nothing is changed, where
    /// these are no such numbers, or there is no room for another context.
    pub fn resume(&mut self, context: Option<u64>, numbers: &[f64]) -> bool {
        let [total, scale, weights @ ..] = numbers else {
            return false;
        };
        let good = |number: &f64| number.is_finite() && *number >= 0.0;
        let same = weights.len() == self.grid.prices.len();
        if !same || *scale < 1.0 || !numbers.iter().all(good) {
            return false;
        }
        let cell = Cell {
            weights: weights.to_vec(),
            total: *total,
            scale: *scale,
        };
        match context {
            None => self.broadest = cell,
            Some(context) => {
                let room = self.narrower.len() < self.settings.contexts_max;
                if !room && !self.narrower.contains_key(&context) {
                    return false;
                }
                self.narrower.insert(context, cell);
            }
        }
        true
    }
}
