//! The chain of changes: what is listed, and that whoever touches it is found out.
#![allow(clippy::unwrap_used, reason = "a test stops where it goes wrong")]

use std::path::Path;

use campaign::time::Timestamp;
use rusqlite::Connection;
use store::Store;
use store::api_token::ApiTokenRow;
use store::change_event::{Before, Chain, ChangeEventList, NewChangeEvent};
use store::error::StoreError;

const FILE: &str = "outbid.sqlite";

fn append(store: &mut Store, at: i64, actor: &str, resource: &str) -> u64 {
    let new = NewChangeEvent {
        at: Timestamp(at),
        actor,
        resource,
        body: b"what",
        before: (at > 1).then(|| Before {
            state: "active".to_string(),
            body: vec![at as u8],
        }),
        version: at as u64,
    };
    let row = store.transaction::<_, StoreError>(|tx| tx.append_change_event(new));
    row.unwrap().id
}

/// A store with five changes, closed.
fn written(directory: &Path) -> Chain {
    let mut store = Store::open(directory).unwrap();
    for at in 1..=5 {
        append(&mut store, at, "apiTokens/a", "advertisers/acme");
    }
    verify(&mut store)
}

fn verify(store: &mut Store) -> Chain {
    let chain = store.read::<_, StoreError>(|tx| tx.verify_change_events());
    chain.unwrap()
}

#[test]
fn changes_are_listed_newest_first_and_by_what_is_asked() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    let acme = "advertisers/acme";
    append(&mut store, 1, "apiTokens/a", acme);
    append(&mut store, 2, "apiTokens/b", "advertisers/acme/campaigns/x");
    append(&mut store, 3, "apiTokens/a", "advertisers/acme-b");
    append(&mut store, 4, "", "advertisers/acme/campaigns/x/ads/y");
    let mut check = |list: ChangeEventList<'_>, expect: &[u64]| {
        let list = ChangeEventList { limit: 10, ..list };
        let rows = store.read::<_, StoreError>(|tx| tx.list_change_events(&list));
        let ids: Vec<u64> = rows.unwrap().iter().map(|row| row.id).collect();
        assert_eq!(ids, expect, "{list:?}");
    };
    let all = ChangeEventList::default();
    let of = |resource| ChangeEventList {
        resource: Some(resource),
        ..all
    };
    check(all, &[4, 3, 2, 1]);
    check(of(acme), &[4, 2, 1]);
    check(of("advertisers/acme/campaigns/x"), &[4, 2]);
    check(of("advertisers/acm"), &[]);
    let actor = Some("apiTokens/a");
    check(ChangeEventList { actor, ..all }, &[3, 1]);
    check(ChangeEventList { before: 3, ..all }, &[2, 1]);
    let (from, until) = (Some(Timestamp(2)), Some(Timestamp(4)));
    check(ChangeEventList { from, until, ..all }, &[3, 2]);
}

#[test]
fn a_change_is_written_with_what_it_belongs_to_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path()).unwrap();
    append(&mut store, 1, "", "advertisers/acme");
    let before = verify(&mut store);
    let failed = store.transaction::<(), StoreError>(|tx| {
        tx.append_change_event(NewChangeEvent {
            at: Timestamp(2),
            actor: "",
            resource: "advertisers/acme",
            body: b"",
            before: None,
            version: 2,
        })?;
        Err(StoreError::NoRecord { id: 1 })
    });
    assert!(failed.is_err());
    assert_eq!(verify(&mut store), before);
    assert_eq!(append(&mut store, 2, "", "advertisers/acme"), 2);
    assert_eq!(verify(&mut store).first_broken, None);
}

