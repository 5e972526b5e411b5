-- Rows for another tenant.
INSERT INTO shop.customers VALUES (:'other', 901, 'planted');
INSERT INTO shop.orders SELECT :'third', 901, '2026-02-02', NULL, 'planted';
INSERT INTO shop.notes (tenant_id, id) SELECT DISTINCT t::uuid, 901 FROM unnest(ARRAY[:'me', :'other']) t;
