//! Every error that a beginner will meet, as it is told: what was wrong, where, and what to do.

use super::ACME;
use super::product::Product;

#[test]
fn what_a_beginner_will_meet_says_what_to_do() {
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    let bad_yaml =
        "campaigns:\n  - name: advertisers/acme/campaigns/spring\n   budget: {daily_micros: 5}\n";
    let unknown = ACME.replace("display_name = \"Spring\"", "budgett = 1");
    let refused = ACME.replace(
        "countries = { include = [\"DE\"] }",
        "countries = { include = [\"Germany\"] }",
    );
    let float = ACME.replace("100_000_000", "1.5");
    let choice = ACME.replace("creatives = [", "delivery = \"even\"\ncreatives = [");
    let orphan =
        "[[ads]]\nname = \"advertisers/acme/campaigns/autumn/ads/mpu\"\ndisplay_name = \"MPU\"\n";
    let stale = "[[campaigns]]\nname = \"advertisers/acme/campaigns/spring\"\ndisplay_name = \"New\"\netag = \"stale\"\n";
    let cases: &[(&[&str], &str)] = &[
        (&["gett", "campaigns"], ""),
        (&["get", "campagns"], ""),
        (&["get", "campaigns", "acme/sprng"], ""),
        (&["describe", "sprin"], ""),
        (&["describe", "nothing-like-it"], ""),
        (&["get", "campaigns", "acme/spring/mpu/x"], ""),
        (&["pause", "Spring"], ""),
        (&["budget", "add", "spring", "fifty"], ""),
        (&["budget", "add", "spring", "50EUR"], ""),
        (&["budget", "add", "spring", "0.0000001"], ""),
        (&["budget", "add", "spring", "-5000USD"], ""),
        (&["apply", "-f", "no-such-file.yaml"], ""),
        (&["apply", "-f", "-"], ""),
        (&["apply", "-f", "-"], bad_yaml),
        (&["apply", "-f", "-"], "[[campaigns]\nname = 1\n"),
        (&["apply", "-f", "-"], "{\"campaigns\": [}"),
        (&["apply", "-f", "-"], "campains:\n  - name: x\n"),
        (&["apply", "-f", "-"], &unknown),
        (&["apply", "-f", "-"], &refused),
        (&["apply", "-f", "-"], &float),
        (&["apply", "-f", "-"], &choice),
        (&["apply", "-f", "-"], orphan),
        (&["apply", "-f", "-"], stale),
        (&["create", "-f", "-"], ACME),
        (&["apply", "--prune", "-f", "-"], stale),
        (&["delete", "acme/spring"], ""),
        (&["schema", "campain"], ""),
        (&["schema", "campaign.budget.daily"], ""),
        (&["why", "sprung"], ""),
        (&["why", "-f", "-"], "{}"),
        (&["why", "-f", "-", "--exchange", "demo"], "not a request"),
        (&["report", "--since", "tomorrow"], ""),
        (&["report", "--in", "spri"], ""),
        (&["get", "campaigns", "-o", "csv"], ""),
        (&["top"], ""),
        (&["config", "reload"], ""),
        (&["export"], ""),
        (&["get", "campaigns", "--server", "http://127.0.0.1:1"], ""),
        (
            &[
                "get",
                "campaigns",
                "--server",
                &format!("http://{}", product.bids),
            ],
            "",
        ),
    ];
    let mut told = String::new();
    for (args, input) in cases {
        let (code, said, wrong) = product.outcome(args, input);
        let line = args.join(" ").replace(&product.bids.to_string(), "BIDS");
        told.push_str(&format!(
            "$ outbid {line}\n{said}{}exit {code}\n\n",
            wrong.replace(&product.bids.to_string(), "BIDS")
        ));
        assert_ne!(code, 0, "{args:?}");
    }
    insta::assert_snapshot!(told);
}

#[test]
fn help_has_no_colours_where_nobody_wants_them() {
    let product = Product::start();
    let environment = [("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")];
    let (code, help, _) = product.with(&["--help"], &environment);
    assert_eq!(code, 0);
    assert!(
        help.contains("Exit codes:") && !help.contains('\u{1b}'),
        "{help}"
    );
}

#[test]
fn a_shell_gets_its_completions_and_a_reader_the_fields() {
    let product = Product::start();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = product.done(&["completion", shell]);
        assert!(
            script.contains("outbid") && script.contains("prune"),
            "{shell}"
        );
    }
    let campaign = product.done(&["schema", "campaign"]);
    assert!(
        campaign.contains("budget") && campaign.contains("by the server"),
        "{campaign}"
    );
    let choice = product.done(&["schema", "ad.delivery"]);
    assert!(
        choice.contains("Choices  DELIVERY_EVEN  Evenly"),
        "{choice}"
    );
    let printed = product.done(&["config", "print"]);
    let file = product.file("printed.toml", &printed);
    assert_eq!(
        product.done(&["config", "check", &file]),
        format!("{file} is good\n")
    );
    assert_eq!(product.done(&["config", "print", &file]), printed);
}
