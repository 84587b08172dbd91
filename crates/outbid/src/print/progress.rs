//! How far long work has come: a bar on a terminal, nothing anywhere else.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work of fewer steps is over before anybody wonders.
const LEAST_STEPS: usize = 20;

/// How often a bar of time moves.
const TICK: Duration = Duration::from_millis(250);

/// A bar, which goes away when this is dropped.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar of so many steps, on standard error.
    pub fn of(steps: usize, what: &str) -> Progress {
        Progress::seen_from(LEAST_STEPS, steps, what)
    }

    /// The same of steps that take a while each.
    pub fn long(steps: usize, what: &str) -> Progress {
        Progress::seen_from(2, steps, what)
    }

    fn seen_from(least: usize, steps: usize, what: &str) -> Progress {
        let seen = std::io::stderr().is_terminal() && steps >= least;
        let target = match seen {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(steps as u64), target);
        let progress = Progress(bar);
        progress.draw(&format!(
            "{{bar:40}} {{pos}} of {{len}} {what}, {{eta}} left"
        ));
        progress
    }

    /// A bar of time, which moves while somebody waits for [`Progress::run_out`].
    pub fn of_time(time: Duration, what: &str) -> Progress {
        let ticks = time.as_millis() / TICK.as_millis();
        let progress = Progress::long(usize::try_from(ticks).unwrap_or(usize::MAX), what);
        progress.draw(&format!("{{bar:40}} {{percent}} % {what}, {{eta}} left"));
        progress
    }

    /// Moves a bar of time, and never ends: what it is told beside does.
    pub async fn run_out<T>(&self) -> T {
        let mut every = tokio::time::interval(TICK);
        every.tick().await;
        loop {
            every.tick().await;
            if self.0.position() < self.0.length().unwrap_or(0) {
                self.step();
            }
        }
    }

    /// Something that turns while work goes on of which nobody knows how much there is.
    pub fn waiting(what: &str) -> Progress {
        let progress = Progress::long(usize::MAX, what);
        progress.draw(&format!("{{spinner}} {what}, {{elapsed}}"));
        if !progress.0.is_hidden() {
            progress.0.enable_steady_tick(TICK);
        }
        progress
    }

    fn draw(&self, form: &str) {
        if let Ok(style) = ProgressStyle::with_template(form) {
            self.0.set_style(style);
        }
    }

    /// One step is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Prints something without the bar in its way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
