-- as: app owner superuser
-- UPDATE … FROM, DELETE … USING, sub-selects, CTEs that write several tables.
UPDATE shop.customers c SET balance = o.price FROM shop.orders o WHERE o.customer_id = c.id AND o.id <= 5;
DELETE FROM shop.items i USING shop.customers c WHERE c.id = i.id AND c.id > 15;
WITH gone AS (DELETE FROM shop.notes WHERE id <= 3 RETURNING id, body), kept AS (INSERT INTO shop.lines (place, text) SELECT id + 900, body FROM gone RETURNING id)
	UPDATE shop.customers SET name = (SELECT 'moved ' || count(*) FROM kept) WHERE id = 1;
SELECT 'control ok' FROM shop.customers WHERE id = 1 AND name = 'moved 3' AND balance = 101 AND (SELECT count(*) FROM shop.items) = 15
	AND (SELECT count(*) FROM shop.lines WHERE place > 900) = 3 AND (SELECT count(*) FROM shop.notes) = 37;
