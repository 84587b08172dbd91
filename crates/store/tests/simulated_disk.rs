//! The simulated disk is as forgetful as it says: else the tests on it prove nothing.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::collections::BTreeSet;
use std::io::ErrorKind;

use store::disk::simulated::{Fault, SimulatedDisk};
use store::disk::{Disk, DiskFile};

/// Writes, syncs, writes more, and tells what is left after the power was lost, by seed.
fn survivors(disk: impl Fn() -> SimulatedDisk) -> BTreeSet<Vec<u8>> {
    (0..64)
        .map(|seed| {
            let disk = disk();
            disk.power_loss(seed);
            disk.content("f").unwrap_or_default()
        })
        .collect()
}

fn written(sync: bool) -> SimulatedDisk {
    let disk = SimulatedDisk::new();
    let mut file = disk.create("f").unwrap();
    disk.sync_directory().unwrap();
    file.write_at(0, b"ab").unwrap();
    if sync {
        file.sync().unwrap();
    }
    disk
}

#[test]
fn a_power_loss_keeps_what_was_synced_and_any_part_of_the_rest() {
    assert_eq!(
        survivors(|| written(true)),
        BTreeSet::from([b"ab".to_vec()])
    );
    let unsynced = survivors(|| written(false));
    let possible = [&b""[..], b"a", b"\0", b"ab", b"\0\0"];
    assert_eq!(unsynced, possible.into_iter().map(Vec::from).collect());
}

#[test]
fn a_name_that_was_not_synced_may_be_lost() {
    let survivors: BTreeSet<Vec<String>> = (0..64)
        .map(|seed| {
            let disk = SimulatedDisk::new();
            disk.create("a").unwrap();
            disk.rename("a", "b").unwrap();
            disk.power_loss(seed);
            disk.list().unwrap()
        })
        .collect();
    assert_eq!(
        survivors,
        BTreeSet::from([vec![], vec!["a".into()], vec!["b".into()]])
    );
}

#[test]
fn after_a_failed_sync_another_one_proves_nothing() {
    let disk = written(false);
    let mut file = disk.open("f").unwrap();
    disk.fail(0, Fault::Io);
    assert!(file.sync().is_err());
    file.sync().unwrap();
    assert_eq!(disk.content("f").unwrap(), b"ab");
    disk.power_loss(1);
    assert_eq!(disk.content("f").unwrap(), b"\0\0");
}

#[test]
fn a_second_lock_is_refused_until_the_first_is_gone() {
    let disk = SimulatedDisk::new();
    let lock = disk.lock().unwrap();
    assert_eq!(disk.lock().unwrap_err().kind(), ErrorKind::WouldBlock);
    drop(lock);
    disk.lock().unwrap();
}
