//! `outbid serve`: it runs, logs, reads its configuration again, drains, and goes on from what it had.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

/// The process and its log.
struct Served {
    child: Child,
    log: BufReader<ChildStderr>,
    control: String,
    token: PathBuf,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(config: &Path, data: &Path) -> Served {
        let free = || {
            TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .to_string()
        };
        let (bids, control) = (free(), free());
        let mut child = Command::new(env!("CARGO_BIN_EXE_outbid"))
            .args([
                "serve",
                "--log-format",
                "json",
                "--bid-addr",
                &bids,
                "--control-addr",
                &control,
            ])
            .args([Path::new("--config"), config, Path::new("--data"), data])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        Served {
            child,
            log,
            control: format!("http://{control}"),
            token: data.join("admin-token"),
        }
    }

    /// Reads the log until a line says this. Each line is one JSON object.
    fn until(&mut self, message: &str) -> serde_json::Value {
        loop {
            let mut line = String::new();
            assert!(
                self.log.read_line(&mut line).unwrap() > 0,
                "the log ended before it said {message}"
            );
            let told: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert!(
                told["timestamp"].is_string() && told["level"].is_string(),
                "{line}"
            );
            if told["message"]
                .as_str()
                .is_some_and(|said| said.contains(message))
            {
                return told;
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    fn outbid(&self, args: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_outbid"))
            .args(args)
            .env("OUTBID_SERVER", &self.control)
            .env(
                "OUTBID_TOKEN",
                std::fs::read_to_string(&self.token).unwrap().trim(),
            )
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn an_admin_has_the_configuration_read_again_and_the_history_tells_of_it() {
    let here = tempfile::tempdir().unwrap();
    let (config, data) = (here.path().join("outbid.toml"), here.path().join("data"));
    std::fs::write(&config, "log_level = \"info\"\n").unwrap();
    let mut served = Served::start(&config, &data);
    served.until("outbid serves");

    let changed = "log_level = \"warn,outbid=info\"\n[bidder.limits]\nconcurrent_bids = 9\n[money]\nlease_seconds = 20\n";
    std::fs::write(&config, changed).unwrap();
    let told = "KEY                            WAS     FILE SAYS           IN FORCE
bidder.limits.concurrent_bids  512     9                   at once
log_level                      \"info\"  \"warn,outbid=info\"  at once
money.lease_seconds            15      20                  at the next start
";
    assert_eq!(served.outbid(&["config", "reload", "--dry-run"]), told);
    assert_eq!(
        served.outbid(&["history", "configuration", "-o", "name"]),
        ""
    );
    assert_eq!(served.outbid(&["config", "reload"]), told);
    let log = served.until("at the next start only");
    assert_eq!(log["keys"], "money.lease_seconds");
    let history = served.outbid(&["history", "configuration", "-o", "json"]);
    let history: serde_json::Value = serde_json::from_str(&history).unwrap();
    let events = history["change_events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{history}");
    assert_eq!(events[0]["actor"], "apiTokens/first-admin");
    assert_eq!(
        events[0]["changes"][0]["field"],
        "bidder.limits.concurrent_bids"
    );
    assert_eq!(
        events[0]["changes"].as_array().unwrap().len(),
        2,
        "{history}"
    );

    // What is in force is told no more, what waits for a start is told again; the signal is noted too.
    std::fs::write(&config, changed.replace("bids = 9", "bids = 8")).unwrap();
    served.signal("HUP");
    let log = served.until("the configuration was read again");
    assert_eq!(log["changed"], "bidder.limits.concurrent_bids");
    let keys = served.outbid(&["config", "reload", "--dry-run", "-o", "name"]);
    assert_eq!(keys, "money.lease_seconds\n");
    let history = served.outbid(&["history", "configuration", "-o", "name"]);
    assert_eq!(history.lines().count(), 2, "{history}");
}

#[test]
fn it_serves_reloads_drains_and_goes_on() {
    let here = tempfile::tempdir().unwrap();
    let (config, data) = (here.path().join("outbid.toml"), here.path().join("data"));
    std::fs::write(&config, "log_level = \"info\"\n").unwrap();
    let campaigns = here.path().join("acme.toml");
    std::fs::write(&campaigns, super::ACME).unwrap();

    let mut served = Served::start(&config, &data);
    served.until("outbid serves");
    assert_eq!(
        served.outbid(&["get", "campaigns", "-o", "name"]),
        "",
        "nothing is planted"
    );
    served.outbid(&["apply", "-f", campaigns.to_str().unwrap()]);
    let doctor = served.outbid(&[
        "doctor",
        "--config",
        config.to_str().unwrap(),
        "--data",
        data.to_str().unwrap(),
    ]);
    assert!(
        doctor.contains("has a database and can be written") && doctor.contains("is healthy"),
        "{doctor}"
    );

    std::fs::write(&config, "log_level = \"warn,outbid=info\"\n").unwrap();
    served.signal("HUP");
    assert_eq!(
        served.until("the configuration was read again")["log_level"],
        "warn,outbid=info"
    );
    std::fs::write(&config, "log_level = \"outbid=loud\"\n").unwrap();
    served.signal("HUP");
    let told = served.until("the configuration was not read again");
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("log_level: write error, warn"),
        "{told}"
    );
    std::fs::write(&config, "log_level = \"info\"\n").unwrap();

    served.signal("TERM");
    served.until("drained");
    assert!(served.child.wait().unwrap().success());

    let mut again = Served::start(&config, &data);
    again.until("outbid serves");
    assert_eq!(
        again.outbid(&["get", "campaigns", "-o", "name"]),
        "advertisers/acme/campaigns/spring\n"
    );
}
