-- Who stands behind a session, a token and an operation, and for how long.

-- Until when a password that is good for one sign-in is; 0: it was used; -1: the user has chosen the password.
ALTER TABLE user ADD COLUMN one_time INTEGER NOT NULL DEFAULT -1;

-- When it was used last, to about a minute.
ALTER TABLE session ADD COLUMN used INTEGER NOT NULL DEFAULT 0;
UPDATE session SET used = created;

-- The user it belongs to, and ends with; '' for nobody who is known.
ALTER TABLE token ADD COLUMN owner TEXT NOT NULL COLLATE NOCASE DEFAULT '';
UPDATE token SET owner = created_by WHERE created_by COLLATE NOCASE IN (SELECT username FROM user WHERE role = 'admin');

-- The user who asked for the execution that is due or was the last; '' for nobody who is known.
ALTER TABLE operation ADD COLUMN asked_by TEXT NOT NULL COLLATE NOCASE DEFAULT '';
UPDATE operation SET asked_by = coalesce((
    SELECT coalesce(nullif(max(t.owner), ''), max(u.username)) FROM operation_history h
    LEFT JOIN token t ON t.name = h.who LEFT JOIN user u ON u.username = h.who WHERE h.operation = operation.id), '')
WHERE status = 'Awaiting approval';
