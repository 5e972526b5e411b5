-- Rows on another server written, moved or deleted for another tenant.
INSERT INTO shop.stock VALUES (:'other', 1, 'planted', 0);
INSERT INTO shop.stock VALUES (NULL, 1, 'planted', 0);
INSERT INTO shop.stock SELECT :'other', g, 'planted', 0 FROM generate_series(1, 3) g;
WITH i AS (INSERT INTO shop.stock VALUES (:'other', 1, 'planted', 0) RETURNING *) SELECT * FROM i;
UPDATE shop.stock SET tenant_id = :'other';
UPDATE shop.stock SET tenant_id = :'other' WHERE id = 1 RETURNING *;
UPDATE shop.stock SET item = item || '!' WHERE tenant_id = :'other';
UPDATE shop.stock SET price = 0 FROM shop.customers c WHERE c.id = stock.id;
DELETE FROM shop.stock WHERE tenant_id = :'other';
DELETE FROM shop.stock USING shop.customers c WHERE c.id = stock.id RETURNING stock.*;
DELETE FROM shop.stock;
TRUNCATE shop.stock;
ALTER FOREIGN TABLE shop.stock DROP COLUMN tenant_id;
SECURITY LABEL FOR pg_tenant ON COLUMN shop.stock.tenant_id IS NULL;
SELECT * FROM shop.stock;
