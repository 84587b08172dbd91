-- What each budget's plan learned of the hours of the week: how many auctions came in each hour, for how long each was
-- watched (168 numbers of 8 bytes, little endian), and how many an hour of average traffic has.
CREATE TABLE plan_profiles (
    level TEXT NOT NULL CHECK (level IN ('advertiser', 'campaign', 'ad')),
    owner INTEGER NOT NULL,
    per_hour REAL NOT NULL CHECK (per_hour >= 0),
    auctions BLOB NOT NULL CHECK (length(auctions) = 1344),
    watched BLOB NOT NULL CHECK (length(watched) = 1344),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (level, owner)
) STRICT, WITHOUT ROWID;

-- How campaigns' promises about what they buy stand.
CREATE TABLE promises (
    campaign INTEGER PRIMARY KEY,
    promise TEXT NOT NULL CHECK (length(promise) BETWEEN 1 AND 128),
    spent REAL NOT NULL,
    expected REAL NOT NULL,
    ripe REAL NOT NULL,
    observed REAL NOT NULL,
    events REAL NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- What had been charged to each campaign in all when the budget segment began that is on.
CREATE TABLE segment_starts (
    campaign INTEGER PRIMARY KEY,
    start_ms INTEGER NOT NULL,
    charged INTEGER NOT NULL
) STRICT;
