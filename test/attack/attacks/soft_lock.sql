-- as: app owner superuser bypass
-- Locking another tenant's rows by the function that plans call, and by keys. Row-level security alone has no such function. mutation: rows of other tenants are locked
BEGIN;
SELECT tenant.lock_deleted('shop.marked'::regclass, format('(0,%s)', i)::tid, now()) FROM generate_series(1, 100) i;
ROLLBACK;
BEGIN;
WITH mine AS (UPDATE shop.marked SET body = body RETURNING 1)
	SELECT shop.found(tenant.lock_deleted('shop.marked'::regclass, format('(0,%s)', 90)::tid, now()) IS NOT NULL) FROM mine;
ROLLBACK;
INSERT INTO shop.marked (tenant_id, id, parent) VALUES (:'me', 900, 35);
SELECT shop.differ('INSERT INTO shop.marked (tenant_id, id, parent) SELECT current_setting(''app.tenant_id'')::uuid, 901, id FROM shop.marked WHERE body LIKE ''SOUGHT%''');
