-- What callers show to be let in. The body is the API's own message; of a secret, only its SHA-256 is here.
CREATE TABLE api_tokens (
    -- The last part of its name; never used twice: rows are marked as revoked and stay.
    id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 63),
    version INTEGER NOT NULL CHECK (version >= 1),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    -- The secret before the last rotation, and until when it is still good.
    previous_hash BLOB CHECK (length(previous_hash) = 32),
    previous_until_ms INTEGER,
    expires_ms INTEGER NOT NULL,
    revoked_ms INTEGER,
    last_use_ms INTEGER,
    body BLOB NOT NULL CHECK (length(body) <= 65536),
    CHECK ((previous_hash IS NULL) = (previous_until_ms IS NULL))
) STRICT, WITHOUT ROWID;

-- Who changed what: one row a change of one resource, each with a hash over itself and the hash of the row before.
CREATE TABLE change_events (
    -- Counted from 1 without a gap.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    -- The token's name; empty for the server itself.
    actor TEXT NOT NULL CHECK (length(actor) <= 128),
    resource TEXT NOT NULL CHECK (length(resource) BETWEEN 1 AND 1024),
    -- The API's own message, with what was and what became of each field.
    body BLOB NOT NULL,
    -- What a record was before, so that the change can be taken back; NULL where there was nothing, or nothing to take back.
    before_state TEXT,
    before_body BLOB,
    -- The version of the record after the change; 0 where it has none.
    version INTEGER NOT NULL CHECK (version >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK ((before_state IS NULL) = (before_body IS NULL))
) STRICT;
CREATE INDEX change_events_by_resource ON change_events (resource, id);
CREATE INDEX change_events_by_actor ON change_events (actor, id);
CREATE TRIGGER change_events_are_never_changed BEFORE UPDATE ON change_events
BEGIN
    SELECT raise(ABORT, 'change_events_are_never_changed');
END;
CREATE TRIGGER change_events_are_never_deleted BEFORE DELETE ON change_events
BEGIN
    SELECT raise(ABORT, 'change_events_are_never_deleted');
END;
