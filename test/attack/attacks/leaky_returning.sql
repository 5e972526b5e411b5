-- RETURNING tells what was written, which other tenants' rows must not be; on 18 OLD and NEW.
\set ON_ERROR_ROLLBACK on
BEGIN;
UPDATE shop.customers SET name = secret RETURNING shop.peek(secret), *;
DELETE FROM shop.lines RETURNING shop.peek(loud), *;
UPDATE shop.orders o SET item = c.secret FROM shop.customers c WHERE c.id = o.customer_id RETURNING shop.peek(c.name), o.*;
SELECT current_setting('server_version_num')::int >= 180000 AS modern \gset
\if :modern
UPDATE shop.super_view SET name = 'x' RETURNING old.*, new.*;
INSERT INTO shop.customers (tenant_id, id) VALUES (:'other', 30) ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'x' RETURNING old.secret;
\endif
ROLLBACK;
