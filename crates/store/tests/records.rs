//! Campaign records: names, versions, pages, and the changes in their order.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use campaign::time::Timestamp;
use store::Store;
use store::error::StoreError;
use store::record::{CHANGES_KEPT, Deleted, Expect, List, NewRecord, Record, RecordId};

fn store() -> (tempfile::TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    (directory, store)
}

fn create(store: &mut Store, kind: &str, parent: &str, name: &str) -> Result<Record, StoreError> {
    let name = format!("{parent}/{name}");
    let new = NewRecord {
        kind,
        name: &name,
        parent,
        state: "active",
        body: b"body",
    };
    store.transaction(|tx| tx.create_record(&new, Timestamp(1)))
}

fn names(store: &mut Store, list: List<'_>) -> Vec<String> {
    let records = store.read(|tx| tx.list_records(&list)).unwrap();
    records.into_iter().map(|record| record.name).collect()
}

const ADS: List<'_> = List {
    kind: "ad",
    parent: None,
    after: RecordId(0),
    limit: 10,
    deleted: Deleted::Hidden,
};

#[test]
fn a_record_reads_back_by_number_and_by_name() {
    let (_directory, mut store) = store();
    let made = create(&mut store, "ad", "c/1", "a").unwrap();
    assert_eq!(
        (made.version, made.etag().as_str(), made.deleted),
        (1, "v1", None)
    );
    let (by_id, by_name) = store
        .read(|tx| Ok::<_, StoreError>((tx.record(made.id)?, tx.record_named("c/1/a")?)))
        .unwrap();
    assert_eq!(by_id.as_ref(), Some(&made));
    assert_eq!(by_name, Some(made));
    assert_eq!(store.read(|tx| tx.record_named("c/1/b")).unwrap(), None);
}

