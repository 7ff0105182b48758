-- Which keys open a backup, when it was last found whole, and when it was last restored in a drill.

ALTER TABLE performed_backups ADD COLUMN "keys" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE performed_backups ADD COLUMN "verified" bigint NOT NULL DEFAULT -1;
ALTER TABLE performed_backups ADD COLUMN "drill" bigint NOT NULL DEFAULT -1;
