-- A protected foreign table, by every way to name it.
SELECT * FROM shop.stock;
SELECT * FROM shop.stock WHERE tenant_id = :'other' OR true;
SELECT item FROM shop.stock WHERE shop.peek(item);
SELECT s.* FROM shop.customers RIGHT JOIN shop.stock s USING (id);
SELECT a.item FROM shop.stock a JOIN shop.stock b ON a.id = b.id WHERE b.tenant_id = :'other';
SELECT s.ctid, s FROM shop.stock s ORDER BY price DESC LIMIT 1;
SELECT max(item), sum(price) FROM shop.stock GROUP BY tenant_id;
SELECT * FROM shop.stock FOR UPDATE;
COPY shop.stock TO STDOUT;
CREATE VIEW play.on_stock AS SELECT * FROM shop.stock;
SELECT * FROM play.on_stock;
CREATE TABLE play.taken AS SELECT * FROM shop.stock;
SELECT * FROM play.taken;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SELECT s.item FROM shop.customers c, shop.stock s WHERE s.id = c.id;
