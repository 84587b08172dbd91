//! Every I/O of the journal fails once, and the power goes: what was acknowledged must be there,
//! what was never given must not.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use journal::position::Position;
use store::disk::UNFINISHED;
use store::disk::simulated::{Fault, SimulatedDisk};
use store::segment::JournalError;
use store::segment::reader::Reader;
use store::segment::writer::Writer;

/// Small, so that the run below rotates often.
const SEGMENT_BYTES: u64 = 300;

/// When the run tells its callers that their records are safe.
#[derive(Clone, Copy, PartialEq)]
enum Acknowledge {
    AfterSync,
    /// The planted defect.
    BeforeSync,
}

/// What callers gave, and how much of it they were told is safe.
#[derive(Default)]
struct Run {
    given: Vec<Vec<u8>>,
    acknowledged: usize,
}

impl Run {
    /// One life of a process: opens the journal and commits groups of records until something fails
    /// or `groups` are through.
    fn live(
        &mut self,
        disk: &SimulatedDisk,
        groups: usize,
        when: Acknowledge,
    ) -> Result<(), JournalError> {
        let (mut writer, recovery) = Writer::open_with(disk.clone(), SEGMENT_BYTES)?;
        let unfinished = disk
            .names()
            .into_iter()
            .find(|name| name.ends_with(UNFINISHED));
        assert_eq!(unfinished, None, "what was not finished is taken away");
        // What was given and not acknowledged may have been lost in the last life.
        self.given.truncate(recovery.last.0 as usize);
        for group in 0..groups {
            for member in 0..=group % 4 {
                let n = self.given.len();
                let payload = format!("{n}/{group}/{member}/")
                    .repeat(1 + n % 7)
                    .into_bytes();
                writer.append(&payload)?;
                self.given.push(payload);
            }
            if when == Acknowledge::BeforeSync {
                self.acknowledged = self.given.len();
            }
            if let Err(error) = writer.commit() {
                assert!(writer.progress().is_poisoned());
                // Poisoned for ever: neither this nor anything later is taken, though the disk works again.
                assert!(matches!(
                    writer.append(b"later"),
                    Err(JournalError::Poisoned { .. })
                ));
                assert!(matches!(
                    writer.commit(),
                    Err(JournalError::Poisoned { .. })
                ));
                return Err(error);
            }
            self.acknowledged = self.given.len();
        }
        Ok(())
    }

    /// The judge: reads the journal and says what is wrong with it.
    fn check(&self, disk: &SimulatedDisk) -> Result<(), String> {
        let read = read_all(disk).map_err(|error| error.to_string())?;
        if read.len() < self.acknowledged {
            return Err(format!(
                "{} acknowledged, {} left",
                self.acknowledged,
                read.len()
            ));
        }
        if !self.given.starts_with(&read) {
            return Err("something was read that was never given, or in another order".to_owned());
        }
        Ok(())
    }
}

fn read_all(disk: &SimulatedDisk) -> Result<Vec<Vec<u8>>, JournalError> {
    let mut reader = Reader::offline(disk.clone(), Position::START)?;
    let batch = reader.read_batch(usize::MAX)?;
    Ok(batch.into_iter().map(|(_, payload)| payload).collect())
}

/// Two lives with the `nth` I/O failing, the power lost in between and after. Tells whether the fault struck.
fn crash_at(nth: u64, fault: Fault, seed: u64, when: Acknowledge) -> (bool, Result<(), String>) {
    let disk = SimulatedDisk::new();
    let mut run = Run::default();
    // Half of the crashes have a journal behind them already, so that recovery is struck as well.
    if seed.is_multiple_of(2) {
        run.live(&disk, 3, Acknowledge::AfterSync).unwrap();
        disk.fail(12, Fault::ShortWrite);
        let _ = run.live(&disk, 6, Acknowledge::AfterSync);
        disk.heal();
    }
    disk.fail(nth, fault);
    let outcome = run.live(&disk, 9, when);
    let struck = !disk.heal();
    assert_eq!(outcome.is_err(), struck, "a fault that struck was told");
    let mut verdict = Ok(());
    for life in 0..3 {
        // The process ends in two ways: with the power, or alone, and then the system still
        // remembers what it was given.
        if (seed >> life) & 1 == 0 {
            disk.power_loss(seed ^ nth << 8);
            verdict = verdict.and_then(|()| run.check(&disk));
        }
        if run
            .live(&disk, life as usize, Acknowledge::AfterSync)
            .is_err()
        {
            return (struck, Err("the journal does not open again".to_owned()));
        }
        verdict = verdict.and_then(|()| run.check(&disk));
    }
    (struck, verdict)
}

/// Lets each I/O fail in turn until a run has none left to fail; counts the crashes, and the ones
/// after which something was wrong.
fn crash_everywhere(seeds: u64, when: Acknowledge) -> (u64, Vec<String>) {
    let (mut crashes, mut wrong) = (0, Vec::new());
    for fault in Fault::ALL {
        for seed in 0..seeds {
            for nth in 0.. {
                let (struck, verdict) = crash_at(nth, fault, seed, when);
                if let Err(what) = verdict {
                    wrong.push(format!("{fault:?} at I/O {nth}, seed {seed}: {what}"));
                }
                if !struck {
                    break;
                }
                crashes += 1;
            }
        }
    }
    (crashes, wrong)
}

#[test]
fn whichever_io_fails_what_was_acknowledged_is_kept_and_nothing_else_appears() {
    let seeds = if std::env::var_os("OUTBID_SOAK").is_some() {
        400
    } else {
        64
    };
    let (crashes, wrong) = crash_everywhere(seeds, Acknowledge::AfterSync);
    assert!(
        wrong.is_empty(),
        "{} of {crashes}: {}",
        wrong.len(),
        wrong[0]
    );
    assert!(
        crashes > seeds * 60,
        "only {crashes} crashes: the run is too short to prove anything"
    );
}

/// The test above bites: it finds the defect of an acknowledgement that does not wait for its sync.
#[test]
fn an_acknowledgement_before_the_sync_is_found_out() {
    let (crashes, wrong) = crash_everywhere(8, Acknowledge::BeforeSync);
    assert!(
        wrong.iter().any(|what| what.contains("acknowledged")),
        "{crashes} crashes and none showed the defect"
    );
}

/// The simulated power loss bites: a disk that lies about syncs loses what was acknowledged.
#[test]
fn a_disk_that_lies_about_syncs_is_found_out() {
    let lost = (0..32).any(|seed| {
        let disk = SimulatedDisk::new();
        disk.ignore_syncs();
        let mut run = Run::default();
        run.live(&disk, 6, Acknowledge::AfterSync).unwrap();
        disk.power_loss(seed);
        run.check(&disk).is_err()
    });
    assert!(lost);
}

/// A sync that failed may leave bytes that can be read and are on no disk. What is opened after it
/// is made durable first.
#[test]
fn what_a_failed_sync_left_behind_is_durable_before_it_is_read() {
    let disk = SimulatedDisk::new();
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    writer.append(b"first").unwrap();
    // The write is the first I/O of a commit, the sync the second.
    disk.fail(1, Fault::Io);
    writer.commit().unwrap_err();
    drop(writer);
    let (writer, recovery) = Writer::open(disk.clone()).unwrap();
    assert_eq!(recovery.last, Position(1));
    drop(writer);
    disk.power_loss(3);
    assert_eq!(read_all(&disk).unwrap(), [b"first"]);
}
