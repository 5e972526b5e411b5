-- Transition tables, also of the statements of a cascade.
BEGIN;
CREATE FUNCTION pg_temp.spy() RETURNS trigger LANGUAGE plpgsql AS
	'DECLARE r record; BEGIN FOR r IN TABLE gone LOOP RAISE NOTICE ''%'', r; END LOOP; RETURN NULL; END';
CREATE TRIGGER spy AFTER DELETE ON shop.orders REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.spy();
DELETE FROM shop.orders WHERE id > 15;
DELETE FROM shop.customers;
ROLLBACK;
