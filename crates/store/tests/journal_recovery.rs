//! What a journal is after a crash: cut at every byte of its tail, and with every byte damaged.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use journal::position::Position;
use store::disk::simulated::{Fault, SimulatedDisk};
use store::disk::{Disk, DiskFile};
use store::segment::reader::Reader;
use store::segment::writer::{Cut, Writer};
use store::segment::{JournalError, MAX_PAYLOAD_LENGTH};

const SEGMENT: &str = "00000000000000000001.segment";

fn soak() -> bool {
    std::env::var_os("OUTBID_SOAK").is_some()
}

/// A record of the journal below, told from outside: its payload and where it ends.
struct Written {
    payload: Vec<u8>,
    start: usize,
    end: usize,
    commit: usize,
}

/// A journal of at least this many bytes in commits of 1, 2, 3 … 7 records of odd lengths.
fn journal(bytes: usize) -> (Vec<u8>, Vec<Written>) {
    let disk = SimulatedDisk::new();
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    let mut written = Vec::new();
    let mut end = disk.content(SEGMENT).unwrap().len();
    let mut commit = 0;
    while end < bytes {
        for _ in 0..=commit % 7 {
            let n = written.len();
            let payload: Vec<u8> = (0..n * 37 % 300).map(|i| (n * 31 + i) as u8).collect();
            writer.append(&payload).unwrap();
            let start = end;
            end += 20 + payload.len();
            written.push(Written {
                payload,
                start,
                end,
                commit,
            });
        }
        writer.commit().unwrap();
        commit += 1;
    }
    let content = disk.content(SEGMENT).unwrap();
    assert_eq!(content.len(), end);
    (content, written)
}

fn disk_with(content: &[u8]) -> SimulatedDisk {
    let disk = SimulatedDisk::new();
    disk.put(SEGMENT, content.to_vec());
    disk
}

fn read_all(disk: &SimulatedDisk) -> Result<Vec<Vec<u8>>, JournalError> {
    let mut reader = Reader::offline(disk.clone(), Position::START)?;
    let mut all = Vec::new();
    while read_some(&mut reader, &mut all)? {}
    Ok(all)
}

fn read_some(
    reader: &mut Reader<SimulatedDisk>,
    all: &mut Vec<Vec<u8>>,
) -> Result<bool, JournalError> {
    let batch = reader.read_batch(16)?;
    let more = !batch.is_empty();
    for (position, payload) in batch {
        all.push(payload);
        assert_eq!(position.0, all.len() as u64);
    }
    Ok(more)
}

/// Recovers the journal and sees that exactly the first `records` are left, `cut` bytes were cut
/// off, and the journal goes on.
fn check_recovery(content: &[u8], written: &[Written], records: usize, cut: usize) {
    let disk = disk_with(content);
    let (mut writer, recovery) = Writer::open(disk.clone()).unwrap();
    assert_eq!(recovery.last, Position(records as u64));
    let offset = (content.len() - cut) as u64;
    let bytes = cut as u64;
    let expect = (cut > 0).then(|| Cut {
        file: SEGMENT.to_owned(),
        offset,
        bytes,
    });
    assert_eq!(recovery.cut, expect);
    writer.append(b"after").unwrap();
    writer.commit().unwrap();
    disk.power_loss(7);
    let read = read_all(&disk).unwrap();
    let left = written[..records]
        .iter()
        .map(|record| record.payload.as_slice());
    assert!(
        read.iter()
            .map(Vec::as_slice)
            .eq(left.chain([&b"after"[..]]))
    );
}

#[test]
fn a_journal_cut_at_any_byte_of_its_tail_loses_only_what_was_cut() {
    let tail = if soak() { 64 * 1024 } else { 3 * 1024 };
    let (content, written) = journal(tail + 2 * 1024);
    for length in content.len() - tail..=content.len() {
        let records = written.partition_point(|record| record.end <= length);
        let end = records.checked_sub(1).map_or(24, |last| written[last].end);
        check_recovery(&content[..length], &written, records, length - end);
    }
}

