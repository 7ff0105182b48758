-- The order in which events arrived, changed and went.

-- An entry says which events of a report a transaction has stored, changed or removed; it is written in that transaction. What came
-- before this table is in none. The last entries stay, so no number is given twice.
CREATE TABLE journal (
    number INTEGER PRIMARY KEY,
    mark INTEGER NOT NULL DEFAULT (random()), -- tells it from the entry of this number in another journal
    report TEXT NOT NULL, -- '' in the first one, which is about nothing
    events BLOB NOT NULL -- ids, or the id below which some went; see store/extent.rs
) STRICT;

INSERT INTO journal (number, report, events) VALUES (0, '', x'');

-- Those for whom the journal is kept.
CREATE TABLE journal_follower (
    name TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL, -- the entry up to which it is done
    mark INTEGER NOT NULL,
    seen INTEGER NOT NULL -- when it was last heard of
) STRICT, WITHOUT ROWID;
