-- The check of a written row is left out where no row can fail it, and nowhere else. What is left out shows in the calls of tenant.current_…():
-- one to find rows, one for each row that takes the default, one for each check of each row.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET SESSION AUTHORIZATION fx_owner;
CREATE FUNCTION fx.calls() RETURNS bigint LANGUAGE sql RETURN (SELECT sum(coalesce(pg_stat_get_xact_function_calls(f), 0))
	FROM unnest('{tenant.current_uuid,tenant.current_text,tenant.current_bigint,tenant.current_int}'::regproc[]) f);
-- Of the second execution, which is not planned, undone; errors as they are.
CREATE FUNCTION fx.calls_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	calls bigint;
	counted bigint;
BEGIN
	EXECUTE 'PREPARE measured AS ' || statement;
	FOR run IN 1 .. 2 LOOP
		BEGIN
			calls := fx.calls();
			EXECUTE 'EXECUTE measured';
			counted := fx.calls() - calls;
			RAISE SQLSTATE 'ZZ000';
		EXCEPTION WHEN SQLSTATE 'ZZ000' THEN NULL;
		END;
	END LOOP;
	DEALLOCATE measured;
	RETURN counted;
EXCEPTION WHEN OTHERS THEN
	DEALLOCATE measured;
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION fx.as_it_is() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION fx.to_bob() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN NEW.tenant_id := '22222222-2222-2222-2222-222222222222'; RETURN NEW; END$$;

