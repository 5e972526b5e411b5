-- A domain's owner may have its constraints asked of every value that is stored: not of other owners' protected tables.
\set SHOW_CONTEXT never
CREATE SCHEMA dm AUTHORIZATION fx_owner;
GRANT ALL ON SCHEMA dm TO fx_app, fx_bypass;
SET SESSION AUTHORIZATION fx_app;
CREATE DOMAIN dm.word AS text;
CREATE DOMAIN dm.short AS dm.word;
CREATE DOMAIN dm.free AS text;
CREATE FUNCTION dm.peek(value text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	RAISE NOTICE 'seen: %', value;
	RETURN true;
END
$$;
SET SESSION AUTHORIZATION fx_owner;
CREATE TABLE dm.notes (tenant_id text NOT NULL, note dm.short);
CREATE TABLE dm.parted (tenant_id text NOT NULL, word dm.word) PARTITION BY LIST (tenant_id);
CREATE TABLE dm.parted_1 PARTITION OF dm.parted DEFAULT;
CREATE TABLE dm.open (note dm.free);
INSERT INTO dm.notes VALUES ('7', 'seven'), ('8', 'eight');
INSERT INTO dm.parted VALUES ('8', 'eight');
INSERT INTO dm.open VALUES ('open');
SELECT tenant.protect('dm.notes'), tenant.protect('dm.parted');
SET SESSION AUTHORIZATION fx_app;
SET app.tenant_id = '7';
ALTER DOMAIN dm.word ADD CHECK (dm.peek(VALUE));
ALTER DOMAIN dm.short ADD CONSTRAINT peeks CHECK (dm.peek(VALUE));
ALTER DOMAIN dm.word SET NOT NULL;
ALTER DOMAIN dm.short ADD CONSTRAINT peeks CHECK (dm.peek(VALUE)) NOT VALID;
ALTER DOMAIN dm.short VALIDATE CONSTRAINT peeks;
ALTER DOMAIN dm.short DROP CONSTRAINT peeks;
-- What looks at no value, or at open tables' only.
ALTER DOMAIN dm.word SET DEFAULT 'w';
ALTER DOMAIN dm.word DROP DEFAULT;
ALTER DOMAIN dm.word DROP NOT NULL;
ALTER DOMAIN dm.free ADD CHECK (dm.peek(VALUE));
ALTER DOMAIN dm.nothing ADD CHECK (true);
-- The tables' owner may do the same with ALTER TABLE; a superuser owns all.
RESET SESSION AUTHORIZATION;
ALTER DOMAIN dm.word OWNER TO fx_owner;
SET SESSION AUTHORIZATION fx_owner;
ALTER DOMAIN dm.word ADD CHECK (VALUE <> 'none');
RESET SESSION AUTHORIZATION;
SET app.tenant_id = '7';
ALTER DOMAIN dm.short ADD CHECK (VALUE <> 'none');
-- A materialized view over protected tables holds rows of all tenants.
SET row_security = off;
CREATE MATERIALIZED VIEW dm.copied AS SELECT note::text::dm.free AS note FROM dm.notes;
RESET row_security;
SET SESSION AUTHORIZATION fx_app;
ALTER DOMAIN dm.free SET NOT NULL;
-- Whoever may see all tenants.
SET SESSION AUTHORIZATION fx_bypass;
ALTER DOMAIN dm.free SET NOT NULL;
SET row_security = off;
ALTER DOMAIN dm.free SET NOT NULL;
RESET SESSION AUTHORIZATION;
ALTER DOMAIN dm.free OWNER TO fx_bypass;
SET SESSION AUTHORIZATION fx_bypass;
ALTER DOMAIN dm.free SET NOT NULL;
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA dm CASCADE;
