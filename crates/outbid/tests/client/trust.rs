//! Who may, who did, and taking it back: from the command line.

use crate::ACME;
use crate::product::Product;

#[test]
fn a_change_is_in_the_history_and_can_be_taken_back() {
    let product = Product::start();
    product.done_reading(&["create", "-f", "-"], ACME);
    product.done(&["budget", "set", "acme/spring", "50USD"]);
    let history = product.done(&["history", "acme/spring"]);
    let mut lines = history.lines();
    assert!(
        lines.next().unwrap().starts_with("EVENT  WHEN"),
        "{history}"
    );
    let newest = lines.next().unwrap();
    assert!(
        newest.contains("First admin (made by the server)")
            && newest.ends_with("budget.daily 100.00 -> 50.00 USD"),
        "{history}"
    );
    assert!(
        history.lines().last().unwrap().ends_with("created"),
        "{history}"
    );
    let event = newest.split(' ').next().unwrap();

    let would = product.done(&["revert", event, "--dry-run"]);
    assert!(
        would.contains("budget.daily 50.00 -> 100.00 USD"),
        "{would}"
    );
    // It raises money, and nobody is there to be asked.
    product.fails(&["revert", event], 2, "add --yes");
    let done = product.done(&["revert", event, "--yes"]);
    assert!(
        done.trim_end().ends_with(&format!("(takes back {event})")),
        "{done}"
    );
    let now = product.done(&["get", "campaigns", "acme/spring", "-o", "json"]);
    assert!(now.contains(r#""daily_micros": "100000000""#), "{now}");
    product.fails(&["revert", event, "--yes"], 4, "--force");
    product.fails(&["revert", "999"], 3, "changeEvents/999 does not exist");

    let json = product.done(&["history", "--limit", "1", "-o", "json"]);
    assert!(
        json.contains(r#""method": "AuditService/RevertChange""#),
        "{json}"
    );
    let names = product.done(&["history", "acme", "--since", "1h", "-o", "name"]);
    assert!(
        names.lines().all(|line| line.starts_with("changeEvents/")),
        "{names}"
    );
    let chain = product.done(&["history", "--verify"]);
    assert!(chain.starts_with("Chain        whole\n"), "{chain}");
}

/// A command that shows this token.
fn with<'a>(args: &[&'a str], token: &'a str) -> Vec<&'a str> {
    [args, &["--token", token]].concat()
}

#[test]
fn a_token_lets_in_for_what_it_says_until_it_is_revoked() {
    let product = Product::start();
    product.done_reading(&["create", "-f", "-"], ACME);
    let made = product.done(&[
        "token", "create", "ann", "--role", "manager", "--on", "acme", "--title", "Ann Lee",
    ]);
    let secret = made.trim_end();
    assert!(
        secret.starts_with("outbid_ann_") && !secret.contains('\n'),
        "{made}"
    );
    let who = product.done(&with(&["token", "whoami"], secret));
    assert!(
        who.contains("Title  Ann Lee\nRoles  manager on acme\n"),
        "{who}"
    );
    product.done(&with(&["pause", "acme/spring"], secret));
    // What she may not see is not there for her.
    assert_eq!(
        product.done(&with(&["get", "advertisers", "-o", "name"], secret)),
        "advertisers/acme\n"
    );
    product.fails(
        &with(&["get", "campaigns", "--in", "demo"], secret),
        8,
        "needs the role",
    );
    product.fails(&with(&["delete", "acme", "--force"], secret), 8, "ADMIN");
    product.fails(&with(&["token", "list"], secret), 8, "ADMIN");
    product.fails(
        &["get", "campaigns", "--token", "nonsense"],
        7,
        "is not known here",
    );
    let history = product.done(&["history", "--by", "ann"]);
    assert!(
        history.contains("Ann Lee  acme/spring  state ACTIVE -> PAUSED"),
        "{history}"
    );

    let list = product.done(&["token", "list"]);
    assert!(
        list.contains("manager on acme") && list.contains("admin on everything"),
        "{list}"
    );
    let rotated = product.done(&["token", "rotate", "ann"]);
    product.fails(&with(&["token", "whoami"], secret), 7, "is not known here");
    product.fails(&["token", "revoke", "ann"], 2, "add --yes");
    product.done(&["token", "revoke", "ann", "--yes"]);
    product.fails(
        &["token", "whoami", "--token", rotated.trim_end()],
        7,
        "was revoked",
    );
    product.fails(
        &["token", "revoke", "first-admin", "--yes"],
        4,
        "last admin",
    );
}

#[test]
fn contexts_keep_servers_and_tokens() {
    let product = Product::start();
    let kept = product.done(&["context", "list"]);
    assert!(kept.contains("kept") && !kept.contains("outbid_"), "{kept}");
    product.fails(
        &["context", "use", "prod"],
        3,
        "there is no context \"prod\"",
    );
    product.done_reading(&["context", "add", "mine", "--token", "-"], "outbid_x_y\n");
    product.fails(
        &["get", "campaigns", "--context", "mine"],
        7,
        "is not known here",
    );
    let shown = product.done(&["context", "show"]);
    assert!(shown.starts_with("mine  http://127.0.0.1:"), "{shown}");
    product.done(&["context", "remove", "mine"]);
    product.fails(&["context", "show"], 3, "no context is in use");
    // The token of the run's own context goes to its own server, named or not.
    product.done(&["get", "campaigns"]);
}
