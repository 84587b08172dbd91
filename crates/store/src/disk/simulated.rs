//! A disk in memory that is as forgetful as a real one is allowed to be.
//!
//! Bytes are kept twice, as programs see them and as the platter has them; a sync copies the
//! written sectors over. A power loss keeps any of the unsynced sectors, in any order, and any
//! first part of the unsynced changes of names. A failed sync marks the sectors clean without
//! keeping them, as Linux does: they can be read until the power goes, and a later sync that
//! succeeds does not bring them back.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::disk::{Disk, DiskFile};

/// What reaches the platter as a whole.
const SECTOR: usize = 512;

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An I/O error; nothing was written.
    Io,
    /// No space is left; nothing was written.
    NoSpace,
    /// Half of the bytes were written before space ran out. As [`Fault::NoSpace`] where no bytes are written.
    ShortWrite,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 3] = [Fault::Io, Fault::NoSpace, Fault::ShortWrite];

    fn error(self) -> io::Error {
        match self {
            Fault::Io => io::Error::from_raw_os_error(5),
            Fault::NoSpace | Fault::ShortWrite => io::Error::from(ErrorKind::StorageFull),
        }
    }
}

/// The disk. Clones are handles to the same one.
#[derive(Clone, Debug, Default)]
pub struct SimulatedDisk {
    // One lock around the whole disk: it is a test's tool, and each operation on it is one step of the simulation.
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Changes of names since the directory was synced, in their order.
    unsynced_names: Vec<NameChange>,
    files: Vec<Content>,
    operations: u64,
    fault: Option<(u64, Fault)>,
    ignore_syncs: bool,
    lock: Weak<()>,
    /// Counts power losses: a file that was opened before one is gone with its process.
    life: u64,
}

#[derive(Clone, Debug)]
enum NameChange {
    Set(String, usize),
    Rename(String, String),
    Remove(String),
}

#[derive(Clone, Debug, Default)]
struct Content {
    seen: Vec<u8>,
    durable: Vec<u8>,
    dirty: BTreeSet<usize>,
}

/// A file of a [`SimulatedDisk`].
#[derive(Debug)]
pub struct SimulatedFile {
    disk: SimulatedDisk,
    file: usize,
    life: u64,
}

impl SimulatedDisk {
    /// An empty disk.
    pub fn new() -> SimulatedDisk {
        SimulatedDisk::default()
    }

    /// Lets the `nth` operation from now fail, counted from 0, and no other.
    pub fn fail(&self, nth: u64, fault: Fault) {
        let mut state = self.state();
        state.fault = Some((state.operations + nth, fault));
    }

    /// Takes back a fault that has not struck. Tells whether there was one.
    pub fn heal(&self) -> bool {
        self.state().fault.take().is_some()
    }

    /// Lets every sync from now on claim success and do nothing, as a disk with a lying cache does.
    pub fn ignore_syncs(&self) {
        self.state().ignore_syncs = true;
    }

    /// How many operations there have been.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// The power goes. What was not synced survives or not, as the seed says; open files and locks are gone.
    pub fn power_loss(&self, seed: u64) {
        let mut dice = Dice(seed);
        let mut state = self.state();
        let kept = dice.below(state.unsynced_names.len() + 1);
        let changes: Vec<NameChange> = state.unsynced_names.drain(..).take(kept).collect();
        for change in &changes {
            change.apply(&mut state.durable_names);
        }
        state.names = state.durable_names.clone();
        for file in &mut state.files {
            file.lose_power(&mut dice);
        }
        state.lock = Weak::new();
        state.life += 1;
    }

    /// The names in the directory as programs see them; no operation, so no fault strikes it.
    pub fn names(&self) -> Vec<String> {
        self.state().names.keys().cloned().collect()
    }

    /// What a file holds as programs see it; `None` where there is none.
    pub fn content(&self, name: &str) -> Option<Vec<u8>> {
        let state = self.state();
        let file = *state.names.get(name)?;
        Some(state.files[file].seen.clone())
    }

    /// Puts a file there as if it had been synced long ago: what a test found or damaged.
    pub fn put(&self, name: &str, content: Vec<u8>) {
        let mut state = self.state();
        let file = state.files.len();
        state.files.push(Content {
            seen: content.clone(),
            durable: content,
            dirty: BTreeSet::new(),
        });
        state.names.insert(name.to_owned(), file);
        state.durable_names.insert(name.to_owned(), file);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A test that panics inside an operation has failed already.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, file: usize, life: u64) -> SimulatedFile {
        SimulatedFile {
            disk: self.clone(),
            file,
            life,
        }
    }
}

impl State {
    /// Counts an operation, and tells the fault that strikes it.
    fn step(&mut self) -> Option<Fault> {
        let number = self.operations;
        self.operations += 1;
        match self.fault {
            Some((at, fault)) if at == number => {
                self.fault = None;
                Some(fault)
            }
            _ => None,
        }
    }

    fn step_or_fail(&mut self) -> io::Result<()> {
        self.step().map_or(Ok(()), |fault| Err(fault.error()))
    }

    fn change(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.unsynced_names.push(change);
    }
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            NameChange::Set(name, file) => {
                names.insert(name.clone(), *file);
            }
            NameChange::Rename(from, to) => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            NameChange::Remove(name) => {
                names.remove(name);
            }
        }
    }
}

