-- as: superuser
-- Access methods other than b-tree look at each column by itself, also where the first is the tenant.
CREATE EXTENSION btree_gin;
CREATE EXTENSION btree_gist;
CREATE EXTENSION bloom;
SET row_security = off;
CREATE INDEX ON shop.customers USING gin (tenant_id, balance, name);
CREATE INDEX ON shop.orders_2026 USING gist (tenant_id, price, item);
CREATE INDEX ON shop.notes USING brin (tenant_id, body);
CREATE INDEX ON shop.items USING bloom (id, price);
CREATE INDEX ON shop.hostile (tenant_id, ((10 / nullif(i, 0))));
RESET row_security;
SET ROLE attack_app;
SET enable_seqscan = off;
SET enable_indexscan = off;
SET work_mem = 64;
SELECT id FROM shop.customers WHERE balance > 5 AND name > 'A' AND shop.peek(secret);
SELECT id FROM shop.orders WHERE price > 5 AND item > 'A' AND shop.peek(item);
SELECT id FROM shop.notes WHERE body > 'A' AND shop.peek(body);
SELECT id FROM shop.items WHERE price = 987650001 AND shop.peek(data);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name >= 'SOUGHT' AND name LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.orders WHERE item >= 'SOUGHT' AND item LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.notes WHERE body >= 'SOUGHT' AND body LIKE 'SOUGHT%\'$$);
SELECT shop.oracle($$SELECT id FROM shop.customers WHERE balance > 987650000 AND 1 / (balance - 987650007) = 0$$, '22012');
SELECT shop.oracle($$SELECT id FROM shop.orders WHERE price > 987650000 AND 1 / (price - 987650007) = 0$$, '22012');
