//! The product as a process of its own.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::http::Connection;

/// How long a start may take. It is far less; machines that run tests are busy.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a drain may take until it is killed.
const EXIT_LIMIT: Duration = Duration::from_secs(30);
/// What it says once everything is there.
const ANNOUNCED: &str = "bid requests ";
/// How often free ports are looked for, if others took those that were free a moment ago.
const PORT_ATTEMPTS: u32 = 5;

/// A running product. It is killed when this is dropped.
pub struct Product {
    child: Child,
    /// Where bid requests and notices go.
    pub bids: SocketAddr,
    /// Where gRPC is.
    pub control: SocketAddr,
    /// Where the token lies that opens it.
    pub token: PathBuf,
    log: PathBuf,
}

impl Product {
    /// Starts the product on a data directory, and does not wait for it. What it says goes to `log`.
    pub fn spawn(data: &Path, log: &Path, warp: u32) -> anyhow::Result<Product> {
        let (bids, control) = free_addresses()?;
        let file = File::create(log).context("cannot make the log")?;
        let child = Command::new(env!("CARGO_BIN_EXE_outbid"))
            // Where the test itself is killed nobody is left to end it.
            .args([
                "dev",
                "--quiet-market",
                "--no-context",
                "--for",
                "10m",
                "--data",
            ])
            .arg(data)
            .args([
                "--bid-addr",
                &bids.to_string(),
                "--control-addr",
                &control.to_string(),
            ])
            .args(["--warp", &warp.to_string()])
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .context("cannot start the product")?;
        Ok(Product {
            child,
            bids,
            control,
            token: data.join("admin-token"),
            log: log.to_path_buf(),
        })
    }

    /// Starts the product, and waits until it bids and has said where.
    pub async fn start(data: &Path, log: &Path, warp: u32) -> anyhow::Result<Product> {
        for _ in 0..PORT_ATTEMPTS {
            let mut product = Product::spawn(data, log, warp)?;
            match product.ready().await {
                Ok(()) => return Ok(product),
                // Between our looking for a free port and its taking it, another process was faster.
                Err(_) if product.said().contains("Address already in use") => {}
                Err(error) => return Err(error),
            }
        }
        bail!("found no free ports in {PORT_ATTEMPTS} attempts")
    }

    /// Waits until somebody can connect to it.
    pub async fn listens(&mut self) -> anyhow::Result<()> {
        let end = Instant::now() + START_LIMIT;
        while Instant::now() < end {
            self.still_runs()?;
            if Connection::open(self.bids).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("it did not listen after {START_LIMIT:?}:\n{}", self.said())
    }

    async fn ready(&mut self) -> anyhow::Result<()> {
        let end = Instant::now() + START_LIMIT;
        while Instant::now() < end {
            self.still_runs()?;
            if let Ok(mut connection) = Connection::open(self.bids).await
                && let Ok(reply) = connection.get("/readyz").await
                && reply.status == 200
                // It says so once its campaigns are made; at the first start it is ready before.
                && self.said().contains(ANNOUNCED)
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("it was not ready after {START_LIMIT:?}:\n{}", self.said())
    }

    /// A product that ends by itself is a failure of its own.
    fn still_runs(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("it ended by itself, {status}:\n{}", self.said()),
        }
    }

    /// SIGKILL, now. It must have been running until now.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.still_runs()?;
        self.child.kill().context("cannot kill it")?;
        self.child.wait().context("cannot wait for it")?;
        Ok(())
    }

    /// SIGTERM: it shall drain and end.
    pub fn terminate(&self) -> anyhow::Result<()> {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        anyhow::ensure!(
            sent.context("cannot run `kill`")?.success(),
            "`kill -TERM` failed:\n{}",
            self.said()
        );
        Ok(())
    }

    /// SIGKILL to a product that drains; one that has drained already must have done it well. Tells whether it had.
    pub fn kill_draining(mut self) -> anyhow::Result<bool> {
        match self.child.try_wait()? {
            Some(status) => self.ended_well(status).map(|()| true),
            None => {
                self.child.kill().context("cannot kill it")?;
                self.child.wait().context("cannot wait for it")?;
                Ok(false)
            }
        }
    }

    /// SIGTERM, and the wait until it has drained.
    pub async fn end(mut self) -> anyhow::Result<()> {
        self.terminate()?;
        let end = Instant::now() + EXIT_LIMIT;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait()? {
                return self.ended_well(status);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("it has not drained in {EXIT_LIMIT:?}:\n{}", self.said())
    }

    fn ended_well(&self, status: ExitStatus) -> anyhow::Result<()> {
        anyhow::ensure!(
            status.success(),
            "it drained badly, {status}:\n{}",
            self.said()
        );
        Ok(())
    }

    /// The end of what it said.
    pub fn said(&self) -> String {
        const LINES: usize = 40;
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // It may have ended, and then both fail.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Two addresses that nobody listens on at the moment.
fn free_addresses() -> anyhow::Result<(SocketAddr, SocketAddr)> {
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port");
    let (one, other) = (free()?, free()?);
    Ok((one.local_addr()?, other.local_addr()?))
}
