//! The highest rate at which conditions hold: doubling until they do not, then halving what is left.

/// What is searched for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// The first rate that is tried, in requests a second.
    pub from: f64,
    /// The highest that is.
    pub up_to: f64,
    /// How many runs a rate has at most: it holds when more than half of them do. Odd numbers waste none.
    pub repeats: u32,
    /// How near the two ends of the answer come: 0.05 for a twentieth of the lower one.
    pub within: f64,
}

/// The least rate that is tried.
const RATE_MIN: f64 = 1.0;
/// How many rates are tried at most: more than doubling and halving over all rates that can be written ever take.
const RATES_MAX: usize = 80;

/// What was found: between the two lies the highest rate at which the conditions hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The highest rate that held; none where not even the lowest did.
    pub holds: Option<f64>,
    /// The lowest that did not; none where the highest that may be tried held.
    pub fails: Option<f64>,
    /// Each rate that was tried, in this order.
    pub tried: Vec<Tried>,
}

/// A rate that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// In requests a second.
    pub rate: f64,
    /// How many runs it had.
    pub runs: u32,
    /// How many of them held.
    pub held: u32,
}

impl Tried {
    /// Whether more than half of the runs held.
    pub fn holds(&self) -> bool {
        self.held * 2 > self.runs
    }
}

impl Search {
    /// Searches. `run` does one run at a rate and tells whether the conditions held in it.
    ///
    /// # Errors
    /// What `run` fails with.
    pub fn search<E>(&self, mut run: impl FnMut(f64) -> Result<bool, E>) -> Result<Found, E> {
        let up_to = self.up_to.max(RATE_MIN);
        let mut found = Found {
            holds: None,
            fails: None,
            tried: Vec::new(),
        };
        let mut rate = self.from.clamp(RATE_MIN, up_to);
        for _ in 0..RATES_MAX {
            let tried = self.try_rate(rate, &mut run)?;
            found.tried.push(tried);
            match tried.holds() {
                true => found.holds = Some(rate),
                false => found.fails = Some(rate),
            }
            rate = match (found.holds, found.fails) {
                (Some(holds), None) if holds >= up_to => break,
                (Some(holds), None) => (holds * 2.0).min(up_to),
                (None, Some(fails)) if fails <= RATE_MIN => break,
                (None, Some(fails)) => (fails / 2.0).max(RATE_MIN),
                (Some(holds), Some(fails)) if fails - holds <= holds * self.within.max(0.001) => {
                    break;
                }
                (Some(holds), Some(fails)) => (holds + fails) / 2.0,
                (None, None) => break,
            };
        }
        Ok(found)
    }

    /// Runs at a rate until it is decided whether it holds.
    fn try_rate<E>(
        &self,
        rate: f64,
        run: &mut impl FnMut(f64) -> Result<bool, E>,
    ) -> Result<Tried, E> {
        let most = self.repeats.max(1);
        let mut tried = Tried {
            rate,
            runs: 0,
            held: 0,
        };
        while tried.runs < most {
            tried.runs += 1;
            tried.held += u32::from(run(rate)?);
            let missed = tried.runs - tried.held;
            if tried.held * 2 > most || missed * 2 >= most {
                break;
            }
        }
        Ok(tried)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    const SEARCH: Search = Search {
        from: 1_000.0,
        up_to: 100_000.0,
        repeats: 3,
        within: 0.05,
    };

    fn search(search: Search, mut holds: impl FnMut(f64) -> bool) -> Found {
        let run = |rate| Ok::<bool, Infallible>(holds(rate));
        search.search(run).unwrap()
    }

    #[test]
    fn the_two_ends_close_in_on_the_highest_rate_that_holds() {
        for limit in [1.5, 37.0, 999.0, 1_000.0, 4_321.0, 77_777.0] {
            let found = search(SEARCH, |rate| rate <= limit);
            let (holds, fails) = (found.holds.unwrap(), found.fails.unwrap());
            assert!(holds <= limit && limit < fails, "{limit}: {found:?}");
            assert!(fails - holds <= holds * 0.05, "{limit}: {found:?}");
            assert!(found.tried.len() < 25, "{limit}: {found:?}");
        }
    }

    #[test]
    fn it_ends_where_everything_holds_or_nothing_does() {
        let all = search(SEARCH, |_| true);
        assert_eq!((all.holds, all.fails), (Some(100_000.0), None));
        let none = search(SEARCH, |_| false);
        assert_eq!((none.holds, none.fails), (None, Some(1.0)));
        let first = search(
            Search {
                from: 1e9,
                ..SEARCH
            },
            |_| true,
        );
        assert_eq!((first.holds, first.tried.len()), (Some(100_000.0), 1));
    }

    #[test]
    fn a_rate_holds_by_more_than_half_of_its_runs_and_has_no_more_than_it_takes() {
        let check = |repeats: u32, runs: &[bool], expect: (u32, u32, bool)| {
            let mut next = runs.iter();
            let one = Search {
                from: 100.0,
                up_to: 100.0,
                repeats,
                ..SEARCH
            };
            let tried = one
                .try_rate(100.0, &mut |_| {
                    Ok::<bool, Infallible>(*next.next().unwrap())
                })
                .unwrap();
            assert_eq!((tried.runs, tried.held, tried.holds()), expect, "{runs:?}");
        };
        check(1, &[true], (1, 1, true));
        check(1, &[false], (1, 0, false));
        check(3, &[true, true], (2, 2, true));
        check(3, &[false, false], (2, 0, false));
        check(3, &[true, false, true], (3, 2, true));
        check(3, &[false, true, false], (3, 1, false));
        check(2, &[true, false], (2, 1, false));
        check(5, &[true, true, true], (3, 3, true));
        check(0, &[true], (1, 1, true));
    }

    #[test]
    fn a_run_that_cannot_be_done_ends_the_search() {
        let failed = SEARCH.search(|rate| {
            if rate > 3_000.0 {
                Err("gone")
            } else {
                Ok(true)
            }
        });
        assert_eq!(failed, Err("gone"));
    }
}
