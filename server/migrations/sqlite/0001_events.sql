-- Events. A table per report; what holds for all of them:
--
-- id        the event's time in milliseconds, shifted left by 20, plus a tie-breaker: the table is kept in the order of time,
--           and every index carries that order behind its column.
-- key       first 16 bytes of the SHA-256 of source and source id: the same event twice is one row.
-- texts     '' when missing; compared without regard to the case of A to Z.
-- numbers   -1 when missing; times are milliseconds since 1970 in UTC; flags are 0 and 1.
-- addresses the family (4 or 6) and the address, 5 or 17 bytes; empty when missing.
-- *_head    what a long text is sorted by.
--
-- Each column has an index named table_column: every column can be sorted by.
-- *_detail  what only the details of one event need.
-- *_value   each text a column has, once: what the search box and `contains` look through before they touch a row.
-- *_text    trigrams of these texts, lower-cased before they get here; rowid is the id of the value.

CREATE TABLE password_operation (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    "origin_ip" BLOB NOT NULL,
    "device" TEXT NOT NULL COLLATE NOCASE,
    "credential_type" TEXT NOT NULL COLLATE NOCASE,
    "username" TEXT NOT NULL COLLATE NOCASE,
    "status" TEXT NOT NULL COLLATE NOCASE,
    "operation" TEXT NOT NULL COLLATE NOCASE,
    "execution_date" INTEGER NOT NULL,
    "last_attempt" INTEGER NOT NULL,
    "attempts" INTEGER NOT NULL,
    "requester" TEXT NOT NULL COLLATE NOCASE,
    "requester_kind" TEXT NOT NULL COLLATE NOCASE,
    "vendor" TEXT NOT NULL COLLATE NOCASE,
    "product" TEXT NOT NULL COLLATE NOCASE,
    "site" TEXT NOT NULL COLLATE NOCASE,
    "tags" TEXT NOT NULL COLLATE NOCASE,
    "reconciliation" INTEGER NOT NULL,
    "template" TEXT NOT NULL COLLATE NOCASE,
    "message" TEXT NOT NULL,
    message_head TEXT COLLATE NOCASE AS (substr("message", 1, 64)) VIRTUAL,
    "source" TEXT NOT NULL COLLATE NOCASE
) STRICT;

CREATE INDEX password_operation_origin_ip ON password_operation ("origin_ip");
CREATE INDEX password_operation_device ON password_operation ("device");
CREATE INDEX password_operation_credential_type ON password_operation ("credential_type");
CREATE INDEX password_operation_username ON password_operation ("username");
CREATE INDEX password_operation_status ON password_operation ("status");
CREATE INDEX password_operation_operation ON password_operation ("operation");
CREATE INDEX password_operation_execution_date ON password_operation ("execution_date");
CREATE INDEX password_operation_last_attempt ON password_operation ("last_attempt");
CREATE INDEX password_operation_attempts ON password_operation ("attempts");
CREATE INDEX password_operation_requester ON password_operation ("requester");
CREATE INDEX password_operation_requester_kind ON password_operation ("requester_kind");
CREATE INDEX password_operation_vendor ON password_operation ("vendor");
CREATE INDEX password_operation_product ON password_operation ("product");
CREATE INDEX password_operation_site ON password_operation ("site");
CREATE INDEX password_operation_tags ON password_operation ("tags");
CREATE INDEX password_operation_reconciliation ON password_operation ("reconciliation");
CREATE INDEX password_operation_template ON password_operation ("template");
CREATE INDEX password_operation_message ON password_operation (message_head);
CREATE INDEX password_operation_source ON password_operation ("source");

CREATE TABLE password_operation_detail (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    extra TEXT NOT NULL -- JSON: [[name, value], ...]
) STRICT;

CREATE TABLE password_operation_value (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- first 16 bytes of the SHA-256 of column and whole text
    "column" TEXT NOT NULL,
    text TEXT NOT NULL -- of a long text its head
) STRICT;

