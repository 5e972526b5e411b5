-- as: bypass bypass/none
-- A role with BYPASSRLS, as reporting tools and pg_dump use.
SELECT * FROM shop.customers;
UPDATE shop.customers SET name = 'taken' WHERE tenant_id <> :'me';
COPY shop.customers TO STDOUT;
COPY shop.notes FROM STDIN;
bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb	901	planted
\.
DELETE FROM shop.items RETURNING *;
INSERT INTO shop.lines (tenant_id, text) VALUES (:'other', 'planted');
MERGE INTO shop.customers c USING generate_series(21, 40) g ON c.id = g WHEN MATCHED THEN DELETE;
SELECT * FROM shop.super_view, shop.inlined();
