//! The Helm chart, as far as it can be read without Helm: its values are all there and all used, its templates are YAML
//! once their directives are taken out, and its ports and jobs are those of the configuration and of the alert rules.

use std::collections::BTreeSet;
use std::process::Command;

use saphyr_parser::{Event, Parser, StrInput};
use serde_json::{Map, Value};

use super::ops::{checked, root};

const CHART: &str = "ops/helm/outbid";

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

fn yaml(file: &str, text: &str) -> Value {
    let mut events = Parser::new_from_str(text);
    loop {
        match next(&mut events, file) {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd => return Value::Null,
            event => return node(event, &mut events, file),
        }
    }
}

fn next<'a>(events: &mut Parser<'a, StrInput<'a>>, file: &str) -> Event<'a> {
    let event = events.next().expect("it does not end within a value");
    event.unwrap_or_else(|error| panic!("{file}: {error}")).0
}

fn node<'a>(event: Event<'a>, events: &mut Parser<'a, StrInput<'a>>, file: &str) -> Value {
    match event {
        Event::Scalar(text, ..) => Value::String(text.to_string()),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            loop {
                match next(events, file) {
                    Event::SequenceEnd => return Value::Array(list),
                    event => list.push(node(event, events, file)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut fields = Map::new();
            loop {
                match next(events, file) {
                    Event::MappingEnd => return Value::Object(fields),
                    Event::Scalar(key, ..) => {
                        let event = next(events, file);
                        let before = fields.insert(key.to_string(), node(event, events, file));
                        assert_eq!(before, None, "{file}: {key} is there twice");
                    }
                    other => panic!("{file}: {other:?} is no key"),
                }
            }
        }
        other => panic!("{file}: {other:?}"),
    }
}

/// The chart's templates by name, but for the one that only names things.
fn templates() -> Vec<(String, String)> {
    let directory = root().join(CHART).join("templates");
    let files = std::fs::read_dir(directory).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(".yaml"))
        .map(|name| (name.clone(), read(&format!("{CHART}/templates/{name}"))))
        .collect()
}

/// A template with every part that a condition may leave out, and a word for each value that is written into it.
fn whole(template: &str) -> String {
    let lines = template.lines().filter(|line| {
        let line = line.trim();
        !(line.starts_with("{{") && line.ends_with("}}") && line.matches("{{").count() == 1)
    });
    let mut text = String::new();
    for line in lines {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("{{") {
            text.push_str(before);
            text.push_str("value");
            rest = after
                .split_once("}}")
                .expect("a directive ends on its line")
                .1;
        }
        text.push_str(rest);
        text.push('\n');
    }
    text
}

fn template(name: &str) -> Value {
    let text = read(&format!("{CHART}/templates/{name}"));
    yaml(name, &whole(&text))
}

/// The paths of all values, those of the tables that hold them among them: `image`, `image.tag`.
fn paths(value: &Value, above: &str, paths: &mut BTreeSet<String>) {
    for (key, inner) in value.as_object().into_iter().flatten() {
        let path = format!("{above}{key}");
        paths.insert(path.clone());
        self::paths(inner, &format!("{path}."), paths);
    }
}

fn port_of(config: &toml::Table, section: &str) -> String {
    let listen = config[section]["listen"].as_str().unwrap();
    listen.rsplit_once(':').unwrap().1.to_string()
}

#[test]
fn each_value_that_a_template_names_is_there_and_each_is_used() {
    let values = yaml("values.yaml", &read(&format!("{CHART}/values.yaml")));
    let mut there = BTreeSet::new();
    paths(&values, "", &mut there);
    let mut used = BTreeSet::new();
    for (name, text) in templates() {
        for rest in text.split(".Values.").skip(1) {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
            let path = &rest[..end.unwrap_or(rest.len())];
            assert!(there.contains(path), "{name}: values.yaml has no {path}");
            used.insert(path.to_string());
        }
    }
    for path in &there {
        let holds = |other: &String| other.starts_with(&format!("{path}."));
        let is_used = used
            .iter()
            .any(|it| it == path || path.starts_with(&format!("{it}.")));
        assert!(
            is_used || there.iter().any(holds),
            "no template reads {path}"
        );
    }
    let chart = yaml("Chart.yaml", &read(&format!("{CHART}/Chart.yaml")));
    for field in ["apiVersion", "name", "version", "appVersion", "description"] {
        assert!(chart[field].is_string(), "{chart}");
    }
    assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn the_charts_ports_and_jobs_are_those_of_the_configuration_and_of_the_alerts() {
    let values = yaml("values.yaml", &read(&format!("{CHART}/values.yaml")));
    let text = values["config"].as_str().unwrap();
    let here = tempfile::tempdir().unwrap();
    let file = here.path().join("outbid.toml");
    std::fs::write(&file, text).unwrap();
    let checked = Command::new(env!("CARGO_BIN_EXE_outbid"))
        .args(["config", "check"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
    let config: toml::Table = text.parse().unwrap();
    let shipped: toml::Table = read("config/outbid.toml").parse().unwrap();

    let pod = template("statefulset.yaml");
    let container = &pod["spec"]["template"]["spec"]["containers"][0];
    let ports = container["ports"].as_array().unwrap();
    let number = |name: &str| {
        let port = ports.iter().find(|port| port["name"] == name);
        port.unwrap_or_else(|| panic!("no port {name}"))["containerPort"].clone()
    };
    for (name, section) in [("bids", "bidder"), ("control", "control")] {
        assert_eq!(number(name), port_of(&config, section), "{name}");
        assert_eq!(number(name), port_of(&shipped, section), "{name}");
    }
    for probe in ["livenessProbe", "readinessProbe"] {
        assert_eq!(container[probe]["httpGet"]["port"], "bids");
    }
    for port in template("service.yaml")["spec"]["ports"]
        .as_array()
        .unwrap()
    {
        number(port["targetPort"].as_str().unwrap());
    }
    // What is mounted is what the values, the manual and the secret's words name.
    let mounts = container["volumeMounts"].as_array().unwrap();
    let volumes = pod["spec"]["template"]["spec"]["volumes"]
        .as_array()
        .unwrap();
    let claims = pod["spec"]["volumeClaimTemplates"].as_array().unwrap();
    let volumes = volumes.iter().map(|it| &it["name"]);
    let volumes: Vec<&Value> = volumes
        .chain(claims.iter().map(|it| &it["metadata"]["name"]))
        .collect();
    for mount in mounts {
        assert!(volumes.contains(&&mount["name"]), "{mount}");
    }
    let tls = mounts.iter().find(|mount| mount["name"] == "tls").unwrap();
    let certificate = format!("{}/tls.crt", tls["mountPath"].as_str().unwrap());
    for file in [
        format!("{CHART}/values.yaml"),
        "docs/operations.md".to_string(),
    ] {
        assert!(read(&file).contains(&certificate), "{file}: {certificate}");
    }

    let monitor = template("podmonitor.yaml");
    let mut jobs = BTreeSet::new();
    for endpoint in monitor["spec"]["podMetricsEndpoints"].as_array().unwrap() {
        number(endpoint["port"].as_str().unwrap());
        let label = &endpoint["relabelings"][0];
        assert_eq!(label["targetLabel"], "job");
        jobs.insert(label["replacement"].as_str().unwrap().to_string());
    }
    let rules = read("ops/prometheus/rules.yaml");
    let asked = rules
        .split("job=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let asked: BTreeSet<String> = asked.map(str::to_string).collect();
    assert!(
        asked.len() >= 2 && asked.is_subset(&jobs),
        "{asked:?} of {jobs:?}"
    );
}

#[test]
fn helm_takes_the_chart_where_it_is_installed() {
    checked("helm", &["lint", CHART]);
    checked("helm", &["template", "outbid", CHART]);
    let secured = "config=[control]\nlisten = \"0.0.0.0:9090\"\n[tls]\ncert = \"c\"\nkey = \"k\"\n";
    let with_certificate = [
        "template",
        "outbid",
        CHART,
        "--set",
        "podMonitor.enabled=true,tls.secretName=outbid-tls,tls.serverName=outbid.example.com",
        "--set",
        secured,
    ];
    checked("helm", &with_certificate);
}
