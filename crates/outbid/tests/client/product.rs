//! The product as a process of its own, with no traffic but the test's, and commands against it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a start, or anything that is waited for, may take. It is far less; machines that run tests are busy.
const LIMIT: Duration = Duration::from_secs(60);
/// How often free ports are looked for, if others took those that were free a moment ago.
const PORT_ATTEMPTS: u32 = 5;

/// A running product. It is killed when this is dropped.
pub struct Product {
    child: Child,
    server: String,
    /// Where bid requests go.
    pub bids: SocketAddr,
    /// Where control listens.
    pub control: SocketAddr,
    directory: PathBuf,
}

impl Product {
    /// Starts it in a fresh directory, and waits until it answers.
    pub fn start() -> Product {
        Product::start_warped(1)
    }

    /// The same, whose clock runs so many times as fast as real time.
    pub fn start_warped(factor: u32) -> Product {
        for _ in 0..PORT_ATTEMPTS {
            if let Some(product) = Product::try_start(factor) {
                return product;
            }
        }
        panic!("the product did not start in {PORT_ATTEMPTS} attempts");
    }

    fn try_start(warp: u32) -> Option<Product> {
        let (bids, control) = (free_address(), free_address());
        let directory = std::env::temp_dir().join(format!(
            "outbid-client-{}-{}",
            std::process::id(),
            control.port()
        ));
        std::fs::create_dir_all(&directory).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_outbid"))
            // Where a test is killed nobody is left to end it.
            .args(["dev", "--quiet-market", "--for", "10m"])
            .args(["--warp", &warp.to_string(), "--data"])
            .arg(directory.join("data"))
            .args([
                "--bid-addr",
                &bids.to_string(),
                "--control-addr",
                &control.to_string(),
            ])
            .env("XDG_CONFIG_HOME", &directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut product = Product {
            child,
            server: format!("http://{control}"),
            bids,
            control,
            directory,
        };
        let end = Instant::now() + LIMIT;
        while Instant::now() < end {
            if product.child.try_wait().unwrap().is_some() {
                return None;
            }
            if product.bids_are_taken() {
                return Some(product);
            }
            sleep(Duration::from_millis(20));
        }
        None
    }

    /// Whether the bidder is ready, which comes last.
    fn bids_are_taken(&self) -> bool {
        let ask = || {
            let mut stream = TcpStream::connect(self.bids)?;
            stream.set_read_timeout(Some(LIMIT))?;
            stream.write_all(
                b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            )?;
            let mut status = [0; 12];
            stream.read_exact(&mut status)?;
            Ok::<bool, std::io::Error>(status == *b"HTTP/1.1 200")
        };
        ask().unwrap_or(false)
    }

    fn run(&self, args: &[&str], input: &str) -> Output {
        self.run_with(args, input, &[])
    }

    fn run_with(&self, args: &[&str], input: &str, environment: &[(&str, &str)]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_outbid"))
            .args(args)
            .envs(environment.iter().copied())
            .env("OUTBID_SERVER", &self.server)
            .env("XDG_CONFIG_HOME", &self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command prints that must succeed.
    pub fn done(&self, args: &[&str]) -> String {
        self.done_reading(args, "")
    }

    /// What a command prints that reads this and must succeed.
    pub fn done_reading(&self, args: &[&str], input: &str) -> String {
        let output = self.run(args, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {said}");
        assert!(
            !said.contains("next: "),
            "{args:?} suggests something to nobody: {said}"
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// A command in this environment: its exit code, what it prints, and what it says.
    pub fn with(&self, args: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
        let output = self.run_with(args, "", environment);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// A command that reads this, however it ends: its exit code, what it prints, and what it says.
    pub fn outcome(&self, args: &[&str], input: &str) -> (i32, String, String) {
        let output = self.run(args, input);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// What a GET answers: the body, and the status.
    pub fn http(&self, address: SocketAddr, path: &str) -> (String, u16) {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (body.to_string(), head[9..12].parse().unwrap())
    }

    /// A command that reads this and finds a difference: what it prints, and what it says.
    pub fn differs(&self, args: &[&str], input: &str) -> (String, String) {
        let output = self.run(args, input);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let told = text(output.stderr);
        assert_eq!(output.status.code(), Some(9), "{args:?}: {told}");
        (text(output.stdout), told)
    }

    /// A command that must fail with this code and say this.
    pub fn fails(&self, args: &[&str], code: i32, part: &str) {
        self.fails_reading(args, "", code, part);
    }

    /// A command that reads this, and must fail with this code and say this.
    pub fn fails_reading(&self, args: &[&str], input: &str, code: i32, part: &str) {
        let output = self.run(args, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(part), "{args:?}: {said}");
    }

    /// Tries until it is so: changes reach the bidder within a second, not at once.
    pub fn eventually(&self, so: impl Fn() -> Result<(), String>) {
        let end = Instant::now() + LIMIT;
        loop {
            match so() {
                Ok(()) => return,
                Err(told) if Instant::now() > end => panic!("{told}"),
                Err(_) => sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Writes a file, and answers its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.directory.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_string()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // It may have ended already; what is left of a temporary directory is the system's to clean.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}
