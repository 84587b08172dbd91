//! The seam to the disk: one flat directory of files, with just the operations whose durability the
//! journal reasons about.
//!
//! [`FileSystem`] is the real one. [`simulated::SimulatedDisk`] keeps what was synced apart from
//! what was not, loses power on request and fails where it is told to: `kill -9` alone keeps the
//! page cache, so it proves little.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub mod simulated;

/// One flat directory. Names are plain file names. Clones are handles to the same directory.
pub trait Disk: Clone + Send + Sync + 'static {
    /// An open file.
    type File: DiskFile;
    /// What holds the directory for one writer for as long as it lives.
    type Lock: Send;

    /// The names in the directory, in no order.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Makes an empty file, open to read and write; what had the name is emptied. The name outlives
    /// a power loss only after [`Disk::sync_directory`].
    fn create(&self, name: &str) -> io::Result<Self::File>;
    /// Opens a file that exists to read and write.
    fn open(&self, name: &str) -> io::Result<Self::File>;
    /// Gives a file another name, in place of what had that name.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Takes a file away.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes the names in the directory outlive a power loss.
    fn sync_directory(&self) -> io::Result<()>;
    /// Takes the directory for this holder. An error of kind [`ErrorKind::WouldBlock`] says that another has it.
    fn lock(&self) -> io::Result<Self::Lock>;
    /// The directory as people should be told of it.
    fn path(&self) -> &Path;
}

/// An open file of a [`Disk`].
pub trait DiskFile: Send + 'static {
    /// The file's length in bytes.
    fn length(&self) -> io::Result<u64>;
    /// Reads at most `buffer.len()` bytes from `offset`; fewer only at the end of the file.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes all bytes at `offset`, beyond the end too. After an error any part of them may have been written.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file to this length.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
    /// Makes content and length outlive a power loss. After an error nobody knows what does, and
    /// another sync that goes well proves nothing.
    fn sync(&mut self) -> io::Result<()>;
}

/// A directory of the real file system.
#[derive(Clone, Debug)]
pub struct FileSystem {
    directory: Arc<Path>,
}

impl FileSystem {
    /// The directory, made where it does not exist (the one that holds it must).
    pub fn open(directory: impl Into<PathBuf>) -> io::Result<FileSystem> {
        let directory: PathBuf = directory.into();
        match fs::create_dir(&directory) {
            Ok(()) => sync_parent(&directory)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(FileSystem {
            directory: directory.into(),
        })
    }
}

/// A name lives in the directory that holds it, so that is what must be synced.
fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => File::open(".")?.sync_all(),
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

impl Disk for FileSystem {
    type File = File;
    type Lock = FileLock;

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            // A name that is no text is none of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            // What is kept here says who spent what and signs notices: nobody else on the machine reads it.
            .mode(0o600)
            .open(self.directory.join(name))
    }

    fn open(&self, name: &str) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .open(self.directory.join(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.directory.join(from), self.directory.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.directory.join(name))
    }

    fn sync_directory(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }

    fn lock(&self) -> io::Result<FileLock> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.directory.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(FileLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn path(&self) -> &Path {
        &self.directory
    }
}

/// A lock on a file called `lock`; the system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match FileExt::read_at(self, &mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Writes a whole small file so that a power loss leaves the old one or the new one, never a part.
pub fn replace<D: Disk>(disk: &D, name: &str, content: &[u8]) -> io::Result<()> {
    let unfinished = format!("{name}{UNFINISHED}");
    let mut file = disk.create(&unfinished)?;
    file.write_at(0, content)?;
    file.sync()?;
    disk.rename(&unfinished, name)?;
    disk.sync_directory()
}

/// How the names of files end that are not whole yet; whoever finds one after a crash may remove it.
pub const UNFINISHED: &str = ".unfinished";
