//! What a run came to.

use std::fmt;
use std::time::Duration;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub kills: u32,
    pub while_starting: u32,
    pub while_draining: u32,
    pub drained_before: u32,
    pub bids: u64,
    pub acknowledged: u64,
    pub repeated: u64,
    pub in_doubt: u64,
    pub entries: u64,
    /// How often a tight budget was found full after a kill.
    pub capped: u32,
    /// How often something had been paid from a tight budget by then.
    pub paid_from_tight: u32,
    pub adjusted: u32,
    pub slowest_start: Duration,
    pub slowest_resumption: Duration,
    pub set_back_ms: i64,
    pub took: Duration,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.took.as_secs_f64();
        writeln!(
            f,
            "{} kills in {whole:.1} s, {} while starting, {} while draining ({} of those too late)",
            self.kills, self.while_starting, self.while_draining, self.drained_before
        )?;
        writeln!(
            f,
            "  {} bids; {} notices acknowledged, {} of them again; {} in doubt; {} journal entries",
            self.bids, self.acknowledged, self.repeated, self.in_doubt, self.entries
        )?;
        writeln!(
            f,
            "  lost 0, counted twice 0, over a cap 0; tight budgets found full {} times, adjusted {} times",
            self.capped, self.adjusted
        )?;
        write!(
            f,
            "  slowest start {:?}, first bid after {:?} at most; bids' terms set back by {} ms of the trade at most",
            self.slowest_start, self.slowest_resumption, self.set_back_ms
        )
    }
}

impl Tally {
    /// Whether so much happened in the run that its silence means something.
    pub fn bites(&self) -> bool {
        self.kills >= 1
            && self.acknowledged >= u64::from(self.kills) * 20
            && self.in_doubt > 0
            && self.repeated > 0
            && self.capped > 0
            && self.paid_from_tight > 0
    }
}
