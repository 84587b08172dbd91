//! The queue before the journal: groups, order, a full queue, a poisoned journal, and a reader that follows.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::sync::mpsc::{Receiver, channel};

use campaign::id::AdvertiserId;
use campaign::time::Timestamp;
use journal::entry::{Entry, Event};
use journal::position::Position;
use store::disk::simulated::{Fault, SimulatedDisk};
use store::disk::{Disk, FileSystem};
use store::segment::JournalError;
use store::segment::outbox::Outbox;
use store::segment::reader::Reader;
use store::segment::writer::Writer;

fn entry(n: u64) -> Entry {
    Entry {
        at: Timestamp(n as i64),
        event: Event::Conversion {
            advertiser: AdvertiserId(n),
            action: None,
            order: "o".repeat((n % 100) as usize),
            value: None,
            credited: None,
        },
    }
}

/// Queues an entry whose completion holds the journal's thread until it is let go.
fn hold(outbox: &Outbox) -> std::sync::mpsc::Sender<()> {
    let (go, wait) = channel();
    let (started, running) = channel();
    outbox
        .append(&entry(0), move |_| {
            started.send(()).unwrap();
            wait.recv().unwrap();
        })
        .unwrap();
    running.recv().unwrap();
    go
}

fn append(outbox: &Outbox, n: u64) -> Receiver<Result<Position, JournalError>> {
    let (told, fate) = channel();
    outbox
        .append(&entry(n), move |outcome| told.send(outcome).unwrap())
        .unwrap();
    fate
}

#[test]
fn what_is_queued_during_a_commit_shares_the_next_one() {
    let disk = SimulatedDisk::new();
    let (writer, _) = Writer::open(disk.clone()).unwrap();
    let (outbox, thread) = Outbox::start(writer, 100).unwrap();
    let go = hold(&outbox);
    let before = disk.operations();
    let fates: Vec<_> = (1..=50).map(|n| append(&outbox, n)).collect();
    go.send(()).unwrap();
    for (index, fate) in fates.into_iter().enumerate() {
        assert_eq!(fate.recv().unwrap().unwrap(), Position(index as u64 + 2));
    }
    assert_eq!(
        disk.operations() - before,
        2,
        "one write and one sync for fifty entries"
    );
    drop(outbox);
    thread.join().unwrap();
}

#[test]
fn a_full_queue_is_told_at_once() {
    let (writer, _) = Writer::open(SimulatedDisk::new()).unwrap();
    let (outbox, thread) = Outbox::start(writer, 3).unwrap();
    let go = hold(&outbox);
    let fates: Vec<_> = (1..=3).map(|n| append(&outbox, n)).collect();
    let refused = outbox.append(&entry(4), |_| {
        panic!("a refused entry is not told its fate")
    });
    assert!(matches!(refused, Err(JournalError::QueueFull)));
    go.send(()).unwrap();
    assert!(fates.into_iter().all(|fate| fate.recv().unwrap().is_ok()));
    append(&outbox, 5).recv().unwrap().unwrap();
    drop(outbox);
    thread.join().unwrap();
}

#[test]
fn a_failed_sync_fails_its_group_and_everything_after_it() {
    for (nth, doing) in [(0, "could not write"), (1, "could not sync")] {
        let disk = SimulatedDisk::new();
        let (writer, _) = Writer::open(disk.clone()).unwrap();
        let (outbox, thread) = Outbox::start(writer, 100).unwrap();
        let go = hold(&outbox);
        disk.fail(nth, Fault::Io);
        let fates: Vec<_> = (1..=5).map(|n| append(&outbox, n)).collect();
        go.send(()).unwrap();
        for fate in fates {
            let error = fate.recv().unwrap().unwrap_err().to_string();
            assert!(error.contains(doing), "{error}");
        }
        assert!(outbox.progress().is_poisoned());
        assert_eq!(outbox.progress().durable(), Position(1));
        let later = outbox.append(&entry(9), |_| {
            panic!("a refused entry is not told its fate")
        });
        assert!(matches!(later, Err(JournalError::Poisoned { why }) if why.contains(doing)));
        drop(outbox);
        thread.join().unwrap_err();
    }
}

#[test]
fn a_completion_that_panics_poisons_the_journal() {
    let (writer, _) = Writer::open(SimulatedDisk::new()).unwrap();
    let (outbox, thread) = Outbox::start(writer, 3).unwrap();
    outbox.append(&entry(1), |_| panic!("on purpose")).unwrap();
    let progress = outbox.progress().clone();
    drop(outbox);
    thread.join().unwrap_err();
    assert!(progress.is_poisoned());
}

/// On a real disk, with small segments: a reader follows four writers through many rotations, and
/// so does one that starts in the middle.
#[test]
fn a_reader_follows_through_rotations_and_sees_only_what_is_durable() {
    let directory = tempfile::tempdir().unwrap();
    let disk = FileSystem::open(directory.path().join("journal")).unwrap();
    let (writer, _) = Writer::open_with(disk.clone(), 2_000).unwrap();
    let (outbox, thread) = Outbox::start(writer, 64).unwrap();
    let progress = outbox.progress().clone();
    let mut reader = Reader::follow(disk.clone(), progress.clone(), Position::START).unwrap();
    const EACH: u64 = 300;
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let outbox = &outbox;
            scope.spawn(move || {
                for n in 0..EACH {
                    append(outbox, writer * EACH + n).recv().unwrap().unwrap();
                }
            });
        }
        let mut seen = Vec::new();
        while seen.len() < 4 * EACH as usize {
            let batch = reader.read_entries(7).unwrap();
            assert!(reader.position() <= progress.durable());
            for (position, entry) in batch {
                assert_eq!(position.0, seen.len() as u64 + 1);
                seen.push(entry.at.0 as u64);
            }
        }
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..4 * EACH));
    });
    assert!(disk.list().unwrap().len() > 20, "the journal rotated often");
    let mut middle = Reader::follow(disk.clone(), progress, Position(777)).unwrap();
    let (position, _) = middle.read_entries(1).unwrap()[0].clone();
    assert_eq!(position, Position(778));
    drop(outbox);
    thread.join().unwrap();
    let (_, recovery) = Writer::open_with(disk, 2_000).unwrap();
    assert_eq!((recovery.last, recovery.cut), (Position(4 * EACH), None));
}

#[test]
fn a_record_that_is_no_entry_is_named_and_not_skipped() {
    let disk = SimulatedDisk::new();
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    writer.append(&[99]).unwrap();
    writer.commit().unwrap();
    let mut reader = Reader::follow(disk, writer.progress().clone(), Position::START).unwrap();
    for _ in 0..2 {
        let error = reader.read_entries(10).unwrap_err();
        assert!(
            matches!(
                error,
                JournalError::Entry {
                    position: Position(1),
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn a_real_directory_has_one_writer() {
    let directory = tempfile::tempdir().unwrap();
    let disk = FileSystem::open(directory.path().join("journal")).unwrap();
    let (writer, _) = Writer::open(disk.clone()).unwrap();
    let error = Writer::open(disk.clone()).unwrap_err().to_string();
    assert!(
        error.contains("another process writes the journal"),
        "{error}"
    );
    drop(writer);
    Writer::open(disk).unwrap();
}
