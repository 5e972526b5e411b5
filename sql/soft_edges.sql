-- What is made, attached and called around soft deletion by those who do not know of it.
\set SHOW_CONTEXT never
\set A '11111111-1111-1111-1111-111111111111'
\set B '22222222-2222-2222-2222-222222222222'
CREATE SCHEMA edges AUTHORIZATION fx_owner;
GRANT ALL ON SCHEMA edges TO fx_app;
SET SESSION AUTHORIZATION fx_owner;
-- Locking by hand: a row of one's own, of another tenant, one that was never there, far beyond the table.
CREATE TABLE edges.w (tenant_id uuid, id int, v text);
SELECT tenant.protect('edges.w'), tenant.enable_soft_delete('edges.w');
GRANT ALL ON edges.w TO fx_app;
SET app.tenant_id = :'B';
INSERT INTO edges.w SELECT :'B', g, 'theirs' FROM generate_series(1, 30) g;
SET app.tenant_id = :'A';
INSERT INTO edges.w VALUES (:'A', 101, 'mine');
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = :'A';
CREATE FUNCTION pg_temp.lock_by_hand(spot tid) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE edges.w SET v = v WHERE tenant.lock_deleted('edges.w'::regclass, spot, now()) IS NOT NULL;
	RETURN 'nothing';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SELECT pg_temp.lock_by_hand(format('(%s,%s)', b, o)::tid), count(*) FROM generate_series(0, 1) b, generate_series(1, 2000) o GROUP BY 1 ORDER BY 1;
SELECT pg_temp.lock_by_hand('(9999,1)'), pg_temp.lock_by_hand('(4294967295,0)');
RESET SESSION AUTHORIZATION;
SET row_security = off;
SELECT count(*) FROM edges.w;
RESET row_security;

-- Parts whose rows are deleted otherwise than their parents'.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE edges.plain (id int, deleted_at timestamptz) PARTITION BY RANGE (id);
CREATE TABLE edges.soft_part (id int, deleted_at timestamptz);
SELECT tenant.share('edges.plain'), tenant.share('edges.soft_part'), tenant.enable_soft_delete('edges.soft_part');
ALTER TABLE edges.plain ATTACH PARTITION edges.soft_part FOR VALUES FROM (0) TO (100);
CREATE TABLE edges.d1 (id int, one timestamptz, two timestamptz);
CREATE TABLE edges.d2 (id int, one timestamptz, two timestamptz);
SELECT tenant.enable_soft_delete('edges.d1', 'one'), tenant.enable_soft_delete('edges.d2', 'two');
ALTER TABLE edges.d2 INHERIT edges.d1;
CREATE TABLE edges.not_soft (id int, one timestamptz, two timestamptz);
CREATE TABLE edges.both () INHERITS (edges.d1, edges.not_soft);
ALTER TABLE edges.d1 INHERIT edges.not_soft;
-- Whatever let it come to that: nothing is read through such a parent.
RESET SESSION AUTHORIZATION;
BEGIN;
ALTER EVENT TRIGGER tenant_protect_new_parts DISABLE;
ALTER TABLE edges.plain ATTACH PARTITION edges.soft_part FOR VALUES FROM (0) TO (100);
SELECT count(*) FROM edges.plain;
ROLLBACK;
SET SESSION AUTHORIZATION fx_owner;
-- One that goes its own way goes on.
CREATE TABLE edges.list (id int) PARTITION BY LIST (id);
CREATE TABLE edges.list_1 PARTITION OF edges.list FOR VALUES IN (1, 2);
SELECT tenant.share('edges.list'), tenant.enable_soft_delete('edges.list');
INSERT INTO edges.list VALUES (1), (2);
DELETE FROM edges.list WHERE id = 1;
ALTER TABLE edges.list DETACH PARTITION edges.list_1;
SELECT id FROM edges.list_1;
DELETE FROM edges.list_1;
SELECT count(*) FROM edges.list_1;
RESET SESSION AUTHORIZATION;
CREATE FOREIGN DATA WRAPPER edges_wrapper;
CREATE SERVER edges_server FOREIGN DATA WRAPPER edges_wrapper;
CREATE FOREIGN TABLE edges.list_far PARTITION OF edges.list FOR VALUES IN (7) SERVER edges_server;
DROP FOREIGN DATA WRAPPER edges_wrapper CASCADE;

