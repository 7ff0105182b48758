-- The order in which events arrived, changed and went.

-- An entry says which events of a report a transaction has stored, changed or removed; it is written in that transaction. What came
-- before this table is in none. Entries are read in the order of (transaction, number), and only once every transaction up to theirs
-- has ended: then none can come before them any more.
CREATE TABLE journal (
    transaction bigint NOT NULL, -- pg_current_xact_id()
    number bigint GENERATED ALWAYS AS IDENTITY,
    mark bigint NOT NULL DEFAULT ((random() - 0.5) * 9e18)::bigint, -- tells it from the entry of this place in another journal
    report text COLLATE "C" NOT NULL, -- '' in the first one, which is about nothing
    events bytea NOT NULL, -- ids, or the id below which some went; see store/extent.rs
    PRIMARY KEY (transaction, number)
);

-- They are as dense as they get.
ALTER TABLE journal ALTER COLUMN events SET STORAGE EXTERNAL;

INSERT INTO journal (transaction, report, events) VALUES (0, '', '');

-- Those for whom the journal is kept.
CREATE TABLE journal_follower (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    transaction bigint NOT NULL, -- the entry up to which it is done
    number bigint NOT NULL,
    mark bigint NOT NULL,
    seen bigint NOT NULL -- when it was last heard of
);

-- The server, and its history, that counted the transactions: one that this database is restored on counts anew.
CREATE TABLE journal_origin (server text COLLATE "C" NOT NULL);

INSERT INTO journal_origin (server) VALUES ('');
