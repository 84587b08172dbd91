-- Money moves between the campaigns of an advertiser too. A group is the number of a campaign, whose members are ads, or
-- of an advertiser, whose members are campaigns: no two records have the same number.
ALTER TABLE moves RENAME COLUMN campaign TO group_number;
ALTER TABLE moves RENAME COLUMN from_ad TO from_member;
ALTER TABLE moves RENAME COLUMN to_ad TO to_member;
DROP INDEX moves_by_campaign;
CREATE INDEX moves_by_group ON moves (group_number, id);
