//! Holds the committed generated code to the contract in `proto/`. `OUTBID_BLESS=1` writes it anew.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use prost::Message;
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use protox::prost_reflect::{DescriptorPool, Value};

/// What is generated and committed. Other packages that the contract imports hold options only, which the code does
/// not read.
const COMMITTED: [&str; 4] = [
    "outbid.control.v1.rs",
    "google.rpc.rs",
    "descriptors.bin",
    "comments.txt",
];

#[test]
fn the_generated_code_is_what_the_contract_gives() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = tempfile::tempdir().unwrap();
    generate(&root.join("../../proto"), made.path());

    let committed = root.join("src/gen");
    if std::env::var_os("OUTBID_BLESS").is_some() {
        fs::create_dir_all(&committed).unwrap();
        for name in COMMITTED {
            fs::copy(made.path().join(name), committed.join(name)).unwrap();
        }
    }
    for name in COMMITTED {
        let (made, kept) = (made.path().join(name), committed.join(name));
        assert!(
            fs::read(made).unwrap() == fs::read(&kept).unwrap_or_default(),
            "{} is not what proto/ gives: run `OUTBID_BLESS=1 cargo test -p api --test generated`",
            kept.display()
        );
    }
}

fn generate(proto: &Path, out: &Path) {
    let mut sources: Vec<PathBuf> = fs::read_dir(proto.join("outbid/control/v1"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "proto"))
        .collect();
    sources.sort();
    // The details of errors travel inside `Any`, so that no file of the contract imports them.
    sources.push(proto.join("google/rpc/status.proto"));
    sources.push(proto.join("google/rpc/error_details.proto"));

    let mut compiler = protox::Compiler::new([proto]).unwrap();
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(sources)
        .unwrap();
    let described = compiler.file_descriptor_set();
    tonic_prost_build::configure()
        .out_dir(out)
        .compile_fds(described.clone())
        .unwrap();

    let pool = compiler.descriptor_pool();
    fs::write(out.join("comments.txt"), comments(&described, &pool)).unwrap();
    // Reflection needs the descriptors without their comments.
    let mut bare = described;
    for file in &mut bare.file {
        file.source_code_info = None;
    }
    fs::write(out.join("descriptors.bin"), bare.encode_to_vec()).unwrap();
}

/// The contract's comments: a line each, the full name, a tab, who writes it, a tab, what it says.
fn comments(described: &FileDescriptorSet, pool: &DescriptorPool) -> String {
    let mut lines = Vec::new();
    let ours = described
        .file
        .iter()
        .filter(|file| file.package() == "outbid.control.v1");
    for file in ours {
        let source = file.source_code_info.as_ref().unwrap();
        for location in &source.location {
            let Some(name) = named(file, &location.path) else {
                continue;
            };
            let words: Vec<&str> = location.leading_comments().split_whitespace().collect();
            if !words.is_empty() {
                let name = format!("{}.{name}", file.package());
                let writer = writer(pool, &name);
                lines.push(format!("{name}\t{writer}\t{}\n", words.join(" ")));
            }
        }
    }
    lines.sort();
    lines.concat()
}

/// What a path in the descriptor leads to: a message, one of its fields, an enum, one of its values. The numbers are
/// those of the fields in `descriptor.proto`.
fn named(file: &FileDescriptorProto, path: &[i32]) -> Option<String> {
    let at = |place: i32| usize::try_from(place).unwrap();
    match *path {
        [4, message] => Some(file.message_type[at(message)].name().to_string()),
        [4, message, 2, field] => {
            let message = &file.message_type[at(message)];
            Some(format!(
                "{}.{}",
                message.name(),
                message.field[at(field)].name()
            ))
        }
        [5, choices] => Some(file.enum_type[at(choices)].name().to_string()),
        [5, choices, 2, value] => {
            let choices = &file.enum_type[at(choices)];
            Some(format!(
                "{}.{}",
                choices.name(),
                choices.value[at(value)].name()
            ))
        }
        _ => None,
    }
}

/// Who writes a field, by `google.api.field_behavior`; empty for what is no field.
fn writer(pool: &DescriptorPool, name: &str) -> &'static str {
    let (message, field) = name.rsplit_once('.').unwrap();
    let message = pool.get_message_by_name(message);
    let Some(field) = message.and_then(|message| message.get_field_by_name(field)) else {
        return "";
    };
    let behaviour = pool
        .get_extension_by_name("google.api.field_behavior")
        .unwrap();
    let options = field.options();
    let said = options.get_extension(&behaviour);
    let numbers: Vec<i32> = said
        .as_list()
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_enum_number)
        .collect();
    // The numbers of `google.api.FieldBehavior`.
    match () {
        () if numbers.contains(&3) => "server",
        () if numbers.contains(&2) => "required",
        () if numbers.contains(&5) => "once",
        () => "optional",
    }
}
