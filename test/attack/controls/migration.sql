-- as: owner/none superuser/none owner superuser
-- A migration, with and without a tenant: columns, constraints, indexes, keys, types, renamed tables and new partitions.
ALTER TABLE shop.customers ADD COLUMN phone text, ADD COLUMN since date NOT NULL DEFAULT '2020-02-02', ADD CONSTRAINT known CHECK (id > 0) NOT VALID;
ALTER TABLE shop.customers VALIDATE CONSTRAINT known;
ALTER TABLE shop.customers ALTER phone SET DEFAULT 'none', DROP CONSTRAINT known;
ALTER TABLE shop.items ALTER price TYPE bigint;
ALTER TABLE shop.notes ADD COLUMN customer int, ADD FOREIGN KEY (tenant_id, customer) REFERENCES shop.customers;
ALTER TABLE shop.items ADD FOREIGN KEY (tenant_id, id) REFERENCES shop.customers ON DELETE SET NULL (id) NOT VALID;
CREATE UNIQUE INDEX ON shop.notes (tenant_id, id) WHERE body IS NULL;
CREATE TABLE shop.orders_2027 PARTITION OF shop.orders FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER TABLE shop.customers RENAME TO clients;
ALTER TABLE shop.clients RENAME since TO joined;
ALTER TABLE shop.clients RENAME TO customers;
COMMENT ON TABLE shop.customers IS 'migrated';
GRANT SELECT (tenant_id, id) ON shop.customers TO pg_monitor;
SET app.tenant_id = :'me';
INSERT INTO shop.orders (id, day, customer_id) VALUES (500, '2027-02-02', 3);
SELECT 'control ok' FROM shop.customers, shop.orders_2027 o WHERE joined = '2020-02-02' AND o.id = 500 HAVING count(*) = 20
	AND (SELECT bool_and(convalidated) FROM pg_constraint WHERE conrelid = 'shop.notes'::regclass);