#[test]
fn a_journal_whose_header_is_cut_is_refused() {
    let (content, _) = journal(100);
    for length in 0..24 {
        let error = Writer::open(disk_with(&content[..length])).unwrap_err();
        assert!(
            matches!(error, JournalError::Corrupt { offset: 0, .. }),
            "{error}"
        );
    }
}

/// Damage to the last commit looks like a torn write and is cut off, with a count; damage before it
/// is refused, with its place.
#[test]
fn a_changed_bit_is_refused_or_its_record_cut_off_and_never_read() {
    let (content, written) = journal(if soak() { 40 * 1024 } else { 4 * 1024 });
    let last_commit = written.last().unwrap().commit;
    for at in 24..content.len() {
        let mut damaged = content.clone();
        damaged[at] ^= 1 << (at % 8);
        let index = written.partition_point(|record| record.end <= at);
        let record = &written[index];
        if record.commit == last_commit {
            check_recovery(&damaged, &written, index, content.len() - record.start);
            continue;
        }
        let disk = disk_with(&damaged);
        for error in [
            Writer::open(disk.clone()).unwrap_err(),
            read_all(&disk).unwrap_err(),
        ] {
            match error {
                JournalError::Corrupt { file, offset, .. } => {
                    assert_eq!(
                        (file.as_str(), offset),
                        (SEGMENT, record.start as u64),
                        "bit at {at}"
                    );
                }
                other => panic!("bit at {at}: {other}"),
            }
        }
        assert_eq!(
            disk.content(SEGMENT).unwrap(),
            damaged,
            "nothing is thrown away"
        );
    }
}

#[test]
fn a_changed_header_is_refused() {
    let (content, _) = journal(300);
    for at in 0..24 {
        let mut damaged = content.clone();
        damaged[at] ^= 0x10;
        let error = Writer::open(disk_with(&damaged)).unwrap_err();
        assert!(
            matches!(error, JournalError::Corrupt { offset: 0, .. }),
            "{error}"
        );
    }
}

/// Sectors of one write reach the platter in any order: the end of a torn commit may be there without its start.
#[test]
fn a_hole_in_the_last_commit_is_a_torn_write_and_a_hole_before_it_is_damage() {
    let (content, written) = journal(4 * 1024);
    let hole = |record: &Written| {
        let mut content = content.clone();
        content[record.start..record.end].fill(0);
        content
    };
    let last = written.last().unwrap().commit;
    let first_of = |commit| {
        written
            .iter()
            .position(|record| record.commit == commit)
            .unwrap()
    };
    let torn = first_of(last);
    assert!(written.len() - torn > 1, "a good record follows the hole");
    check_recovery(
        &hole(&written[torn]),
        &written,
        torn,
        content.len() - written[torn].start,
    );
    let kept = &written[first_of(last) - 1];
    let error = Writer::open(disk_with(&hole(kept))).unwrap_err();
    assert!(
        matches!(error, JournalError::Corrupt { offset, .. } if offset == kept.start as u64),
        "{error}"
    );
}

/// Three segments of a few records each.
fn rotated() -> (SimulatedDisk, Vec<String>) {
    let disk = SimulatedDisk::new();
    let (mut writer, _) = Writer::open_with(disk.clone(), 200).unwrap();
    for n in 0..9_u8 {
        writer.append(&[n; 60]).unwrap();
        writer.commit().unwrap();
    }
    drop(writer);
    let names = [1, 4, 7].map(|first| format!("{first:020}.segment"));
    for name in &names {
        assert!(disk.content(name).is_some(), "{name}");
    }
    (disk, names.to_vec())
}

#[test]
fn damage_to_an_older_segment_is_found_when_it_is_read() {
    let check = |damage: fn(&mut Vec<u8>), at: u64| {
        let (disk, names) = rotated();
        let mut content = disk.content(&names[1]).unwrap();
        damage(&mut content);
        disk.put(&names[1], content);
        let error = read_all(&disk).unwrap_err();
        match error {
            JournalError::Corrupt { file, offset, .. } => {
                assert_eq!((file, offset), (names[1].clone(), at))
            }
            other => panic!("{other}"),
        }
    };
    check(|content| content[24 + 80 + 30] ^= 1, 24 + 80);
    check(|content| content.truncate(24 + 80 + 30), 24 + 80);
    check(|content| content.truncate(24 + 80), 24 + 80);
    check(|content| content.truncate(10), 0);
}

