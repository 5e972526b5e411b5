-- MERGE with a superuser's view as the source; on 17, into it.
MERGE INTO shop.customers c USING shop.super_view v ON c.id = v.id AND shop.peek(v.secret) WHEN MATCHED THEN UPDATE SET name = v.secret;
INSERT INTO shop.spill SELECT name FROM shop.customers;
TABLE shop.spill;
SELECT current_setting('server_version_num')::int >= 170000 AS modern \gset
\if :modern
MERGE INTO shop.super_view v USING generate_series(1, 40) g ON v.id = g AND v.tenant_id <> :'me' WHEN MATCHED THEN UPDATE SET name = 'taken' RETURNING v.*;
MERGE INTO shop.super_view v USING generate_series(21, 40) g ON v.id = g WHEN MATCHED THEN DELETE
	WHEN NOT MATCHED THEN INSERT (tenant_id, id) VALUES (:'other', 900 + g);
MERGE INTO shop.customers c USING shop.countries ON false WHEN NOT MATCHED BY SOURCE THEN UPDATE SET name = 'taken' RETURNING merge_action(), c.*;
\endif
