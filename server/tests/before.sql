-- Takes back what the last migration did, on both databases: a database as the version before had it. To be changed with each migration.
ALTER TABLE password_view DROP COLUMN changed;
