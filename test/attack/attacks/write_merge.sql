-- MERGE of every kind (CVE-2023-39418).
MERGE INTO shop.customers c USING (SELECT :'other'::uuid AS t, 3 AS id) s ON c.tenant_id = s.t AND c.id = s.id
	WHEN MATCHED THEN UPDATE SET name = 'taken' WHEN NOT MATCHED THEN INSERT VALUES (s.t, 901, 'planted');
MERGE INTO shop.customers c USING generate_series(21, 40) g ON c.id = g WHEN MATCHED THEN DELETE;
MERGE INTO shop.customers c USING generate_series(1, 9) g ON c.id = g WHEN MATCHED THEN UPDATE SET tenant_id = :'other', id = 800 + g;
MERGE INTO shop.orders_2026 o USING shop.countries k ON o.tenant_id <> :'me' WHEN MATCHED AND k.code = 'fr' THEN UPDATE SET item = 'taken';
