//! The database as a whole: opening, transactions, crashes, and the rules that it keeps itself.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use campaign::id::{AdvertiserId, BidId, Incarnation};
use campaign::time::Timestamp;
use rusqlite::Connection;
use store::Store;
use store::error::StoreError;
use store::notice::NoticeKind;

const FILE: &str = "outbid.sqlite";

fn open(directory: &Path) -> Store {
    Store::open(directory).unwrap()
}

/// What a crash leaves: the files as they are at this moment, elsewhere.
fn copy(directory: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    copy
}

fn number(store: &mut Store) -> Option<i64> {
    store.read(|tx| tx.number("n")).unwrap()
}

#[test]
fn a_transaction_is_whole_or_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    store.transaction(|tx| tx.set_number("n", 1)).unwrap();
    let refused = store.transaction(|tx| {
        tx.set_number("n", 2)?;
        Err::<(), _>(StoreError::NoRecord { id: 9 })
    });
    assert!(matches!(refused, Err(StoreError::NoRecord { id: 9 })));
    assert_eq!(number(&mut store), Some(1));
}

#[test]
fn a_crash_in_a_transaction_leaves_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    store.transaction(|tx| tx.set_number("n", 1)).unwrap();
    let left = store
        .transaction(|tx| {
            tx.set_number("n", 2)?;
            Ok::<_, StoreError>(copy(directory.path()))
        })
        .unwrap();
    assert_eq!(number(&mut open(left.path())), Some(1));
    // Without closing: what was committed is in the write-ahead log alone.
    let left = copy(directory.path());
    assert_eq!(number(&mut open(left.path())), Some(2));
}

#[test]
fn a_reader_cannot_write_and_a_writer_can_again_afterwards() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let refused = store.read(|tx| tx.set_number("n", 1));
    assert!(matches!(refused, Err(StoreError::Database(_))));
    store.transaction(|tx| tx.set_number("n", 3)).unwrap();
    assert_eq!(number(&mut store), Some(3));
}

#[test]
fn a_second_process_is_told_of_the_first() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let error = Store::open(directory.path()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("another process uses the store in"),
        "{error}"
    );
    drop(store);
    open(directory.path());
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let raw = Connection::open(directory.path().join(FILE)).unwrap();
    raw.pragma_update(None, "user_version", 999).unwrap();
    drop(raw);
    let error = Store::open(directory.path()).unwrap_err();
    assert!(
        matches!(error, StoreError::NewerSchema { found: 999, .. }),
        "{error}"
    );
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let raw = Connection::open(directory.path().join(FILE)).unwrap();
    raw.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(raw);
    let error = Store::open(directory.path()).unwrap_err();
    assert!(matches!(error, StoreError::NotOurs { .. }), "{error}");
}

#[test]
fn nobody_else_reads_the_files() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("data");
    let mut store = open(&directory);
    store.transaction(|tx| tx.set_number("n", 1)).unwrap();
    let files: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(files.len() >= 3, "database, log and lock");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", file.path());
    }
}

#[test]
fn a_node_never_starts_twice_under_one_number() {
    let directory = tempfile::tempdir().unwrap();
    for start in 1..=3 {
        let mut store = open(directory.path());
        let mut next = |node| store.transaction(|tx| tx.next_incarnation(node)).unwrap();
        assert_eq!(next(7), Incarnation { node: 7, start });
        assert_eq!(next(8), Incarnation { node: 8, start });
    }
}

#[test]
fn the_noted_time_never_goes_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    assert_eq!(store.read(|tx| tx.last_now()).unwrap(), None);
    for (noted, last) in [(5, 5), (9, 9), (7, 9)] {
        store
            .transaction(|tx| tx.note_now(Timestamp(noted)))
            .unwrap();
        assert_eq!(
            store.read(|tx| tx.last_now()).unwrap(),
            Some(Timestamp(last))
        );
    }
}

#[test]
fn an_order_counts_once_until_it_is_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let mut count = |advertiser, order: &str, at| {
        store
            .transaction(|tx| tx.count_conversion(AdvertiserId(advertiser), order, Timestamp(at)))
            .unwrap()
    };
    assert!(count(1, "a", 10));
    assert!(!count(1, "a", 20));
    assert!(count(2, "a", 20));
    assert!(count(1, "b", 20));
    let forgotten = store.transaction(|tx| tx.forget_conversions(Timestamp(20)));
    assert_eq!(forgotten.unwrap(), 1);
    let again = store.transaction(|tx| tx.count_conversion(AdvertiserId(1), "a", Timestamp(30)));
    assert!(again.unwrap());
}

#[test]
fn each_kind_of_notice_about_a_bid_counts_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let bid = |sequence| BidId {
        incarnation: Incarnation { node: 1, start: 2 },
        sequence,
    };
    let count = |store: &mut Store, sequence, kind, at| {
        store
            .transaction(|tx| tx.count_notice(bid(sequence), kind, Timestamp(at)))
            .unwrap()
    };
    assert!(count(&mut store, 1, NoticeKind::Win, 10));
    assert!(!count(&mut store, 1, NoticeKind::Win, 20));
    assert!(count(&mut store, 1, NoticeKind::Click, 20));
    assert!(!count(&mut store, 1, NoticeKind::Click, 20));
    assert!(!count(&mut store, 1, NoticeKind::Win, 20));
    assert!(count(&mut store, u64::MAX, NoticeKind::Win, 30));
    let forgotten = store.transaction(|tx| tx.forget_notices(Timestamp(30), 10));
    assert_eq!(forgotten.unwrap(), 1);
    assert!(count(&mut store, 1, NoticeKind::Win, 40));
    assert!(!count(&mut store, u64::MAX, NoticeKind::Win, 40));
}

