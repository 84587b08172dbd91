//! Reads the journal, while it is written or when nobody writes it.

use std::ops::Range;
use std::sync::Arc;

use journal::codec;
use journal::entry::Entry;
use journal::position::Position;

use super::record::{self, Broken};
use super::{JournalError, Progress};
use super::{header, scan, segments};
use crate::disk::{Disk, DiskFile};

/// How many bytes are read at a time. More than the longest record, so that one read always makes progress.
const CHUNK_BYTES: usize = 256 * 1024;

/// Reads records in order, and only durable ones.
#[derive(Debug)]
pub struct Reader<D: Disk> {
    disk: D,
    end: End,
    /// The sequence of the next record to hand out.
    next: u64,
    segment: Option<Segment<D::File>>,
}

/// How far a reader may read.
#[derive(Debug)]
enum End {
    /// As far as the writer says, now.
    Follow(Arc<Progress>),
    /// As far as there was something when the journal was opened.
    Fixed(Position),
}

impl<D: Disk> Reader<D> {
    /// Reads what comes after the record `applied`, along with the writer whose `progress` this is.
    pub fn follow(
        disk: D,
        progress: Arc<Progress>,
        applied: Position,
    ) -> Result<Reader<D>, JournalError> {
        Reader::after(disk, End::Follow(progress), applied)
    }

    /// Reads what comes after the record `applied`, from a journal that nobody writes. Changes
    /// nothing: a commit that a crash cut short stays, unread.
    pub fn offline(disk: D, applied: Position) -> Result<Reader<D>, JournalError> {
        let last = match segments(&disk)?.pop_last() {
            None => Position::START,
            Some((first, name)) => {
                let file = disk.open(&name).map_err(JournalError::io("open", &name))?;
                let found = scan::scan(&scan::read_whole(&file, &name)?, &name, first)?;
                Position(found.next - 1)
            }
        };
        Reader::after(disk, End::Fixed(last), applied)
    }

    fn after(disk: D, end: End, applied: Position) -> Result<Reader<D>, JournalError> {
        let reader = Reader {
            disk,
            end,
            next: applied.0.saturating_add(1),
            segment: None,
        };
        let last = reader.last();
        if applied > last {
            return Err(JournalError::Behind {
                directory: reader.disk.path().to_string_lossy().into_owned(),
                last,
                applied,
            });
        }
        Ok(reader)
    }

    /// The last record that can be read now.
    pub fn last(&self) -> Position {
        match &self.end {
            End::Follow(progress) => progress.durable(),
            End::Fixed(last) => *last,
        }
    }

    /// The last record that was handed out, or what the reader started after.
    pub fn position(&self) -> Position {
        Position(self.next - 1)
    }

    /// The next records, at most `max`; none where there are no more for now. What stands before an
    /// error is handed out first.
    pub fn read_batch(&mut self, max: usize) -> Result<Vec<(Position, Vec<u8>)>, JournalError> {
        let last = self.last();
        let mut batch = Vec::new();
        while batch.len() < max && self.next <= last.0 {
            match self.step() {
                Ok(None) => {}
                Ok(Some(record)) => batch.push(record),
                Err(error) => {
                    self.segment = None;
                    if batch.is_empty() {
                        return Err(error);
                    }
                    break;
                }
            }
        }
        if let Some(segment) = &mut self.segment {
            // What was read ahead may have been half written then.
            segment.forget_ahead();
        }
        Ok(batch)
    }

    /// The next records as entries, at most `max`. What stands before an error is handed out first.
    pub fn read_entries(&mut self, max: usize) -> Result<Vec<(Position, Entry)>, JournalError> {
        let mut entries = Vec::new();
        for (position, payload) in self.read_batch(max)? {
            match codec::decode(&payload) {
                Ok(entry) => entries.push((position, entry)),
                Err(source) => {
                    (self.next, self.segment) = (position.0, None);
                    if entries.is_empty() {
                        return Err(JournalError::Entry { position, source });
                    }
                    break;
                }
            }
        }
        Ok(entries)
    }

