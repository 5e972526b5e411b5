-- ON CONFLICT through a view (CVE-2026-16237).
INSERT INTO shop.super_view VALUES (:'other', 1, 'planted') ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'taken' RETURNING *;
INSERT INTO shop.barrier_view VALUES (:'other', 1, 'planted') ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'taken' RETURNING *;
INSERT INTO shop.super_view VALUES (:'other', 1, 'planted') ON CONFLICT DO NOTHING;
