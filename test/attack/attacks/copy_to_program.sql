-- as: superuser
-- COPY to and from files and programs, which psql shows afterwards.
COPY shop.customers TO PROGRAM 'cat >&2';
COPY (SELECT * FROM shop.super_view) TO '/tmp/pg_tenant_attack.copy';
CREATE TEMP TABLE t (line text);
COPY t FROM '/tmp/pg_tenant_attack.copy';
TABLE t;
COPY shop.items TO '/tmp/pg_tenant_attack.copy' WITH (FORMAT csv);
SELECT pg_read_file('/tmp/pg_tenant_attack.copy');
COPY (SELECT 1) TO PROGRAM 'rm -f /tmp/pg_tenant_attack.copy';
COPY shop.notes FROM PROGRAM 'echo "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb,901,planted"' WITH (FORMAT csv);
