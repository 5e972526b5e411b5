-- as: app owner superuser
-- The tenant changed in a COPY, an EXPLAIN, a CREATE TABLE AS.
COPY (SELECT c.*, set_config('app.tenant_id', :'other', true) FROM shop.customers c) TO STDOUT;
CREATE TEMP TABLE copy AS SELECT set_config('app.tenant_id', :'other', true), c.* FROM shop.customers c;
TABLE copy;
