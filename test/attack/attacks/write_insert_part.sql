-- Rows for another tenant, into partitions and children directly.
INSERT INTO shop.orders_2026 VALUES (:'other', 901, '2026-02-02', NULL, 'planted');
INSERT INTO shop.urgent_notes VALUES (:'other', 901, 'planted', 'now');
