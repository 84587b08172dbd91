-- Who is in which audience: the first bytes of hashes of ids, and until when.
CREATE TABLE audience_members (
    audience INTEGER NOT NULL,
    member BLOB NOT NULL CHECK (length(member) = 16),
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (audience, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX audience_members_by_end ON audience_members (until_ms);
