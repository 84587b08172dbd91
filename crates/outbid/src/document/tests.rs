use super::*;

fn read(text: &str) -> Result<Vec<Entry>, Failure> {
    read_toml(text, "FILE")
}

const TOML: &str = r#"
[[ads]]
name = "advertisers/acme/campaigns/spring/ads/mpu"
display_name = "MPU"
max_bid_cpm_micros = 2_500_000
goal = { click_micros = 500_000 }
delivery = "DELIVERY_EVEN"
creatives = ["advertisers/acme/creatives/hero"]
state = "STATE_PAUSED"
frequency_caps = [{ impressions = 3, period = "86400s" }]

[ads.flight]
start_time = 2026-11-20T08:00:00Z

[ads.targeting]
countries = { include = ["DE"] }
circles = { include = [{ latitude = 52.5, longitude = 13, radius_km = 10 }] }

[[campaigns]]
name = "advertisers/acme/campaigns/spring"
display_name = "Spring"
budget = { daily_micros = 500_000_000 }

[[advertisers]]
name = "advertisers/acme"
display_name = "Acme"
currency_code = "USD"
"#;

const JSON: &str = r#"{
  "ads": [{
    "name": "advertisers/acme/campaigns/spring/ads/mpu",
    "displayName": "MPU",
    "maxBidCpmMicros": "2500000",
    "goal": {"clickMicros": "500000"},
    "delivery": 1,
    "creatives": ["advertisers/acme/creatives/hero"],
    "frequencyCaps": [{"impressions": 3, "period": "86400s"}],
    "flight": {"startTime": "2026-11-20T08:00:00Z"},
    "targeting": {
      "countries": {"include": ["DE"]},
      "circles": {"include": [{"latitude": 52.5, "longitude": 13, "radiusKm": 10}]}
    },
    "number": "7",
    "etag": "e1"
  }],
  "campaigns": [{
    "name": "advertisers/acme/campaigns/spring",
    "display_name": "Spring",
    "budget": {"daily_micros": 500000000}
  }],
  "advertisers": [{"name": "advertisers/acme", "display_name": "Acme", "currency_code": "USD"}]
}"#;

#[test]
fn toml_and_json_say_the_same() {
    let (toml, json) = (read(TOML).unwrap(), read(JSON).unwrap());
    let names: Vec<&str> = toml.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "advertisers/acme",
            "advertisers/acme/campaigns/spring",
            "advertisers/acme/campaigns/spring/ads/mpu"
        ],
        "what is named comes before what names it"
    );
    let (Resource::Ad(toml), Resource::Ad(mut json)) = (toml[2].resource(), json[2].resource())
    else {
        panic!("no ads");
    };
    assert_eq!(std::mem::take(&mut json.etag), "e1");
    assert_eq!(toml, json);
    assert_eq!(toml.max_bid_cpm_micros, 2_500_000);
    assert_eq!(
        toml.state(),
        v1::State::Unspecified,
        "what only the server writes is left out"
    );
    assert_eq!(
        toml.flight
            .and_then(|flight| flight.start_time)
            .map(|at| at.seconds),
        Some(1_795_161_600)
    );
}

#[test]
fn an_entry_knows_what_its_file_sets() {
    let entries = read(JSON).unwrap();
    let mut fields = entries[2].fields.clone();
    fields.sort();
    assert_eq!(
        fields,
        [
            "creatives",
            "delivery",
            "display_name",
            "flight",
            "frequency_caps",
            "goal",
            "max_bid_cpm_micros",
            "targeting"
        ]
    );
}

#[test]
fn a_null_clears_its_field() {
    let json = r#"{"campaigns": [{"name": "advertisers/acme/campaigns/spring", "budget": null}]}"#;
    let entries = read(json).unwrap();
    assert_eq!(entries[0].fields, ["budget"]);
    assert_eq!(entries[0].resource().budget(), None);
}

#[test]
fn what_was_printed_can_be_read() {
    let entries = read(TOML).unwrap();
    let tree = crate::print::tree::Tree::of(&entries[2].message);
    let printed = format!("{{\"ads\": [{}]}}", tree.to_json());
    assert_eq!(read(&printed).unwrap()[0].message, entries[2].message);
}

#[test]
fn a_length_of_time_may_have_its_own_unit() {
    let check = |period: &str| {
        let read = read(&TOML.replace("86400s", period)).unwrap();
        assert_eq!(
            read[2].message,
            self::read(TOML).unwrap()[2].message,
            "{period}"
        );
    };
    check("24h");
    check("1d");
    check("1440m");
}

#[test]
fn each_fault_is_told_by_its_place_and_with_what_to_write() {
    let check = |text: &str, expect: &[&str]| {
        let failure = read(text).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage, "{failure}");
        assert_eq!(failure.details, expect, "{text}");
    };
    let campaign =
        |rest: &str| format!("[[campaigns]]\nname = \"advertisers/acme/campaigns/spring\"\n{rest}");
    check(
        &campaign("displayname = \"x\"\nbudget = { daly_micros = 1 }"),
        &[
            "FILE: campaigns[0].budget: there is no field \"daly_micros\": did you mean daily_micros?",
            "FILE: campaigns[0]: there is no field \"displayname\": did you mean display_name?",
        ],
    );
    check(
        &campaign("budget = { daily_micros = 1.5, weekly = 2 }"),
        &[
            "FILE: campaigns[0].budget.daily_micros: write a whole number",
            "FILE: campaigns[0].budget: there is no field \"weekly\": write one of lifetime_micros, daily_micros",
        ],
    );
    check(
        &campaign("flight = { start_time = \"soon\" }\nfrequency_caps = [{ period = 7 }]"),
        &[
            "FILE: campaigns[0].flight.start_time: write a moment such as \"2026-11-20T08:00:00Z\"",
            "FILE: campaigns[0].frequency_caps[0].period: write a length of time such as \"7d\", \"24h\" or \"86400s\"",
        ],
    );
    check(
        "[[ads]]\nname = \"advertisers/acme/ads/x\"\ndelivery = \"even\"\ngoal = { click_micros = 1, \
         conversion_micros = 2 }\ncreatives = \"x\"",
        &[
            "FILE: ads[0].creatives: write a list",
            "FILE: ads[0].delivery: \"even\" is no choice: did you mean DELIVERY_EVEN?",
            "FILE: ads[0].goal.conversion_micros: only one of this and click_micros can be there",
            "FILE: ads[0].name: \"advertisers/acme/ads/x\" is not of the form \
             advertisers/{advertiser}/campaigns/{campaign}/ads/{ad}",
        ],
    );
    check(
        "[[campaign]]\nname = \"x\"",
        &["FILE: there are no \"campaign\": did you mean campaigns?"],
    );
    check(
        "[campaigns]\nname = \"x\"",
        &["FILE: campaigns must be a list: write [[campaigns]]"],
    );
    check(
        r#"{"creatives": [{"display_name": "x", "displayName": "y"}]}"#,
        &[
            "FILE: creatives[0].display_name: is there twice, in two spellings",
            "FILE: creatives[0].name: write its name, of the form advertisers/{advertiser}/creatives/{creative}",
        ],
    );
}

#[test]
fn what_is_no_toml_and_no_json_is_told_with_its_line() {
    let check = |text: &str, part: &str| {
        let failure = read(text).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.contains(part), "{failure}");
    };
    check("{\"ads\": [}", "line 1 column 10");
    check("[[ads]]\nname = ", "line 2");
    check("", "holds nothing");
    check("[]", "must hold tables");
    check("[[ads]]\nname = \"x\"\n{", "line 3");
}
