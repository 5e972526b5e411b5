-- INSERT … ON CONFLICT with another tenant's key (CVE-2018-10925, CVE-2017-15099).
INSERT INTO shop.customers VALUES (:'other', 1, 'planted') ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'taken' RETURNING *;
INSERT INTO shop.customers VALUES (:'me', 1, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = :'other', id = 901;
INSERT INTO shop.items (tenant_id, id) VALUES (:'other', 3) ON CONFLICT (tenant_id, id) DO UPDATE SET tags = items.tags || 'x' RETURNING *;
