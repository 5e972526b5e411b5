-- The same in join conditions.
SELECT a.id FROM shop.countries k JOIN shop.customers a ON shop.peek(a.secret);
SELECT a.id FROM shop.countries k LEFT JOIN shop.customers a ON shop.peek(a.secret) AND k.code = a.name;
SELECT a.id FROM shop.customers a JOIN shop.items b ON shop.peek(a.secret || b.data::text) AND a.id = b.id;
