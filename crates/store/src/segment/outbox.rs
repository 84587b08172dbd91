//! The way into the journal for those who must not wait: a bounded queue and one thread that commits in groups.
//!
//! Each sync takes everything that was queued while the last one ran. So there is no timer: a lone
//! record waits for its own sync only, and under load the groups grow by themselves.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use journal::codec;
use journal::entry::Entry;
use journal::position::Position;

use super::writer::Writer;
use super::{JournalError, Progress};
use crate::disk::Disk;

/// How an entry's fate is told: its position once it is durable, or why it is not.
type Done = Box<dyn FnOnce(Result<Position, JournalError>) + Send>;

/// A handle to the queue. The thread ends when the last handle is gone and the queue is empty.
#[derive(Clone)]
pub struct Outbox {
    queue: SyncSender<Letter>,
    progress: Arc<Progress>,
}

struct Letter {
    payload: Vec<u8>,
    done: Done,
}

/// The thread behind an [`Outbox`].
#[derive(Debug)]
pub struct OutboxThread {
    thread: JoinHandle<()>,
    progress: Arc<Progress>,
}

impl Outbox {
    /// Starts the thread, with room for `capacity` entries in the queue.
    pub fn start<D: Disk>(writer: Writer<D>, capacity: usize) -> io::Result<(Outbox, OutboxThread)>
    where
        D::File: Send,
    {
        let (queue, letters) = sync_channel(capacity);
        let progress = Arc::clone(writer.progress());
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || run(writer, &letters))?;
        let outbox = Outbox {
            queue,
            progress: Arc::clone(&progress),
        };
        Ok((outbox, OutboxThread { thread, progress }))
    }

    /// Queues an entry, without waiting. Where this succeeds, `done` is called once, on the
    /// journal's thread, with the position when the entry is durable, or with the error; it should
    /// do little, since the next commit waits for it. Where this fails, `done` is dropped.
    pub fn append(
        &self,
        entry: &Entry,
        done: impl FnOnce(Result<Position, JournalError>) + Send + 'static,
    ) -> Result<(), JournalError> {
        self.progress.check()?;
        let mut payload = Vec::with_capacity(codec::MAX_ENTRY_LENGTH);
        codec::encode(entry, &mut payload)?;
        let letter = Letter {
            payload,
            done: Box::new(done),
        };
        self.queue.try_send(letter).map_err(|error| match error {
            TrySendError::Full(_) => JournalError::QueueFull,
            TrySendError::Disconnected(_) => thread_gone(&self.progress),
        })
    }

    /// How far the journal is durable and whether it failed; [readers](super::reader::Reader::follow) need it.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }
}

impl OutboxThread {
    /// Waits until every handle is gone and everything that was queued has been told its fate. The
    /// error, if any, is the journal's first.
    pub fn join(self) -> Result<(), JournalError> {
        if self.thread.join().is_err() {
            return Err(thread_gone(&self.progress));
        }
        self.progress.check()
    }
}

fn thread_gone(progress: &Progress) -> JournalError {
    progress.poison(&JournalError::Poisoned {
        why: "its thread panicked".to_owned(),
    })
}

/// Commits what is queued, until nobody can queue any more. After a failure everything gets the error.
fn run<D: Disk>(mut writer: Writer<D>, letters: &Receiver<Letter>) {
    let _mark = MarkPanic(Arc::clone(writer.progress()));
    let mut group = Vec::new();
    while let Ok(first) = letters.recv() {
        stage(&mut writer, first, &mut group);
        while writer.has_room()
            && let Ok(next) = letters.try_recv()
        {
            stage(&mut writer, next, &mut group);
        }
        let outcome = writer.commit();
        for (position, done) in group.drain(..) {
            match &outcome {
                Ok(_) => done(Ok(position)),
                Err(error) => done(Err(error.clone())),
            }
        }
    }
}

fn stage<D: Disk>(writer: &mut Writer<D>, letter: Letter, group: &mut Vec<(Position, Done)>) {
    match writer.append(&letter.payload) {
        Ok(position) => group.push((position, letter.done)),
        Err(error) => (letter.done)(Err(error)),
    }
}

/// A callback that panics ends the thread; those who append must see that nothing is written any more.
struct MarkPanic(Arc<Progress>);

impl Drop for MarkPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            thread_gone(&self.0);
        }
    }
}
