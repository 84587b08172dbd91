//! Every command of the README and of the book, run as a reader would: against the product, with the program on the
//! path; every other block of the book is read by the program that it is for.

mod book;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_outbid");

/// How often it is looked whether the product is up, and how long in between.
const LOOKS: u32 = 600;
const BETWEEN: Duration = Duration::from_millis(100);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the crate lies in a workspace")
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("there is a README")
}

/// The lines of the README's `sh` blocks.
fn commands() -> Vec<String> {
    let (mut commands, mut inside) = (Vec::new(), false);
    for line in readme().lines() {
        match (inside, line) {
            (false, "```sh") => inside = true,
            (true, "```") => inside = false,
            (true, command) => commands.push(command.to_string()),
            _ => {}
        }
    }
    commands
}

/// The product on ports of its own, until it is dropped.
struct Product {
    process: Child,
    bids: SocketAddr,
    control: SocketAddr,
    /// Where the run keeps its context, and where commands look for it.
    home: PathBuf,
}

impl Product {
    fn start() -> Product {
        let (bids, control) = (free_address(), free_address());
        let home = std::env::temp_dir().join(format!("outbid-readme-{}", control.port()));
        let process = Command::new(PROGRAM)
            .args(["dev", "--rate", "50", "--for", "10m"])
            .args([
                "--bid-addr",
                &bids.to_string(),
                "--control-addr",
                &control.to_string(),
            ])
            .env("XDG_CONFIG_HOME", &home)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let product = Product {
            process,
            bids,
            control,
            home,
        };
        for _ in 0..LOOKS {
            if product.sh("curl -sf http://127.0.0.1:8080/readyz").0 {
                return product;
            }
            std::thread::sleep(BETWEEN);
        }
        panic!("the product was not ready in time");
    }

    /// Runs a command line of the README; tells whether it went well, and what it printed.
    fn sh(&self, command: &str) -> (bool, String) {
        self.sh_in(&root(), command)
    }

    /// The same in another directory.
    fn sh_in(&self, place: &Path, command: &str) -> (bool, String) {
        let here = command
            .replace("127.0.0.1:8080", &self.bids.to_string())
            .replace("127.0.0.1:9090", &self.control.to_string());
        let directory = Path::new(PROGRAM)
            .parent()
            .expect("a program lies in a directory");
        let path = format!(
            "{}:{}",
            directory.display(),
            std::env::var("PATH").unwrap_or_default()
        );
        let output = Command::new("sh")
            .args(["-euc", &here])
            .env("PATH", path)
            .env("OUTBID_SERVER", format!("http://{}", self.control))
            .env("XDG_CONFIG_HOME", &self.home)
            .current_dir(place)
            .stdin(Stdio::null())
            .output()
            .expect("there is a shell");
        let printed =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        (output.status.success(), printed.concat())
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // A process that has ended by itself is no failure of the test's end.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a listener has an address")
}

#[test]
fn every_command_of_the_readme_works() {
    let (makes, others): (Vec<_>, Vec<_>) = commands()
        .into_iter()
        .partition(|command| command.starts_with("make ") || command.starts_with("git clone "));
    assert!(
        makes.len() >= 3 && others.len() >= 10,
        "the README shows how to begin, and what to do: {others:?}"
    );
    let product = Product::start();
    for command in &makes {
        // The two that build everything are what runs this test; that they are known is all there is left to see.
        if let Some(target) = command.strip_prefix("make ") {
            let (known, printed) = product.sh(&format!("make -n {target}"));
            assert!(known, "{command}: {printed}");
        }
    }
    for command in &others {
        let (went_well, printed) = product.sh(command);
        assert!(went_well, "{command}\n{printed}");
        println!("$ {command}\n{printed}");
    }
}

#[test]
fn the_bid_request_of_the_readme_gets_a_bid_and_an_explanation() {
    let product = Product::start();
    // Money comes a moment after the campaigns.
    let bid = (0..LOOKS).find_map(|_| {
        let (_, printed) =
            product.sh("curl -s --data @config/request.json http://127.0.0.1:8080/bid/demo");
        std::thread::sleep(BETWEEN);
        printed.contains("\"seatbid\"").then_some(printed)
    });
    let bid = bid.expect("a bid");
    assert!(
        bid.contains("\"burl\"") && bid.contains("${AUCTION_PRICE}"),
        "{bid}"
    );
    let (_, why) = product.sh("outbid why -f config/request.json --exchange demo");
    assert!(
        why.contains("nearest miss: demo/coffee/phones, device"),
        "{why}"
    );
    let (_, replayed) =
        product.sh("outbid replay config/requests.jsonl --to http://127.0.0.1:8080/bid/demo");
    assert!(
        replayed.contains("\"bids\": 3") && replayed.contains("\"invalid_responses\": 0"),
        "{replayed}"
    );
}
