-- as: superuser superuser/none
-- A connection back into the database, as dblink and postgres_fdw make: a session of its own.
\set ON_ERROR_ROLLBACK on
\getenv host PGHOST
SELECT format('host=%s dbname=%s user=postgres', :'host', current_database()) AS back \gset
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION dblink;
SELECT * FROM dblink(:'back', 'SELECT secret FROM shop.customers') t (secret text);
SELECT dblink_exec(:'back', 'UPDATE shop.customers SET name = ''taken''');
CREATE EXTENSION IF NOT EXISTS postgres_fdw;
SELECT format('CREATE SERVER back FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, dbname %L)', :'host', current_database()) \gexec
CREATE USER MAPPING FOR CURRENT_USER SERVER back OPTIONS (user 'postgres');
CREATE FOREIGN TABLE play.far (tenant_id uuid, id int, name text, secret text) SERVER back OPTIONS (schema_name 'shop', table_name 'customers');
SELECT * FROM play.far;
UPDATE play.far SET name = 'taken' WHERE id > 20;
ROLLBACK;
