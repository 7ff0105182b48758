-- What ingest keeps beside the events.

-- The line an event was read from, masked and cut; '' when there is none.
ALTER TABLE password_operation_detail ADD COLUMN original TEXT NOT NULL DEFAULT '';
ALTER TABLE password_view_detail ADD COLUMN original TEXT NOT NULL DEFAULT '';
ALTER TABLE performed_backups_detail ADD COLUMN original TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_tracking_detail ADD COLUMN original TEXT NOT NULL DEFAULT '';

-- Lines that made no event, with the reason.
CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE, -- first 16 bytes of the SHA-256 of source, format and line: the same line twice is one
    received INTEGER NOT NULL,
    source TEXT NOT NULL COLLATE NOCASE,
    format TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    original TEXT NOT NULL -- masked and cut
) STRICT;

CREATE INDEX quarantine_source ON quarantine (source);

-- Tokens of the API: who sends events, or reads reports, without a browser.
CREATE TABLE token (
    name TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- SHA-256 of the token
    scope TEXT NOT NULL, -- read or write
    sources TEXT NOT NULL, -- JSON: the sources a writer may send for; empty for any
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires INTEGER NOT NULL, -- -1: never
    revoked INTEGER NOT NULL, -- -1: not
    last_used INTEGER NOT NULL -- -1: not yet
) STRICT, WITHOUT ROWID;

-- What a reader of a stream has to remember over a restart: how far a file was read, requests that wait for their response.
CREATE TABLE kept (
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;