-- Who sees deleted rows alone deletes none.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE edges.t (id int PRIMARY KEY, v text, deleted_at timestamptz);
SELECT tenant.share('edges.t'), tenant.enable_soft_delete('edges.t');
INSERT INTO edges.t SELECT i, 'v', CASE WHEN i < 3 THEN timestamptz '2026-01-01' END FROM generate_series(1, 4) i;
SET app.include_deleted = alone;
DELETE FROM edges.t;
-- MERGE leaves alone what is marked.
SET app.include_deleted = on;
MERGE INTO edges.t USING (VALUES (1), (3)) n (i) ON id = i WHEN MATCHED THEN DELETE;
SELECT id, deleted_at = '2026-01-01' AS as_before FROM edges.t WHERE deleted_at IS NOT NULL ORDER BY id;
-- A deleted row that is seen is updated by an upsert.
INSERT INTO edges.t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET v = 'upserted';
INSERT INTO edges.t VALUES (1, 'x') ON CONFLICT ON CONSTRAINT t_pkey DO UPDATE SET v = 'upserted';
SELECT v FROM edges.t WHERE id = 1;
RESET app.include_deleted;
SELECT tenant.enable_soft_delete('edges.t', 'x', '');

-- Triggers of that name that others make.
CREATE TABLE edges.forged (id int, ts timestamptz NOT NULL DEFAULT now());
GRANT ALL ON edges.forged TO fx_app;
INSERT INTO edges.forged VALUES (1);
SET SESSION AUTHORIZATION fx_app;
CREATE TRIGGER tenant_soft_delete BEFORE DELETE ON edges.forged FOR EACH ROW WHEN (tenant.is_unasked_delete(OLD.ts)) EXECUTE FUNCTION tenant.refuse_delete();
SET SESSION AUTHORIZATION fx_owner;
CREATE TRIGGER tenant_soft_delete BEFORE DELETE ON edges.forged FOR EACH ROW WHEN (tenant.is_unasked_delete(OLD.ts)) EXECUTE FUNCTION tenant.refuse_delete();
SELECT count(*) FROM edges.forged;
RESET SESSION AUTHORIZATION;

-- A partition that soft-deletes is attached, also once more, with keys of its own; through its table it goes on.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE edges.far (id int PRIMARY KEY);
CREATE TABLE edges.own (id int PRIMARY KEY, far int REFERENCES edges.far, deleted_at timestamptz);
SELECT tenant.share('edges.far'), tenant.share('edges.own'), tenant.enable_soft_delete('edges.own'), tenant.enable_soft_delete('edges.far');
INSERT INTO edges.far VALUES (1);
INSERT INTO edges.own VALUES (5, 1), (6, NULL);
DELETE FROM edges.own WHERE id = 6;
ALTER TABLE edges.list ATTACH PARTITION edges.list_1 FOR VALUES IN (1, 2);
CREATE TABLE edges.tree (id int, far int, deleted_at timestamptz) PARTITION BY LIST (id);
SELECT tenant.share('edges.tree'), tenant.enable_soft_delete('edges.tree');
ALTER TABLE edges.tree ATTACH PARTITION edges.own FOR VALUES IN (5, 6);
SELECT tgrelid::regclass, tgname, tgparentid <> 0 AS of_parent FROM pg_trigger
	WHERE tgname LIKE 'tenant%' AND tgrelid IN ('edges.tree'::regclass, 'edges.own'::regclass, 'edges.list_1'::regclass) ORDER BY 1, 2;
