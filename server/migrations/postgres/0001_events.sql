-- Events. Tables per report; what holds for all of them:
--
-- id        the event's time in milliseconds, shifted left by 20, plus a tie-breaker. Tables with `PARTITION BY` are cut by it:
--           a partition a month, made by Vigia itself (table event_partition).
-- texts     '' when missing; compared without regard to the case of A to Z: lower() of the collation "C" knows no other letters.
-- numbers   -1 when missing; times are milliseconds since 1970 in UTC; flags are 0 and 1.
-- addresses the family (4 or 6) and the address, 5 or 17 bytes; empty when missing.
--
-- Each column has an index named table_column, on what it is sorted by and the id; of a long text on its first 64 characters.
-- *_key     first 16 bytes of the SHA-256 of source and source id: the same event twice is one row, whatever its time.
-- *_detail  what only the details of one event need.
-- *_value   each text a column has, once: what the search box and `contains` look through before they touch a row.

-- The partitions that are there. Those of a report's tables have the same bounds: from one id to another.
CREATE TABLE event_partition (
    report text COLLATE "C" NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL, -- included
    name text COLLATE "C" NOT NULL, -- what follows the table's name
    leaving boolean NOT NULL DEFAULT false, -- detached, not yet forgotten
    PRIMARY KEY (report, name)
);

CREATE TABLE password_operation (
    id bigint NOT NULL PRIMARY KEY,
    "origin_ip" bytea NOT NULL,
    "device" text COLLATE "C" NOT NULL,
    "credential_type" text COLLATE "C" NOT NULL,
    "username" text COLLATE "C" NOT NULL,
    "status" text COLLATE "C" NOT NULL,
    "operation" text COLLATE "C" NOT NULL,
    "execution_date" bigint NOT NULL,
    "last_attempt" bigint NOT NULL,
    "attempts" bigint NOT NULL,
    "requester" text COLLATE "C" NOT NULL,
    "requester_kind" text COLLATE "C" NOT NULL,
    "vendor" text COLLATE "C" NOT NULL,
    "product" text COLLATE "C" NOT NULL,
    "site" text COLLATE "C" NOT NULL,
    "tags" text COLLATE "C" NOT NULL,
    "reconciliation" bigint NOT NULL,
    "template" text COLLATE "C" NOT NULL,
    "message" text COLLATE "C" NOT NULL,
    "source" text COLLATE "C" NOT NULL
) PARTITION BY RANGE (id);

CREATE INDEX password_operation_origin_ip ON password_operation ("origin_ip", id);
CREATE INDEX password_operation_device ON password_operation (lower("device"), id);
CREATE INDEX password_operation_credential_type ON password_operation (lower("credential_type"), id);
CREATE INDEX password_operation_username ON password_operation (lower("username"), id);
CREATE INDEX password_operation_status ON password_operation (lower("status"), id);
CREATE INDEX password_operation_operation ON password_operation (lower("operation"), id);
CREATE INDEX password_operation_execution_date ON password_operation ("execution_date", id);
CREATE INDEX password_operation_last_attempt ON password_operation ("last_attempt", id);
CREATE INDEX password_operation_attempts ON password_operation ("attempts", id);
CREATE INDEX password_operation_requester ON password_operation (lower("requester"), id);
CREATE INDEX password_operation_requester_kind ON password_operation (lower("requester_kind"), id);
CREATE INDEX password_operation_vendor ON password_operation (lower("vendor"), id);
CREATE INDEX password_operation_product ON password_operation (lower("product"), id);
CREATE INDEX password_operation_site ON password_operation (lower("site"), id);
CREATE INDEX password_operation_tags ON password_operation (lower("tags"), id);
CREATE INDEX password_operation_reconciliation ON password_operation ("reconciliation", id);
CREATE INDEX password_operation_template ON password_operation (lower("template"), id);
CREATE INDEX password_operation_message ON password_operation (lower(left("message", 64)), id);
CREATE INDEX password_operation_source ON password_operation (lower("source"), id);

CREATE TABLE password_operation_key (
    key uuid NOT NULL PRIMARY KEY
);

