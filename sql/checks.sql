-- The check of a written row is left out where no row can fail it, and nowhere else. What is left out shows in the calls of tenant.current_…():
-- one to find rows, one for each row that takes the default, one for each check of each row.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA written AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA written TO fx_app;
SET SESSION AUTHORIZATION fx_owner;
CREATE FUNCTION written.calls() RETURNS bigint LANGUAGE sql RETURN (SELECT sum(coalesce(pg_stat_get_xact_function_calls(f), 0))
	FROM unnest('{tenant.current_uuid,tenant.current_text,tenant.current_bigint,tenant.current_int}'::regproc[]) f);
-- Of the second execution, which is planned for an argument only, undone; errors as they are. A statement without parameters ignores the argument.
CREATE FUNCTION written.calls_of(statement text, argument text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	calls bigint;
	counted bigint;
BEGIN
	EXECUTE 'PREPARE measured AS ' || statement;
	FOR run IN 1 .. 2 LOOP
		BEGIN
			calls := written.calls();
			EXECUTE format('EXECUTE measured (%L)', argument);
			counted := written.calls() - calls;
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
CREATE FUNCTION written.as_it_is() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION written.to_bob() RETURNS trigger LANGUAGE plpgsql AS
	$$BEGIN NEW.tenant_id := '22222222-2222-2222-2222-222222222222'; RETURN NEW; END$$;

CREATE TABLE written.plain (tenant_id uuid, id int, v int, code text UNIQUE, PRIMARY KEY (tenant_id, id));
CREATE TABLE written.limited (tenant_id varchar(40), id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE written.unlimited (tenant_id varchar, id int, PRIMARY KEY (tenant_id, id));
CREATE TABLE written.parts (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id)) PARTITION BY RANGE (id);
CREATE TABLE written.part PARTITION OF written.parts FOR VALUES FROM (0) TO (100);
CREATE TABLE written.parent (tenant_id uuid, id int);
CREATE TABLE written.child () INHERITS (written.parent);
CREATE INDEX ON written.parent (tenant_id);
CREATE INDEX ON written.child (tenant_id);
CREATE TABLE written.ruled (tenant_id uuid, id int, whose uuid DEFAULT tenant.current_uuid(), PRIMARY KEY (tenant_id, id));
INSERT INTO written.plain SELECT t::uuid, i, i, left(t, 1) || i FROM unnest(ARRAY[:'A', :'B']) t, generate_series(1, 3) i;
INSERT INTO written.limited VALUES ('acme', 1);
INSERT INTO written.unlimited VALUES ('acme', 1);
INSERT INTO written.parts VALUES (:'A', 1), (:'B', 1);
INSERT INTO written.parent VALUES (:'A', 1), (:'B', 1);
INSERT INTO written.child VALUES (:'A', 2), (:'B', 2);
INSERT INTO written.ruled VALUES (:'A', 1), (:'B', 1);
SELECT tenant.protect(('written.' || name)::regclass) FROM unnest('{plain,limited,unlimited,parts,parent,ruled}'::text[]) name \g /dev/null
CREATE POLICY small ON written.ruled AS RESTRICTIVE USING (id < 100) WITH CHECK (id < 50);
CREATE POLICY whose ON written.ruled AS RESTRICTIVE FOR INSERT WITH CHECK (whose = tenant.current_uuid());
CREATE VIEW written.plain_view WITH (security_invoker) AS SELECT * FROM written.plain WHERE v < 100 WITH CHECK OPTION;
GRANT ALL ON written.plain, written.limited, written.unlimited, written.parts, written.part, written.parent, written.child, written.ruled, written.plain_view TO fx_app;
RESET SESSION AUTHORIZATION;

-- Superusers' settings outlive the change of role.
SET track_functions = 'all';
SET enable_seqscan = off;
SET enable_bitmapscan = off;
CREATE TABLE written.forms_of_writing (number serial, statement text);
GRANT SELECT ON written.forms_of_writing TO fx_app;
INSERT INTO written.forms_of_writing (statement) SELECT replace(replace(s, 'ANN', quote_literal(:'A')), 'BOB', quote_literal(:'B')) FROM unnest(ARRAY[
	-- proven
	'INSERT INTO written.plain (id) VALUES (7)',
	'INSERT INTO written.plain (tenant_id, id) VALUES (DEFAULT, 7), (tenant.current_uuid(), 8)',
	'INSERT INTO written.plain (id, v) SELECT 10 + id, 1 FROM generate_series(1, 3) id',
	'INSERT INTO written.plain (id) VALUES (7) ON CONFLICT DO NOTHING',
	'INSERT INTO written.unlimited (id) VALUES (7)',
	'UPDATE written.plain SET v = 0',
	'UPDATE written.plain SET tenant_id = tenant_id, v = 0',
	'UPDATE written.plain SET tenant_id = tenant.current_uuid()',
	'UPDATE written.plain SET v = 0 FROM generate_series(1, 2) g WHERE g = id',
	'UPDATE written.plain_view SET v = 0',
	'INSERT INTO written.plain_view (id, v) VALUES (7, 0)',
	'INSERT INTO written.plain (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 0',
	'INSERT INTO written.plain (id) VALUES (1) ON CONFLICT ON CONSTRAINT plain_pkey DO UPDATE SET tenant_id = excluded.tenant_id, v = 0',
	'WITH i AS (INSERT INTO written.plain (id) VALUES (7) RETURNING id) UPDATE written.plain SET v = 0 FROM i',
	'MERGE INTO written.plain p USING generate_series(2, 4) g ON p.id = g WHEN MATCHED AND g = 2 THEN DELETE '
		'WHEN MATCHED THEN UPDATE SET v = 0 WHEN NOT MATCHED THEN INSERT (id) VALUES (g)',
	'INSERT INTO written.part (id) VALUES (7)',
	'INSERT INTO written.parent (id) VALUES (7)',
	'UPDATE ONLY written.child SET id = 7',
	-- not proven
	'INSERT INTO written.plain (tenant_id, id) VALUES (ANN, 7)',
	'INSERT INTO written.plain (tenant_id, id) VALUES (DEFAULT, 7), (ANN, 8)',
	'INSERT INTO written.plain (tenant_id, id) SELECT tenant_id, 10 + id FROM written.plain',
	'INSERT INTO written.limited (id) VALUES (7)',
	'UPDATE written.plain SET tenant_id = ANN',
	'UPDATE written.plain SET (tenant_id, v) = (SELECT tenant.current_uuid(), 0)',
	'INSERT INTO written.plain (id, code) VALUES (7, ''11'') ON CONFLICT (code) DO UPDATE SET v = 0',
	'INSERT INTO written.plain (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = ANN',
	'INSERT INTO written.plain (tenant_id, id) VALUES (ANN, 1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 0',
	'MERGE INTO written.plain p USING generate_series(2, 4) g ON p.id = g WHEN MATCHED THEN UPDATE SET tenant_id = ANN '
		'WHEN NOT MATCHED THEN INSERT (tenant_id, id) VALUES (ANN, g)',
	'INSERT INTO written.parts (id) VALUES (7)',
	'UPDATE written.parts SET id = 7',
	'UPDATE written.parent SET id = 7',
	-- refused
	'INSERT INTO written.plain (tenant_id, id) VALUES (BOB, 7)',
	'INSERT INTO written.plain (tenant_id, id) VALUES (DEFAULT, 7), (BOB, 8)',
	'INSERT INTO written.plain (tenant_id, id) SELECT BOB, id FROM generate_series(7, 8) id',
	'UPDATE written.plain SET tenant_id = BOB, id = 7 WHERE id = 1',
	'UPDATE written.plain SET (tenant_id, id) = (SELECT BOB::uuid, 7) WHERE id = 1',
	'INSERT INTO written.plain (id, code) VALUES (7, ''21'') ON CONFLICT (code) DO UPDATE SET v = 0',
	'INSERT INTO written.plain (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = BOB, id = 7',
	'INSERT INTO written.plain (tenant_id, id) VALUES (BOB, 1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 0',
	'MERGE INTO written.plain p USING generate_series(1, 1) g ON p.id = g WHEN MATCHED THEN UPDATE SET tenant_id = BOB, id = 7',
	'MERGE INTO written.plain p USING generate_series(7, 7) g ON p.id = g WHEN NOT MATCHED THEN INSERT (tenant_id, id) VALUES (BOB, 7)',
	'UPDATE written.plain_view SET v = 1000',
	'UPDATE written.ruled SET id = 60',
	'INSERT INTO written.ruled (id) VALUES (60)',
	'INSERT INTO written.ruled (id, whose) VALUES (7, BOB)'
]) s;
CREATE VIEW written.answers AS SELECT number, written.calls_of(statement) || ' <- ' || statement AS calls
	FROM written.forms_of_writing WHERE (statement ~ 'limited') = (tenant.current_text() = 'acme') ORDER BY number;
ALTER VIEW written.answers SET (security_invoker);
GRANT SELECT ON written.answers TO fx_app;
\t on
\a
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
SELECT calls FROM written.answers;
SET app.tenant_id = 'acme';
SELECT calls FROM written.answers;
-- The same for a role that policies do not bind.
RESET SESSION AUTHORIZATION;
SET app.tenant_id = :'A';
CREATE TEMP TABLE of_superuser AS SELECT * FROM written.answers;
SET ROLE fx_app;
CREATE TEMP TABLE of_app AS SELECT * FROM written.answers;
RESET ROLE;
SELECT calls FROM of_superuser EXCEPT SELECT calls FROM of_app;

-- In a plan of one use the tenant itself is proof as well: a parameter, or a literal of the client's own statement.
CREATE FUNCTION written.to_tenant_b() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
	$$BEGIN PERFORM set_config('app.tenant_id', '22222222-2222-2222-2222-222222222222', false); RETURN 9; END$$;
SET ROLE fx_app;
SET plan_cache_mode = force_custom_plan;
SELECT E'\n' || statement, E'\n' || written.calls_of(statement, :'A'), E'\n' || written.calls_of(statement, :'B') FROM unnest(ARRAY[
	'INSERT INTO written.plain (tenant_id, id) VALUES ($1, 7)',
	'INSERT INTO written.plain (tenant_id, id) VALUES ($1, 7), (DEFAULT, 8)',
	'INSERT INTO written.plain (tenant_id, id) SELECT $1::uuid, 7',
	'INSERT INTO written.plain (tenant_id, id) VALUES (coalesce($1, NULL::uuid), 7)',
	'UPDATE written.plain SET tenant_id = $1, id = 7 WHERE id = 1',
	'INSERT INTO written.plain (tenant_id, id) VALUES ($1, 1) ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = $1, v = 0',
	'MERGE INTO written.plain p USING generate_series(7, 7) g ON p.id = g WHEN NOT MATCHED THEN INSERT (tenant_id, id) VALUES ($1, g)']) statement;
SET app.tenant_id = 'acme';
SELECT E'\n' || statement, written.calls_of(statement, 'acme'), written.calls_of(statement, 'zeta'), written.calls_of(statement, NULL) FROM unnest(ARRAY[
	'INSERT INTO fx.notes (org, id) VALUES ($1, 7)',
	'INSERT INTO written.unlimited (tenant_id, id) VALUES ($1, 7)',
	'INSERT INTO written.limited (tenant_id, id) VALUES ($1, 7)']) statement;
SET app.tenant_id = '7';
SELECT E'\n' || statement, written.calls_of(statement, '7'), written.calls_of(statement, '8') FROM unnest(ARRAY[
	'INSERT INTO fx.counters (tenant_id, id) VALUES ($1, 7)',
	'INSERT INTO fx.slots (tenant_id, id) VALUES ($1, 7)']) statement;
SET plan_cache_mode = force_generic_plan;
SELECT written.calls_of('INSERT INTO fx.slots (tenant_id, id) VALUES ($1, 7)', '7');
RESET plan_cache_mode;
SET app.tenant_id = :'A';
BEGIN;
SELECT written.calls() AS calls \gset
INSERT INTO written.plain (tenant_id, id) VALUES (:'A', 7), (:'A', 8);
SELECT written.calls() - :calls;
INSERT INTO written.plain (tenant_id, id) VALUES (:'A', 9), (:'B', 9);
ROLLBACK;
-- Planning switches the tenant: the plan is not used.
INSERT INTO written.plain (tenant_id, id) VALUES (:'A', written.to_tenant_b());
SELECT current_setting('app.tenant_id');
SET app.tenant_id = :'A';
SELECT count(*) FROM written.plain;
RESET ROLE;

-- A trigger that comes later, even a disabled one: what was prepared is checked from then on.
SET ROLE fx_app;
PREPARE added AS INSERT INTO written.plain (id) VALUES (7);
PREPARE changed AS UPDATE written.plain SET v = 0 WHERE id = 1;
PREPARE merged AS MERGE INTO written.plain p USING generate_series(7, 7) g ON p.id = g WHEN NOT MATCHED THEN INSERT (id) VALUES (g);
PREPARE added_or_changed AS INSERT INTO written.plain (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 0;
BEGIN;
EXECUTE added;
EXECUTE changed;
EXECUTE added_or_changed;
ROLLBACK;
BEGIN;
EXECUTE merged;
ROLLBACK;
RESET ROLE;
CREATE TRIGGER moved BEFORE INSERT ON written.plain FOR EACH ROW EXECUTE FUNCTION written.to_bob();
SET ROLE fx_app;
EXECUTE added;
EXECUTE merged;
EXECUTE changed;
RESET ROLE;
DROP TRIGGER moved ON written.plain;
CREATE TRIGGER moved BEFORE UPDATE OF v ON written.plain FOR EACH ROW EXECUTE FUNCTION written.to_bob();
SET ROLE fx_app;
EXECUTE added_or_changed;
EXECUTE changed;
SELECT written.calls_of('INSERT INTO written.plain (id) VALUES (7)'), written.calls_of('UPDATE written.plain SET code = NULL'),
	written.calls_of('MERGE INTO written.plain p USING generate_series(2, 3) g ON p.id = g WHEN MATCHED THEN UPDATE SET code = NULL');
RESET ROLE;
ALTER TABLE written.plain DISABLE TRIGGER moved;
SET ROLE fx_app;
SELECT written.calls_of('UPDATE written.plain SET v = 0');
RESET ROLE;
DROP TRIGGER moved ON written.plain;
-- One that fires once for the statement, or after the row, changes none.
CREATE TRIGGER before_all BEFORE INSERT OR UPDATE ON written.plain EXECUTE FUNCTION written.as_it_is();
CREATE TRIGGER after_each AFTER INSERT OR UPDATE ON written.plain FOR EACH ROW EXECUTE FUNCTION written.as_it_is();
SET ROLE fx_app;
SELECT written.calls_of('INSERT INTO written.plain (id) VALUES (7)'), written.calls_of('UPDATE written.plain SET v = 0');
RESET ROLE;
-- A trigger of a partition is not seen from its root.
CREATE TRIGGER moved BEFORE INSERT OR UPDATE ON written.part FOR EACH ROW EXECUTE FUNCTION written.to_bob();
CREATE TRIGGER moved BEFORE INSERT OR UPDATE ON written.child FOR EACH ROW EXECUTE FUNCTION written.to_bob();
SET ROLE fx_app;
INSERT INTO written.parts (id) VALUES (7);
UPDATE written.parts SET id = 7;
UPDATE written.parent SET id = 7;
INSERT INTO written.part (id) VALUES (7);
RESET ROLE;
-- Nor one of a child that comes later.
CREATE TABLE written.alone (tenant_id uuid, id int);
SELECT tenant.protect('written.alone');
GRANT ALL ON written.alone TO fx_app;
SET ROLE fx_app;
INSERT INTO written.alone (id) VALUES (1);
SELECT written.calls_of('UPDATE written.alone SET id = 2');
PREPARE of_children AS UPDATE written.alone SET id = 2;
EXECUTE of_children;
RESET ROLE;
CREATE TABLE written.not_alone () INHERITS (written.alone);
SET ROLE fx_app;
SELECT written.calls_of('UPDATE written.alone SET id = 2');
RESET ROLE;
INSERT INTO written.not_alone (id) VALUES (1);
CREATE TRIGGER moved BEFORE UPDATE ON written.not_alone FOR EACH ROW EXECUTE FUNCTION written.to_bob();
SET ROLE fx_app;
EXECUTE of_children;
RESET ROLE;

-- A tenant column that is computed of others, by policies that were written by hand.
CREATE TABLE written.computed (whose uuid, id int, tenant_id uuid GENERATED ALWAYS AS (whose) STORED);
ALTER TABLE written.computed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON written.computed AS RESTRICTIVE USING (tenant_id = tenant.current_uuid());
CREATE POLICY tenant_rows ON written.computed USING (true);
GRANT ALL ON written.computed TO fx_app;
SET ROLE fx_app;
INSERT INTO written.computed VALUES (:'A', 1);
UPDATE written.computed SET whose = :'B';
INSERT INTO written.computed VALUES (:'B', 1);
RESET ROLE;
-- A column of a domain takes the function only through the domain's checks.
CREATE DOMAIN written.tenant_id AS uuid;
CREATE TABLE written.of_domain (tenant_id written.tenant_id DEFAULT tenant.current_uuid(), id int);
ALTER TABLE written.of_domain ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON written.of_domain AS RESTRICTIVE USING (tenant_id = tenant.current_uuid());
CREATE POLICY tenant_rows ON written.of_domain USING (true);
GRANT ALL ON written.of_domain TO fx_app;
SET ROLE fx_app;
INSERT INTO written.of_domain VALUES (:'B', 1);
INSERT INTO written.of_domain (id) VALUES (1);
SELECT written.calls_of('INSERT INTO written.of_domain (id) VALUES (1)'), written.calls_of('UPDATE written.of_domain SET id = 2');
RESET ROLE;

-- A unique index to which two tenants are one, by its collation or by its operator class.
CREATE COLLATION written.caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE written.texts (tenant_id text, id int, v int);
CREATE UNIQUE INDEX by_id ON written.texts (tenant_id, id);
INSERT INTO written.texts VALUES ('ACME', 1, 0);
SELECT (tenant.provision('ACME')).status;
SELECT tenant.protect('written.texts');
GRANT ALL ON written.texts TO fx_app;
SET app.tenant_id = 'acme';
SET ROLE fx_app;
PREPARE upsert AS INSERT INTO written.texts (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 1;
BEGIN;
EXECUTE upsert;
EXECUTE upsert;
ROLLBACK;
SELECT written.calls_of('INSERT INTO written.texts (id) VALUES (1) ON CONFLICT (tenant_id, id) DO UPDATE SET v = 1');
RESET ROLE;
DROP INDEX written.by_id;
CREATE UNIQUE INDEX by_id ON written.texts (tenant_id COLLATE written.caseless, id);
SET ROLE fx_app;
EXECUTE upsert;
INSERT INTO written.texts (id) VALUES (1) ON CONFLICT (tenant_id COLLATE written.caseless, id) DO UPDATE SET v = 1;
RESET ROLE;
DROP INDEX written.by_id;
CREATE FUNCTION written.always_equal(text, text) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
CREATE FUNCTION written.always(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR written.=== (FUNCTION = written.always, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR CLASS written.all_equal FOR TYPE text USING btree AS OPERATOR 3 written.===, FUNCTION 1 written.always_equal(text, text);
CREATE UNIQUE INDEX by_id ON written.texts (tenant_id written.all_equal, id);
SET ROLE fx_app;
EXECUTE upsert;
RESET ROLE;
RESET app.tenant_id;
SET client_min_messages = warning;
DROP SCHEMA written CASCADE;
