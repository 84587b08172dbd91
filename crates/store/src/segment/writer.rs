//! The one writer of a journal. It blocks; who must not wait uses the [outbox](super::outbox).

use std::io::ErrorKind;
use std::sync::Arc;

use journal::position::Position;

use super::record::Record;
use super::{JournalError, MAX_PAYLOAD_LENGTH, Progress, SEGMENT_BYTES};
use super::{header, name, scan, segments};
use crate::disk::{self, Disk, DiskFile, UNFINISHED};

/// The most bytes that one commit takes before it says that it is full; one record may go over.
const COMMIT_BYTES: usize = 1024 * 1024;

/// Appends records and makes them durable.
#[derive(Debug)]
pub struct Writer<D: Disk> {
    disk: D,
    segment_bytes: u64,
    _lock: D::Lock,
    file: D::File,
    name: String,
    length: u64,
    /// The sequence of the next record.
    next: u64,
    /// The records of the commit to come, as bytes.
    staged: Vec<u8>,
    staged_records: u32,
    progress: Arc<Progress>,
}

/// What opening a journal found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The last record.
    pub last: Position,
    /// What was cut off, where the last commit had been cut short by a crash.
    pub cut: Option<Cut>,
}

/// The end of a commit that a crash cut short. Nobody was told that its records were durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The segment.
    pub file: String,
    /// Where it ends now.
    pub offset: u64,
    /// How many bytes were cut off.
    pub bytes: u64,
}

impl<D: Disk> Writer<D> {
    /// Opens the journal of a directory with segments of the common size, and recovers it from a
    /// crash. An empty directory gets its first segment.
    pub fn open(disk: D) -> Result<(Writer<D>, Recovery), JournalError> {
        Writer::open_with(disk, SEGMENT_BYTES)
    }

    /// The same, with segments of this many bytes.
    pub fn open_with(disk: D, segment_bytes: u64) -> Result<(Writer<D>, Recovery), JournalError> {
        let directory = disk.path().to_string_lossy().into_owned();
        let lock = disk.lock().map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => JournalError::Held {
                directory: directory.clone(),
            },
            _ => JournalError::io("lock", &directory)(error),
        })?;
        remove_unfinished(&disk, &directory)?;
        let (file, name, length, next, cut) = match segments(&disk)?.pop_last() {
            None => {
                let (file, name) = create(&disk, 1)?;
                (file, name, header::LENGTH as u64, 1, None)
            }
            Some((first, name)) => {
                let (file, found, cut) = recover(&disk, &name, first)?;
                (file, name, found.end, found.next, cut)
            }
        };
        let last = Position(next - 1);
        let progress = Arc::new(Progress::default());
        progress.publish(last);
        let writer = Writer {
            disk,
            segment_bytes,
            _lock: lock,
            file,
            name,
            length,
            next,
            staged: Vec::new(),
            staged_records: 0,
            progress,
        };
        Ok((writer, Recovery { last, cut }))
    }

    /// How far the journal is durable; for those who read along.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Whether the commit to come takes one more record.
    pub fn has_room(&self) -> bool {
        self.staged.len() < COMMIT_BYTES
    }

    /// Adds a record to the commit to come. It is not durable before [`Writer::commit`] has
    /// succeeded, and must not be promised to anyone.
    pub fn append(&mut self, payload: &[u8]) -> Result<Position, JournalError> {
        self.progress.check()?;
        if payload.len() > MAX_PAYLOAD_LENGTH {
            return Err(JournalError::TooLong {
                length: payload.len(),
            });
        }
        if !self.has_room() {
            return Err(JournalError::CommitFull);
        }
        let position = Position(self.next);
        Record {
            sequence: self.next,
            place: self.staged_records,
            payload,
        }
        .encode(&mut self.staged);
        self.next += 1;
        self.staged_records += 1;
        Ok(position)
    }

    /// Makes what was appended durable, and tells the last durable record. A failure is for ever:
    /// see [`Progress::is_poisoned`].
    pub fn commit(&mut self) -> Result<Position, JournalError> {
        self.progress.check()?;
        if !self.staged.is_empty() {
            self.write_staged().inspect_err(|error| {
                self.progress.poison(error);
            })?;
            self.progress.publish(Position(self.next - 1));
        }
        Ok(self.progress.durable())
    }

    fn write_staged(&mut self) -> Result<(), JournalError> {
        if self.length >= self.segment_bytes {
            let first = self.next - u64::from(self.staged_records);
            (self.file, self.name) = create(&self.disk, first)?;
            self.length = header::LENGTH as u64;
        }
        self.file
            .write_at(self.length, &self.staged)
            .map_err(JournalError::io("write", &self.name))?;
        self.file
            .sync()
            .map_err(JournalError::io("sync", &self.name))?;
        self.length += self.staged.len() as u64;
        self.staged.clear();
        self.staged_records = 0;
        Ok(())
    }
}

/// Makes an empty segment that a power loss leaves whole or not there.
fn create<D: Disk>(disk: &D, first: u64) -> Result<(D::File, String), JournalError> {
    let name = name(first);
    disk::replace(disk, &name, &header::encode(first))
        .and_then(|()| disk.open(&name))
        .map_err(JournalError::io("create", &name))
        .map(|file| (file, name))
}

fn remove_unfinished<D: Disk>(disk: &D, directory: &str) -> Result<(), JournalError> {
    let names = disk.list().map_err(JournalError::io("list", directory))?;
    for name in names.iter().filter(|name| name.ends_with(UNFINISHED)) {
        disk.remove(name)
            .map_err(JournalError::io("remove", name))?;
    }
    Ok(())
}

/// Cuts a torn commit off the last segment and makes what is left durable.
fn recover<D: Disk>(
    disk: &D,
    name: &str,
    first: u64,
) -> Result<(D::File, scan::Scan, Option<Cut>), JournalError> {
    let mut file = disk.open(name).map_err(JournalError::io("open", name))?;
    let bytes = scan::read_whole(&file, name)?;
    let found = scan::scan(&bytes, name, first)?;
    if found.torn > 0 {
        file.truncate(found.end)
            .map_err(JournalError::io("truncate", name))?;
    }
    // After a crash that was no power loss, the last commit may be in the system's cache and not on
    // the disk; where its sync failed, the system has even forgotten that it still has to be
    // written. So it is written again, the same bytes in the same place, and synced, before anyone
    // reads it as durable.
    let again = &bytes[found.last_commit as usize..found.end as usize];
    file.write_at(found.last_commit, again)
        .and_then(|()| file.sync())
        .map_err(JournalError::io("sync", name))?;
    disk.sync_directory()
        .map_err(JournalError::io("sync the directory of", name))?;
    let cut = (found.torn > 0).then(|| Cut {
        file: name.to_owned(),
        offset: found.end,
        bytes: found.torn,
    });
    Ok((file, found, cut))
}
