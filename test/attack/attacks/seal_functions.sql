-- as: app owner superuser
-- A sealed transaction, and what switches for a while. Row-level security alone knows no seals; their mutations show that this would notice.
BEGIN;
SELECT tenant.seal() \g /dev/null
SAVEPOINT s;
SELECT * FROM tenant.query(:'other', 'TABLE shop.customers');
ROLLBACK TO s;
SELECT tenant.execute(:'other', 'DELETE FROM shop.customers');
ROLLBACK TO s;
SELECT tenant.set_from_headers(jsonb_build_object('X-Tenant-ID', :'other'));
SELECT * FROM shop.customers;
ROLLBACK TO s;
SELECT tenant.set(:'other');
SELECT * FROM shop.customers;
ROLLBACK TO s;
CREATE FUNCTION pg_temp.switched() RETURNS SETOF text LANGUAGE sql SET app.tenant_id = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'
	AS 'SELECT name FROM shop.customers';
SELECT pg_temp.switched();
ROLLBACK TO s;
DO $$BEGIN PERFORM set_config('app.tenant_id', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', true); RAISE NOTICE '%', (SELECT max(name) FROM shop.customers); END$$;
COMMIT;
