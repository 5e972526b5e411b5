-- as: app owner superuser
-- Two-phase commit.
BEGIN;
INSERT INTO shop.customers (id, name) VALUES (500, 'prepared');
PREPARE TRANSACTION 'control';
COMMIT PREPARED 'control';
BEGIN;
DELETE FROM shop.customers;
PREPARE TRANSACTION 'control';
ROLLBACK PREPARED 'control';
SELECT 'control ok' FROM shop.customers HAVING count(*) = 21;