CREATE VIRTUAL TABLE password_operation_text USING fts5 (text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1');

CREATE TABLE password_view (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    "operation" TEXT NOT NULL COLLATE NOCASE,
    "user" TEXT NOT NULL COLLATE NOCASE,
    "login" TEXT NOT NULL COLLATE NOCASE,
    "ip" BLOB NOT NULL,
    "credential_type" TEXT NOT NULL COLLATE NOCASE,
    "device" TEXT NOT NULL COLLATE NOCASE,
    "username" TEXT NOT NULL COLLATE NOCASE,
    "reason" TEXT NOT NULL COLLATE NOCASE,
    "governance_id" TEXT NOT NULL COLLATE NOCASE,
    "justification" TEXT NOT NULL,
    justification_head TEXT COLLATE NOCASE AS (substr("justification", 1, 64)) VIRTUAL,
    "message" TEXT NOT NULL,
    message_head TEXT COLLATE NOCASE AS (substr("message", 1, 64)) VIRTUAL,
    "origin" TEXT NOT NULL COLLATE NOCASE,
    "emergency" INTEGER NOT NULL,
    "source" TEXT NOT NULL COLLATE NOCASE
) STRICT;

CREATE INDEX password_view_operation ON password_view ("operation");
CREATE INDEX password_view_user ON password_view ("user");
CREATE INDEX password_view_login ON password_view ("login");
CREATE INDEX password_view_ip ON password_view ("ip");
CREATE INDEX password_view_credential_type ON password_view ("credential_type");
CREATE INDEX password_view_device ON password_view ("device");
CREATE INDEX password_view_username ON password_view ("username");
CREATE INDEX password_view_reason ON password_view ("reason");
CREATE INDEX password_view_governance_id ON password_view ("governance_id");
CREATE INDEX password_view_justification ON password_view (justification_head);
CREATE INDEX password_view_message ON password_view (message_head);
CREATE INDEX password_view_origin ON password_view ("origin");
CREATE INDEX password_view_emergency ON password_view ("emergency");
CREATE INDEX password_view_source ON password_view ("source");

CREATE TABLE password_view_detail (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    extra TEXT NOT NULL -- JSON: [[name, value], ...]
) STRICT;

CREATE TABLE password_view_value (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- first 16 bytes of the SHA-256 of column and whole text
    "column" TEXT NOT NULL,
    text TEXT NOT NULL -- of a long text its head
) STRICT;

CREATE VIRTUAL TABLE password_view_text USING fts5 (text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1');

CREATE TABLE performed_backups (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    "type" TEXT NOT NULL COLLATE NOCASE,
    "reason" TEXT NOT NULL COLLATE NOCASE,
    "end" INTEGER NOT NULL,
    "requested_by" TEXT NOT NULL COLLATE NOCASE,
    "status" TEXT NOT NULL COLLATE NOCASE,
    "size" INTEGER NOT NULL,
    "checksum" TEXT NOT NULL COLLATE NOCASE,
    "encrypted" INTEGER NOT NULL,
    "source" TEXT NOT NULL COLLATE NOCASE
) STRICT;

CREATE INDEX performed_backups_type ON performed_backups ("type");
CREATE INDEX performed_backups_reason ON performed_backups ("reason");
CREATE INDEX performed_backups_end ON performed_backups ("end");
CREATE INDEX performed_backups_requested_by ON performed_backups ("requested_by");
CREATE INDEX performed_backups_status ON performed_backups ("status");
CREATE INDEX performed_backups_size ON performed_backups ("size");
CREATE INDEX performed_backups_checksum ON performed_backups ("checksum");
CREATE INDEX performed_backups_encrypted ON performed_backups ("encrypted");
CREATE INDEX performed_backups_source ON performed_backups ("source");

CREATE TABLE performed_backups_detail (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    extra TEXT NOT NULL -- JSON: [[name, value], ...]
) STRICT;

CREATE TABLE performed_backups_value (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- first 16 bytes of the SHA-256 of column and whole text
    "column" TEXT NOT NULL,
    text TEXT NOT NULL -- of a long text its head
) STRICT;

CREATE VIRTUAL TABLE performed_backups_text USING fts5 (text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1');

CREATE TABLE audit_tracking (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    "operation" TEXT NOT NULL COLLATE NOCASE,
    "entity" TEXT NOT NULL COLLATE NOCASE,
    "entity_id" TEXT NOT NULL COLLATE NOCASE,
    "entity_name" TEXT NOT NULL COLLATE NOCASE,
    "origin" TEXT NOT NULL COLLATE NOCASE,
    "user" TEXT NOT NULL COLLATE NOCASE,
    "username" TEXT NOT NULL COLLATE NOCASE,
    "ip" BLOB NOT NULL,
    "change" INTEGER NOT NULL,
    "source" TEXT NOT NULL COLLATE NOCASE
) STRICT;

CREATE INDEX audit_tracking_operation ON audit_tracking ("operation");
CREATE INDEX audit_tracking_entity ON audit_tracking ("entity");
CREATE INDEX audit_tracking_entity_id ON audit_tracking ("entity_id");
CREATE INDEX audit_tracking_entity_name ON audit_tracking ("entity_name");
CREATE INDEX audit_tracking_origin ON audit_tracking ("origin");
CREATE INDEX audit_tracking_user ON audit_tracking ("user");
CREATE INDEX audit_tracking_username ON audit_tracking ("username");
CREATE INDEX audit_tracking_ip ON audit_tracking ("ip");
CREATE INDEX audit_tracking_change ON audit_tracking ("change");
CREATE INDEX audit_tracking_source ON audit_tracking ("source");

CREATE TABLE audit_tracking_detail (
    id INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL,
    received INTEGER NOT NULL,
    extra TEXT NOT NULL -- JSON: [[name, value], ...]
) STRICT;

CREATE TABLE audit_tracking_value (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE, -- first 16 bytes of the SHA-256 of column and whole text
    "column" TEXT NOT NULL,
    text TEXT NOT NULL -- of a long text its head
) STRICT;

CREATE VIRTUAL TABLE audit_tracking_text USING fts5 (text, content = '', contentless_delete = 1, detail = none, tokenize = 'trigram case_sensitive 1');

-- The tries of the operations.
CREATE TABLE attempt (
    operation INTEGER NOT NULL, -- password_operation.id
    number INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    executor TEXT NOT NULL,
    result TEXT NOT NULL,
    error_class TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (operation, number)
) STRICT, WITHOUT ROWID;
