-- as: app owner superuser
-- errors: 1
-- What ORMs do: a savepoint around each statement, released, or rolled back after an error.
BEGIN;
SAVEPOINT a;
INSERT INTO shop.customers (id, name) VALUES (500, 'kept');
RELEASE a;
SAVEPOINT b;
INSERT INTO shop.customers (id, name) VALUES (500, 'twice');
ROLLBACK TO b;
INSERT INTO shop.customers (id, name) VALUES (501, 'kept');
SAVEPOINT c;
UPDATE shop.customers SET name = 'gone';
ROLLBACK TO c;
COMMIT;
SELECT 'control ok' FROM shop.customers WHERE name = 'kept' HAVING count(*) = 2;
