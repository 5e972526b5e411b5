-- Patterns in an array, with ANY and ALL.
SET enable_indexscan = off;
SET enable_bitmapscan = off;
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE ANY (ARRAY['x', 'SOUGHT%\'])$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE ANY ('{x,"SOUGHT%\\\\"}')$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name NOT LIKE ALL (ARRAY['x', NULL, 'SOUGHT%\'])$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ILIKE ANY (ARRAY['x', 'SOUGHT%\'])$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE ANY (ARRAY(SELECT 'SOUGHT%\'))$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name LIKE ANY (VALUES ('x'), ('SOUGHT%\'))$$);
SELECT shop.differ($$SELECT id FROM shop.customers WHERE name ~ ANY (ARRAY['x', CASE WHEN name LIKE 'SOUGHT%' THEN '(' ELSE 'y' END])$$);
PREPARE q (text[]) AS SELECT id FROM shop.customers WHERE name LIKE ANY ($1);
SELECT shop.differ($$EXECUTE q (ARRAY['x', 'SOUGHT%\'])$$);
SET plan_cache_mode = force_generic_plan;
SELECT shop.differ($$EXECUTE q (ARRAY['x', 'SOUGHT%\'])$$);
