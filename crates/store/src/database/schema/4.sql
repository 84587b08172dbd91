-- What the arms of experiments came to, by parts of their users: nobody is told apart here, only how much sums vary.
CREATE TABLE arm_counts (
    experiment INTEGER NOT NULL,
    arm INTEGER NOT NULL CHECK (arm >= 0),
    bucket INTEGER NOT NULL CHECK (bucket >= 0),
    impressions INTEGER NOT NULL CHECK (impressions >= 0),
    spend INTEGER NOT NULL CHECK (spend >= 0),
    clicks INTEGER NOT NULL CHECK (clicks >= 0),
    conversions INTEGER NOT NULL CHECK (conversions >= 0),
    conversion_value INTEGER NOT NULL CHECK (conversion_value >= 0),
    PRIMARY KEY (experiment, arm, bucket)
) STRICT, WITHOUT ROWID;
