//! Audiences and conversion actions on the command line, against the product.

use super::ACME;
use super::market::{ask, product, request, until};
use super::product::Product;

const KNOWN: &str = r#"
[[audiences]]
name = "advertisers/acme/audiences/buyers"
display_name = "Buyers"
membership_duration = "86400s"

[[conversionActions]]
name = "advertisers/acme/conversionActions/lead"
display_name = "Leads"
category = "CONVERSION_CATEGORY_LEAD"
counting = "CONVERSION_COUNTING_ONE_PER_CLICK"
"#;

#[test]
fn audiences_and_conversion_actions_are_applied_filled_and_exported() {
    let product = Product::start();
    let apply = |text: &str| product.done_reading(&["apply", "-f", "-"], text);
    apply(ACME);
    assert_eq!(
        apply(KNOWN),
        "audience acme/buyers created\nconversion action acme/lead created\n"
    );
    let add =
        |text: &str| product.done_reading(&["audience", "add", "buyers", "-", "--hash"], text);
    assert_eq!(
        add("ann\nbob\n"),
        "audience acme/buyers: 2 added, 2 in it\n"
    );
    assert_eq!(
        add("bob\n\ncem"),
        "audience acme/buyers: 1 added, 3 in it\n"
    );
    let ann = "50c2c3b6a1e6ef7ba4d5a6d8ab1a9bd0b5a0e0a1";
    product.fails_reading(&["audience", "add", "buyers", "-"], ann, 2, "no SHA-256");
    let removed = product.done_reading(&["audience", "remove", "acme", "-", "--hash"], "ann\n");
    assert_eq!(removed, "advertiser acme: 1 removed\n");
    let again = ["audience", "remove", "buyers", "-", "--hash", "-o", "json"];
    let again: serde_json::Value =
        serde_json::from_str(&product.done_reading(&again, "ann\nbob\n")).unwrap();
    assert_eq!(again, serde_json::json!({"removed_count": "1"}));
    add("bob\n");
    assert_eq!(
        product.done(&["get", "audiences"]),
        "NAME         STATUS  MEMBERS  STAY  TITLE\nacme/buyers  active        2    1d  Buyers\n"
    );
    let actions = product.done(&["get", "conversion-actions"]);
    assert!(
        actions.contains("acme/lead  active  lead      one a click"),
        "{actions}"
    );
    let targeted = ACME.replace(
        "countries = { include = [\"DE\"] }",
        "audiences = { include = [\"advertisers/acme/audiences/buyers\"] }",
    );
    assert!(apply(&targeted).contains("ad acme/spring/mpu changed (targeting)"));
    let exported = product.done(&["export", "acme"]);
    assert_eq!(product.done_reading(&["diff", "-f", "-"], &exported), "");
    assert!(
        product
            .done(&["describe", "lead"])
            .contains("?action=lead&order=")
    );
    product.done(&["report", "--by", "conversion-action"]);
}

#[test]
fn members_get_the_ad_until_they_are_forgotten_and_the_reason_is_told() {
    let product = product();
    let user = |id: &str| request(|it| it["device"]["ifa"] = id.into());
    let (ann, bob) = (user("ann"), user("bob"));
    until(&product, "demo", &bob, "everybody", |status, _| {
        status == 200
    });
    let targeted = ACME.replace(
        "countries = { include = [\"DE\"] }",
        "audiences = { include = [\"advertisers/acme/audiences/buyers\"] }",
    );
    product.done_reading(&["apply", "-f", "-"], KNOWN);
    product.done_reading(&["apply", "-f", "-"], &targeted);
    until(&product, "demo", &bob, "buyers alone", |status, _| {
        status == 204
    });
    assert_eq!(ask(&product, "demo", &ann).0, 204);
    let both = ["audience", "add", "buyers", "-", "--hash"];
    product.done_reading(&both, "ann\ncem\n");
    until(&product, "demo", &ann, "a buyer", |status, _| status == 200);
    assert_eq!(ask(&product, "demo", &bob).0, 204);
    let limited = request(|it| it["device"] = serde_json::json!({"ifa": "ann", "lmt": 1}));
    assert_eq!(ask(&product, "demo", &limited).0, 204);
    for (body, reason) in [(&bob, "audience"), (&limited, "no_consent")] {
        let told = product.done_reading(&["why", "-f", "-", "--exchange", "demo"], body);
        assert!(told.contains(reason), "{reason} in {told}");
    }
    let told = product.done_reading(&["why", "-f", "-", "--exchange", "demo"], &ann);
    assert!(told.contains("acme/spring/mpu"), "{told}");
    // Forgotten in all of the advertiser's audiences.
    product.done_reading(&["audience", "remove", "acme", "-", "--hash"], "ann\n");
    until(&product, "demo", &ann, "forgotten", |status, _| {
        status == 204
    });
    let told = product.done_reading(&["why", "-f", "-", "--exchange", "demo"], &ann);
    assert!(told.contains("audience"), "{told}");
    let cem = user("cem");
    assert_eq!(ask(&product, "demo", &cem).0, 200);
}