#[test]
fn a_repeated_request_gets_the_first_answer() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    let at = Timestamp;
    store
        .transaction(|tx| {
            assert_eq!(tx.answer("Create", "r1")?, None);
            for (method, id, time) in [
                ("Create", "r1", 1),
                ("Create", "r2", 2),
                ("Pause", "r1", 3),
                ("Pause", "r2", 4),
            ] {
                tx.remember_answer(method, id, format!("{method} {id}").as_bytes(), at(time))?;
            }
            assert_eq!(tx.answer("Create", "r1")?, Some(b"Create r1".to_vec()));
            assert_eq!(tx.answer("Pause", "r1")?, Some(b"Pause r1".to_vec()));
            assert_eq!(
                tx.forget_answers(at(2), 2)?,
                2,
                "one for its age, one for the number"
            );
            assert_eq!(tx.answer("Create", "r2")?, None);
            assert_eq!(tx.answer("Pause", "r1")?, Some(b"Pause r1".to_vec()));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// Rows that keep all rules.
const GOOD: &str = "
    INSERT INTO records VALUES (1, 'ad', 'ads/a', '', 'active', 1, x'00', 0, 0, NULL);
    INSERT INTO accounts VALUES ('ad', 1, 'lifetime', 0, NULL, 100, 100, 60, 40, 0);
    INSERT INTO leases VALUES (1, 1, 1, 1, 7, 1, 1, 0, 0, 'open', 40, 10, 10, 10, 0, 0, 0);
    INSERT INTO bids VALUES (7, 1, 1, 1, 'billed', 5, 5, 0);
    INSERT INTO house_losses VALUES (1, 5);
    INSERT INTO lateness VALUES (1, 5, 5);
    INSERT INTO progress VALUES (1, 10, 5, 0);
    INSERT INTO rollups VALUES (3600000, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    INSERT INTO conversions VALUES (1, 'a', 0);
    INSERT INTO notices VALUES (1, 1, 1, 1, 0);
    INSERT INTO answers VALUES ('m', 'r', x'00', 0);
    INSERT INTO numbers VALUES ('n', 1);
";

#[test]
fn the_database_refuses_what_breaks_its_rules() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let raw = Connection::open(directory.path().join(FILE)).unwrap();
    raw.pragma_update(None, "foreign_keys", true).unwrap();
    raw.execute_batch(GOOD).unwrap();
    let check = |sql: &str, rule: &str| {
        let error = raw.execute_batch(sql).expect_err(sql).to_string();
        assert!(error.contains(rule), "{sql}: {error}");
    };
    check("UPDATE accounts SET posted = 61", "never_over_the_cap");
    check("UPDATE accounts SET held = 41", "never_over_the_cap");
    check(
        "UPDATE accounts SET effective = 99, requested = 99",
        "never_over_the_cap",
    );
    check(
        "UPDATE accounts SET posted = 9223372036854775807",
        "never_over_the_cap",
    );
    check("UPDATE accounts SET posted = -1", "posted >= 0");
    check("UPDATE accounts SET held = -1", "held >= 0");
    check("UPDATE accounts SET overspend = -1", "overspend >= 0");
    check(
        "UPDATE accounts SET requested = 101",
        "requested <= effective",
    );
    check("UPDATE accounts SET requested = NULL", "IS NULL");
    check("UPDATE accounts SET level = 'house'", "level IN");
    check("UPDATE accounts SET day = 3", "day = 0");
    check("UPDATE accounts SET posted = 'much'", "INTEGER");
    check("UPDATE leases SET settled = 21", "no_more_than_was_granted");
    check("UPDATE leases SET amount = 29", "no_more_than_was_granted");
    check("UPDATE leases SET released = -1", "released >= 0");
    check("UPDATE leases SET state = 'lost'", "state IN");
    check("UPDATE leases SET node = 65536", "node BETWEEN");
    check(
        "INSERT INTO leases SELECT 2, ad, campaign, advertiser, node, start, request, 0, 0, 'open', 0, 0, 0, 0, 0, 0, 0 FROM leases",
        "UNIQUE",
    );
    check("UPDATE bids SET charged = -1", "charged >= 0");
    check("UPDATE bids SET ended = 'lost'", "ended = 'billed'");
    check(
        "INSERT INTO bids VALUES (7, 1, 1, 1, 'lost', 0, 0, 0)",
        "UNIQUE",
    );
    check("UPDATE house_losses SET amount = -1", "amount >= 0");
    check("UPDATE lateness SET expired = -1", "expired >= 0");
    check(
        "UPDATE progress SET position = 9",
        "progress_never_goes_back",
    );
    check(
        "UPDATE progress SET next_lease = 4",
        "progress_never_goes_back",
    );
    check("INSERT INTO progress VALUES (2, 10, 5, 0)", "one = 1");
    check("UPDATE rollups SET hour_ms = 3600001", "hour_ms");
    check("UPDATE rollups SET spend = -1", "spend >= 0");
    check("UPDATE records SET version = 0", "version >= 1");
    check(
        "INSERT INTO records SELECT 2, kind, name, '', '', 1, x'', 0, 0, NULL FROM records",
        "UNIQUE",
    );
    check("INSERT INTO changes VALUES (1, 99, 0)", "FOREIGN KEY");
    check("INSERT INTO conversions VALUES (1, 'a', 5)", "UNIQUE");
    check("INSERT INTO notices VALUES (1, 1, 1, 2, 5)", "UNIQUE");
    check("UPDATE notices SET kinds = 0", "CHECK");
    check("INSERT INTO answers VALUES ('m', 'r', x'01', 0)", "UNIQUE");
    raw.execute_batch("UPDATE accounts SET requested = NULL, effective = NULL, posted = 1000; UPDATE progress SET position = 11")
        .expect("what keeps the rules is taken");
}
