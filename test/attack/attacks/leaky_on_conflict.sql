-- The same in ON CONFLICT … WHERE (CVE-2026-120154).
\set ON_ERROR_ROLLBACK on
BEGIN;
INSERT INTO shop.customers VALUES (:'other', 1, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'taken' WHERE shop.peek(customers.secret);
INSERT INTO shop.customers (id) SELECT g FROM generate_series(1, 40) g ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'x' WHERE shop.peek(customers.name);
ROLLBACK;
