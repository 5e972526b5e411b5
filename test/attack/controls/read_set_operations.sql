-- as: app owner superuser
-- UNION, EXCEPT, INTERSECT, DISTINCT ON, VALUES, FETCH WITH TIES.
SELECT 'control ok' WHERE (SELECT count(*) FROM (SELECT id FROM shop.customers EXCEPT SELECT id FROM shop.items WHERE id > 15) e) = 15
	AND (SELECT count(*) FROM (SELECT id FROM shop.customers INTERSECT VALUES (3), (33)) e) = 1
	AND (SELECT count(*) FROM (SELECT name FROM shop.customers UNION SELECT item FROM shop.orders) e) = 40
	AND (SELECT count(*) FROM (SELECT DISTINCT ON (id % 3) id FROM shop.customers ORDER BY id % 3, id) d) = 3
	AND (SELECT count(*) FROM (SELECT id FROM shop.customers ORDER BY id / 10 FETCH FIRST 5 ROWS WITH TIES) t) = 9;
