//! Holds the committed generated code to the contract in `proto/`. `OUTBID_BLESS=1` writes it anew.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use prost::Message;

/// What is generated and committed. Other packages that the contract imports hold options only, which the code does
/// not read.
const COMMITTED: [&str; 3] = ["outbid.control.v1.rs", "google.rpc.rs", "descriptors.bin"];

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

    // Reflection needs the descriptors without their comments.
    let mut bare = described;
    for file in &mut bare.file {
        file.source_code_info = None;
    }
    fs::write(out.join("descriptors.bin"), bare.encode_to_vec()).unwrap();
}
