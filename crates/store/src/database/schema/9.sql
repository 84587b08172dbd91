-- What was learned of prices, by exchange: from how many outcomes, and how many bids were made to learn.
CREATE TABLE price_markets (
    exchange INTEGER PRIMARY KEY,
    outcomes REAL NOT NULL CHECK (outcomes >= 0),
    bids REAL NOT NULL CHECK (bids >= 0),
    explored REAL NOT NULL CHECK (explored >= 0),
    wins INTEGER NOT NULL CHECK (wins >= 0),
    spend INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- The same by kind of impression, as numbers of 8 bytes, little endian; kind 0 is all of them together.
CREATE TABLE price_cells (
    exchange INTEGER NOT NULL,
    context INTEGER NOT NULL,
    numbers BLOB NOT NULL CHECK (length(numbers) BETWEEN 8 AND 65536),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (exchange, context)
) STRICT;
