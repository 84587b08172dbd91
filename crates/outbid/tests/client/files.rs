//! Files against the product: what would be done, what differs, what is printed for elsewhere, what an editor changes.

use super::ACME;
use super::product::Product;

#[test]
fn a_rehearsal_tells_what_apply_would_do_and_does_nothing() {
    let product = Product::start();
    assert_eq!(
        product.done_reading(&["apply", "--dry-run", "-f", "-"], ACME),
        "advertiser acme would be created\ncreative acme/hero would be created\n\
         campaign acme/spring would be created\nad acme/spring/mpu would be created\n"
    );
    product.fails(&["get", "advertisers", "acme"], 3, "acme");
    product.done_reading(&["apply", "-f", "-"], ACME);
    let richer = ACME.replace("100_000_000", "200_000_000");
    assert_eq!(
        product.done_reading(&["apply", "--dry-run", "-f", "-"], &richer),
        "advertiser acme unchanged\ncreative acme/hero unchanged\n\
         campaign acme/spring would be changed (budget)\nad acme/spring/mpu unchanged\n"
    );
    let (said, told) = product.differs(&["diff", "-f", "-"], &richer);
    assert_eq!(
        said,
        "campaign acme/spring changes\n- budget.daily_micros: 100000000\n+ budget.daily_micros: 200000000\n"
    );
    assert_eq!(told, "1 resource differs\n");
    assert_eq!(product.done_reading(&["diff", "-f", "-"], ACME), "");
    let wrong = ACME.replace("display_name = \"Spring\"", "time_zone = \"Mars/Olympus\"");
    product.fails_reading(&["diff", "-f", "-"], &wrong, 5, "campaign.time_zone: ");
    product.fails_reading(
        &["apply", "--dry-run", "-f", "-"],
        &wrong,
        5,
        "campaign.time_zone: ",
    );
}

#[test]
fn pruning_deletes_only_below_the_advertisers_of_the_files_and_only_when_it_may() {
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    let other = ACME.replace("acme", "bolt");
    product.done_reading(&["apply", "-f", "-"], &other);
    let advertiser = &ACME[ACME.find("[[advertisers]]").unwrap()..];
    product.fails_reading(&["apply", "--prune", "-f", "-"], advertiser, 2, "add --yes");
    assert_eq!(
        product.done_reading(&["apply", "--prune", "--dry-run", "-f", "-"], advertiser),
        "advertiser acme unchanged\nad acme/spring/mpu would be deleted\n\
         campaign acme/spring would be deleted\ncreative acme/hero would be deleted\n"
    );
    let (said, _) = product.differs(&["diff", "--prune", "-f", "-"], advertiser);
    assert_eq!(
        said,
        "ad acme/spring/mpu goes\ncampaign acme/spring goes\ncreative acme/hero goes\n"
    );
    let campaign = &ACME[ACME.find("[[campaigns]]").unwrap()..ACME.find("[[creatives]]").unwrap()];
    product.fails_reading(
        &["apply", "--prune", "--yes", "-f", "-"],
        campaign,
        2,
        "they hold none",
    );
    assert_eq!(
        product.done_reading(&["apply", "--prune", "--yes", "-f", "-"], advertiser),
        "advertiser acme unchanged\nad acme/spring/mpu deleted\ncampaign acme/spring deleted\ncreative acme/hero deleted\n"
    );
    assert_eq!(
        product.done(&["get", "ads", "--in", "bolt", "-o", "name"]),
        "advertisers/bolt/campaigns/spring/ads/mpu\n"
    );
}

#[test]
fn what_is_exported_can_be_applied_again_and_changes_nothing() {
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    let exported = product.done(&["export", "acme"]);
    insta::assert_snapshot!("export_of_an_advertiser", exported);
    for text in [
        exported,
        product.done(&["export", "--all"]),
        product.done(&["export", "--all", "-o", "json"]),
    ] {
        let applied = product.done_reading(&["apply", "-f", "-"], &text);
        assert!(
            applied.lines().all(|line| line.ends_with(" unchanged")),
            "{applied}"
        );
        assert_eq!(product.done_reading(&["diff", "-f", "-"], &text), "");
    }
    let campaign = product.done(&["export", "acme/spring", "-o", "name"]);
    assert_eq!(
        campaign,
        "advertisers/acme/creatives/hero\nadvertisers/acme/campaigns/spring\nadvertisers/acme/campaigns/spring/ads/mpu\n"
    );
}

