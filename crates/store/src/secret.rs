//! Secret keys, in a file of their own that only its owner reads: `secrets`.
//!
//! Each purpose has its keys, numbered; the newest is used, older ones stay good for as long as
//! what was made with them may come back. A line is purpose, number, moment, and the key in
//! hexadecimal digits. The random bytes come from the caller.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use campaign::hexadecimal;
use campaign::time::{Span, Timestamp};

use crate::disk::{self, Disk, FileSystem};

/// The name of the file.
const FILE: &str = "secrets";

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Signs notices and clicks.
    Tokens,
    /// Hashes user ids.
    Users,
    /// Throws the dice of auctions.
    Dice,
}

impl Purpose {
    const ALL: [Purpose; 3] = [Purpose::Tokens, Purpose::Users, Purpose::Dice];

    const fn name(self) -> &'static str {
        match self {
            Purpose::Tokens => "tokens",
            Purpose::Users => "users",
            Purpose::Dice => "dice",
        }
    }
}

/// A key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// Its number among the keys of its purpose.
    pub id: u8,
    /// When it was made; the one before it was replaced then.
    pub since: Timestamp,
    /// The key itself.
    pub bytes: [u8; 32],
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} since {}, redacted)", self.id, self.since)
    }
}

/// What can be wrong with the file.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The disk refused.
    #[error("could not {doing} {path}: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others can read it.
    #[error(
        "{path} can be read by others (mode {mode:o}): run chmod 600 on it, and rotate the keys"
    )]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A line is none of ours.
    #[error(
        "line {line} of {path} is no key: bring the file back from a copy. Without it, notices under way are refused"
    )]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// All 256 numbers are in use.
    #[error("there are 256 keys for {purpose:?}: rotate less often, or with a shorter overlap")]
    Full {
        /// For what.
        purpose: Purpose,
    },
}

/// The keys of a directory.
#[derive(Debug)]
pub struct SecretFile {
    disk: FileSystem,
    /// Oldest first.
    secrets: BTreeMap<Purpose, Vec<Secret>>,
}

impl SecretFile {
    /// Reads the keys of a directory; none where there is no file yet.
    pub fn open(disk: FileSystem) -> Result<SecretFile, SecretError> {
        let path = disk.path().join(FILE);
        let io = |source| SecretError::Io {
            doing: "read",
            path: path.clone(),
            source,
        };
        let mut file = SecretFile {
            disk,
            secrets: BTreeMap::new(),
        };
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(file),
            text => text.map_err(io)?,
        };
        let mode = std::fs::metadata(&path).map_err(io)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SecretError::Exposed { path, mode });
        }
        for (index, line) in text.lines().enumerate() {
            let Some((purpose, secret)) = parse(line) else {
                let line = index + 1;
                return Err(SecretError::Line { path, line });
            };
            file.secrets.entry(purpose).or_default().push(secret);
        }
        Ok(file)
    }

    /// The keys of a purpose, oldest first: the last is used, all are good.
    pub fn keys(&self, purpose: Purpose) -> &[Secret] {
        self.secrets.get(&purpose).map_or(&[], Vec::as_slice)
    }

    /// The key to use. Where the purpose has none, it is made of `random`, 32 bytes that nobody can
    /// guess, and durable when this returns.
    pub fn current(
        &mut self,
        purpose: Purpose,
        now: Timestamp,
        random: [u8; 32],
    ) -> Result<Secret, SecretError> {
        match self.keys(purpose).last() {
            Some(secret) => Ok(*secret),
            None => self.rotate(purpose, now, random, Span(0)),
        }
    }

    /// Makes a new key of `random` and lets it be used from now on. Keys that were replaced longer
    /// than `overlap` ago are good no more: it must be longer than whatever was made with them may
    /// take to come back.
    pub fn rotate(
        &mut self,
        purpose: Purpose,
        now: Timestamp,
        random: [u8; 32],
        overlap: Span,
    ) -> Result<Secret, SecretError> {
        let mut keys = self.keys(purpose).to_vec();
        while let [_, successor, ..] = keys[..]
            && successor.since + overlap < now
        {
            keys.remove(0);
        }
        let last = keys.last().map_or(0, |key| key.id);
        let id = (1..=u8::MAX)
            .map(|step| last.wrapping_add(step))
            .find(|id| keys.iter().all(|key| key.id != *id))
            .ok_or(SecretError::Full { purpose })?;
        let secret = Secret {
            id,
            since: now,
            bytes: random,
        };
        keys.push(secret);
        let mut secrets = self.secrets.clone();
        secrets.insert(purpose, keys);
        disk::replace(&self.disk, FILE, write(&secrets).as_bytes()).map_err(|source| {
            SecretError::Io {
                doing: "write",
                path: self.disk.path().join(FILE),
                source,
            }
        })?;
        self.secrets = secrets;
        Ok(secret)
    }
}

fn write(secrets: &BTreeMap<Purpose, Vec<Secret>>) -> String {
    let mut text = String::new();
    for (purpose, keys) in secrets {
        for key in keys {
            let hex = hexadecimal::write(&key.bytes);
            text += &format!("{} {} {} {hex}\n", purpose.name(), key.id, key.since.0);
        }
    }
    text
}

fn parse(line: &str) -> Option<(Purpose, Secret)> {
    let mut words = line.split(' ');
    let purpose = words.next()?;
    let purpose = Purpose::ALL.into_iter().find(|p| p.name() == purpose)?;
    let id = words.next()?.parse().ok()?;
    let since = Timestamp(words.next()?.parse().ok()?);
    let bytes = hexadecimal::read(words.next()?)?;
    match words.next() {
        None => Some((purpose, Secret { id, since, bytes })),
        Some(_) => None,
    }
}