    /// Reads one record, or opens the segment that holds it. The caller knows that there is a next record.
    fn step(&mut self) -> Result<Option<(Position, Vec<u8>)>, JournalError> {
        let Some(segment) = &mut self.segment else {
            self.segment = Some(Segment::holding(&self.disk, self.next)?);
            return Ok(None);
        };
        match segment.record()? {
            Some((sequence, payload)) if sequence == self.next => {
                self.next += 1;
                Ok(Some((Position(sequence), payload.to_vec())))
            }
            // A record before the one to start at.
            Some(_) => Ok(None),
            // A commit does not span two segments, so what is durable and not here starts the next one.
            None => {
                let following = Segment::holding(&self.disk, segment.next)?;
                if following.start == segment.start {
                    return Err(segment.corrupt("it ends, and the record that follows was durable"));
                }
                self.segment = Some(following);
                Ok(None)
            }
        }
    }
}

/// A segment, and how far it was read.
#[derive(Debug)]
struct Segment<F> {
    file: F,
    name: String,
    /// The sequence of its first record.
    start: u64,
    /// The sequence of the record at `offset`.
    next: u64,
    offset: u64,
    /// What was read ahead: the bytes of `unused` are the file's from `offset` on.
    ahead: Vec<u8>,
    unused: Range<usize>,
}

impl<F: DiskFile> Segment<F> {
    /// Opens the segment that holds this record, at its first one.
    fn holding<D: Disk<File = F>>(disk: &D, sequence: u64) -> Result<Segment<F>, JournalError> {
        let mut segments = segments(disk)?;
        let after = segments.split_off(&(sequence + 1));
        let Some((start, name)) = segments.pop_last() else {
            let found = after.into_values().next();
            return Err(JournalError::Missing {
                missing: Position(sequence),
                found: found.unwrap_or_else(|| "none".to_owned()),
            });
        };
        let file = disk.open(&name).map_err(JournalError::io("open", &name))?;
        let mut bytes = [0; header::LENGTH];
        let read = file
            .read_at(0, &mut bytes)
            .map_err(JournalError::io("read", &name))?;
        header::check(&bytes[..read], &name, start)?;
        Ok(Segment {
            file,
            name,
            start,
            next: start,
            offset: header::LENGTH as u64,
            ahead: vec![0; CHUNK_BYTES],
            unused: 0..0,
        })
    }

    /// The next record; `None` at the end of the file. The caller knows that there is a next
    /// record, here or in the next segment.
    fn record(&mut self) -> Result<Option<(u64, &[u8])>, JournalError> {
        if record::decode(&self.ahead[self.unused.clone()]) == Err(Broken::Incomplete) {
            self.read_ahead()?;
        }
        if self.unused.is_empty() {
            return Ok(None);
        }
        match record::decode(&self.ahead[self.unused.clone()]) {
            Ok(record) if record.sequence == self.next => {
                let length = record.encoded_length();
                let payload = length - record.payload.len()..length;
                let start = self.unused.start;
                self.next += 1;
                self.offset += length as u64;
                self.unused.start += length;
                Ok(Some((
                    self.next - 1,
                    &self.ahead[start + payload.start..start + payload.end],
                )))
            }
            Ok(_) => Err(self.corrupt("a record that is out of order")),
            Err(Broken::Incomplete) => Err(self.corrupt("it ends inside a record")),
            Err(Broken::Invalid) => Err(self.corrupt("a record whose length or checksum is wrong")),
        }
    }

    fn read_ahead(&mut self) -> Result<(), JournalError> {
        let read = self
            .file
            .read_at(self.offset, &mut self.ahead)
            .map_err(JournalError::io("read", &self.name))?;
        self.unused = 0..read;
        Ok(())
    }

    fn forget_ahead(&mut self) {
        self.unused = 0..0;
    }

    fn corrupt(&self, found: &'static str) -> JournalError {
        JournalError::Corrupt {
            file: self.name.clone(),
            offset: self.offset,
            found,
        }
    }
}
