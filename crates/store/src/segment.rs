//! The journal of events: an append-only run of records in segment files.
//!
//! A segment is a header (magic, version, first sequence, checksum) and records, one after the other. A record is
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | length of the payload |
//! | 8 | sequence: counts the journal's records from 1, without a gap |
//! | 4 | place: how many records stand before this one in its commit |
//! | 4 | CRC-32C over the three above and the payload |
//! | … | payload |
//!
//! all little-endian. A commit is what one write and one sync made durable; it never spans two
//! segments. The place is there for recovery: it tells a write that the power cut short, of which
//! nobody was told, from damage to what was promised to be kept ([`mod@scan`]). **Invariant: the
//! next commit is written only after the sync of the one before has succeeded.**
//!
//! A new segment is written under a passing name, synced, renamed, and the directory synced: a
//! segment that can be seen has a whole header.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use journal::codec::{DecodeError, EncodeError};
use journal::position::Position;

use crate::disk::Disk;

mod record;
pub mod scan;

pub mod writer;

pub mod outbox;

pub mod reader;

/// The longest payload. Entries are far shorter; the bound is what a reader holds in memory for one record.
pub const MAX_PAYLOAD_LENGTH: usize = 64 * 1024;

/// When a segment has this many bytes, the next commit starts another.
pub const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// How segment files' names end; before it stands the sequence of the first record in 20 digits, so
/// that names sort by age.
const SUFFIX: &str = ".segment";

/// How far a journal is durable, and whether it failed. The writer tells, everybody else reads.
#[derive(Debug, Default)]
pub struct Progress {
    durable: AtomicU64,
    failure: OnceLock<JournalError>,
}

impl Progress {
    /// The last record that outlives a power loss.
    pub fn durable(&self) -> Position {
        Position(self.durable.load(Ordering::Acquire))
    }

    /// Why the journal takes nothing any more; `None` while it does.
    pub fn failure(&self) -> Option<&JournalError> {
        self.failure.get()
    }

    /// Whether a write or a sync has failed. Nothing is retried: after a failed sync nobody knows
    /// what the disk holds, so the process has to stop bidding, say why, and end; the next start
    /// finds out.
    pub fn is_poisoned(&self) -> bool {
        self.failure.get().is_some()
    }

    fn publish(&self, durable: Position) {
        self.durable.store(durable.0, Ordering::Release);
    }

    /// Sets the first failure for ever, and tells what later callers get.
    fn poison(&self, error: &JournalError) -> JournalError {
        self.failure
            .get_or_init(|| JournalError::Poisoned {
                why: error.to_string(),
            })
            .clone()
    }

    fn check(&self) -> Result<(), JournalError> {
        self.failure
            .get()
            .map_or(Ok(()), |error| Err(error.clone()))
    }
}

/// What can be wrong with the journal.
#[derive(Clone, Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk refused.
    #[error(
        "could not {doing} {file}: {source}. See that the disk is well and has room, and start again"
    )]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        file: String,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// Bytes that were promised to be kept are not what was written.
    #[error(
        "the journal is damaged in {file} at byte {offset}: {found}. Nothing was thrown away. Stop, copy the directory, and bring \
         the file back from a copy; or, knowing that what follows that byte is lost, cut the file there and take away the segments after it"
    )]
    Corrupt {
        /// The segment.
        file: String,
        /// Where in it.
        offset: u64,
        /// What is wrong there.
        found: &'static str,
    },
    /// A segment is not there.
    #[error(
        "the journal has no record {missing}: the next segment is {found}. Bring the missing files back from a copy"
    )]
    Missing {
        /// The first record that is missing.
        missing: Position,
        /// What is there in place of it.
        found: String,
    },
    /// Something was applied that the journal does not hold.
    #[error(
        "the journal in {directory} ends at record {last}, but record {applied} was applied from it: it is an older copy, or not the one that belongs here"
    )]
    Behind {
        /// Where it lies.
        directory: String,
        /// Its last record.
        last: Position,
        /// The record that was asked to read on from.
        applied: Position,
    },
    /// A record is whole but holds no entry that this program knows.
    #[error("record {position} of the journal: {source}")]
    Entry {
        /// Which record.
        position: Position,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// Another process writes here.
    #[error("another process writes the journal in {directory}: stop it, or use another directory")]
    Held {
        /// Where.
        directory: String,
    },
    /// What was given cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// What was given is longer than a record may be.
    #[error("a record of {length} bytes: no more than {MAX_PAYLOAD_LENGTH} are taken")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// The commit has no room for more.
    #[error("the commit is full: commit before you append more")]
    CommitFull,
    /// The queue before the writer is full: the disk is slower than the traffic. Say "later" to whoever brought it.
    #[error("the journal's queue is full: answer 503, and look at the disk's sync times")]
    QueueFull,
    /// A write or a sync failed before.
    #[error("the journal takes nothing since it failed: {why}")]
    Poisoned {
        /// How it failed.
        why: String,
    },
}

impl JournalError {
    fn io(doing: &'static str, file: &str) -> impl FnOnce(io::Error) -> JournalError {
        let file = file.to_owned();
        move |source| JournalError::Io {
            doing,
            file,
            source: Arc::new(source),
        }
    }
}

/// The start of a segment.
mod header {
    use super::JournalError;

    const MAGIC: [u8; 8] = *b"outbid\0j";
    const VERSION: u32 = 1;
    /// Magic, version, first sequence, checksum of these.
    pub const LENGTH: usize = 8 + 4 + 8 + 4;

    pub fn encode(first: u64) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..20].copy_from_slice(&first.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..20]);
        bytes[20..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Checks that the segment of this name starts as it must.
    pub fn check(bytes: &[u8], file: &str, first: u64) -> Result<(), JournalError> {
        let expect = encode(first);
        let found = match bytes.get(..LENGTH) {
            Some(header) if *header == expect => return Ok(()),
            Some(header) if header[..8] == MAGIC && header[8..12] != expect[8..12] => {
                "its header has a version that this program does not know, or was changed"
            }
            _ => "its header is not that of a segment of this name",
        };
        Err(JournalError::Corrupt {
            file: file.to_owned(),
            offset: 0,
            found,
        })
    }
}

fn name(first: u64) -> String {
    format!("{first:020}{SUFFIX}")
}

/// The segments by the sequence of their first record.
fn segments<D: Disk>(disk: &D) -> Result<BTreeMap<u64, String>, JournalError> {
    let names = disk
        .list()
        .map_err(JournalError::io("list", &disk.path().to_string_lossy()))?;
    Ok(names
        .into_iter()
        .filter_map(|name| {
            let digits = name
                .strip_suffix(SUFFIX)
                .filter(|digits| digits.len() == 20)?;
            Some((digits.parse().ok()?, name))
        })
        .collect())
}
