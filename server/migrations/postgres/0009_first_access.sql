-- Whether a view was the user's first of its credential, found out with its risk: all views are scored again for it.

ALTER TABLE password_view ADD COLUMN "first_access" bigint NOT NULL DEFAULT -1;

INSERT INTO kept (space, key, value)
SELECT 'risk', 'again', '0 all' WHERE EXISTS (SELECT 1 FROM password_view)
ON CONFLICT (space, key) DO UPDATE SET value = excluded.value;
