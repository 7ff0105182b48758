-- Who may sign in, and who is. Names are compared without regard to the case of A to Z.

CREATE TABLE "user" (
    username text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C" NOT NULL, -- PHC string
    disabled boolean NOT NULL
);

CREATE UNIQUE INDEX user_username ON "user" (lower(username));

CREATE TABLE session (
    token_hash bytea NOT NULL PRIMARY KEY, -- SHA-256 of the token in the cookie
    username text COLLATE "C" NOT NULL,
    created bigint NOT NULL,
    expires bigint NOT NULL
);

CREATE INDEX session_username ON session (lower(username));

-- Failed sign-ins, by user name and by address; the key in lower case.
CREATE TABLE failure (
    key text COLLATE "C" NOT NULL PRIMARY KEY,
    count bigint NOT NULL,
    last bigint NOT NULL
);

-- Secrets of the installation, made when the database is.
CREATE TABLE secret (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);

INSERT INTO secret (name, value)
VALUES ('cursor', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