CREATE TABLE fx.plain (tenant_id uuid, id int, v int, code text UNIQUE, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx.limited (tenant_id varchar(40), id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx.unlimited (tenant_id varchar, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE fx.parts (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id)) PARTITION BY RANGE (id);
CREATE TABLE fx.part PARTITION OF fx.parts FOR VALUES FROM (0) TO (100);
CREATE TABLE fx.parent (tenant_id uuid, id int);
CREATE TABLE fx.child () INHERITS (fx.parent);
CREATE INDEX ON fx.parent (tenant_id);
CREATE INDEX ON fx.child (tenant_id);
CREATE TABLE fx.ruled (tenant_id uuid, id int, whose uuid DEFAULT tenant.current_uuid(), PRIMARY KEY (tenant_id, id));
INSERT INTO fx.plain SELECT t::uuid, i, i, left(t, 1) || i FROM unnest(ARRAY[:'A', :'B']) t, generate_series(1, 3) i;
INSERT INTO fx.limited VALUES ('acme', 1);
INSERT INTO fx.unlimited VALUES ('acme', 1);
INSERT INTO fx.parts VALUES (:'A', 1), (:'B', 1);
INSERT INTO fx.parent VALUES (:'A', 1), (:'B', 1);
INSERT INTO fx.child VALUES (:'A', 2), (:'B', 2);
INSERT INTO fx.ruled VALUES (:'A', 1), (:'B', 1);
SELECT tenant.protect(('fx.' || name)::regclass) FROM unnest('{plain,limited,unlimited,parts,parent,ruled}'::text[]) name \g /dev/null
CREATE POLICY small ON fx.ruled AS RESTRICTIVE USING (id < 100) WITH CHECK (id < 50);
CREATE POLICY whose ON fx.ruled AS RESTRICTIVE FOR INSERT WITH CHECK (whose = tenant.current_uuid());
CREATE VIEW fx.plain_view WITH (security_invoker) AS SELECT * FROM fx.plain WHERE v < 100 WITH CHECK OPTION;
GRANT ALL ON ALL TABLES IN SCHEMA fx TO fx_app;
RESET SESSION AUTHORIZATION;

-- Superusers' settings outlive the change of role.
SET track_functions = 'all';
SET enable_seqscan = off;
SET enable_bitmapscan = off;
CREATE TABLE fx.forms_of_writing (number serial, statement text);
GRANT SELECT ON fx.forms_of_writing TO fx_app;
INSERT INTO fx.forms_of_writing (statement) SELECT replace(replace(s, 'ANN', quote_literal(:'A')), 'BOB', quote_literal(:'B')) FROM unnest(ARRAY[
	-- proven
	'INSERT INTO fx.plain (id) VALUES (7)',
	'INSERT INTO fx.plain (tenant_id, id) VALUES (DEFAULT, 7), (tenant.current_uuid(), 8)',
	'INSERT INTO fx.plain (id, v) SELECT 10 + id, 1 FROM generate_series(1, 3) id',
	'INSERT INTO fx.plain (id) VALUES (7) ON CONFLICT DO NOTHING',
	'INSERT INTO fx.unlimited (id) VALUES (7)',
	'UPDATE fx.plain SET v = 0',
	'UPDATE fx.plain SET tenant_id = tenant_id, v = 0',
	'UPDATE fx.plain SET tenant_id = tenant.current_uuid()',
	'UPDATE fx.plain SET v = 0 FROM generate_series(1, 2) g WHERE g = id',
	'UPDATE fx.plain_view SET v = 0',
	'INSERT INTO fx.plain_view (id, v) VALUES (7, 0)',
	'INSERT INTO fx.plain (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 0',
	'INSERT INTO fx.plain (id) VALUES (1) ON CONFLICT ON CONSTRAINT plain_pkey DO UPDATE SET tenant_id = excluded.tenant_id, v = 0',
	'WITH i AS (INSERT INTO fx.plain (id) VALUES (7) RETURNING id) UPDATE fx.plain SET v = 0 FROM i',
	'MERGE INTO fx.plain p USING generate_series(2, 4) g ON p.id = g WHEN MATCHED AND g = 2 THEN DELETE '
		'WHEN MATCHED THEN UPDATE SET v = 0 WHEN NOT MATCHED THEN INSERT (id) VALUES (g)',
	'INSERT INTO fx.part (id) VALUES (7)',
	'INSERT INTO fx.parent (id) VALUES (7)',
	'UPDATE ONLY fx.child SET id = 7',
	-- not proven
	'INSERT INTO fx.plain (tenant_id, id) VALUES (ANN, 7)',
	'INSERT INTO fx.plain (tenant_id, id) VALUES (DEFAULT, 7), (ANN, 8)',
	'INSERT INTO fx.plain (tenant_id, id) SELECT tenant_id, 10 + id FROM fx.plain',
	'INSERT INTO fx.limited (id) VALUES (7)',
	'UPDATE fx.plain SET tenant_id = ANN',
	'UPDATE fx.plain SET (tenant_id, v) = (SELECT tenant.current_uuid(), 0)',
	'INSERT INTO fx.plain (id, code) VALUES (7, ''11'') ON CONFLICT (code) DO UPDATE SET v = 0',
	'INSERT INTO fx.plain (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = ANN',
	'INSERT INTO fx.plain (tenant_id, id) VALUES (ANN, 1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 0',
	'MERGE INTO fx.plain p USING generate_series(2, 4) g ON p.id = g WHEN MATCHED THEN UPDATE SET tenant_id = ANN '
		'WHEN NOT MATCHED THEN INSERT (tenant_id, id) VALUES (ANN, g)',
	'INSERT INTO fx.parts (id) VALUES (7)',
	'UPDATE fx.parts SET id = 7',
	'UPDATE fx.parent SET id = 7',
	-- refused
	'INSERT INTO fx.plain (tenant_id, id) VALUES (BOB, 7)',
	'INSERT INTO fx.plain (tenant_id, id) VALUES (DEFAULT, 7), (BOB, 8)',
	'INSERT INTO fx.plain (tenant_id, id) SELECT BOB, id FROM generate_series(7, 8) id',
	'UPDATE fx.plain SET tenant_id = BOB, id = 7 WHERE id = 1',
	'UPDATE fx.plain SET (tenant_id, id) = (SELECT BOB::uuid, 7) WHERE id = 1',
	'INSERT INTO fx.plain (id, code) VALUES (7, ''21'') ON CONFLICT (code) DO UPDATE SET v = 0',
	'INSERT INTO fx.plain (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = BOB, id = 7',
	'INSERT INTO fx.plain (tenant_id, id) VALUES (BOB, 1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 0',
	'MERGE INTO fx.plain p USING generate_series(1, 1) g ON p.id = g WHEN MATCHED THEN UPDATE SET tenant_id = BOB, id = 7',
	'MERGE INTO fx.plain p USING generate_series(7, 7) g ON p.id = g WHEN NOT MATCHED THEN INSERT (tenant_id, id) VALUES (BOB, 7)',
	'UPDATE fx.plain_view SET v = 1000',
	'UPDATE fx.ruled SET id = 60',
	'INSERT INTO fx.ruled (id) VALUES (60)',
	'INSERT INTO fx.ruled (id, whose) VALUES (7, BOB)'
]) s;
CREATE VIEW fx.written AS SELECT number, fx.calls_of(statement) || ' <- ' || statement AS calls
	FROM fx.forms_of_writing WHERE (statement ~ 'limited') = (tenant.current_text() = 'acme') ORDER BY number;
ALTER VIEW fx.written SET (security_invoker);
GRANT SELECT ON fx.written TO fx_app;
\t on
\a
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT calls FROM fx.written;
SET app.tenant_id = 'acme';
SELECT calls FROM fx.written;
-- The same for a role that policies do not bind.
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
CREATE TEMP TABLE of_superuser AS SELECT * FROM fx.written;
SET ROLE fx_app;
CREATE TEMP TABLE of_app AS SELECT * FROM fx.written;
RESET ROLE;
SELECT calls FROM of_superuser EXCEPT SELECT calls FROM of_app;

-- A trigger that comes later, even a disabled one: what was prepared is checked from then on.
SET ROLE fx_app;
PREPARE added AS INSERT INTO fx.plain (id) VALUES (7);
PREPARE changed AS UPDATE fx.plain SET v = 0 WHERE id = 1;
PREPARE merged AS MERGE INTO fx.plain p USING generate_series(7, 7) g ON p.id = g WHEN NOT MATCHED THEN INSERT (id) VALUES (g);
PREPARE added_or_changed AS INSERT INTO fx.plain (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 0;
BEGIN;
EXECUTE added;
EXECUTE changed;
EXECUTE added_or_changed;
ROLLBACK;
BEGIN;
EXECUTE merged;
ROLLBACK;
RESET ROLE;
CREATE TRIGGER moved BEFORE INSERT ON fx.plain FOR EACH ROW EXECUTE FUNCTION fx.to_bob();
SET ROLE fx_app;
EXECUTE added;
EXECUTE merged;
EXECUTE changed;
RESET ROLE;
DROP TRIGGER moved ON fx.plain;
CREATE TRIGGER moved BEFORE UPDATE OF v ON fx.plain FOR EACH ROW EXECUTE FUNCTION fx.to_bob();
SET ROLE fx_app;
EXECUTE added_or_changed;
EXECUTE changed;
SELECT fx.calls_of('INSERT INTO fx.plain (id) VALUES (7)'), fx.calls_of('UPDATE fx.plain SET code = NULL'),
	fx.calls_of('MERGE INTO fx.plain p USING generate_series(2, 3) g ON p.id = g WHEN MATCHED THEN UPDATE SET code = NULL');
RESET ROLE;
ALTER TABLE fx.plain DISABLE TRIGGER moved;
SET ROLE fx_app;
SELECT fx.calls_of('UPDATE fx.plain SET v = 0');
RESET ROLE;
DROP TRIGGER moved ON fx.plain;
-- One that fires once for the statement, or after the row, changes none.
CREATE TRIGGER before_all BEFORE INSERT OR UPDATE ON fx.plain EXECUTE FUNCTION fx.as_it_is();
CREATE TRIGGER after_each AFTER INSERT OR UPDATE ON fx.plain FOR EACH ROW EXECUTE FUNCTION fx.as_it_is();
SET ROLE fx_app;
SELECT fx.calls_of('INSERT INTO fx.plain (id) VALUES (7)'), fx.calls_of('UPDATE fx.plain SET v = 0');
RESET ROLE;
-- A trigger of a partition is not seen from its root.
CREATE TRIGGER moved BEFORE INSERT OR UPDATE ON fx.part FOR EACH ROW EXECUTE FUNCTION fx.to_bob();
CREATE TRIGGER moved BEFORE INSERT OR UPDATE ON fx.child FOR EACH ROW EXECUTE FUNCTION fx.to_bob();
SET ROLE fx_app;
INSERT INTO fx.parts (id) VALUES (7);
UPDATE fx.parts SET id = 7;
UPDATE fx.parent SET id = 7;
INSERT INTO fx.part (id) VALUES (7);
RESET ROLE;
-- Nor one of a child that comes later.
CREATE TABLE fx.alone (tenant_id uuid, id int);
SELECT tenant.protect('fx.alone');
GRANT ALL ON fx.alone TO fx_app;
SET ROLE fx_app;
INSERT INTO fx.alone (id) VALUES (1);
SELECT fx.calls_of('UPDATE fx.alone SET id = 2');
PREPARE of_children AS UPDATE fx.alone SET id = 2;
EXECUTE of_children;
RESET ROLE;
CREATE TABLE fx.not_alone () INHERITS (fx.alone);
SET ROLE fx_app;
SELECT fx.calls_of('UPDATE fx.alone SET id = 2');
RESET ROLE;
INSERT INTO fx.not_alone (id) VALUES (1);
CREATE TRIGGER moved BEFORE UPDATE ON fx.not_alone FOR EACH ROW EXECUTE FUNCTION fx.to_bob();
SET ROLE fx_app;
EXECUTE of_children;
RESET ROLE;

-- A tenant column that is computed of others, by policies that were written by hand.
CREATE TABLE fx.computed (whose uuid, id int, tenant_id uuid GENERATED ALWAYS AS (whose) STORED);
ALTER TABLE fx.computed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON fx.computed AS RESTRICTIVE USING (tenant_id = tenant.current_uuid());
CREATE POLICY tenant_rows ON fx.computed USING (true);
GRANT ALL ON fx.computed TO fx_app;
SET ROLE fx_app;
INSERT INTO fx.computed VALUES (:'A', 1);
UPDATE fx.computed SET whose = :'B';
INSERT INTO fx.computed VALUES (:'B', 1);
RESET ROLE;
-- A column of a domain takes the function only through the domain's checks.
CREATE DOMAIN fx.tenant_id AS uuid;
CREATE TABLE fx.of_domain (tenant_id fx.tenant_id DEFAULT tenant.current_uuid(), id int);
ALTER TABLE fx.of_domain ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON fx.of_domain AS RESTRICTIVE USING (tenant_id = tenant.current_uuid());
CREATE POLICY tenant_rows ON fx.of_domain USING (true);
GRANT ALL ON fx.of_domain TO fx_app;
SET ROLE fx_app;
INSERT INTO fx.of_domain VALUES (:'B', 1);
INSERT INTO fx.of_domain (id) VALUES (1);
SELECT fx.calls_of('INSERT INTO fx.of_domain (id) VALUES (1)'), fx.calls_of('UPDATE fx.of_domain SET id = 2');
RESET ROLE;

-- A unique index to which two tenants are one, by its collation or by its operator class.
CREATE COLLATION fx.caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE fx.texts (tenant_id text, id int, v int);
CREATE UNIQUE INDEX by_id ON fx.texts (tenant_id, id);
INSERT INTO fx.texts VALUES ('ACME', 1, 0);
SELECT (tenant.provision('ACME')).status;
SELECT tenant.protect('fx.texts');
GRANT ALL ON fx.texts TO fx_app;
SET app.tenant_id = 'acme';
SET ROLE fx_app;
PREPARE upsert AS INSERT INTO fx.texts (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 1;
BEGIN;
EXECUTE upsert;
EXECUTE upsert;
ROLLBACK;
SELECT fx.calls_of('INSERT INTO fx.texts (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 1');
RESET ROLE;
DROP INDEX fx.by_id;
CREATE UNIQUE INDEX by_id ON fx.texts (tenant_id COLLATE fx.caseless, id);
SET ROLE fx_app;
EXECUTE upsert;
INSERT INTO fx.texts (id) VALUES (1) ON CONFLICT (tenant_id COLLATE fx.caseless, id) DO UPDATE SET v = 1;
RESET ROLE;
DROP INDEX fx.by_id;
CREATE FUNCTION fx.always_equal(text, text) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
CREATE FUNCTION fx.always(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR fx.=== (FUNCTION = fx.always, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR CLASS fx.all_equal FOR TYPE text USING btree AS OPERATOR 3 fx.===, FUNCTION 1 fx.always_equal(text, text);
CREATE UNIQUE INDEX by_id ON fx.texts (tenant_id fx.all_equal, id);
SET ROLE fx_app;
EXECUTE upsert;
RESET ROLE;
RESET app.tenant_id;
DROP TABLE fx.plain, fx.limited, fx.unlimited, fx.parts, fx.parent, fx.ruled, fx.alone, fx.computed, fx.of_domain, fx.texts CASCADE;
DROP OPERATOR FAMILY fx.all_equal USING btree;
DROP OPERATOR fx.=== (text, text);
DROP DOMAIN fx.tenant_id;
DROP COLLATION fx.caseless;
DROP VIEW fx.written;
DROP TABLE fx.forms_of_writing;
