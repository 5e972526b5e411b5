-- The database, its roles and its tenants. Their sizes follow a power law, as those of real customers do: the biggest
-- has a third of all orders, and half of them have fewer than 200.
CREATE DATABASE shop;
\connect shop
CREATE EXTENSION pg_tenant;
CREATE ROLE shop_owner IN ROLE tenant_admin;
CREATE ROLE shop_operator LOGIN IN ROLE tenant_admin;
CREATE ROLE shop_app LOGIN NOSUPERUSER NOBYPASSRLS;

CREATE SCHEMA demo;
CREATE TABLE demo.tenants AS
SELECT rank,
       md5('tenant ' || rank)::uuid AS tenant_id,
       (string_to_array('Amber Birch Cedar Delta Ember Fjord Grove Harbour Iris Juniper Kestrel Lotus Maple Northern '
                        'Orchard Pearl Quartz River Silver Tulip', ' '))[1 + (rank - 1) % 20]
       || ' ' ||
       (string_to_array('Tools Books Bikes Bakery Music Garden Optics Pottery Tea Toys', ' '))[1 + (rank - 1) / 20]
       AS name,
       '{}'::text[] AS domains,
       round(65000 / rank ^ 1.3)::int AS orders,
       round(16000 / rank ^ 1.3)::int + 5 AS customers,
       round(3000 / rank)::int + 20 AS products
FROM generate_series(1, 200) AS rank;
UPDATE demo.tenants SET domains = ARRAY[lower(replace(name, ' ', '-')) || '.example'] WHERE rank % 3 = 1;

SELECT count(tenant.provision(tenant_id::text, name, domains => domains)) AS provisioned
FROM demo.tenants;