#[test]
fn an_editor_changes_what_it_saves() {
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    let edit =
        |editor: &str| product.with(&["edit", "spring"], &[("VISUAL", ""), ("EDITOR", editor)]);
    let (code, said, told) = edit("sed -i s/100000000/250000000/");
    assert_eq!(
        (code, said.as_str(), told.as_str()),
        (0, "campaign acme/spring changed (budget)\n", "")
    );
    let campaign = product.done(&["get", "campaigns", "acme/spring"]);
    assert!(campaign.contains("250.00 USD"), "{campaign}");
    let (code, said, told) = edit("true");
    assert_eq!(
        (code, said.as_str(), told.as_str()),
        (0, "", "nothing was changed\n")
    );
    // A field that is taken out is cleared.
    let (code, said, _) = edit("sed -i /^budget/,/daily/d");
    assert_eq!(
        (code, said.as_str()),
        (0, "campaign acme/spring changed (budget)\n")
    );
    let (code, _, told) = edit("false");
    assert_eq!(code, 1, "{told}");
    assert!(
        told.contains("the editor `false` failed") && told.contains("hint: "),
        "{told}"
    );
}

#[test]
fn what_is_not_taken_is_shown_in_the_editor_again() {
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    // The first time it writes what the server refuses, then looks at what it was told, then leaves it.
    let seen = product.file("seen.yaml", "");
    let script = product.file(
        "editor.sh",
        &format!("if grep -q 'not taken' \"$1\"; then cp \"$1\" {seen}; else echo 'time_zone: Mars/Olympus' >> \"$1\"; fi\n"),
    );
    let (code, _, told) = product.with(&["edit", "spring"], &[("VISUAL", &format!("sh {script}"))]);
    assert_eq!(code, 5, "{told}");
    let seen = std::fs::read_to_string(seen).unwrap();
    assert!(
        seen.contains("# It was not taken:") && seen.contains("campaign.time_zone: "),
        "{seen}"
    );
    let kept = told.split("your text is in ").nth(1).unwrap().trim();
    assert!(
        std::fs::read_to_string(kept)
            .unwrap()
            .contains("Mars/Olympus")
    );
    std::fs::remove_file(kept).unwrap();
    // Somebody else changes it meanwhile: the second save puts ours over it.
    let outbid = env!("CARGO_BIN_EXE_outbid");
    let script = product.file(
        "race.sh",
        &format!(
            "if grep -q 'not taken' \"$1\"; then echo >> \"$1\"; else {outbid} budget set acme/spring 7USD > /dev/null; \
             sed -i s/Spring/Summer/ \"$1\"; fi\n"
        ),
    );
    let (code, said, told) =
        product.with(&["edit", "spring"], &[("VISUAL", &format!("sh {script}"))]);
    assert_eq!(
        (code, said.as_str()),
        (0, "campaign acme/spring changed (display_name, budget)\n"),
        "{told}"
    );
}

#[test]
fn files_may_be_yaml_and_say_where_they_are_wrong() {
    let product = Product::start();
    let yaml = "advertisers:\n  - name: advertisers/acme\n    display_name: Acme\n    currency_code: USD\n\
                campaigns:\n  - name: advertisers/acme/campaigns/spring\n    budget: {daily_micros: 5_000_000}\n    display_name: Spring\n";
    assert_eq!(
        product.done_reading(&["apply", "-f", "-"], yaml),
        "advertiser acme created\ncampaign acme/spring created\n"
    );
    product.fails_reading(
        &["apply", "-f", "-"],
        "campaigns:\n  - name: [\n",
        2,
        "standard input cannot be understood: line ",
    );
    let budgett = yaml.replace("budget:", "budgett:");
    product.fails_reading(&["apply", "-f", "-"], &budgett, 2, "did you mean budget?");
}