#[test]
fn a_segment_that_is_not_there_is_missed() {
    let check = |gone: usize, expect: &str| {
        let (from, names) = rotated();
        let disk = SimulatedDisk::new();
        for (index, name) in names.iter().enumerate() {
            if index != gone {
                disk.put(name, from.content(name).unwrap());
            }
        }
        let error = read_all(&disk).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
    };
    check(
        0,
        "has no record 1: the next segment is 00000000000000000004.segment",
    );
    check(1, "damaged in 00000000000000000001.segment at byte 264");
}

#[test]
fn a_journal_that_is_behind_what_was_applied_is_refused() {
    let (disk, _) = rotated();
    Reader::offline(disk.clone(), Position(9)).unwrap();
    let error = Reader::offline(disk, Position(10)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the journal in simulated ends at record 9, but record 10 was applied from it: \
         it is an older copy, or not the one that belongs here"
    );
}

#[test]
fn a_reader_that_met_an_error_hands_out_each_record_once() {
    for nth in 0..40 {
        let (disk, _) = rotated();
        let mut reader = Reader::offline(disk.clone(), Position::START).unwrap();
        disk.fail(nth, Fault::Io);
        let mut all = Vec::new();
        let mut errors = 0;
        loop {
            match read_some(&mut reader, &mut all) {
                Ok(true) => {}
                Ok(false) => break,
                Err(_) => errors += 1,
            }
        }
        assert_eq!(all, (0..9).map(|n| vec![n; 60]).collect::<Vec<_>>());
        assert!(errors <= 1);
    }
}

/// A reader reads more bytes than it may hand out, and those may be half of what is being written.
#[test]
fn what_was_half_written_when_it_was_read_is_read_again() {
    let disk = SimulatedDisk::new();
    let (mut writer, _) = Writer::open(disk.clone()).unwrap();
    let mut reader =
        Reader::follow(disk.clone(), writer.progress().clone(), Position::START).unwrap();
    writer.append(b"one").unwrap();
    writer.commit().unwrap();
    let end = disk.content(SEGMENT).unwrap().len() as u64;
    disk.open(SEGMENT)
        .unwrap()
        .write_at(end, &[0xff; 22])
        .unwrap();
    assert_eq!(
        reader.read_batch(9).unwrap(),
        [(Position(1), b"one".to_vec())]
    );
    writer.append(b"two").unwrap();
    assert_eq!(reader.read_batch(9).unwrap(), [], "it is not durable yet");
    writer.commit().unwrap();
    assert_eq!(
        reader.read_batch(9).unwrap(),
        [(Position(2), b"two".to_vec())]
    );
}

#[test]
fn a_record_and_a_commit_have_their_limits() {
    let (mut writer, _) = Writer::open(SimulatedDisk::new()).unwrap();
    let longest = vec![1; MAX_PAYLOAD_LENGTH];
    let too_long = writer.append(&vec![1; MAX_PAYLOAD_LENGTH + 1]);
    assert!(matches!(too_long, Err(JournalError::TooLong { .. })));
    let mut appended = 0;
    while writer.has_room() {
        writer.append(&longest).unwrap();
        appended += 1;
    }
    assert!((2..100).contains(&appended));
    assert!(matches!(writer.append(b""), Err(JournalError::CommitFull)));
    writer.commit().unwrap();
    let next = writer.append(&longest).unwrap();
    assert_eq!(
        next,
        Position(appended + 1),
        "what was refused took no number"
    );
}

#[test]
fn a_second_writer_is_told_of_the_first() {
    let disk = SimulatedDisk::new();
    let (writer, _) = Writer::open(disk.clone()).unwrap();
    let error = Writer::open(disk.clone()).unwrap_err();
    assert!(matches!(error, JournalError::Held { .. }), "{error}");
    drop(writer);
    Writer::open(disk).unwrap();
}