CREATE TABLE password_operation_detail (
    id bigint NOT NULL PRIMARY KEY,
    key uuid NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    received bigint NOT NULL,
    extra text COLLATE "C" NOT NULL, -- JSON: [[name, value], ...]
    original text COLLATE "C" NOT NULL -- the line it was read from, masked and cut; '' when there is none
) PARTITION BY RANGE (id);

CREATE TABLE password_operation_value (
    hash uuid NOT NULL PRIMARY KEY, -- first 16 bytes of the SHA-256 of column and whole value
    "column" text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL, -- of a long text its head
    folded text COLLATE "C" NOT NULL -- the whole text, without case in any script
);

CREATE TABLE password_view (
    id bigint NOT NULL PRIMARY KEY,
    "operation" text COLLATE "C" NOT NULL,
    "user" text COLLATE "C" NOT NULL,
    "login" text COLLATE "C" NOT NULL,
    "ip" bytea NOT NULL,
    "credential_type" text COLLATE "C" NOT NULL,
    "device" text COLLATE "C" NOT NULL,
    "username" text COLLATE "C" NOT NULL,
    "reason" text COLLATE "C" NOT NULL,
    "governance_id" text COLLATE "C" NOT NULL,
    "justification" text COLLATE "C" NOT NULL,
    "message" text COLLATE "C" NOT NULL,
    "origin" text COLLATE "C" NOT NULL,
    "emergency" bigint NOT NULL,
    "source" text COLLATE "C" NOT NULL
) PARTITION BY RANGE (id);

CREATE INDEX password_view_operation ON password_view (lower("operation"), id);
CREATE INDEX password_view_user ON password_view (lower("user"), id);
CREATE INDEX password_view_login ON password_view (lower("login"), id);
CREATE INDEX password_view_ip ON password_view ("ip", id);
CREATE INDEX password_view_credential_type ON password_view (lower("credential_type"), id);
CREATE INDEX password_view_device ON password_view (lower("device"), id);
CREATE INDEX password_view_username ON password_view (lower("username"), id);
CREATE INDEX password_view_reason ON password_view (lower("reason"), id);
CREATE INDEX password_view_governance_id ON password_view (lower("governance_id"), id);
CREATE INDEX password_view_justification ON password_view (lower(left("justification", 64)), id);
CREATE INDEX password_view_message ON password_view (lower(left("message", 64)), id);
CREATE INDEX password_view_origin ON password_view (lower("origin"), id);
CREATE INDEX password_view_emergency ON password_view ("emergency", id);
CREATE INDEX password_view_source ON password_view (lower("source"), id);

CREATE TABLE password_view_key (
    key uuid NOT NULL PRIMARY KEY
);

CREATE TABLE password_view_detail (
    id bigint NOT NULL PRIMARY KEY,
    key uuid NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    received bigint NOT NULL,
    extra text COLLATE "C" NOT NULL, -- JSON: [[name, value], ...]
    original text COLLATE "C" NOT NULL -- the line it was read from, masked and cut; '' when there is none
) PARTITION BY RANGE (id);

CREATE TABLE password_view_value (
    hash uuid NOT NULL PRIMARY KEY, -- first 16 bytes of the SHA-256 of column and whole value
    "column" text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL, -- of a long text its head
    folded text COLLATE "C" NOT NULL -- the whole text, without case in any script
);

CREATE TABLE performed_backups (
    id bigint NOT NULL PRIMARY KEY,
    "type" text COLLATE "C" NOT NULL,
    "reason" text COLLATE "C" NOT NULL,
    "end" bigint NOT NULL,
    "requested_by" text COLLATE "C" NOT NULL,
    "status" text COLLATE "C" NOT NULL,
    "size" bigint NOT NULL,
    "checksum" text COLLATE "C" NOT NULL,
    "encrypted" bigint NOT NULL,
    "source" text COLLATE "C" NOT NULL
) PARTITION BY RANGE (id);

