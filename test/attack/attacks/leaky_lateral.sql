-- The same through LATERAL, VALUES, functions in FROM, and conditions of another table's.
SELECT c.id FROM shop.customers c, LATERAL (VALUES (shop.peek(c.secret))) v (told) WHERE v.told;
SELECT c.id FROM shop.customers c, LATERAL (SELECT shop.peek(c.secret) AS told) l WHERE l.told;
SELECT c.id FROM shop.customers c CROSS JOIN LATERAL shop.peek(c.secret) told WHERE told;
SELECT c.id FROM shop.customers c LEFT JOIN LATERAL (SELECT 1 WHERE shop.peek(c.secret)) l ON true;
SELECT c.id FROM shop.customers c JOIN LATERAL (SELECT k.code FROM shop.countries k WHERE shop.peek(c.secret || k.code)) l ON true;
SELECT k.code FROM shop.countries k, LATERAL (SELECT * FROM shop.customers c WHERE shop.peek(c.secret) AND c.name <> k.name) l;
SELECT c.id FROM shop.customers c, LATERAL (SELECT c.secret AS a, o.item AS b FROM shop.orders o WHERE o.id = c.id) l WHERE shop.peek(l.a) AND shop.peek(l.b);
SELECT c.id FROM shop.items c, LATERAL unnest(c.tags) t WHERE shop.peek(t) AND shop.peek(c.data);
SELECT c.id FROM shop.items c, LATERAL jsonb_each_text(c.data) t WHERE shop.peek(t.value);
SELECT c.id FROM shop.items c, ROWS FROM (unnest(c.tags), generate_series(1, c.id)) r (tag, n) WHERE shop.peek(c.data) AND shop.peek(tag);
SELECT c.id FROM shop.customers c, LATERAL xmltable('/a' PASSING xmlelement(name a, c.secret) COLUMNS x text PATH '.') x WHERE shop.peek(x.x) AND shop.peek(c.name);
