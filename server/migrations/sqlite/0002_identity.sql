-- Who may sign in, and who is.

CREATE TABLE user (
    username TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL, -- PHC string
    disabled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the token in the cookie
    username TEXT NOT NULL COLLATE NOCASE REFERENCES user,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_username ON session (username);

-- Failed sign-ins, by user name and by address.
CREATE TABLE failure (
    key TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    count INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Secrets of the installation, made when the database is.
CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO secret (name, value) VALUES ('cursor', randomblob(32));
