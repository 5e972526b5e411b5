-- Conditions that fail on another tenant's row, sent to the foreign table's server or not.
SELECT shop.oracle(query, '22012') FROM unnest(ARRAY['SELECT * FROM shop.stock WHERE 1 / (price - 987650001) = 0',
	'SELECT * FROM shop.stock ORDER BY 1 / (price - 987650001)', 'SELECT sum(1 / (price - 987650001)) FROM shop.stock',
	'SELECT * FROM shop.stock a JOIN shop.stock b ON 1 / (a.price - 987650001) = b.id',
	'SELECT * FROM shop.stock a JOIN shop.stock b USING (id) WHERE 1 / (a.price + b.price - 1975300002) = 0',
	'SELECT id FROM shop.stock GROUP BY id, price HAVING 1 / (price - 987650001) = 0',
	'SELECT * FROM (SELECT 1 / (price - 987650001) AS told FROM shop.stock) s WHERE told = 0',
	'SELECT * FROM shop.customers c WHERE EXISTS (SELECT FROM shop.stock s WHERE s.id = c.id AND 1 / (s.price - 987650001) = 0)',
	'UPDATE shop.stock SET item = item WHERE 1 / (price - 987650001) = 0',
	'DELETE FROM shop.stock WHERE 1 / (price - 987650001) = 0']) query;
