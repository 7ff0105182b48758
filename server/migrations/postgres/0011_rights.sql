-- Who stands behind a session, a token and an operation, and for how long.

-- Until when a password that is good for one sign-in is; 0: it was used; -1: the user has chosen the password.
ALTER TABLE "user" ADD COLUMN one_time bigint NOT NULL DEFAULT -1;

-- When it was used last, to about a minute.
ALTER TABLE session ADD COLUMN used bigint NOT NULL DEFAULT 0;
UPDATE session SET used = created;

-- The user it belongs to, and ends with; '' for nobody who is known.
ALTER TABLE token ADD COLUMN owner text COLLATE "C" NOT NULL DEFAULT '';
UPDATE token SET owner = created_by WHERE lower(created_by) IN (SELECT lower(username) FROM "user" WHERE role = 'admin');

-- The user who asked for the execution that is due or was the last; '' for nobody who is known.
ALTER TABLE operation ADD COLUMN asked_by text COLLATE "C" NOT NULL DEFAULT '';
UPDATE operation o SET asked_by = coalesce((
    SELECT coalesce(nullif(max(t.owner), ''), max(u.username)) FROM operation_history h
    LEFT JOIN token t ON lower(t.name) = lower(h.who) LEFT JOIN "user" u ON lower(u.username) = lower(h.who)
    WHERE h.operation = o.id), '')
WHERE o.status = 'Awaiting approval';
