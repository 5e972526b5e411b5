-- The same while planning, where the selectivity is computed with the values that are kept of all tenants: EXPLAIN runs nothing.
SELECT shop.differ($$EXPLAIN SELECT id FROM shop.customers WHERE secret LIKE '%SOUGHT%\'$$);
SELECT shop.differ($$EXPLAIN SELECT id FROM shop.customers WHERE name LIKE '%SOUGHT-name-1%\'$$);
SELECT shop.differ($$EXPLAIN SELECT id FROM shop.customers WHERE name NOT LIKE '%SOUGHT%\'$$);
SELECT shop.differ($$EXPLAIN SELECT id FROM shop.customers WHERE name ILIKE '%SOUGHT%\' AND balance > 100$$);
SELECT shop.differ($$EXPLAIN SELECT id FROM shop.notes WHERE body LIKE '%SOUGHT%\'$$);
SELECT shop.differ($$EXPLAIN SELECT id FROM shop.orders_2026 WHERE item LIKE '%SOUGHT%\'$$);
SELECT shop.differ($$EXPLAIN UPDATE shop.customers SET id = 1 WHERE secret LIKE '%SOUGHT%\'$$);
PREPARE q (text) AS SELECT id FROM shop.customers WHERE secret LIKE $1;
SELECT shop.differ($$EXPLAIN EXECUTE q ('%SOUGHT%\')$$);
SET plan_cache_mode = force_custom_plan;
SELECT shop.differ($$EXPLAIN EXECUTE q ('%SOUGHT%\')$$);
SET plan_cache_mode = force_generic_plan;
SELECT shop.differ($$EXPLAIN EXECUTE q ('%SOUGHT%\')$$);
