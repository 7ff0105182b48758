-- What people have said of events after having looked at them. The last word stands in the event's row; here is how it came to be.

CREATE TABLE review (
    report text COLLATE "C" NOT NULL, -- its key
    event bigint NOT NULL,
    number bigint NOT NULL, -- from 1
    at bigint NOT NULL,
    who text COLLATE "C" NOT NULL,
    verdict text COLLATE "C" NOT NULL, -- '' where the one before it was taken back
    comment text COLLATE "C" NOT NULL,
    PRIMARY KEY (report, event, number)
);

ALTER TABLE password_operation ADD COLUMN "review" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE password_operation ADD COLUMN "reviewed_by" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE password_operation ADD COLUMN "reviewed" bigint NOT NULL DEFAULT -1;
ALTER TABLE password_view ADD COLUMN "review" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE password_view ADD COLUMN "reviewed_by" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE password_view ADD COLUMN "reviewed" bigint NOT NULL DEFAULT -1;
ALTER TABLE audit_tracking ADD COLUMN "review" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit_tracking ADD COLUMN "reviewed_by" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit_tracking ADD COLUMN "reviewed" bigint NOT NULL DEFAULT -1;
