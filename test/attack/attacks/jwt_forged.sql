-- as: app
-- A role that needs a token, and every way to do without.
\set key '0123456789abcdef0123456789abcdef'
SELECT 'signer_' || current_database() AS signer \gset
\connect - attack_root
SET client_min_messages = error;
CREATE ROLE :"signer" LOGIN;
GRANT attack_app TO :"signer";
ALTER ROLE :"signer" SET pg_tenant.require_signed = on;
SELECT tenant.add_jwt_key('k', 'HS256', :'key') \g /dev/null
\connect - :signer
SET app.tenant_id = :'other';
SELECT * FROM shop.customers;
COPY shop.customers TO STDOUT;
SELECT * FROM shop.super_view;
BEGIN;
SELECT tenant.seal() \g /dev/null
SELECT * FROM shop.super_definer();
ROLLBACK;
SET pg_tenant.require_signed = off;
RESET pg_tenant.require_signed;
DISCARD ALL;
SET app.tenant_id = :'other';
SELECT * FROM shop.customers;
SELECT * FROM tenant.query(:'other', 'TABLE shop.customers');
SELECT * FROM tenant.jwt_keys;
-- No algorithm, no signature, a signature of nothing.
SELECT translate(rtrim(replace(encode(convert_to(format('{"tenant_id":"%s","exp":99999999999}', :'other'), 'UTF8'), 'base64'), E'\n', ''), '='), '+/', '-_') AS payload \gset
SELECT tenant.set_from_jwt('eyJhbGciOiJub25lIiwia2lkIjoiayJ9.' || :'payload' || '.', false);
SELECT tenant.set_from_jwt('eyJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ.' || :'payload' || '.', false);
SELECT tenant.set_from_jwt('eyJhbGciOiJIUzI1NiIsImtpZCI6ImsifQ.' || :'payload' || '.' || repeat('A', 43), false);
SELECT * FROM shop.customers;
\connect - attack_root
SET client_min_messages = error;
SELECT tenant.remove_jwt_key('k') \g /dev/null
DROP ROLE :"signer";
