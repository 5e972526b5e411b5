-- Text search; ts_stat() runs a query that it is handed as text.
SELECT * FROM ts_stat('SELECT words FROM shop.items');
SELECT words FROM shop.items WHERE words @@ 'word'::tsquery;
SELECT ts_rewrite('word'::tsquery, 'SELECT ''word''::tsquery, plainto_tsquery(''simple'', body) FROM shop.notes');
