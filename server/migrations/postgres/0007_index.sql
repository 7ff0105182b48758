-- Rows are found by the index that each server keeps for itself: the indexes of columns and the tables of texts are not needed any more.
-- The index of the source stays, for retention. Statements with IF EXISTS are carried out one by one before the rest, and so can be interrupted.

DROP INDEX IF EXISTS password_operation_origin_ip;
DROP INDEX IF EXISTS password_operation_device;
DROP INDEX IF EXISTS password_operation_credential_type;
DROP INDEX IF EXISTS password_operation_username;
DROP INDEX IF EXISTS password_operation_status;
DROP INDEX IF EXISTS password_operation_operation;
DROP INDEX IF EXISTS password_operation_execution_date;
DROP INDEX IF EXISTS password_operation_last_attempt;
DROP INDEX IF EXISTS password_operation_attempts;
DROP INDEX IF EXISTS password_operation_requester;
DROP INDEX IF EXISTS password_operation_requester_kind;
DROP INDEX IF EXISTS password_operation_vendor;
DROP INDEX IF EXISTS password_operation_product;
DROP INDEX IF EXISTS password_operation_site;
DROP INDEX IF EXISTS password_operation_tags;
DROP INDEX IF EXISTS password_operation_reconciliation;
DROP INDEX IF EXISTS password_operation_template;
DROP INDEX IF EXISTS password_operation_message;
DROP TABLE IF EXISTS password_operation_value;

DROP INDEX IF EXISTS password_view_operation;
DROP INDEX IF EXISTS password_view_user;
DROP INDEX IF EXISTS password_view_login;
DROP INDEX IF EXISTS password_view_ip;
DROP INDEX IF EXISTS password_view_credential_type;
DROP INDEX IF EXISTS password_view_device;
DROP INDEX IF EXISTS password_view_username;
DROP INDEX IF EXISTS password_view_reason;
DROP INDEX IF EXISTS password_view_governance_id;
DROP INDEX IF EXISTS password_view_justification;
DROP INDEX IF EXISTS password_view_message;
DROP INDEX IF EXISTS password_view_origin;
DROP INDEX IF EXISTS password_view_emergency;
DROP TABLE IF EXISTS password_view_value;

DROP INDEX IF EXISTS performed_backups_type;
DROP INDEX IF EXISTS performed_backups_reason;
DROP INDEX IF EXISTS performed_backups_end;
DROP INDEX IF EXISTS performed_backups_requested_by;
DROP INDEX IF EXISTS performed_backups_status;
DROP INDEX IF EXISTS performed_backups_size;
DROP INDEX IF EXISTS performed_backups_checksum;
DROP INDEX IF EXISTS performed_backups_encrypted;
DROP TABLE IF EXISTS performed_backups_value;

DROP INDEX IF EXISTS audit_tracking_operation;
DROP INDEX IF EXISTS audit_tracking_entity;
DROP INDEX IF EXISTS audit_tracking_entity_id;
DROP INDEX IF EXISTS audit_tracking_entity_name;
DROP INDEX IF EXISTS audit_tracking_origin;
DROP INDEX IF EXISTS audit_tracking_user;
DROP INDEX IF EXISTS audit_tracking_username;
DROP INDEX IF EXISTS audit_tracking_ip;
DROP INDEX IF EXISTS audit_tracking_change;
DROP TABLE IF EXISTS audit_tracking_value;
