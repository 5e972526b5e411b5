-- What is in the database while PostgreSQL's tests run in it: protected tables of every kind, with rows of two tenants.
CREATE EXTENSION pg_tenant;
CREATE ROLE elsewhere_owner IN ROLE tenant_admin;
CREATE SCHEMA elsewhere AUTHORIZATION elsewhere_owner;
SET SESSION AUTHORIZATION elsewhere_owner;
CREATE TABLE elsewhere.orders (tenant_id uuid, id int, note text, PRIMARY KEY (tenant_id, id));
CREATE TABLE elsewhere.lines (tenant_id uuid, id int, order_id int, amount numeric, PRIMARY KEY (tenant_id, id),
	FOREIGN KEY (tenant_id, order_id) REFERENCES elsewhere.orders ON DELETE CASCADE);
CREATE TABLE elsewhere.events (tenant_id uuid, at date, what text) PARTITION BY RANGE (at);
CREATE TABLE elsewhere.events_1 PARTITION OF elsewhere.events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE elsewhere.events_2 PARTITION OF elsewhere.events DEFAULT;
INSERT INTO elsewhere.orders SELECT tenant, id, 'note' FROM generate_series(1, 100) id,
	unnest('{11111111-1111-1111-1111-111111111111, 22222222-2222-2222-2222-222222222222}'::uuid[]) tenant;
INSERT INTO elsewhere.lines SELECT tenant_id, id, id, 1 FROM elsewhere.orders;
INSERT INTO elsewhere.events SELECT tenant_id, '2020-06-01'::date + id * 10, 'event' FROM elsewhere.orders;
SELECT tenant.protect(relation, register => true)
	FROM unnest('{elsewhere.orders, elsewhere.lines, elsewhere.events}'::regclass[]) relation;
