//! The commands against the whole product, run as a process of its own: what is printed, what changes, what fails how.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod audiences;
mod errors;
mod experiments;
mod files;
mod helm;
mod loadtest;
mod market;
mod ops;
mod product;
mod reallocation;
mod serve;
mod tables;
mod trust;

use product::Product;

/// An advertiser with all that it needs to bid.
const ACME: &str = r#"
[[ads]]
name = "advertisers/acme/campaigns/spring/ads/mpu"
display_name = "MPU"
goal = { fixed_cpm_micros = 2_500_000 }
creatives = ["advertisers/acme/creatives/hero"]
targeting = { countries = { include = ["DE"] } }

[[campaigns]]
name = "advertisers/acme/campaigns/spring"
display_name = "Spring"
budget = { daily_micros = 100_000_000 }

[[creatives]]
name = "advertisers/acme/creatives/hero"
display_name = "Hero"
landing_url = "https://acme.example/spring"

[creatives.banner]
size = { width = 300, height = 250 }
image = { url = "https://cdn.acme.example/hero.png", alt_text = "Spring at Acme" }

[[advertisers]]
name = "advertisers/acme"
display_name = "Acme"
currency_code = "USD"
"#;

#[test]
fn applying_a_file_makes_changes_and_leaves_alone() {
    let product = Product::start();
    let apply = |text: &str| product.done_reading(&["apply", "-f", "-"], text);
    assert_eq!(
        apply(ACME),
        "advertiser acme created\ncreative acme/hero created\ncampaign acme/spring created\nad acme/spring/mpu created\n"
    );
    assert_eq!(
        apply(ACME),
        "advertiser acme unchanged\ncreative acme/hero unchanged\ncampaign acme/spring unchanged\n\
         ad acme/spring/mpu unchanged\n"
    );
    let richer = ACME
        .replace("100_000_000", "200_000_000")
        .replace("[\"DE\"]", "[\"DE\", \"AT\"]");
    assert_eq!(
        apply(&richer),
        "advertiser acme unchanged\ncreative acme/hero unchanged\ncampaign acme/spring changed (budget)\n\
         ad acme/spring/mpu changed (targeting)\n"
    );
    // What is printed can be applied again, and says the same.
    let printed = product.done(&["get", "ads", "--in", "acme", "-o", "json"]);
    assert_eq!(apply(&printed), "ad acme/spring/mpu unchanged\n");
    // What is not named stays: the display name is not in this one.
    let lean = "[[campaigns]]\nname = \"advertisers/acme/campaigns/spring\"\nbudget = { lifetime_micros = 5 }";
    assert_eq!(apply(lean), "campaign acme/spring changed (budget)\n");
    let campaign = product.done(&["get", "campaigns", "acme/spring", "-o", "json"]);
    assert!(
        campaign.contains(r#""display_name": "Spring""#),
        "{campaign}"
    );
    assert!(
        campaign.contains(r#""lifetime_micros": "5""#) && !campaign.contains("daily_micros"),
        "{campaign}"
    );
}

#[test]
fn what_there_is_can_be_listed_and_described() {
    let product = Product::start();
    product.done_reading(&["create", "-f", "-"], ACME);
    assert_eq!(
        product.done(&["get", "campaigns", "--in", "acme", "-o", "name"]),
        "advertisers/acme/campaigns/spring\n"
    );
    assert_eq!(
        product.done(&["get", "campaigns", "--in", "acme"]),
        "NAME         STATUS    DAILY BUDGET     TODAY  LIFETIME BUDGET     TOTAL  TITLE\n\
         acme/spring  eligible    100.00 USD  0.00 USD                -  0.00 USD  Spring\n"
    );
    assert_eq!(
        product.done(&["get", "creative", "acme/hero"]),
        "NAME       STATUS  FORMAT  SIZE     LANDING                      TITLE\n\
         acme/hero  active  banner  300x250  https://acme.example/spring  Hero\n"
    );
    let ad = product.done(&["describe", "mpu"]);
    for line in [
        "Name       advertisers/acme/campaigns/spring/ads/mpu\n",
        "Status     eligible\n",
        "Goal       2.50 USD CPM\n",
        "Today      0.00 USD, unlimited\n",
        "Targeting  countries: DE\n",
        "Creatives  acme/hero\n",
    ] {
        assert!(ad.contains(line), "{ad}");
    }
    let campaign = product.done(&["describe", "campaign", "spring"]);
    assert!(
        campaign.contains(
            "\nAds\n  NAME             STATUS       TOTAL\n  acme/spring/mpu  eligible  0.00 USD\n"
        ),
        "{campaign}"
    );
    let yaml = product.done(&["get", "ads", "mpu", "-o", "yaml"]);
    assert!(
        yaml.starts_with("ads:\n  - name: advertisers/acme/campaigns/spring/ads/mpu\n"),
        "{yaml}"
    );
}

#[test]
fn a_long_list_is_read_page_after_page_and_cut_where_it_was_asked_to_be() {
    let product = Product::start();
    // A page holds 1,000.
    let creative = |n: usize| {
        format!(
            "[[creatives]]\nname = \"advertisers/acme/creatives/c{n}\"\ndisplay_name = \"C\"\n\
             landing_url = \"https://acme.example/\"\nnative = {{ title = \"T\" }}\n"
        )
    };
    let many: String = (0..1_005).map(creative).collect();
    let advertiser = &ACME[ACME.find("[[advertisers]]").unwrap()..];
    product.done_reading(&["create", "-f", "-"], &format!("{many}{advertiser}"));
    let listed = |args: &[&str]| {
        let fixed = ["get", "creatives", "--in", "acme", "-o", "name"];
        product.done(&[&fixed, args].concat()).lines().count()
    };
    assert_eq!(listed(&[]), 1_005);
    assert_eq!(listed(&["--limit", "1002"]), 1_002);
    assert_eq!(listed(&["--limit", "3"]), 3);
}

#[test]
fn budgets_and_switches_take_effect_and_say_so() {
    let product = Product::start();
    product.done_reading(&["create", "-f", "-"], ACME);
    // How much bidders hold for their next bids depends on when it is asked.
    let set = product.done(&["budget", "set", "spring", "500USD"]);
    let (told, held) = set.split_at(set.find("Held").unwrap_or(0));
    assert_eq!(
        told,
        "Campaign  acme/spring\n\
         Daily     100.00 USD -> 500.00 USD, spent 0.00 USD\n\
         Lifetime  unlimited, spent 0.00 USD\n"
    );
    // Nothing bids, so nothing will be spent.
    let (held, today) = held.split_once("\n").unwrap_or_default();
    assert!(held.ends_with(" USD"), "{held}");
    assert!(
        today.starts_with("Today     0.00 USD spent at its end, "),
        "{today}"
    );
    let raised = product.done(&["budget", "add", "acme/spring", "50"]);
    assert!(raised.contains("500.00 USD -> 550.00 USD"), "{raised}");
    let until = ["budget", "set", "spring", "560", "--until"];
    let timed = product.done(&[&until[..], &["2h"]].concat());
    assert!(
        timed.contains("10.00 USD of the daily budget is taken back at "),
        "{timed}"
    );
    product.fails(&[&until[..], &["2h"]].concat(), 5, "until: ");
    product.fails(
        &[&until[..], &["soon"]].concat(),
        2,
        "or how long from now, such as 2h",
    );
    product.done(&["budget", "set", "spring", "550"]);
    let cut = product.done(&["budget", "add", "acme/spring", "-50.50USD"]);
    assert!(cut.contains("550.00 USD -> 499.50 USD"), "{cut}");
    let capped = product.done(&["budget", "set", "acme/spring", "20000", "--lifetime"]);
    assert!(
        capped.contains("Lifetime  unlimited -> 20000.00 USD"),
        "{capped}"
    );
    let open = product.done(&["budget", "set", "acme/spring", "unlimited"]);
    assert!(open.contains("499.50 USD -> unlimited"), "{open}");
    product.fails(
        &["budget", "set", "acme/spring", "5EUR"],
        2,
        "this account is kept in USD, not in EUR",
    );
    product.fails(
        &["budget", "add", "acme/spring", "5USD"],
        5,
        "daily.add_micros",
    );

    assert_eq!(
        product.done(&["pause", "acme/spring"]),
        "campaign acme/spring paused\n"
    );
    let paused = product.done(&["describe", "acme/spring"]);
    assert!(
        paused.contains("Why not   campaign paused: resume the campaign\n"),
        "{paused}"
    );
    assert_eq!(
        product.done(&["resume", "acme/spring"]),
        "campaign acme/spring resumed\n"
    );
    assert_eq!(
        product.done(&["pause", "mpu", "acme"]),
        "ad acme/spring/mpu paused\nadvertiser acme paused\n"
    );
}

#[test]
fn each_failure_has_its_exit_code_and_says_what_to_do() {
    let product = Product::start();
    product.done_reading(&["create", "-f", "-"], ACME);
    product.fails(
        &["get", "campaigns", "acme/sprin"],
        3,
        "did you mean acme/spring?",
    );
    product.fails(
        &["pause", "zzz"],
        3,
        "there is no advertiser, campaign or ad \"zzz\"",
    );
    product.fails(&["pause", "acme/hero"], 3, "acme/hero");
    product.fails_reading(&["create", "-f", "-"], ACME, 4, "advertisers/acme");
    product.fails(&["delete", "acme/spring"], 4, "force");
    let refused = "[[campaigns]]\nname = \"advertisers/acme/campaigns/autumn\"\ntime_zone = \"Mars/Olympus\"\n";
    product.fails_reading(&["apply", "-f", "-"], refused, 5, "campaign.time_zone: ");
    let stale = "[[campaigns]]\nname = \"advertisers/acme/campaigns/spring\"\ndisplay_name = \"New\"\netag = \"stale\"\n";
    product.fails_reading(
        &["apply", "-f", "-"],
        stale,
        4,
        "advertisers/acme/campaigns/spring",
    );
    product.fails_reading(
        &["why", "-f", "-", "--exchange", "nobody"],
        "{}",
        5,
        "exchange: ",
    );
    assert_eq!(
        product.done(&["delete", "acme/spring", "--force"]),
        "campaign acme/spring deleted\n"
    );
    product.fails(
        &["get", "campaigns", "acme/spring", "autumn"],
        3,
        "there is no campaign \"autumn\"",
    );
}

#[test]
fn a_request_is_explained_ad_by_ad() {
    let product = Product::start();
    product.done_reading(&["create", "-f", "-"], ACME);
    let request = r#"{"id": "r1", "at": 1, "tmax": 200, "site": {"domain": "news.example"},
        "imp": [{"id": "1", "secure": 1, "bidfloor": 9999, "banner": {"format": [{"w": 300, "h": 250}]}}]}"#;
    product.eventually(|| {
        let told = product.done_reading(&["why", "-f", "-", "--exchange", "demo"], request);
        let funnel = told.contains("request r1\n") && told.contains("impression 1: ");
        (funnel && told.contains("considered") && told.contains("\n  nearest miss: "))
            .then_some(())
            .ok_or(told)
    });
    let json = product.done_reading(
        &["why", "-f", "-", "--exchange", "demo", "-o", "json"],
        request,
    );
    assert!(json.starts_with("{\n  \"request_id\": \"r1\""), "{json}");
}

#[test]
fn traffic_is_reported_and_replayed() {
    let product = Product::start();
    let url = format!("http://{}/bid/demo", product.bids);
    let file = product.file(
        "requests.jsonl",
        &r#"{"id": "r1", "at": 1, "tmax": 500, "site": {"domain": "news.example", "page": "https://news.example/"}, "imp": [{"id": "1", "secure": 1, "banner": {"format": [{"w": 300, "h": 250}]}}]}
"#
        .repeat(3),
    );
    let replayed = product.done(&["replay", &file, "--to", &url]);
    let replayed: serde_json::Value = serde_json::from_str(&replayed).unwrap();
    assert_eq!(
        (&replayed["sent"], &replayed["invalid_responses"]),
        (&3.into(), &0.into()),
        "{replayed}"
    );
    let report = product.done(&["report", "--by", "campaign", "--since", "24h"]);
    assert!(report.starts_with("CAMPAIGN "), "{report}");
    let report = product.done(&["report", "--by", "ad,hour", "-o", "json"]);
    assert!(
        serde_json::from_str::<serde_json::Value>(&report)
            .unwrap()
            .is_object(),
        "{report}"
    );
}

#[test]
fn a_campaign_tells_why_it_does_not_serve() {
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    let told = product.done(&["why", "acme/spring"]);
    assert!(
        told.starts_with("campaign  acme/spring\nstatus    eligible\n"),
        "{told}"
    );
    assert!(
        told.contains("  acme/spring/mpu  eligible     0     0"),
        "{told}"
    );
    assert!(
        told.ends_with("`outbid why -f request.json` tells of one request.\n"),
        "{told}"
    );
    product.done(&["pause", "acme/spring"]);
    let told = product.done(&["why", "spring"]);
    assert!(
        told.contains("why not   campaign paused: resume the campaign\n"),
        "{told}"
    );
    assert!(
        told.ends_with("\nIt cannot bid: campaign paused. To do: resume the campaign.\n"),
        "{told}"
    );
    assert_eq!(
        product.done(&["why", "spring", "-o", "name"]),
        "advertisers/acme/campaigns/spring/ads/mpu\n"
    );
    let ad = product.done(&["why", "mpu", "-o", "json"]);
    assert!(
        ad.contains("\"verdict\": \"It cannot bid: campaign paused."),
        "{ad}"
    );
    product.fails(&["why", "sprin"], 3, "did you mean acme/spring");
}
