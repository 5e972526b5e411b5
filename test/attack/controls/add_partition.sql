-- as: owner superuser
-- A new partition, and a new child, closed from the start.
CREATE TABLE shop.orders_2027 PARTITION OF shop.orders FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE shop.more_notes () INHERITS (shop.notes);
INSERT INTO shop.orders (id, day) VALUES (500, '2027-02-02');
INSERT INTO shop.more_notes (tenant_id, id) VALUES (:'me', 500);
SELECT 'control ok' FROM shop.orders, shop.notes WHERE orders.id = 500 AND notes.id = 500;
