-- WITH, materialized, not, and recursive.
WITH c AS MATERIALIZED (SELECT * FROM shop.customers) SELECT * FROM c;
WITH c AS NOT MATERIALIZED (SELECT * FROM shop.customers) SELECT * FROM c;
WITH RECURSIVE c AS (SELECT id, name FROM shop.customers WHERE id = 1 UNION ALL
	SELECT n.id, n.name FROM c, shop.customers n WHERE n.id = c.id + 1) SELECT * FROM c;
