-- The same with columns that a join merges, and with aliases of joins, whose values are the tables'.
SELECT id FROM shop.customers a JOIN shop.items b USING (id) WHERE shop.peek(id + a.balance);
SELECT 1 FROM shop.customers a JOIN shop.super_view b USING (secret, id) WHERE shop.peek(secret);
SELECT 1 FROM (shop.customers a JOIN shop.orders b USING (id)) j WHERE shop.peek(j.secret);
SELECT 1 FROM (shop.customers a JOIN shop.orders b USING (id)) j WHERE shop.peek(j);
SELECT 1 FROM (shop.countries k CROSS JOIN shop.customers a) j WHERE shop.peek(j.secret);
SELECT 1 FROM shop.customers a FULL JOIN shop.items b USING (id) WHERE shop.peek(a.secret) AND shop.peek(b.data);
SELECT 1 FROM shop.customers a NATURAL JOIN (SELECT tenant_id, id, body FROM shop.notes) n WHERE shop.peek(n.body || a.secret);
SELECT 1 FROM (shop.countries k LEFT JOIN (shop.customers a NATURAL JOIN shop.orders o) ON a.name <> k.name) j WHERE shop.peek(j.secret) AND shop.peek(j.item);
SELECT 1 FROM shop.customers a JOIN shop.items b USING (id) AS merged WHERE shop.peek(merged) AND shop.peek(a.secret);
