//! The dashboard in a real browser, against the whole product with its market: what the page shows is live, what it
//! changes is changed, and it shuts nobody out.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_outbid");
/// How long a start may take. It is far less; machines that run tests are busy.
const LIMIT: Duration = Duration::from_secs(60);

/// The product on ports of its own, until it is dropped.
struct Product {
    process: Child,
    control: SocketAddr,
    data: PathBuf,
}

impl Product {
    fn start() -> Product {
        let control = free_address();
        let data = std::env::temp_dir().join(format!("outbid-dashboard-{}", control.port()));
        let process = Command::new(PROGRAM)
            // Where a test is killed nobody is left to end it.
            .args([
                "dev",
                "--no-context",
                "--rate",
                "100",
                "--for",
                "10m",
                "--data",
            ])
            .arg(&data)
            .args(["--bid-addr", &free_address().to_string()])
            .args(["--control-addr", &control.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut product = Product {
            process,
            control,
            data,
        };
        let end = Instant::now() + LIMIT;
        while !product.is_ready() {
            assert!(Instant::now() < end, "the product was not ready in time");
            let ended = product.process.try_wait().expect("the system tells");
            assert!(ended.is_none(), "the product did not start: {ended:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
        product
    }

    /// The token that the product made; none yet where it has not.
    fn token(&self) -> String {
        let token = std::fs::read_to_string(self.data.join("admin-token"));
        token.unwrap_or_default().trim().to_string()
    }

    fn is_ready(&self) -> bool {
        let ready = Command::new(PROGRAM)
            .args(["get", "campaigns", "shoes", "--server"])
            .arg(format!("http://{}", self.control))
            .env("OUTBID_TOKEN", self.token())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        ready.is_ok_and(|status| status.success())
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// A port that nobody listens on now.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("the system has a free port")
}

#[test]
fn the_dashboard_shows_and_changes_what_is() {
    let product = Product::start();
    let checks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node/dashboard/check.mjs");
    let checked = Command::new("node")
        .arg("--test")
        .arg(checks)
        .env("OUTBID_SERVER", format!("http://{}", product.control))
        .env("OUTBID_TOKEN", product.token())
        .env("OUTBID", PROGRAM)
        .output()
        .expect("there is Node: scripts/install-test-tools installs it");
    let told = String::from_utf8_lossy(&checked.stdout);
    println!("{told}");
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{told}\n{said}");
}
