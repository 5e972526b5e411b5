-- as: app owner superuser
-- The tables that a move to a partition of one's own makes and leaves: read, written, filled by one's own trigger, after it has failed half-way and when it is done.
SELECT tenant.protect('shop.photos', partitions => 2);
SELECT tenant.protect('shop.lines', partitions => 1);
TABLE shop.photos_unpartitioned;
SELECT * FROM shop.photos_p0 UNION ALL SELECT * FROM shop.photos_p1;
-- It may not reference shop.albums: the tables are there, with all rows of the partition.
REVOKE REFERENCES ON shop.albums FROM attack_owner;
CALL tenant.isolate_tenant('shop.photos', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
CALL tenant.isolate_tenant('shop.photos', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
TABLE shop.photos_tenant;
TABLE shop.photos_rest;
SELECT shop.found(true) FROM shop.photos_rest WHERE tenant_id <> 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
COPY shop.photos_rest TO STDOUT;
DELETE FROM shop.photos_rest RETURNING *;
UPDATE shop.photos_rest SET title = 'x' RETURNING *;
TRUNCATE shop.photos_rest;
ALTER TABLE shop.photos_rest DISABLE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON shop.photos_rest;
TABLE shop.photos_rest;
CREATE VIEW play.rest AS SELECT * FROM shop.photos_rest;
TABLE play.rest;
-- A trigger of one's own that repeats rows into other tenants' tables, or there from a table of one's own.
CREATE TABLE play.mine (LIKE shop.photos);
CREATE TRIGGER repeats AFTER INSERT ON play.mine FOR EACH ROW EXECUTE FUNCTION tenant.repeat_row('1', '1', 'x');
DO $$BEGIN EXECUTE format('CREATE TRIGGER repeats AFTER INSERT ON play.mine FOR EACH ROW EXECUTE FUNCTION tenant.repeat_row(%s, %s, %L)',
	'shop.photos_rest'::regclass::oid, 'shop.photos_rest'::regclass::oid, 'x'); END$$;
INSERT INTO play.mine VALUES ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 1, NULL, 'x');
-- Done.
GRANT REFERENCES ON shop.albums TO attack_owner;
CALL tenant.isolate_tenant('shop.photos', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
TABLE shop.photos;
TABLE shop.photos_tenant;
TABLE shop.photos_rest;
CALL tenant.isolate_tenant('shop.lines', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb');
TABLE shop.lines_p0;
SELECT tenant.partition_obstacles('shop.photos'::regclass, 'tenant_id'), tenant.table_definition('shop.photos'::regclass);
