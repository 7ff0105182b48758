-- Each report that has attempts keeps them in a table of its own.

ALTER TABLE attempt RENAME TO password_operation_attempt;
ALTER TABLE password_operation_attempt RENAME COLUMN operation TO event;
ALTER INDEX attempt_pkey RENAME TO password_operation_attempt_pkey;

-- Partitions are found by the name of their table; those that leave are cut off already.
DO $$
DECLARE
    partition text;
BEGIN
    FOR partition IN SELECT name FROM event_partition WHERE report = 'password-operation' LOOP
        EXECUTE format('ALTER TABLE %I RENAME TO %I', 'attempt_' || partition, 'password_operation_attempt_' || partition);
    END LOOP;
END $$;
