-- jsonb operators and paths.
SELECT data -> 'sku', data @? '$.sku', jsonb_path_query(data, '$.*') FROM shop.items;
SELECT k.value FROM shop.items, jsonb_each(data) k;
SELECT data FROM shop.items WHERE data ->> 'sku' LIKE '%other%' OR data @> '{}';
