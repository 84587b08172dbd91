-- What was learned of the price of each budget's money: where pacing goes on from after a restart.
CREATE TABLE multipliers (
    level TEXT NOT NULL CHECK (level IN ('advertiser', 'campaign', 'ad')),
    owner INTEGER NOT NULL,
    multiplier REAL NOT NULL CHECK (multiplier > 0),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (level, owner)
) STRICT, WITHOUT ROWID;

-- What happened to the pacing of campaigns. The newest of each campaign are kept.
CREATE TABLE pacing_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    metric TEXT NOT NULL CHECK (length(metric) <= 64),
    what TEXT NOT NULL CHECK (length(what) <= 4096)
) STRICT;
CREATE INDEX pacing_events_by_campaign ON pacing_events (campaign, id);

-- Money that went to another ad than before. The newest of each campaign are kept.
CREATE TABLE moves (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    campaign INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    from_ad INTEGER NOT NULL,
    to_ad INTEGER NOT NULL,
    amount INTEGER NOT NULL CHECK (amount >= 0),
    share_ppm INTEGER NOT NULL CHECK (share_ppm BETWEEN 0 AND 1000000),
    why TEXT NOT NULL CHECK (length(why) <= 4096)
) STRICT;
CREATE INDEX moves_by_campaign ON moves (campaign, id);
