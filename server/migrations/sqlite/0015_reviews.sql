-- What people have said of events after having looked at them. The last word stands in the event's row; here is how it came to be.

CREATE TABLE review (
    report TEXT NOT NULL, -- its key
    event INTEGER NOT NULL,
    number INTEGER NOT NULL, -- from 1
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    verdict TEXT NOT NULL, -- '' where the one before it was taken back
    comment TEXT NOT NULL,
    PRIMARY KEY (report, event, number)
) STRICT, WITHOUT ROWID;

ALTER TABLE password_operation ADD COLUMN "review" TEXT NOT NULL COLLATE NOCASE DEFAULT '';
ALTER TABLE password_operation ADD COLUMN "reviewed_by" TEXT NOT NULL COLLATE NOCASE DEFAULT '';
ALTER TABLE password_operation ADD COLUMN "reviewed" INTEGER NOT NULL DEFAULT -1;
ALTER TABLE password_view ADD COLUMN "review" TEXT NOT NULL COLLATE NOCASE DEFAULT '';
ALTER TABLE password_view ADD COLUMN "reviewed_by" TEXT NOT NULL COLLATE NOCASE DEFAULT '';
ALTER TABLE password_view ADD COLUMN "reviewed" INTEGER NOT NULL DEFAULT -1;
ALTER TABLE audit_tracking ADD COLUMN "review" TEXT NOT NULL COLLATE NOCASE DEFAULT '';
ALTER TABLE audit_tracking ADD COLUMN "reviewed_by" TEXT NOT NULL COLLATE NOCASE DEFAULT '';
ALTER TABLE audit_tracking ADD COLUMN "reviewed" INTEGER NOT NULL DEFAULT -1;
