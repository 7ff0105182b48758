-- Operations that Vigia carries out.

ALTER TABLE attempt ADD COLUMN connector text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN template text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN version text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN log text COLLATE "C" NOT NULL DEFAULT ''; -- a line a line

-- The queue. What an operation is, its row says; here is what it takes to carry it out.
CREATE TABLE operation (
    id bigint PRIMARY KEY, -- password_operation.id
    key uuid NOT NULL, -- password_operation_detail.key: who asks for the same again is told of this one
    status text COLLATE "C" NOT NULL, -- that of the row
    connector text COLLATE "C" NOT NULL,
    parameters text COLLATE "C" NOT NULL, -- JSON: [[name, value], ...]
    credential text COLLATE "C" NOT NULL, -- at most one operation of the same is Running
    device text COLLATE "C" NOT NULL, -- that of the row: limits count by it
    priority bigint NOT NULL, -- 0 to 3, the highest first
    due bigint NOT NULL, -- when it may be taken
    parked bigint NOT NULL, -- 0: may be taken; 1: waits until its credential is free; 2: until its device is
    attempt bigint NOT NULL, -- number of the last attempt
    tries bigint NOT NULL, -- attempts since it was asked for or restarted
    max_tries bigint NOT NULL,
    runs bigint NOT NULL, -- how often it was restarted
    unsure bigint NOT NULL, -- start of the first attempt whose outcome is not known; -1: none
    fence bigint NOT NULL, -- grows with every move
    owner text COLLATE "C" NOT NULL, -- who holds it, while Running
    lease bigint NOT NULL, -- until when, without a heartbeat; -1 unless Running
    ticket bytea NOT NULL, -- SHA-256 of what a callback proves itself with; empty for none
    approve_by bigint NOT NULL -- -1: needs no approval
);

CREATE UNIQUE INDEX operation_key ON operation (key);
CREATE INDEX operation_ready ON operation (connector, priority, due, id) WHERE status = 'Scheduled' AND parked = 0;
CREATE INDEX operation_waiting_credential ON operation (credential, priority DESC, due, id) WHERE status = 'Scheduled' AND parked = 1;
CREATE INDEX operation_waiting_device ON operation (lower(device), priority DESC, due, id) WHERE status = 'Scheduled' AND parked = 2;
CREATE INDEX operation_due ON operation (due) WHERE status = 'Scheduled';
CREATE UNIQUE INDEX operation_in_flight ON operation (credential) WHERE status = 'Running';
CREATE INDEX operation_device_in_flight ON operation (lower(device)) WHERE status = 'Running';
CREATE INDEX operation_lease ON operation (lease) WHERE status = 'Running';
CREATE UNIQUE INDEX operation_ticket ON operation (ticket) WHERE ticket <> ''::bytea;
CREATE INDEX operation_approve_by ON operation (approve_by) WHERE status = 'Awaiting approval';

-- How an operation came to stand as it does.
CREATE TABLE operation_history (
    operation bigint NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    status text COLLATE "C" NOT NULL, -- from then on
    who text COLLATE "C" NOT NULL,
    note text COLLATE "C" NOT NULL,
    request text COLLATE "C" NOT NULL, -- idempotency key of whoever asked; '' for none
    PRIMARY KEY (operation, number)
);

CREATE INDEX operation_history_failed ON operation_history (at, operation) WHERE status = 'Error';
