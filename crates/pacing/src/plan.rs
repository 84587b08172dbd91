//! How much of a flight's traffic is still to come.

/// A forecast of how many auctions a flight has, corrected by what has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// How many it was forecast to have.
    pub auctions: f64,
}

/// The forecast weighs as much as what comes in this part of the flight.
const FORECAST_WEIGHT: f64 = 0.01;

impl Forecast {
    /// How many are still to come, when so many came in the first `elapsed` part of the planned traffic:
    ///
    /// > total = (forecast × w + seen) ÷ (w + elapsed), left = total × (1 − elapsed)
    ///
    /// the mean of a Gamma posterior of the rate, with a prior worth the part w of the flight.
    pub fn left(&self, elapsed: f64, seen: f64) -> f64 {
        let elapsed = elapsed.clamp(0.0, 1.0);
        let total = (self.auctions * FORECAST_WEIGHT + seen) / (FORECAST_WEIGHT + elapsed);
        total * (1.0 - elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_is_believed_until_traffic_tells_otherwise() {
        let check = |elapsed: f64, seen: f64, expect: f64| {
            let left = Forecast { auctions: 1_000.0 }.left(elapsed, seen);
            assert!((left - expect).abs() < 1e-6, "{elapsed} {seen}: {left}");
        };
        check(0.0, 0.0, 1_000.0);
        check(0.5, 500.0, 500.0);
        check(1.0, 1_000.0, 0.0);
        check(2.0, 10.0, 0.0);
        // Twice the traffic: (1000 × 0.01 + 1000) ÷ 0.51 × ½.
        check(0.5, 1_000.0, 1_010.0 / 0.51 / 2.0);
    }
}
