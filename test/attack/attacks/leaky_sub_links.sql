-- The same in EXISTS, IN, NOT IN, ANY and ALL, with the outer query's columns within, which become joins.
SELECT c.id FROM shop.customers c WHERE EXISTS (SELECT FROM shop.countries k WHERE shop.peek(c.secret));
SELECT c.id FROM shop.customers c WHERE EXISTS (SELECT FROM shop.countries k WHERE shop.peek(c.secret) AND k.name <> c.name);
SELECT c.id FROM shop.customers c WHERE NOT EXISTS (SELECT FROM shop.countries k WHERE shop.peek(c.secret || k.code) AND k.code = c.name);
SELECT k.code FROM shop.countries k WHERE EXISTS (SELECT FROM shop.customers c WHERE shop.peek(c.secret));
SELECT k.code FROM shop.countries k WHERE NOT EXISTS (SELECT FROM shop.customers c WHERE shop.peek(c.secret) AND c.name = k.name);
SELECT k.code FROM shop.countries k WHERE k.name IN (SELECT c.name FROM shop.customers c WHERE shop.peek(c.secret));
SELECT k.code FROM shop.countries k WHERE k.name NOT IN (SELECT c.name FROM shop.customers c WHERE shop.peek(c.secret));
SELECT k.code FROM shop.countries k WHERE true = ANY (SELECT shop.peek(c.secret) FROM shop.customers c WHERE c.name <> k.name);
SELECT k.code FROM shop.countries k WHERE k.name <> ALL (SELECT c.secret FROM shop.customers c WHERE shop.peek(c.name));
SELECT c.id FROM shop.customers c WHERE (SELECT shop.peek(c.secret));
SELECT c.id FROM shop.customers c WHERE c.id IN (SELECT g FROM generate_series(1, 40) g WHERE shop.peek(c.secret));
SELECT c.id FROM shop.customers c WHERE shop.peek(c.secret) IN (SELECT true FROM shop.countries);
SELECT c.id FROM shop.customers c WHERE ARRAY(SELECT shop.peek(c.secret || n.body) FROM shop.notes n) IS NOT NULL;
SELECT c.id FROM shop.customers c WHERE c.balance > (SELECT count(*) FROM shop.notes n WHERE shop.peek(n.body));
SELECT c.id FROM shop.customers c WHERE (c.name, c.secret) IN (SELECT o.item, o.item FROM shop.orders o WHERE shop.peek(o.item) AND shop.peek(c.secret));
