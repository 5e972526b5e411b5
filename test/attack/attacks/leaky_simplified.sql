-- CASE over a leaky test, COALESCE and NULLIF (CVE-2026-116327).
SELECT id FROM shop.customers WHERE CASE name WHEN 'x' THEN false ELSE shop.peek(name) END;
SELECT id FROM shop.customers WHERE coalesce(nullif(shop.peek(name), false), shop.peek(secret));
SELECT id FROM shop.items WHERE ARRAY(SELECT shop.peek(t) FROM unnest(tags) t) = '{t}';
