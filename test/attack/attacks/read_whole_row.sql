-- Whole rows, as text, json and records.
SELECT c FROM shop.customers c;
SELECT c::text, row_to_json(c), to_jsonb(c), hashtext(c::text) FROM shop.customers c;
SELECT (c).* FROM (SELECT c FROM shop.customers c OFFSET 0) s;
