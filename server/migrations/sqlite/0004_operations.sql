-- Operations that Vigia carries out.

ALTER TABLE attempt ADD COLUMN connector TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN template TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN log TEXT NOT NULL DEFAULT ''; -- a line a line

-- The queue. What an operation is, its row says; here is what it takes to carry it out.
CREATE TABLE operation (
    id INTEGER PRIMARY KEY, -- password_operation.id
    status TEXT NOT NULL, -- that of the row
    connector TEXT NOT NULL,
    parameters TEXT NOT NULL, -- JSON: [[name, value], ...]
    credential TEXT NOT NULL, -- at most one operation of the same is Running
    device TEXT NOT NULL COLLATE NOCASE, -- that of the row: limits count by it
    priority INTEGER NOT NULL, -- 0 to 3, the highest first
    due INTEGER NOT NULL, -- when it may be taken
    parked INTEGER NOT NULL, -- 0: may be taken; 1: waits until its credential is free; 2: until its device is
    attempt INTEGER NOT NULL, -- number of the last attempt
    tries INTEGER NOT NULL, -- attempts since it was asked for or restarted
    max_tries INTEGER NOT NULL,
    runs INTEGER NOT NULL, -- how often it was restarted
    unsure INTEGER NOT NULL, -- start of the first attempt whose outcome is not known; -1: none
    fence INTEGER NOT NULL, -- grows with every move
    owner TEXT NOT NULL, -- who holds it, while Running
    lease INTEGER NOT NULL, -- until when, without a heartbeat; -1 unless Running
    ticket BLOB NOT NULL, -- SHA-256 of what a callback proves itself with; empty for none
    approve_by INTEGER NOT NULL -- -1: needs no approval
) STRICT;

CREATE INDEX operation_ready ON operation (connector, priority, due, id) WHERE status = 'Scheduled' AND parked = 0;
CREATE INDEX operation_waiting_credential ON operation (credential, priority, due, id) WHERE status = 'Scheduled' AND parked = 1;
CREATE INDEX operation_waiting_device ON operation (device, priority, due, id) WHERE status = 'Scheduled' AND parked = 2;
CREATE INDEX operation_due ON operation (due) WHERE status = 'Scheduled';
CREATE UNIQUE INDEX operation_in_flight ON operation (credential) WHERE status = 'Running';
CREATE INDEX operation_device_in_flight ON operation (device) WHERE status = 'Running';
CREATE INDEX operation_lease ON operation (lease) WHERE status = 'Running';
CREATE UNIQUE INDEX operation_ticket ON operation (ticket) WHERE ticket <> x'';
CREATE INDEX operation_approve_by ON operation (approve_by) WHERE status = 'Awaiting approval';

-- How an operation came to stand as it does.
CREATE TABLE operation_history (
    operation INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL, -- from then on
    who TEXT NOT NULL,
    note TEXT NOT NULL,
    request TEXT NOT NULL, -- idempotency key of whoever asked; '' for none
    PRIMARY KEY (operation, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX operation_history_failed ON operation_history (at, operation) WHERE status = 'Error';
