//! A server as its client sees it.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::Context;

use crate::clock::Pinned;

/// A server process. It ends when this is dropped.
pub struct Child {
    process: std::process::Child,
    words: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Child {
    /// Starts a server on its core and waits until it listens and is ready. Called before the caller's own thread is
    /// pinned elsewhere.
    ///
    /// # Errors
    /// Where it cannot be started, or ends before it listens.
    pub fn start(program: &Path, kind: &[&str]) -> anyhow::Result<Child> {
        // A process starts with the cores that whoever starts it may use at that moment.
        let _pinned = Pinned::to(super::CORE)?;
        let mut process = Command::new(program)
            .arg("serve")
            .args(kind)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let words = process.stdin.take();
        let answers = process.stdout.take().context("the server has no output")?;
        let mut child = Child {
            process,
            words,
            answers: BufReader::new(answers),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let port = child
            .number()
            .with_context(|| format!("the server {kind:?} ended before it listened"))?;
        child.address.set_port(u16::try_from(port)?);
        Ok(child)
    }

    /// The CPU time that the server has used since its start.
    ///
    /// # Errors
    /// Where the server has ended.
    pub fn cpu(&mut self) -> anyhow::Result<Duration> {
        Ok(Duration::from_nanos(self.ask("cpu")?))
    }

    /// How many heap allocations it has made since its start, if its program counts them.
    ///
    /// # Errors
    /// Where the server has ended.
    pub fn allocations(&mut self) -> anyhow::Result<u64> {
        self.ask("allocations")
    }

    fn ask(&mut self, word: &str) -> anyhow::Result<u64> {
        let words = self.words.as_mut().context("the server takes no words")?;
        writeln!(words, "{word}")?;
        self.number().context("the server has ended")
    }

    fn number(&mut self) -> anyhow::Result<u64> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().parse()?)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.words.take();
        let _ = self.process.wait();
    }
}
