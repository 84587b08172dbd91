//! Experiments on the command line, against the product.

use super::ACME;
use super::product::Product;

const HIGHER: &str = r#"
[[experiments]]
name = "advertisers/acme/experiments/higher"
display_name = "Higher bids"
campaigns = ["advertisers/acme/campaigns/spring"]
start_time = "2026-01-01T00:00:00Z"

[[experiments.arms]]
arm_id = "control"
weight = 1

[[experiments.arms]]
arm_id = "higher"
weight = 1
bid_percent = 150
"#;

#[test]
fn an_experiment_is_applied_listed_described_exported_and_ended() {
    let product = Product::start();
    let apply = |text: &str| product.done_reading(&["apply", "-f", "-"], text);
    apply(ACME);
    assert_eq!(apply(HIGHER), "experiment acme/higher created\n");
    assert_eq!(apply(HIGHER), "experiment acme/higher unchanged\n");
    assert_eq!(
        product.done(&["get", "experiments"]),
        "NAME         STATUS   ARMS                 CAMPAIGNS    RUNS                          TITLE\n\
         acme/higher  running  control 1, higher 1  acme/spring  2026-01-01T00:00:00Z to open  Higher bids\n"
    );
    let page = product.done(&["describe", "experiment", "higher"]);
    for part in [
        "Status     running\n",
        "higher: weight 1, bids 150 %\n",
        "\nARM       SHARE  IMPRESSIONS     SPEND  CLICKS",
        "nothing to compare yet",
        "split: no user was met yet\n",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let exported = product.done(&["export", "acme"]);
    assert!(
        exported.contains("[[experiments]]") || exported.contains("experiments:"),
        "{exported}"
    );
    assert_eq!(product.done_reading(&["diff", "-f", "-"], &exported), "");
    let schema = product.done(&["schema", "experiment.arms.bid_percent"]);
    assert!(
        schema.contains("in percent of what they would bid"),
        "{schema}"
    );
    product.fails(&["pause", "acme/higher"], 3, "there is no");
    let other = HIGHER
        .replace("bid_percent = 150", "bid_percent = 5")
        .replace("experiments/higher", "experiments/other");
    product.fails_reading(&["apply", "-f", "-"], &other, 5, "bid_percent");
    let ended = format!(
        "{}\n",
        HIGHER.replace(
            "start_time",
            "end_time = \"2026-02-01T00:00:00Z\"\nstart_time"
        )
    );
    assert_eq!(apply(&ended), "experiment acme/higher changed (end_time)\n");
    assert!(product.done(&["get", "experiments"]).contains("  ended  "));
    product.done(&["delete", "acme/higher", "--yes"]);
    assert_eq!(product.done(&["get", "experiments", "-o", "name"]), "");
}