CREATE INDEX performed_backups_type ON performed_backups (lower("type"), id);
CREATE INDEX performed_backups_reason ON performed_backups (lower("reason"), id);
CREATE INDEX performed_backups_end ON performed_backups ("end", id);
CREATE INDEX performed_backups_requested_by ON performed_backups (lower("requested_by"), id);
CREATE INDEX performed_backups_status ON performed_backups (lower("status"), id);
CREATE INDEX performed_backups_size ON performed_backups ("size", id);
CREATE INDEX performed_backups_checksum ON performed_backups (lower("checksum"), id);
CREATE INDEX performed_backups_encrypted ON performed_backups ("encrypted", id);
CREATE INDEX performed_backups_source ON performed_backups (lower("source"), id);

CREATE TABLE performed_backups_key (
    key uuid NOT NULL PRIMARY KEY
);

CREATE TABLE performed_backups_detail (
    id bigint NOT NULL PRIMARY KEY,
    key uuid NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    received bigint NOT NULL,
    extra text COLLATE "C" NOT NULL, -- JSON: [[name, value], ...]
    original text COLLATE "C" NOT NULL -- the line it was read from, masked and cut; '' when there is none
) PARTITION BY RANGE (id);

CREATE TABLE performed_backups_value (
    hash uuid NOT NULL PRIMARY KEY, -- first 16 bytes of the SHA-256 of column and whole value
    "column" text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL, -- of a long text its head
    folded text COLLATE "C" NOT NULL -- the whole text, without case in any script
);

CREATE TABLE audit_tracking (
    id bigint NOT NULL PRIMARY KEY,
    "operation" text COLLATE "C" NOT NULL,
    "entity" text COLLATE "C" NOT NULL,
    "entity_id" text COLLATE "C" NOT NULL,
    "entity_name" text COLLATE "C" NOT NULL,
    "origin" text COLLATE "C" NOT NULL,
    "user" text COLLATE "C" NOT NULL,
    "username" text COLLATE "C" NOT NULL,
    "ip" bytea NOT NULL,
    "change" bigint NOT NULL,
    "source" text COLLATE "C" NOT NULL
) PARTITION BY RANGE (id);

CREATE INDEX audit_tracking_operation ON audit_tracking (lower("operation"), id);
CREATE INDEX audit_tracking_entity ON audit_tracking (lower("entity"), id);
CREATE INDEX audit_tracking_entity_id ON audit_tracking (lower("entity_id"), id);
CREATE INDEX audit_tracking_entity_name ON audit_tracking (lower("entity_name"), id);
CREATE INDEX audit_tracking_origin ON audit_tracking (lower("origin"), id);
CREATE INDEX audit_tracking_user ON audit_tracking (lower("user"), id);
CREATE INDEX audit_tracking_username ON audit_tracking (lower("username"), id);
CREATE INDEX audit_tracking_ip ON audit_tracking ("ip", id);
CREATE INDEX audit_tracking_change ON audit_tracking ("change", id);
CREATE INDEX audit_tracking_source ON audit_tracking (lower("source"), id);

CREATE TABLE audit_tracking_key (
    key uuid NOT NULL PRIMARY KEY
);

CREATE TABLE audit_tracking_detail (
    id bigint NOT NULL PRIMARY KEY,
    key uuid NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    received bigint NOT NULL,
    extra text COLLATE "C" NOT NULL, -- JSON: [[name, value], ...]
    original text COLLATE "C" NOT NULL -- the line it was read from, masked and cut; '' when there is none
) PARTITION BY RANGE (id);

CREATE TABLE audit_tracking_value (
    hash uuid NOT NULL PRIMARY KEY, -- first 16 bytes of the SHA-256 of column and whole value
    "column" text COLLATE "C" NOT NULL,
    text text COLLATE "C" NOT NULL, -- of a long text its head
    folded text COLLATE "C" NOT NULL -- the whole text, without case in any script
);

-- The tries of the operations.
CREATE TABLE attempt (
    operation bigint NOT NULL, -- password_operation.id
    number bigint NOT NULL,
    start bigint NOT NULL,
    "end" bigint NOT NULL,
    executor text COLLATE "C" NOT NULL,
    result text COLLATE "C" NOT NULL,
    error_class text COLLATE "C" NOT NULL,
    message text COLLATE "C" NOT NULL,
    PRIMARY KEY (operation, number)
) PARTITION BY RANGE (operation);
