//! The tables and pages that people read most, whole, as they are printed. Moments, and figures that depend on when it
//! is asked, are masked.

use super::ACME;
use super::product::Product;

/// A word with `#` for its digits, where it is a day, a time of day or a moment.
fn without_moment(word: &str) -> String {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_moment = digits >= 6 && word.matches(['-', ':']).count() >= 2;
    match is_moment {
        true => word.replace(|c: char| c.is_ascii_digit(), "#"),
        false => word.to_string(),
    }
}

/// A line whose moments are masked, and its figures too where they are another one each time.
fn masked(line: &str) -> String {
    let words: Vec<String> = line.split(' ').map(without_moment).collect();
    let line = words.join(" ");
    let varies = ["Held", "held", "Number", "day ", "last minute", "μ"];
    match varies.iter().any(|begin| line.starts_with(begin)) {
        true => without_figures(&line),
        false => line,
    }
}

/// A line without its figures, and without the blanks that stand for their width.
fn without_figures(line: &str) -> String {
    let figure = |word: &str| {
        let bare = word.trim_end_matches([',', ':']);
        bare.parse::<f64>().is_ok() || bare.starts_with('#')
    };
    let words = line.split_whitespace();
    let words = words.map(|word| if figure(word) { "#" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// What commands print, each under its own line.
fn session(product: &Product, commands: &[&[&str]]) -> String {
    let mut told = String::new();
    for args in commands {
        let printed = product.done(args);
        let lines: Vec<String> = printed.lines().map(masked).collect();
        told.push_str(&format!(
            "$ outbid {}\n{}\n\n",
            args.join(" "),
            lines.join("\n")
        ));
    }
    told
}

#[test]
fn what_people_read_most_is_told_so() {
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    insta::assert_snapshot!(
        "get",
        session(
            &product,
            &[
                &["get", "advertisers", "acme"],
                &["get", "campaigns", "--in", "acme"],
                &["get", "ads", "--in", "acme"],
                &["get", "creatives", "--in", "acme"],
                &["get", "exchanges"],
                &["get", "rate-tables"],
            ]
        )
    );
    insta::assert_snapshot!(
        "describe",
        session(
            &product,
            &[
                &["describe", "advertiser", "acme"],
                &["describe", "acme/spring"],
                &["describe", "mpu"],
                &["describe", "acme/hero"],
                &["describe", "exchanges/demo"],
            ]
        )
    );
    let changed = ACME
        .replace("100_000_000", "250_000_000")
        .replace("\"DE\"", "\"DE\", \"AT\"");
    let (diff, _) = product.differs(&["diff", "-f", "-"], &changed);
    insta::assert_snapshot!("diff", diff);
    insta::assert_snapshot!(
        "budget",
        session(
            &product,
            &[
                &["budget", "set", "acme/spring", "500USD"],
                &[
                    "budget",
                    "add",
                    "acme/spring",
                    "50.5USD",
                    "--until",
                    "2098-01-01"
                ],
                &[
                    "budget",
                    "set",
                    "acme/spring",
                    "700USD",
                    "--until",
                    "2099-01-01"
                ],
                &["budget", "set", "acme/spring", "20000", "--lifetime"],
            ]
        )
    );
    product.done(&["pause", "mpu"]);
    insta::assert_snapshot!(
        "why",
        session(&product, &[&["why", "acme/spring"], &["why", "mpu"]])
    );
    product.done(&["resume", "mpu"]);
    let pacing = session(&product, &[&["pacing", "acme/spring"]]);
    let pacing: Vec<String> = pacing.lines().map(without_figures).collect();
    insta::assert_snapshot!("pacing", pacing.join("\n"));
    insta::assert_snapshot!(
        "report",
        session(
            &product,
            &[
                &["report", "--in", "acme", "--by", "campaign"],
                &["report", "--in", "acme", "--by", "ad,day", "-o", "csv"],
            ]
        )
    );
    let history = session(&product, &[&["history", "acme/spring"]]);
    let unnumbered = history.lines().map(|line| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        match rest.len() == line.len() {
            true => line.to_string(),
            false => format!("N {}", rest.trim_start()),
        }
    });
    insta::assert_snapshot!("history", unnumbered.collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_was_deleted_is_listed_and_brought_back() {
    let product = Product::start();
    product.done_reading(&["apply", "-f", "-"], ACME);
    product.fails(&["delete", "acme/spring"], 4, "--force");
    assert_eq!(
        product.done(&["delete", "mpu"]),
        "ad acme/spring/mpu deleted\n"
    );
    let listed = product.done(&["get", "ads", "mpu", "--show-deleted"]);
    assert!(listed.contains("acme/spring/mpu  deleted"), "{listed}");
    product.fails_reading(
        &["create", "-f", "-"],
        &ACME[..ACME.find("[[campaigns]]").unwrap()],
        4,
        "`outbid undelete acme/spring/mpu` brings it back",
    );
    assert_eq!(
        product.done(&["undelete", "mpu"]),
        "ad acme/spring/mpu undeleted\n"
    );
    let back = product.done(&["get", "ads", "mpu"]);
    assert!(back.contains("acme/spring/mpu  eligible"), "{back}");
    product.fails(&["undelete", "mpu"], 4, "mpu");
}

#[test]
fn a_token_in_a_file_is_shown_where_no_other_is_said() {
    let product = Product::start();
    let wrong = product.file("token", "no token of this server\n");
    let (code, _, said) = product.with(&["get", "campaigns"], &[("OUTBID_TOKEN_FILE", &wrong)]);
    assert_eq!(code, 7, "{said}");
    let secret = product.done(&["token", "create", "looker", "--role", "reader"]);
    let good = product.file("good", &secret);
    let (code, printed, said) =
        product.with(&["get", "campaigns"], &[("OUTBID_TOKEN_FILE", &good)]);
    assert_eq!(code, 0, "{said}");
    assert!(printed.starts_with("NAME"), "{printed}");
    let (code, _, said) = product.with(&["get", "campaigns"], &[("OUTBID_TOKEN_FILE", "no-such")]);
    assert_eq!(code, 1, "{said}");
}
