-- The same in commands that change rows: FROM, USING, sub-selects, MERGE's conditions, ON CONFLICT, views.
\set ON_ERROR_ROLLBACK on
BEGIN;
UPDATE shop.customers SET balance = balance WHERE id IN (SELECT id FROM shop.orders WHERE shop.peek(item));
UPDATE shop.customers c SET balance = n.id FROM shop.notes n WHERE n.id = c.id AND shop.peek(n.body) AND shop.peek(c.secret);
UPDATE shop.countries SET name = name WHERE EXISTS (SELECT FROM shop.customers WHERE shop.peek(secret));
UPDATE shop.countries k SET name = c.name FROM shop.customers c WHERE shop.peek(c.secret);
DELETE FROM shop.countries k USING shop.customers c WHERE shop.peek(c.secret || k.code) AND k.code = c.name;
DELETE FROM shop.orders o USING shop.customers c WHERE o.id = c.id AND shop.peek(o.item) AND shop.peek(c.secret);
UPDATE shop.barrier_view SET balance = 1 WHERE shop.peek(secret);
UPDATE shop.check_view SET balance = 1 WHERE shop.peek(secret);
DELETE FROM shop.super_view WHERE shop.peek(secret) AND balance > 0;
INSERT INTO shop.spill SELECT 'x' FROM shop.customers WHERE shop.peek(secret);
INSERT INTO shop.countries SELECT 'fr', 'x' ON CONFLICT (code) DO UPDATE SET name = 'x' WHERE EXISTS (SELECT FROM shop.customers WHERE shop.peek(secret));
MERGE INTO shop.countries k USING shop.customers c ON k.code = c.name AND shop.peek(c.secret) WHEN NOT MATCHED AND shop.peek(c.secret) THEN DO NOTHING;
MERGE INTO shop.countries k USING (SELECT name FROM shop.customers WHERE shop.peek(secret)) c ON k.code = c.name WHEN MATCHED THEN DELETE;
MERGE INTO shop.customers c USING shop.notes n ON c.id = n.id AND shop.peek(c.secret || n.body) WHEN MATCHED AND shop.peek(n.body) THEN UPDATE SET balance = 0;
MERGE INTO shop.customers c USING (VALUES (30), (31)) v (id) ON c.id = v.id AND shop.peek(c.secret) WHEN MATCHED THEN DELETE;
ROLLBACK;
