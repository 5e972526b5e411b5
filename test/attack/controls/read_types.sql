-- as: app owner superuser
-- jsonb paths, arrays, ranges, full text ranks, regular expressions, composites.
SELECT 'control ok' FROM shop.items i WHERE data @? '$.n ? (@ > 100)' AND jsonb_path_query_first(data, '$.n') = to_jsonb(price) AND tags @> ARRAY['tag']
	AND int4range(100, 200) @> price AND ts_rank(words, 'word') > 0 AND data ->> 'sku' ~ '^mine-sku-\d+$' AND (i).id = id AND row_to_json(i) ->> 'id' = id::text
	HAVING count(*) = 20;
