-- as: bypass
-- A role with BYPASSRLS: its tenant's rows, and all of them under row_security = off, read and written.
SELECT count(*) AS own FROM shop.customers \gset
SET row_security = off;
SELECT count(*) AS every FROM shop.customers \gset
UPDATE shop.customers SET balance = 0;
INSERT INTO shop.notes (tenant_id, id) VALUES (:'other', 900), (:'third', 900);
SELECT count(*) AS written FROM shop.customers WHERE balance = 0 \gset
SET row_security = on;
SELECT 'control ok' FROM shop.notes HAVING count(*) = 40 AND :own = 20 AND :every = 100 AND :written = 100;
