//! Sudden rises and falls of a campaign's traffic, click rate, win rate and price.
//!
//! Once a minute (or tick) a [`Detector`] is shown what came. Each signal is the logarithm of a ratio: auctions to
//! those usual at this hour, clicks to impressions, wins to bids, spend to wins. From it are taken what is usual at
//! this hour of the day (learned over days) and the median of the last hour; what remains is divided by its spread,
//!
//! > z = (x − season − median) ÷ max(1.4826 · MAD, √(floor² + 1 ÷ expected count))
//!
//! (the median absolute deviation; Hampel 1974), cut to ±4, and summed (CUSUM; Page 1954): S ← max(0, S + z − 2). An
//! event comes at S > 8 if the ratio has changed by half. So one odd minute says nothing, five minutes of a large
//! change do, and a slow drift never does.
//!
//! After an event what came since is the new usual, and the signal is quiet for a quarter of an hour, twice as long
//! with each further event of the day: a signal that jumps to and fro tells so a few times and not all day.

mod channel;

use campaign::time::{Span, TimeZone, Timestamp};

use channel::Channel;

/// What can rise or fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// Auctions, against those that are usual at this hour of the week.
    Traffic,
    /// Clicks in an impression.
    ClickRate,
    /// Wins in a bid.
    WinRate,
    /// What a win costs, in nanos.
    Price,
}

impl Signal {
    /// All.
    pub const ALL: [Signal; 4] = [
        Signal::Traffic,
        Signal::ClickRate,
        Signal::WinRate,
        Signal::Price,
    ];
}

/// What came in a minute, or any other short time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// How many auctions there were to bid on.
    pub auctions: f64,
    /// How many are usual then (`pacing::plan::Plan::usual`). It must not follow what this day brings, or a rise would
    /// look like a fall as soon as it is expected. 0 where nothing could be seen: a pause, a closed hour.
    pub usual: f64,
    /// Bids with an outcome.
    pub bids: f64,
    /// Those that won: impressions.
    pub wins: f64,
    /// Clicks.
    pub clicks: f64,
    /// What the wins cost, in nanos.
    pub spend: f64,
}

/// A sudden change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surge {
    /// Of what.
    pub signal: Signal,
    /// When it was noticed.
    pub at: Timestamp,
    /// Since when it lasts, as far as can be told.
    pub since: Timestamp,
    /// What was usual: for traffic as a multiple of the hour's usual traffic, for rates the rate, for prices nanos.
    pub from: f64,
    /// What it is now, in the same unit.
    pub to: f64,
    /// By how many spreads it differs, on average since then. Below 0 for a fall.
    pub z: f64,
}

/// How a detector is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// A smaller change of the ratio is no event: 1.5 is half more, or down to two thirds.
    pub least_ratio: f64,
    /// The spread of a logarithm is never taken to be smaller.
    pub least_spread: f64,
    /// What is taken off each z.
    pub allowance: f64,
    /// z is cut to this.
    pub z_max: f64,
    /// At which sum of them an event comes.
    pub threshold: f64,
    /// A sample is closed when it should hold so many counts.
    pub least_count: f64,
    /// For how long a signal is quiet after its first event of a day.
    pub quiet: Span,
    /// For how long at most.
    pub quiet_max: Span,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            least_ratio: 1.5,
            least_spread: 0.15,
            allowance: 2.0,
            z_max: 4.0,
            threshold: 8.0,
            least_count: 20.0,
            quiet: Span::minutes(15),
            quiet_max: Span::hours(4),
        }
    }
}

/// Watches one campaign.
#[derive(Clone, Debug)]
pub struct Detector {
    zone: TimeZone,
    channels: [Channel; 4],
}

impl Detector {
    /// Watches in this zone, by whose hours things are usual.
    pub fn new(zone: TimeZone, settings: Settings) -> Detector {
        Detector {
            zone,
            channels: Signal::ALL.map(|signal| Channel::new(signal, settings)),
        }
    }

    /// Adds what came until now, and tells which signals have changed. Samples come in the order of time, best once a
    /// minute.
    pub fn observe(&mut self, at: Timestamp, sample: &Sample) -> Vec<Surge> {
        let start = self.zone.day(at).start;
        let hour = (at - start).0 as f64 / Span::hours(1).0 as f64;
        self.channels
            .iter_mut()
            .filter_map(|channel| channel.observe(at, hour, sample))
            .collect()
    }
}

#[cfg(test)]
mod tests;
