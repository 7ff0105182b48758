-- When the password of a view was first changed after it; -1 while it was not. Set in the background, for what is here already too.

ALTER TABLE password_view ADD COLUMN "changed" bigint NOT NULL DEFAULT -1;
