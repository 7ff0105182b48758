-- Takes back what the last migration did, on both databases: a database as the version before had it. To be changed with each migration.
ALTER TABLE password_operation DROP COLUMN review;
ALTER TABLE password_operation DROP COLUMN reviewed_by;
ALTER TABLE password_operation DROP COLUMN reviewed;
ALTER TABLE password_view DROP COLUMN review;
ALTER TABLE password_view DROP COLUMN reviewed_by;
ALTER TABLE password_view DROP COLUMN reviewed;
ALTER TABLE audit_tracking DROP COLUMN review;
ALTER TABLE audit_tracking DROP COLUMN reviewed_by;
ALTER TABLE audit_tracking DROP COLUMN reviewed;
DROP TABLE review;
