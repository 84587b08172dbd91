//! Secret keys: kept, rotated with an overlap, and shown to nobody.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use campaign::time::{Span, Timestamp};
use store::disk::FileSystem;
use store::secret::{Purpose, SecretError, SecretFile};

fn open(directory: &Path) -> Result<SecretFile, SecretError> {
    SecretFile::open(FileSystem::open(directory).unwrap())
}

fn ids(file: &SecretFile) -> Vec<u8> {
    file.keys(Purpose::Tokens)
        .iter()
        .map(|key| key.id)
        .collect()
}

#[test]
fn a_key_is_made_once_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let made = open(directory.path())
        .unwrap()
        .current(Purpose::Tokens, Timestamp(1), [7; 32])
        .unwrap();
    let mut again = open(directory.path()).unwrap();
    assert_eq!(
        again
            .current(Purpose::Tokens, Timestamp(2), [8; 32])
            .unwrap(),
        made
    );
    assert_eq!(made.bytes, [7; 32]);
    let other = again
        .current(Purpose::Users, Timestamp(3), [9; 32])
        .unwrap();
    assert_eq!(other.bytes, [9; 32]);
}

#[test]
fn a_replaced_key_stays_good_for_the_overlap() {
    let directory = tempfile::tempdir().unwrap();
    let mut file = open(directory.path()).unwrap();
    let overlap = Span(10);
    let mut rotate = |at: i64| {
        file.rotate(Purpose::Tokens, Timestamp(at), [at as u8; 32], overlap)
            .unwrap();
        ids(&open(directory.path()).unwrap())
    };
    assert_eq!(rotate(1), [1]);
    // The first is replaced at 5, so it is good until 15.
    assert_eq!(rotate(5), [1, 2]);
    assert_eq!(rotate(15), [1, 2, 3]);
    assert_eq!(rotate(16), [2, 3, 4]);
    assert_eq!(rotate(100), [4, 5]);
}

#[test]
fn a_number_in_use_is_not_given_again() {
    let check = |numbers: &[u8], expect: Option<u8>| {
        let directory = tempfile::tempdir().unwrap();
        let line = |id: &u8| format!("tokens {id} 5 {}\n", "ab".repeat(32));
        let path = directory.path().join("secrets");
        fs::write(&path, numbers.iter().map(line).collect::<String>()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let mut file = open(directory.path()).unwrap();
        let made = file.rotate(Purpose::Tokens, Timestamp(6), [1; 32], Span(10));
        assert_eq!(made.as_ref().ok().map(|secret| secret.id), expect);
        assert!(expect.is_some() || matches!(made, Err(SecretError::Full { .. })));
    };
    check(&[254], Some(255));
    check(&[254, 255], Some(0));
    check(&[0, 1, 255], Some(2));
    let mut all: Vec<u8> = (0..=255).collect();
    check(&all, None);
    all.remove(77);
    check(&all, Some(77));
}

#[test]
fn the_file_is_its_owners_alone_and_a_key_is_not_printed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secrets");
    let mut file = open(directory.path()).unwrap();
    let secret = file
        .current(Purpose::Tokens, Timestamp(1), [0xab; 32])
        .unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    for printed in [format!("{secret:?}"), format!("{file:?}")] {
        assert!(
            !printed.contains("ab, ab") && !printed.contains("171"),
            "{printed}"
        );
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(
        open(directory.path()),
        Err(SecretError::Exposed { mode: 0o640, .. })
    ));
}

#[test]
fn a_damaged_file_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secrets");
    open(directory.path())
        .unwrap()
        .current(Purpose::Tokens, Timestamp(1), [1; 32])
        .unwrap();
    let good = fs::read_to_string(&path).unwrap();
    for bad in [
        good.replace("tokens", "nothing"),
        good.replace("01", "0x"),
        good.replace(" 1 ", " 300 "),
        good.trim_end().to_owned() + " more\n",
        good[..good.len() - 3].to_owned(),
        format!("{good}\n"),
    ] {
        fs::write(&path, &bad).unwrap();
        let error = open(directory.path()).unwrap_err();
        assert!(matches!(error, SecretError::Line { .. }), "{bad}: {error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), bad);
    }
}