SELECT id FROM edges.tree;
DELETE FROM edges.far;
DELETE FROM edges.tree;
DELETE FROM edges.far;
UPDATE edges.tree SET deleted_at = NULL;
SET app.include_deleted = on;
UPDATE edges.tree SET deleted_at = NULL WHERE id = 5;
SELECT id, deleted_at IS NULL AS live FROM edges.tree ORDER BY id;
RESET app.include_deleted;
-- With other columns it is not, and stays as it was. Only its owner attaches it.
CREATE TABLE edges.other (id int, far int, deleted_at timestamptz, gone timestamptz);
SELECT tenant.share('edges.other'), tenant.enable_soft_delete('edges.other', 'gone');
ALTER TABLE edges.tree ATTACH PARTITION edges.other FOR VALUES IN (9);
SELECT deleted_column FROM tenant.soft_deleted_tables WHERE tbl = 'edges.other'::regclass;
SET SESSION AUTHORIZATION fx_app;
ALTER TABLE edges.tree ATTACH PARTITION edges.d1 FOR VALUES IN (9);

-- No row is deleted from the beginning.
SET SESSION AUTHORIZATION fx_owner;
ALTER TABLE edges.t ALTER deleted_at SET DEFAULT now();
ALTER TABLE edges.t ALTER v SET DEFAULT 'x';
ALTER TABLE edges.own ALTER deleted_at SET DEFAULT now();
CREATE TABLE edges.tree_2 PARTITION OF edges.tree (deleted_at DEFAULT now()) FOR VALUES IN (2);
CREATE TABLE edges.born (id int, far int, deleted_at timestamptz DEFAULT now());
ALTER TABLE edges.tree ATTACH PARTITION edges.born FOR VALUES IN (8);
CREATE TABLE edges.sub (deleted_at timestamptz DEFAULT now()) INHERITS (edges.t);
CREATE TABLE edges.empty (id int);
SELECT tenant.share('edges.empty'), tenant.enable_soft_delete('edges.empty');
ALTER TABLE edges.empty ALTER deleted_at SET NOT NULL;
ALTER TABLE edges.empty ADD PRIMARY KEY (id, deleted_at);

-- Real deletion in a function: in SQL, which is planned before it runs (but from 18 on), it has its clause SET; so has one with its
-- owner's rights, for whose callers the rest of their transaction stays as it is.
GRANT ALL ON edges.t TO fx_app;
CREATE FUNCTION edges.all_at_once() RETURNS void LANGUAGE sql AS 'SELECT tenant.hard_delete(); DELETE FROM edges.t WHERE id = 4';
DO $$ BEGIN
	PERFORM edges.all_at_once();
	RAISE no_data_found;
EXCEPTION WHEN object_not_in_prerequisite_state OR no_data_found THEN
	RAISE NOTICE 'refused, or done';
