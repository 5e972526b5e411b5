-- as: app superuser
-- jsonb, arrays and text search.
SELECT 'control ok' FROM shop.items WHERE data ->> 'sku' LIKE 'mine-sku-%' AND 'mine-tag' = ANY (tags) AND words @@ 'word'::tsquery HAVING count(*) = 20;