#[test]
fn a_change_to_an_old_version_is_refused() {
    let (_directory, mut store) = store();
    let id = create(&mut store, "ad", "c/1", "a").unwrap().id;
    let mut update = |expect| {
        store.transaction(|tx| tx.update_record(id, expect, "paused", b"new", Timestamp(2)))
    };
    let changed = update(Expect::etag("v1").unwrap()).unwrap();
    assert_eq!(
        (
            changed.version,
            changed.state.as_str(),
            changed.body.as_slice()
        ),
        (2, "paused", &b"new"[..])
    );
    assert_eq!(
        (changed.created, changed.updated),
        (Timestamp(1), Timestamp(2))
    );
    let error = update(Expect::Version(1)).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::VersionMismatch {
                expected: 1,
                found: 2,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(update(Expect::etag("").unwrap()).unwrap().version, 3);
    for bad in ["2", "v", "vx", "w2"] {
        assert_eq!(Expect::etag(bad), None);
    }
}

#[test]
fn what_was_deleted_is_hidden_and_keeps_its_number_and_its_name() {
    let (_directory, mut store) = store();
    let first = create(&mut store, "ad", "c/1", "a").unwrap();
    let delete = |store: &mut Store| {
        store.transaction(|tx| tx.delete_record(first.id, Expect::Version(1), Timestamp(5)))
    };
    let deleted = delete(&mut store).unwrap();
    assert_eq!((deleted.deleted, deleted.version), (Some(Timestamp(5)), 2));
    assert!(matches!(
        delete(&mut store),
        Err(StoreError::NoRecord { .. })
    ));
    assert!(matches!(
        create(&mut store, "ad", "c/1", "a"),
        Err(StoreError::NameTaken { .. })
    ));
    let second = create(&mut store, "ad", "c/1", "b").unwrap();
    assert!(second.id > first.id);
    assert_eq!(names(&mut store, ADS), ["c/1/b"]);
    let shown = List {
        deleted: Deleted::Shown,
        ..ADS
    };
    assert_eq!(names(&mut store, shown), ["c/1/a", "c/1/b"]);
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let (_directory, mut store) = store();
    for n in 0..7 {
        create(&mut store, "ad", "c/1", &n.to_string()).unwrap();
        create(&mut store, "ad", "c/2", &n.to_string()).unwrap();
        create(&mut store, "creative", "c/1", &format!("k{n}")).unwrap();
    }
    let mut page = List {
        parent: Some("c/1"),
        limit: 3,
        ..ADS
    };
    let mut pages = Vec::new();
    loop {
        let records = store.read(|tx| tx.list_records(&page)).unwrap();
        let Some(last) = records.last() else { break };
        page.after = last.id;
        pages.push(
            records
                .iter()
                .map(|record| record.name.clone())
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
    assert_eq!(pages, ["c/1/0 c/1/1 c/1/2", "c/1/3 c/1/4 c/1/5", "c/1/6"]);
    assert_eq!(names(&mut store, List { limit: 100, ..ADS }).len(), 14);
}

#[test]
fn every_change_counts_and_a_refused_one_does_not() {
    let (_directory, mut store) = store();
    let a = create(&mut store, "ad", "c/1", "a").unwrap().id;
    let b = create(&mut store, "creative", "c/1", "b").unwrap().id;
    create(&mut store, "ad", "c/1", "a").unwrap_err();
    store
        .transaction(|tx| tx.update_record(a, Expect::Any, "paused", b"", Timestamp(3)))
        .unwrap();
    store
        .transaction(|tx| tx.delete_record(b, Expect::Any, Timestamp(4)))
        .unwrap();
    let mut since = |version| -> Vec<_> {
        let changes = store.read(|tx| tx.changes_since(version)).unwrap();
        changes
            .into_iter()
            .map(|c| (c.version, c.record, c.kind, c.at.0))
            .collect()
    };
    let all = [
        (1, a, "ad".to_owned(), 1),
        (2, b, "creative".to_owned(), 1),
        (3, a, "ad".to_owned(), 3),
        (4, b, "creative".to_owned(), 4),
    ];
    assert_eq!(since(0), all);
    assert_eq!(since(2), all[2..]);
    assert_eq!(since(4), []);
    assert_eq!(store.read(|tx| tx.config_version()).unwrap(), 4);
}

#[test]
fn changes_that_are_forgotten_are_not_passed_over_in_silence() {
    let (directory, mut store) = store();
    let a = create(&mut store, "ad", "c/1", "a").unwrap().id;
    drop(store);
    // As if there had been that many changes.
    let raw = rusqlite::Connection::open(directory.path().join("outbid.sqlite")).unwrap();
    raw.execute(
        "INSERT INTO changes VALUES (?, 1, 0)",
        [CHANGES_KEPT as i64],
    )
    .unwrap();
    drop(raw);
    let mut store = Store::open(directory.path()).unwrap();
    assert_eq!(store.read(|tx| tx.changes_since(0)).unwrap().len(), 2);
    store
        .transaction(|tx| tx.update_record(a, Expect::Any, "", b"", Timestamp(3)))
        .unwrap();
    let error = store.read(|tx| tx.changes_since(0)).unwrap_err();
    assert!(
        matches!(error, StoreError::ChangesForgotten { asked: 0, .. }),
        "{error}"
    );
    assert_eq!(
        store
            .read(|tx| tx.changes_since(CHANGES_KEPT))
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn numbers_and_versions_go_on_after_a_restart() {
    let (directory, mut store) = store();
    let first = create(&mut store, "ad", "c/1", "a").unwrap();
    drop(store);
    let mut store = Store::open(directory.path()).unwrap();
    assert_eq!(
        store.read(|tx| tx.record(first.id)).unwrap(),
        Some(first.clone())
    );
    let second = create(&mut store, "ad", "c/1", "b").unwrap();
    assert_eq!(second.id.0, first.id.0 + 1);
    assert_eq!(store.read(|tx| tx.config_version()).unwrap(), 2);
}
