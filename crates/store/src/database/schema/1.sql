-- Moments are milliseconds since 1970 (UTC), days count from 1970-01-01, money is in the smallest kept unit of its currency.
-- The CHECKs are the second wall: the code that writes keeps these rules itself.

-- What is sold. The body is the API's own message; what is searched for stands beside it.
CREATE TABLE records (
    -- One sequence for all kinds, never used twice: rows are marked as deleted and stay.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 1024),
    parent TEXT NOT NULL CHECK (length(parent) <= 1024),
    state TEXT NOT NULL CHECK (length(state) <= 64),
    version INTEGER NOT NULL CHECK (version >= 1),
    body BLOB NOT NULL CHECK (length(body) <= 1048576),
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    deleted_ms INTEGER
) STRICT;
CREATE INDEX records_by_parent ON records (kind, parent, id);

-- Every change of a record in its order; its number is the version of the whole configuration.
CREATE TABLE changes (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    record INTEGER NOT NULL REFERENCES records (id),
    at_ms INTEGER NOT NULL
) STRICT;

-- What was answered to requests that carry an id, so that a repetition gets the same answer and has no effect.
CREATE TABLE answers (
    method TEXT NOT NULL CHECK (length(method) <= 256),
    request_id TEXT NOT NULL CHECK (length(request_id) <= 256),
    response BLOB NOT NULL CHECK (length(response) <= 1048576),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (method, request_id)
) STRICT;
CREATE INDEX answers_by_age ON answers (at_ms);

CREATE TABLE accounts (
    level TEXT NOT NULL CHECK (level IN ('advertiser', 'campaign', 'ad')),
    owner INTEGER NOT NULL,
    span TEXT NOT NULL CHECK (span IN ('lifetime', 'day')),
    day INTEGER NOT NULL CHECK (span = 'day' OR day = 0),
    ends_ms INTEGER,
    requested INTEGER,
    effective INTEGER,
    posted INTEGER NOT NULL CHECK (posted >= 0),
    held INTEGER NOT NULL CHECK (held >= 0),
    overspend INTEGER NOT NULL CHECK (overspend >= 0),
    PRIMARY KEY (level, owner, span, day),
    CHECK ((requested IS NULL) = (effective IS NULL)),
    CHECK (requested <= effective),
    CONSTRAINT never_over_the_cap CHECK (posted + held <= effective)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    id INTEGER PRIMARY KEY,
    ad INTEGER NOT NULL,
    campaign INTEGER NOT NULL,
    advertiser INTEGER NOT NULL,
    node INTEGER NOT NULL CHECK (node BETWEEN 0 AND 65535),
    start INTEGER NOT NULL CHECK (start BETWEEN 0 AND 4294967295),
    request INTEGER NOT NULL,
    advertiser_day INTEGER NOT NULL,
    campaign_day INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'returned', 'expired', 'finished')),
    amount INTEGER NOT NULL,
    settled INTEGER NOT NULL CHECK (settled >= 0),
    released INTEGER NOT NULL CHECK (released >= 0),
    held_back INTEGER NOT NULL CHECK (held_back >= 0),
    beyond INTEGER NOT NULL CHECK (beyond >= 0),
    spend_until_ms INTEGER NOT NULL,
    release_at_ms INTEGER NOT NULL,
    UNIQUE (node, start, request),
    CONSTRAINT no_more_than_was_granted CHECK (settled + released + held_back <= amount)
) STRICT;

-- Bids that came to their end: at most one end each.
CREATE TABLE bids (
    node INTEGER NOT NULL CHECK (node BETWEEN 0 AND 65535),
    start INTEGER NOT NULL CHECK (start BETWEEN 0 AND 4294967295),
    sequence INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    ended TEXT NOT NULL CHECK (ended IN ('billed', 'lost')),
    charged INTEGER NOT NULL CHECK (charged >= 0 AND (ended = 'billed' OR charged = 0)),
    house_loss INTEGER NOT NULL CHECK (house_loss >= 0 AND (ended = 'billed' OR house_loss = 0)),
    forget_at_ms INTEGER NOT NULL,
    PRIMARY KEY (node, start, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE house_losses (
    ad INTEGER PRIMARY KEY,
    amount INTEGER NOT NULL CHECK (amount >= 0)
) STRICT;

CREATE TABLE lateness (
    advertiser INTEGER PRIMARY KEY,
    expired INTEGER NOT NULL CHECK (expired >= 0),
    billed_late INTEGER NOT NULL CHECK (billed_late >= 0)
) STRICT;

-- How far the ledger and all that is counted with it have come in the journal. One row.
CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL CHECK (position >= 0),
    next_lease INTEGER NOT NULL,
    forgotten_ms INTEGER NOT NULL
) STRICT;
CREATE TRIGGER progress_never_goes_back BEFORE UPDATE ON progress
WHEN new.position < old.position OR new.next_lease < old.next_lease
BEGIN
    SELECT raise(ABORT, 'progress_never_goes_back');
END;

-- Reports: what happened in an hour. Only counted up.
CREATE TABLE rollups (
    hour_ms INTEGER NOT NULL CHECK (hour_ms % 3600000 = 0),
    advertiser INTEGER NOT NULL,
    campaign INTEGER NOT NULL,
    ad INTEGER NOT NULL,
    creative INTEGER NOT NULL,
    exchange INTEGER NOT NULL,
    bids INTEGER NOT NULL CHECK (bids >= 0),
    wins INTEGER NOT NULL CHECK (wins >= 0),
    losses INTEGER NOT NULL CHECK (losses >= 0),
    impressions INTEGER NOT NULL CHECK (impressions >= 0),
    spend INTEGER NOT NULL CHECK (spend >= 0),
    house_loss INTEGER NOT NULL CHECK (house_loss >= 0),
    shown INTEGER NOT NULL CHECK (shown >= 0),
    views INTEGER NOT NULL CHECK (views >= 0),
    clicks INTEGER NOT NULL CHECK (clicks >= 0),
    conversions INTEGER NOT NULL CHECK (conversions >= 0),
    conversion_value INTEGER NOT NULL,
    PRIMARY KEY (hour_ms, advertiser, campaign, ad, creative, exchange)
) STRICT, WITHOUT ROWID;

-- Conversions that were counted: an order counts once.
CREATE TABLE conversions (
    advertiser INTEGER NOT NULL,
    order_number TEXT NOT NULL CHECK (length(order_number) <= 128),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (advertiser, order_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversions_by_age ON conversions (at_ms);

-- Notices that were counted, a bit for each kind: each kind of notice about a bid counts once.
CREATE TABLE notices (
    node INTEGER NOT NULL,
    start INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    kinds INTEGER NOT NULL CHECK (kinds > 0),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (node, start, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX notices_by_age ON notices (at_ms);

-- Single numbers.
CREATE TABLE numbers (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
