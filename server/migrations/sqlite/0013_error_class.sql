-- What the last attempt of an operation failed with; '' where it did not.

ALTER TABLE password_operation ADD COLUMN "error_class" TEXT NOT NULL COLLATE NOCASE DEFAULT '';

UPDATE password_operation SET error_class = coalesce((
    SELECT a.error_class FROM password_operation_attempt a WHERE a.event = password_operation.id ORDER BY a.number DESC LIMIT 1), '')
WHERE EXISTS (SELECT 1 FROM password_operation_attempt a WHERE a.event = password_operation.id AND a.error_class <> '');
