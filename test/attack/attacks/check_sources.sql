-- Rows for another tenant by every kind of source, so that no proof takes them for one's own.
\set ON_ERROR_ROLLBACK on
INSERT INTO shop.customers (tenant_id, id, name) VALUES (tenant.current_uuid(), 901, 'x'), (:'other', 902, 'planted');
INSERT INTO shop.customers (tenant_id, id, name) SELECT CASE WHEN id = 3 THEN :'other'::uuid ELSE tenant.current_uuid() END, id + 900, 'planted' FROM shop.customers;
INSERT INTO shop.customers (tenant_id, id, name) SELECT coalesce(:'other'::uuid, tenant.current_uuid()), 903, 'planted';
INSERT INTO shop.customers (tenant_id, id, name) SELECT t, 904, 'planted' FROM (SELECT tenant.current_uuid() AS t UNION ALL SELECT :'other') u;
INSERT INTO shop.customers (tenant_id, id, name) SELECT t, 905, 'planted' FROM (VALUES (:'other'::uuid), (tenant.current_uuid())) v (t);
INSERT INTO shop.customers (tenant_id, id, name) SELECT max(t), 906, 'planted' FROM (VALUES (:'other'::uuid::text)) v (t) HAVING false;
INSERT INTO shop.customers (tenant_id, id, name) VALUES ((SELECT :'other'::uuid), 907, 'planted');
INSERT INTO shop.customers (tenant_id, id, name) VALUES (current_setting('attack.other', true)::uuid, 908, 'planted');
SELECT set_config('attack.other', :'other', false) \g /dev/null
INSERT INTO shop.customers (tenant_id, id, name) VALUES (current_setting('attack.other')::uuid, 908, 'planted');
INSERT INTO shop.customers (tenant_id, id, name) VALUES ((tenant.current_text() || '')::uuid, 909, set_config('app.tenant_id', :'other', false));
SET app.tenant_id = :'me';
INSERT INTO shop.customers (id, name, tenant_id) SELECT 910 + g, set_config('app.tenant_id', CASE g WHEN 1 THEN :'other' ELSE :'me' END, false), tenant.current_uuid() FROM generate_series(1, 2) g;
SET app.tenant_id = :'me';
DELETE FROM shop.customers WHERE id > 900;
INSERT INTO shop.ledger VALUES (:'other', 901, 'planted'), (DEFAULT, 902, 'x');
INSERT INTO shop.ledger_mine VALUES (:'other', 903, 'planted');
INSERT INTO shop.ledger_other (id, entry) VALUES (904, 'planted');
INSERT INTO shop.super_view (tenant_id, id, name) VALUES (:'other', 912, 'planted');
INSERT INTO shop.check_view (tenant_id, id, name) VALUES (:'other', 313, 'planted');
WITH i AS (INSERT INTO shop.notes (tenant_id, id, body) VALUES (:'other', 914, 'planted') RETURNING id) SELECT * FROM i;
UPDATE shop.customers SET name = 'planted', tenant_id = CASE id WHEN 5 THEN :'other'::uuid ELSE tenant_id END, id = id + 500;
UPDATE shop.customers SET (id, tenant_id) = (SELECT id + 500, :'other'::uuid);
UPDATE shop.customers c SET tenant_id = v.t, id = 600 FROM (VALUES (:'other'::uuid)) v (t) WHERE c.id = 7;
UPDATE shop.invoker_view SET tenant_id = :'other', id = 601 WHERE id = 7;
UPDATE shop.ledger SET tenant_id = :'third', entry = 'planted';
MERGE INTO shop.customers c USING (VALUES (:'other'::uuid, 915)) v (t, id) ON c.id = v.id WHEN NOT MATCHED THEN INSERT (tenant_id, id, name) VALUES (v.t, v.id, 'planted');
MERGE INTO shop.customers c USING (VALUES (:'other'::uuid, 7)) v (t, id) ON c.id = v.id WHEN MATCHED THEN UPDATE SET tenant_id = v.t, id = 602;
PREPARE i (uuid, int) AS INSERT INTO shop.customers (tenant_id, id, name) VALUES ($1, $2, 'planted');
EXECUTE i (:'other', 916);
SET plan_cache_mode = force_generic_plan;
EXECUTE i (:'me', 917);
EXECUTE i (:'other', 918);
DELETE FROM shop.customers WHERE id > 900;
