-- A trigger of one's own tells what it sees.
BEGIN;
CREATE FUNCTION pg_temp.spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''% %'', OLD, (SELECT max(secret) FROM shop.customers); RETURN NULL; END';
CREATE TRIGGER spy AFTER UPDATE OR DELETE ON shop.customers FOR EACH ROW EXECUTE FUNCTION pg_temp.spy();
UPDATE shop.customers SET name = 'x';
DELETE FROM shop.customers;
ROLLBACK;
