-- A row that references another tenant's.
INSERT INTO shop.orders (id, day, customer_id, item) VALUES (906, '2026-04-04', 33, 'reference');
SELECT shop.oracle($$INSERT INTO shop.orders (id, day, customer_id) VALUES (907, '2026-04-04', 33)$$, '00000');
INSERT INTO shop.orders VALUES (:'other', 906, '2026-04-04', 33, 'reference');
