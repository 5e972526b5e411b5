-- LIKE raises an error at a row that begins like a pattern which ends in its escape: read from the start of the table.
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE 'SOUGHT-name-1\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name NOT LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ILIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name NOT ILIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE NOT (name ~~ E'SOUGHT%\\')$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE textlike(name, 'SOUGHT%\') IS NOT TRUE$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE 'SOUGHT%!' ESCAPE '!'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name::bytea LIKE 'SOUGHT%\\'::bytea$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name::bpchar LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name::name LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.orders WHERE item LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.notes WHERE body LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$SELECT id FROM shop.super_view WHERE name LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$DELETE FROM shop.customers WHERE name LIKE 'SOUGHT%\'$$);
SELECT shop.differ($$UPDATE shop.customers SET balance = 0 WHERE name LIKE 'SOUGHT%\'$$);
