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

/// Runs this thread, and those that it starts, on one core from now on. `core` counts those that the process may use;
/// where there are fewer, the last is taken.
pub fn pin(core: usize) -> io::Result<()> {
    let allowed = sched_getaffinity(None)?;
    let cores: Vec<usize> = (0..CpuSet::MAX_CPU)
        .filter(|core| allowed.is_set(*core))
        .collect();
    let Some(chosen) = cores.get(core).or(cores.last()) else {
        return Ok(());
    };
    let mut only = CpuSet::new();
    only.set(*chosen);
    Ok(sched_setaffinity(None, &only)?)
}
