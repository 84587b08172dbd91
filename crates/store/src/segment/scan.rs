//! What the last segment holds after a crash.
//!
//! Only the last commit can have been cut short, and nobody was told that it was durable: whatever
//! the power left of it in whatever order, its tail may go. Where bytes are bad *before* a record
//! of a later commit, they belong to a commit whose sync had succeeded, so they are damage, and
//! nothing may go. What cannot be told apart is damage to the very last commit: it is cut like a
//! torn write, and shows in the count of bytes that were cut and, where its records were applied
//! already, in [`JournalError::Behind`].

use super::record::{self, Broken, HEADER_LENGTH};
use super::{JournalError, header};
use crate::disk::DiskFile;

/// What a segment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The sequence that the next record gets.
    pub next: u64,
    /// Where the last commit starts, in bytes.
    pub last_commit: u64,
    /// Where the last good record ends, in bytes.
    pub end: u64,
    /// How many bytes of a torn commit follow.
    pub torn: u64,
}

/// Reads a whole file; a segment is bounded, and recovery looks at one.
pub(super) fn read_whole<F: DiskFile>(file: &F, name: &str) -> Result<Vec<u8>, JournalError> {
    let length = file.length().map_err(JournalError::io("read", name))?;
    let mut bytes = vec![0; length as usize];
    let read = file
        .read_at(0, &mut bytes)
        .map_err(JournalError::io("read", name))?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Finds the end of the segment's good records.
pub(super) fn scan(bytes: &[u8], file: &str, first: u64) -> Result<Scan, JournalError> {
    header::check(bytes, file, first)?;
    let mut next = first;
    let mut end = header::LENGTH;
    let mut last_commit = end;
    while let Ok(record) = record::decode(&bytes[end..])
        && record.sequence == next
    {
        if record.place == 0 {
            last_commit = end;
        }
        next += 1;
        end += record.encoded_length();
    }
    if promised(&bytes[end..], next) {
        return Err(JournalError::Corrupt {
            file: file.to_owned(),
            offset: end as u64,
            found: "a bad record, and good ones of a later commit follow",
        });
    }
    Ok(Scan {
        next,
        last_commit: last_commit as u64,
        end: end as u64,
        torn: (bytes.len() - end) as u64,
    })
}

/// Whether the bad record that should have the sequence `bad` had been made durable: whether a
/// record of a later commit follows.
fn promised(rest: &[u8], bad: u64) -> bool {
    (1..rest.len()).any(|at| {
        let Ok((header, _)) = record::decode_header(&rest[at..]) else {
            return false;
        };
        // No more records can have stood in between than their headers take room for: nearly all chance hits end here.
        let possible = bad..=bad + (at / HEADER_LENGTH) as u64;
        possible.contains(&header.sequence)
            && match record::decode(&rest[at..]) {
                Ok(record) => record.commit() > bad,
                Err(Broken::Incomplete | Broken::Invalid) => false,
            }
    })
}
