-- An expression of an index is evaluated for rows that are written, and for conditions.
SET enable_seqscan = off;
SELECT id FROM shop.items WHERE data ->> 'sku' = (SELECT max(data ->> 'sku') FROM shop.items);
SELECT data ->> 'sku' FROM shop.items ORDER BY tenant_id DESC, data ->> 'sku' DESC;
SELECT max(data ->> 'sku'), min(data ->> 'sku') FROM shop.items;
SELECT DISTINCT data ->> 'sku' FROM shop.items;
