-- How unusual each view is, found out after it was stored; -1 until then.

ALTER TABLE password_view ADD COLUMN "risk" INTEGER NOT NULL DEFAULT -1;
CREATE INDEX password_view_unscored ON password_view (id) WHERE "risk" = -1;
ALTER TABLE password_view ADD COLUMN "unusual_time" INTEGER NOT NULL DEFAULT -1;
ALTER TABLE password_view ADD COLUMN "unusual_origin" INTEGER NOT NULL DEFAULT -1;
ALTER TABLE password_view ADD COLUMN "unusual_credential" INTEGER NOT NULL DEFAULT -1;
ALTER TABLE password_view ADD COLUMN "unusual_volume" INTEGER NOT NULL DEFAULT -1;

ALTER TABLE password_view_detail ADD COLUMN score BLOB NOT NULL DEFAULT x'';
