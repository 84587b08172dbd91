//! What work costs: CPU time, which does not count what other programs take from the machine.

use std::io;
use std::time::Duration;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

/// The CPU time that this thread has used.
pub fn thread_cpu() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// The CPU time that all threads of this process have used.
pub fn process_cpu() -> Duration {
    read(ClockId::ProcessCPUTime)
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    // Neither clock ever shows less than nothing.
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs() as u32,
    )
}

/// Runs this thread, and what it starts, on one core until this is dropped.
#[must_use = "dropped, it lets the thread go where it was allowed to go before"]
pub struct Pinned {
    before: CpuSet,
}

impl Pinned {
    /// Pins to the core of this place among those that the thread may use; where there are fewer, to the last.
    ///
    /// # Errors
    /// Where the system does not let it.
    pub fn to(place: usize) -> io::Result<Pinned> {
        let before = sched_getaffinity(None)?;
        let cores: Vec<usize> = (0..CpuSet::MAX_CPU)
            .filter(|core| before.is_set(*core))
            .collect();
        if let Some(core) = cores.get(place).or(cores.last()) {
            let mut only = CpuSet::new();
            only.set(*core);
            sched_setaffinity(None, &only)?;
        }
        Ok(Pinned { before })
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // It was allowed before; where it is not any more, the thread stays where it is.
        let _ = sched_setaffinity(None, &self.before);
    }
}
