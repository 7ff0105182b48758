-- Which keys open a backup, when it was last found whole, and when it was last restored in a drill.

ALTER TABLE performed_backups ADD COLUMN "keys" TEXT NOT NULL COLLATE NOCASE DEFAULT '';
ALTER TABLE performed_backups ADD COLUMN "verified" INTEGER NOT NULL DEFAULT -1;
ALTER TABLE performed_backups ADD COLUMN "drill" INTEGER NOT NULL DEFAULT -1;