#[test]
fn whoever_touches_a_row_is_found_out() {
    let check = |sql: &str, expect: Option<u64>| {
        let directory = tempfile::tempdir().unwrap();
        let whole = written(directory.path());
        assert_eq!((whole.count, whole.first_broken), (5, None));
        {
            let connection = Connection::open(directory.path().join(FILE)).unwrap();
            connection.execute_batch(sql).unwrap();
        }
        let mut store = Store::open(directory.path()).unwrap();
        assert_eq!(verify(&mut store).first_broken, expect, "{sql}");
    };
    let update = "DROP TRIGGER change_events_are_never_changed; UPDATE change_events SET";
    let delete = "DROP TRIGGER change_events_are_never_deleted; DELETE FROM change_events";
    check("", None);
    check(&format!("{update} at_ms = 9 WHERE id = 1"), Some(1));
    check(
        &format!("{update} actor = 'apiTokens/b' WHERE id = 2"),
        Some(2),
    );
    check(
        &format!("{update} resource = 'deals/x' WHERE id = 3"),
        Some(3),
    );
    check(&format!("{update} body = x'00' WHERE id = 4"), Some(4));
    check(
        &format!("{update} before_state = 'paused' WHERE id = 4"),
        Some(4),
    );
    check(
        &format!("{update} before_body = x'00' WHERE id = 5"),
        Some(5),
    );
    check(
        &format!("{update} before_state = NULL, before_body = NULL WHERE id = 5"),
        Some(5),
    );
    check(&format!("{update} version = 77 WHERE id = 5"), Some(5));
    check(
        &format!("{update} hash = zeroblob(32) WHERE id = 2"),
        Some(2),
    );
    check(&format!("{delete} WHERE id = 1"), Some(1));
    check(&format!("{delete} WHERE id = 3"), Some(3));
    check(&format!("{delete} WHERE id = 5"), Some(5));
    check(delete, Some(1));
}

#[test]
fn the_database_itself_refuses_to_change_what_was_noted() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path());
    let connection = Connection::open(directory.path().join(FILE)).unwrap();
    for sql in [
        "UPDATE change_events SET actor = ''",
        "DELETE FROM change_events WHERE id = 5",
    ] {
        let told = connection.execute_batch(sql).unwrap_err().to_string();
        assert!(told.contains("never"), "{told}");
    }
}

#[test]
fn a_token_is_kept_without_its_secret_and_across_restarts() {
    let directory = tempfile::tempdir().unwrap();
    let mut token = ApiTokenRow {
        id: "ci".to_string(),
        version: 1,
        hash: [1; 32],
        previous: None,
        expires: Timestamp(10),
        revoked: None,
        last_use: None,
        body: b"body".to_vec(),
    };
    {
        let mut store = Store::open(directory.path()).unwrap();
        store.transaction(|tx| tx.put_api_token(&token)).unwrap();
        token.version = 2;
        token.previous = Some((token.hash, Timestamp(3)));
        token.hash = [2; 32];
        token.revoked = Some(Timestamp(4));
        store.transaction(|tx| tx.put_api_token(&token)).unwrap();
        store
            .transaction(|tx| tx.note_api_token_use("ci", Timestamp(7)))
            .unwrap();
    }
    token.last_use = Some(Timestamp(7));
    let mut store = Store::open(directory.path()).unwrap();
    let kept = store.read::<_, StoreError>(|tx| tx.api_tokens()).unwrap();
    assert_eq!(kept, [token]);
}

/// What the first released schema held, step by step as it was written then.
const FIRST: &str = include_str!("../src/database/schema/1.sql");

#[test]
fn a_database_of_the_first_version_is_brought_up_to_date_with_what_it_holds() {
    let directory = tempfile::tempdir().unwrap();
    {
        let connection = Connection::open(directory.path().join(FILE)).unwrap();
        connection.execute_batch(FIRST).unwrap();
        connection
            .execute_batch(
                "INSERT INTO records (kind, name, parent, state, version, body, created_ms, updated_ms) \
                 VALUES ('advertiser', 'advertisers/acme', '', 'active', 3, x'00', 1, 2); \
                 PRAGMA application_id = 0x4f426964; PRAGMA user_version = 1;",
            )
            .unwrap();
    }
    let mut store = Store::open(directory.path()).unwrap();
    let record = store
        .read::<_, StoreError>(|tx| tx.record_named("advertisers/acme"))
        .unwrap()
        .unwrap();
    assert_eq!(record.version, 3);
    append(&mut store, 1, "", "advertisers/acme");
    assert_eq!(verify(&mut store).count, 1);
}