impl Content {
    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if self.seen.len() < end {
            self.seen.resize(end, 0);
        }
        self.seen[offset..end].copy_from_slice(bytes);
        if !bytes.is_empty() {
            self.dirty.extend(offset / SECTOR..=(end - 1) / SECTOR);
        }
    }

    fn sync(&mut self) {
        self.durable.resize(self.seen.len(), 0);
        for sector in std::mem::take(&mut self.dirty) {
            self.keep(sector);
        }
    }

    /// Copies one sector to the platter, as far as both sides have it.
    fn keep(&mut self, sector: usize) {
        let end = ((sector + 1) * SECTOR)
            .min(self.seen.len())
            .min(self.durable.len());
        let start = (sector * SECTOR).min(end);
        self.durable[start..end].copy_from_slice(&self.seen[start..end]);
    }

    fn lose_power(&mut self, dice: &mut Dice) {
        let (short, long) = (
            self.durable.len().min(self.seen.len()),
            self.durable.len().max(self.seen.len()),
        );
        self.durable.resize(short + dice.below(long - short + 1), 0);
        for sector in std::mem::take(&mut self.dirty) {
            if dice.below(2) == 0 {
                self.keep(sector);
            }
        }
        self.seen = self.durable.clone();
    }
}

impl Disk for SimulatedDisk {
    type File = SimulatedFile;
    type Lock = Arc<()>;

    fn list(&self) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.step_or_fail()?;
        Ok(state.names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<SimulatedFile> {
        let mut state = self.state();
        state.step_or_fail()?;
        let file = state.files.len();
        state.files.push(Content::default());
        state.change(NameChange::Set(name.to_owned(), file));
        Ok(self.file(file, state.life))
    }

    fn open(&self, name: &str) -> io::Result<SimulatedFile> {
        let mut state = self.state();
        state.step_or_fail()?;
        let file = *state.names.get(name).ok_or(ErrorKind::NotFound)?;
        Ok(self.file(file, state.life))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.step_or_fail()?;
        if !state.names.contains_key(from) {
            return Err(ErrorKind::NotFound.into());
        }
        state.change(NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.step_or_fail()?;
        if !state.names.contains_key(name) {
            return Err(ErrorKind::NotFound.into());
        }
        state.change(NameChange::Remove(name.to_owned()));
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        let mut state = self.state();
        state.step_or_fail()?;
        if !state.ignore_syncs {
            state.durable_names = state.names.clone();
            state.unsynced_names.clear();
        }
        Ok(())
    }

    fn lock(&self) -> io::Result<Arc<()>> {
        let mut state = self.state();
        state.step_or_fail()?;
        if state.lock.upgrade().is_some() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let lock = Arc::new(());
        state.lock = Arc::downgrade(&lock);
        Ok(lock)
    }

    fn path(&self) -> &Path {
        Path::new("simulated")
    }
}

impl SimulatedFile {
    /// One operation on the file. A fault that strikes it is handed on, with the content, to be acted out.
    fn step<T>(
        &self,
        act: impl FnOnce(&mut Content, Option<Fault>, Syncs) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut state = self.disk.state();
        let fault = state.step();
        if state.life != self.life {
            return Err(io::Error::other(
                "the file was opened before the power was lost",
            ));
        }
        let syncs = if state.ignore_syncs {
            Syncs::Ignored
        } else {
            Syncs::Done
        };
        act(&mut state.files[self.file], fault, syncs)
    }
}

enum Syncs {
    Done,
    Ignored,
}

impl DiskFile for SimulatedFile {
    fn length(&self) -> io::Result<u64> {
        self.step(|content, fault, _| match fault {
            Some(fault) => Err(fault.error()),
            None => Ok(content.seen.len() as u64),
        })
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.step(|content, fault, _| {
            if let Some(fault) = fault {
                return Err(fault.error());
            }
            let start = (offset as usize).min(content.seen.len());
            let end = (start + buffer.len()).min(content.seen.len());
            buffer[..end - start].copy_from_slice(&content.seen[start..end]);
            Ok(end - start)
        })
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.step(|content, fault, _| {
            let written = match fault {
                None => bytes.len(),
                Some(Fault::ShortWrite) => bytes.len() / 2,
                Some(Fault::Io | Fault::NoSpace) => 0,
            };
            if written > 0 {
                content.write(offset as usize, &bytes[..written]);
            }
            fault.map_or(Ok(()), |fault| Err(fault.error()))
        })
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.step(|content, fault, _| {
            if let Some(fault) = fault {
                return Err(fault.error());
            }
            content.seen.resize(length as usize, 0);
            content
                .dirty
                .retain(|sector| sector * SECTOR < length as usize);
            Ok(())
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.step(|content, fault, syncs| match (fault, syncs) {
            (Some(fault), _) => {
                content.dirty.clear();
                Err(fault.error())
            }
            (None, Syncs::Ignored) => Ok(()),
            (None, Syncs::Done) => {
                content.sync();
                Ok(())
            }
        })
    }
}

/// Dice from a seed (SplitMix64): all that a simulation needs of chance.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z % bound as u64) as usize
    }
}
