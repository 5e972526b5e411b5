-- as: app owner superuser
-- Several statements in one message, of which one switches; a switch undone by ROLLBACK TO; a switch between a plan and its execution.
SET app.tenant_id = :'other';
SELECT count(*) FROM shop.customers \; SET app.tenant_id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' \; SELECT name FROM shop.customers;
SET app.tenant_id = :'other';
SELECT set_config('app.tenant_id', :'me', false) \; SELECT name FROM shop.customers \; SELECT entry FROM shop.ledger;
BEGIN;
SAVEPOINT s;
SET LOCAL app.tenant_id = :'other';
SELECT count(name) FROM shop.customers;
ROLLBACK TO s;
SELECT name FROM shop.customers;
SELECT entry FROM shop.ledger;
ROLLBACK;
-- A function that is evaluated while the statement is planned switches.
CREATE FUNCTION pg_temp.switch(tenant text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN PERFORM set_config('app.tenant_id', tenant, false); RETURN true; END$$;
CREATE FUNCTION pg_temp.switch_later(tenant text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$BEGIN PERFORM set_config('app.tenant_id', tenant, false); RETURN true; END$$;
SET app.tenant_id = :'other';
SELECT name FROM shop.customers WHERE pg_temp.switch(:'me');
SET app.tenant_id = :'other';
SELECT entry FROM shop.ledger WHERE pg_temp.switch(:'me');
SET app.tenant_id = :'other';
SELECT id, tenant_id = :'other' AS foreign FROM shop.customers WHERE pg_temp.switch_later(:'me') \g /dev/null
SET app.tenant_id = :'other';
PREPARE q (int) AS SELECT name FROM shop.customers WHERE id > $1 AND pg_temp.switch('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
EXECUTE q (0);
SET app.tenant_id = :'me';
EXECUTE q (0);
SET app.tenant_id = :'other';
UPDATE shop.customers SET name = 'planted' WHERE tenant.current_uuid() = :'me' AND pg_temp.switch(:'me');
SET app.tenant_id = :'other';
INSERT INTO shop.notes (id, body) SELECT 950, 'planted' WHERE pg_temp.switch(:'me');
