-- Every way to scan and to join.
SET enable_seqscan = off;
SELECT name FROM shop.customers WHERE id = 3;
SELECT * FROM shop.items WHERE data ->> 'sku' > '';
SET enable_indexscan = off;
SELECT name FROM shop.customers WHERE id = 3 OR tenant_id = :'other';
SET enable_bitmapscan = off;
SET enable_hashjoin = off;
SELECT a.name, b.name FROM shop.customers a JOIN shop.customers b USING (id);
SET enable_mergejoin = off;
SELECT a.name, b.name FROM shop.customers a JOIN shop.customers b USING (id);
