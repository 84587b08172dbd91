//! How many different people some impressions reach, by those that a sample met.
//!
//! Who is met once in a sample tells of those who were not met at all: Chao, "Nonparametric estimation of the number of
//! classes in a population" (Scandinavian Journal of Statistics, 1984). From that follows how many more a longer sample
//! would meet: Colwell et al., "Models and estimators linking individual-based and sample-based rarefaction,
//! extrapolation and comparison of assemblages" (Journal of Plant Ecology, 2012). People who come seldom are
//! underestimated, so what is told is a lower bound.

/// Fewer people than this who were met twice say too little of those who were not met.
const TWICE_MIN: f64 = 10.0;

/// How many different people so many impressions are expected to reach, at least, where a sample of the same kind of
/// impressions met each of its people so often. `None` where it met too few of them again.
pub fn reach(met: impl IntoIterator<Item = u64>, impressions: f64) -> Option<f64> {
    let met: Vec<f64> = met.into_iter().map(|times| times as f64).collect();
    let sampled: f64 = met.iter().sum();
    let seen = |times: f64| met.iter().filter(|it| **it == times).count() as f64;
    let (once, twice) = (seen(1.0), seen(2.0));
    if twice < TWICE_MIN {
        return None;
    }
    if impressions <= sampled {
        // Each impression of the sample is one of these with the same chance.
        let share = (impressions / sampled).max(0.0);
        let missed: f64 = met.iter().map(|times| libm::pow(1.0 - share, *times)).sum();
        return Some(met.len() as f64 - missed);
    }
    // Those who were not met, in the form that is not biased where few were met twice.
    let unmet = (sampled - 1.0) / sampled * once * (once - 1.0).max(0.0) / (2.0 * (twice + 1.0));
    if unmet <= 0.0 {
        return Some(met.len() as f64);
    }
    let new_each = once / (sampled * unmet + once);
    let more = 1.0 - libm::pow(1.0 - new_each, impressions - sampled);
    Some(met.len() as f64 + unmet * more)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// How often each of so many people is met by so many impressions, each with the same chance.
    fn meet(people: u64, impressions: u64) -> Vec<u64> {
        let (mut state, mut met) = (7_u64, BTreeMap::new());
        for _ in 0..impressions {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *met.entry((state >> 33) % people).or_insert(0) += 1;
        }
        met.into_values().collect()
    }

    #[test]
    fn a_sample_tells_how_many_a_longer_one_reaches() {
        let sample = meet(1_000, 600);
        for impressions in [100, 300, 600, 1_200, 3_000, 10_000] {
            let told = reach(sample.iter().copied(), impressions as f64).unwrap();
            let truth = meet(1_000, impressions).len() as f64;
            let off = (told / truth - 1.0).abs();
            assert!(off < 0.1, "{impressions}: {told} for {truth}");
        }
    }

    #[test]
    fn more_impressions_reach_no_fewer_and_never_more_than_there_are_impressions() {
        let sample = meet(500, 400);
        let told = (1..200).map(|n| {
            (
                50.0 * f64::from(n),
                reach(sample.iter().copied(), 50.0 * f64::from(n)),
            )
        });
        let mut before = 0.0;
        for (impressions, told) in told {
            let told = told.unwrap();
            assert!(
                told >= before && told <= impressions,
                "{impressions}: {told}"
            );
            before = told;
        }
    }

    #[test]
    fn a_sample_that_met_few_again_tells_nothing() {
        assert_eq!(reach(vec![1; 1_000], 5_000.0), None);
        assert_eq!(reach(Vec::new(), 5_000.0), None);
        let few = std::iter::repeat_n(1, 100).chain(std::iter::repeat_n(2, 9));
        assert_eq!(reach(few, 5_000.0), None);
        // All were met often: nobody is missing.
        assert_eq!(reach(vec![2; 50], 5_000.0), Some(50.0));
    }
}
