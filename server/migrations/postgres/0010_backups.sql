-- Which keys open a backup, and when it was last found whole.

ALTER TABLE performed_backups ADD COLUMN "keys" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE performed_backups ADD COLUMN "verified" bigint NOT NULL DEFAULT -1;
