-- Foreign keys with every action and deferrability, plain and partitioned, checked and made composite: what a tenant
-- may do with its own rows stays, and no statement reaches another tenant's.
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
SET client_min_messages = warning;
CREATE SCHEMA ka AUTHORIZATION fx_owner;
GRANT USAGE ON SCHEMA ka TO fx_app;

-- Answers the SQLSTATE or the number of rows, with all constraints checked and everything undone.
CREATE FUNCTION ka.attempt(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE command;
	GET DIAGNOSTICS n = ROW_COUNT;
	SET CONSTRAINTS ALL IMMEDIATE;
	RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = n;
EXCEPTION WHEN OTHERS THEN
	-- RESTRICT is 23001 from PostgreSQL 18 on.
	RETURN CASE SQLSTATE WHEN 'ZZ000' THEN SQLERRM WHEN '23001' THEN '23503' ELSE SQLSTATE END;
END
$$;

-- Tables of A with ids below 10 and of B from 11 on; child 1 refers to parent 1, child 11 to 11; 9 and 19 are the default's.
CREATE PROCEDURE ka.make(parents_by text, children_by text, key text, fix boolean) LANGUAGE plpgsql AS $$
DECLARE
	side text;
BEGIN
	DROP TABLE IF EXISTS ka.children, ka.parents;
	SET LOCAL ROLE fx_owner;
	EXECUTE 'CREATE TABLE ka.parents (id int PRIMARY KEY, tenant_id uuid NOT NULL)' || parents_by;
	EXECUTE 'CREATE TABLE ka.children (id int, tenant_id uuid NOT NULL, parent_id int DEFAULT 9, CONSTRAINT key FOREIGN KEY (parent_id) '
		'REFERENCES ka.parents ' || key || ', PRIMARY KEY (id))' || children_by;
	FOREACH side IN ARRAY ARRAY['parents', 'children'] LOOP
		IF (side = 'parents' AND parents_by <> '') OR (side = 'children' AND children_by <> '') THEN
			EXECUTE format('CREATE TABLE ka.%1$s_low PARTITION OF ka.%1$s FOR VALUES FROM (0) TO (15)', side);
			EXECUTE format('CREATE TABLE ka.%1$s_high PARTITION OF ka.%1$s FOR VALUES FROM (15) TO (30)', side);
		END IF;
	END LOOP;
	INSERT INTO ka.parents SELECT i, CASE WHEN i < 10 THEN '11111111-1111-1111-1111-111111111111' ELSE '22222222-2222-2222-2222-222222222222' END::uuid
		FROM unnest(ARRAY[1, 2, 9, 11, 12, 19]) i;
	INSERT INTO ka.children SELECT id, tenant_id, id FROM ka.parents WHERE id IN (1, 11);
	SET CONSTRAINTS ALL IMMEDIATE;
	PERFORM tenant.protect('ka.parents'), tenant.protect('ka.children', fix_keys => fix);
	GRANT ALL ON ka.parents, ka.children TO fx_app;
	RESET ROLE;
END
$$;

CREATE FUNCTION ka.answers() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	command text;
	answers text[];
BEGIN
	SET LOCAL ROLE fx_app;
	SET LOCAL app.tenant_id = '11111111-1111-1111-1111-111111111111';
	FOREACH command IN ARRAY ARRAY[
		-- Within the tenant.
		'INSERT INTO ka.children VALUES (3, tenant.current_uuid(), 2), (4, tenant.current_uuid(), NULL)',
		'UPDATE ka.children SET parent_id = 2',
		-- Another tenant's row, in every way.
		'INSERT INTO ka.children VALUES (3, tenant.current_uuid(), 12)',
		'UPDATE ka.children SET parent_id = 11',
		'INSERT INTO ka.children VALUES (1, tenant.current_uuid(), 1) ON CONFLICT (id) DO UPDATE SET parent_id = 12',
		'MERGE INTO ka.children c USING (VALUES (1), (20)) v (id) ON c.id = v.id WHEN MATCHED THEN UPDATE SET parent_id = 11',
		'MERGE INTO ka.children c USING (VALUES (20)) v (id) ON c.id = v.id WHEN NOT MATCHED THEN INSERT (id, parent_id) VALUES (v.id, 11)',
		'WITH p AS (DELETE FROM ka.children RETURNING id) INSERT INTO ka.children (id, parent_id) SELECT id + 20, 11 FROM p',
		-- No row at all.
		'UPDATE ka.children SET parent_id = 99',
		-- The actions.
		'DELETE FROM ka.parents WHERE id = 1',
		'DELETE FROM ka.parents WHERE id = 2',
		'UPDATE ka.parents SET id = 22 WHERE id = 1',
		'WITH d AS (DELETE FROM ka.children) DELETE FROM ka.parents WHERE id = 1',
		'WITH p AS (DELETE FROM ka.parents WHERE id = 1) INSERT INTO ka.parents (id) VALUES (1)'
	] LOOP
		answers := answers || ka.attempt(command);
	END LOOP;
	RESET ROLE;
	RETURN array_to_string(answers, ' ');
END
$$;

CREATE TABLE ka.seen (fix boolean, action text, answers text);
DO $$
DECLARE
	kinds text[];
	fix boolean;
	action text;
BEGIN
	FOREACH kinds SLICE 1 IN ARRAY ARRAY[['', '', ''], ['', '', 'DEFERRABLE INITIALLY DEFERRED'],
		[' PARTITION BY RANGE (id)', ' PARTITION BY RANGE (id)', 'DEFERRABLE'], [' PARTITION BY RANGE (id)', '', ''],
		['', ' PARTITION BY RANGE (id)', 'DEFERRABLE INITIALLY DEFERRED']] LOOP
	FOREACH fix IN ARRAY ARRAY[false, true] LOOP
	FOREACH action IN ARRAY ARRAY['ON DELETE NO ACTION', 'ON DELETE RESTRICT ON UPDATE RESTRICT', 'ON DELETE CASCADE ON UPDATE CASCADE',
			'ON DELETE SET NULL ON UPDATE CASCADE', 'ON DELETE SET DEFAULT', 'ON DELETE SET DEFAULT ON UPDATE SET NULL'] LOOP
		CALL ka.make(kinds[1], kinds[2], concat_ws(' ', action, kinds[3]), fix);
		COMMIT;
		INSERT INTO ka.seen VALUES (fix, action, ka.answers());
	END LOOP;
	END LOOP;
	END LOOP;
END
$$;
-- One line for what answers alike.
SELECT fix, action, answers, count(*) FROM ka.seen GROUP BY 1, 2, 3 ORDER BY 2, 1, 3;
DROP SCHEMA ka CASCADE;
