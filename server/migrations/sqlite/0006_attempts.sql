-- Each report that has attempts keeps them in a table of its own.

ALTER TABLE attempt RENAME TO password_operation_attempt;
ALTER TABLE password_operation_attempt RENAME COLUMN operation TO event;