END $$;
CREATE FUNCTION edges.forget_for_all(wanted int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS
	'BEGIN PERFORM tenant.hard_delete(); DELETE FROM edges.t WHERE id = wanted; RETURN 1; END';
CREATE FUNCTION edges.forget(wanted int) RETURNS SETOF int LANGUAGE sql SECURITY DEFINER SET pg_tenant.hard_delete = on AS
	'DELETE FROM edges.t WHERE id = wanted RETURNING id';
RESET SESSION AUTHORIZATION;
GRANT SET ON PARAMETER pg_tenant.hard_delete TO fx_owner;
SET SESSION AUTHORIZATION fx_owner;
CREATE FUNCTION edges.forget(wanted int) RETURNS SETOF int LANGUAGE sql SECURITY DEFINER SET pg_tenant.hard_delete = on AS
	'DELETE FROM edges.t WHERE id = wanted RETURNING id';
INSERT INTO edges.t (id) VALUES (11), (12), (13);
SET SESSION AUTHORIZATION fx_app;
SELECT edges.forget_for_all(11);
BEGIN;
SELECT edges.forget(12);
DELETE FROM edges.t WHERE id = 13;
COMMIT;
SET app.include_deleted = on;
SELECT id, deleted_at IS NULL AS live FROM edges.t WHERE id > 10 ORDER BY id;
RESET app.include_deleted;
RESET SESSION AUTHORIZATION;
REVOKE SET ON PARAMETER pg_tenant.hard_delete FROM fx_owner;

-- A table that is partitioned by the column itself: its rows move when they are marked, so they are deleted through it.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE edges.moved (id int, deleted_at timestamptz) PARTITION BY LIST (deleted_at);
CREATE TABLE edges.moved_live PARTITION OF edges.moved FOR VALUES IN (NULL);
CREATE TABLE edges.moved_dead PARTITION OF edges.moved DEFAULT;
SELECT tenant.share('edges.moved'), tenant.enable_soft_delete('edges.moved');
INSERT INTO edges.moved VALUES (1), (2);
\set VERBOSITY terse
DELETE FROM edges.moved_live WHERE id = 1;
\set VERBOSITY default
DELETE FROM edges.moved WHERE id = 2;
SET app.include_deleted = on;
SELECT tableoid::regclass, id FROM edges.moved ORDER BY id;
RESET app.include_deleted;
RESET SESSION AUTHORIZATION;

-- What a plan calls, called by anybody: it names tables alone.
SET SESSION AUTHORIZATION fx_app;
SELECT tenant.require_live(now(), NULL), tenant.require_live(now(), 0), tenant.require_live(now(), 4294967295), tenant.require_live(NULL, 0);
SELECT tenant.require_live(now(), 'edges.w'::regclass);

-- Parts that have the columns before their table does, and rows of which would be deleted from the beginning.
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE edges.late (id int);
CREATE TABLE edges.late_default (deleted_at timestamptz DEFAULT now(), who text NOT NULL DEFAULT 'x') INHERITS (edges.late);
INSERT INTO edges.late_default VALUES (1);
SELECT tenant.share('edges.late');
SELECT tenant.enable_soft_delete('edges.late');
ALTER TABLE edges.late_default ALTER deleted_at DROP DEFAULT, ALTER deleted_at SET NOT NULL;
SELECT tenant.enable_soft_delete('edges.late');
ALTER TABLE edges.late_default ALTER deleted_at DROP NOT NULL;
SELECT tenant.enable_soft_delete('edges.late', deleted_by => 'who');
SELECT attrelid::regclass, attname FROM pg_attribute WHERE attrelid IN ('edges.late'::regclass, 'edges.late_default'::regclass) AND attnum > 0 ORDER BY 1, attnum;
CREATE TABLE edges.by_part (id int, deleted_at timestamptz) PARTITION BY RANGE (id);
CREATE TABLE edges.by_part_1 PARTITION OF edges.by_part (deleted_at DEFAULT now()) FOR VALUES FROM (0) TO (10);
SELECT tenant.share('edges.by_part');
SELECT tenant.enable_soft_delete('edges.by_part');

-- Its rows that are deleted already may be referenced, as those of the table itself.
ALTER TABLE edges.late_default ADD PRIMARY KEY (id);
CREATE TABLE edges.late_child (late int REFERENCES edges.late_default);
INSERT INTO edges.late_child VALUES (1);
SELECT tenant.share('edges.late_child');
SELECT tenant.enable_soft_delete('edges.late');

-- A condition is an expression by itself, a comment too.
CREATE TABLE edges.chosen (id int PRIMARY KEY);
SELECT tenant.share('edges.chosen'), tenant.enable_soft_delete('edges.chosen', deleted_by => 'who');
INSERT INTO edges.chosen (id, who) VALUES (1, NULL), (2, NULL), (3, 'mine');
DELETE FROM edges.chosen WHERE id < 3;
SELECT tenant.restore_rows('edges.chosen', 'true) OR (true');
SELECT tenant.restore_rows('edges.chosen', 'id = 1 -- the first');
SELECT tenant.restore_rows('edges.chosen', 'id = 2; DROP TABLE edges.chosen');
SELECT tenant.restore_rows('edges.chosen', '');
SELECT id, who FROM edges.chosen ORDER BY id;
RESET SESSION AUTHORIZATION;
