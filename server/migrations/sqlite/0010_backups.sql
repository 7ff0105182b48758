-- Which keys open a backup, and when it was last found whole.

ALTER TABLE performed_backups ADD COLUMN "keys" TEXT NOT NULL COLLATE NOCASE DEFAULT '';
ALTER TABLE performed_backups ADD COLUMN "verified" INTEGER NOT NULL DEFAULT -1;
