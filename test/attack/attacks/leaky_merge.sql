-- The same in MERGE (CVE-2023-39418).
\set ON_ERROR_ROLLBACK on
BEGIN;
MERGE INTO shop.customers c USING shop.countries k ON shop.peek(c.secret) WHEN MATCHED AND shop.peek(c.name) THEN DO NOTHING;
MERGE INTO shop.items i USING shop.customers c ON c.id = i.id AND shop.peek(i.data) WHEN MATCHED THEN UPDATE SET price = 0;
ROLLBACK;
