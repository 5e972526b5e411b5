-- The registry. The library reads the first four columns by their position (src/registry/tenants.cpp).
CREATE TABLE tenant.tenants (
	tenant_id text COLLATE "C" PRIMARY KEY,
	name text,
	platform_id text,
	status text NOT NULL DEFAULT 'pending'
		CHECK (status OPERATOR(pg_catalog.=) ANY (ARRAY['pending', 'active', 'suspended', 'deleted'])),
	status_reason text,
	domains text[] NOT NULL DEFAULT '{}',
	config jsonb NOT NULL DEFAULT '{}',
	revision bigint NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	updated_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	activated_at timestamptz,
	suspended_at timestamptz,
	deleted_at timestamptz,
	former_status text
);
COMMENT ON TABLE tenant.tenants IS 'The registered tenants; written only through the functions of this schema';
SELECT pg_catalog.pg_extension_config_dump('tenant.tenants', '');

-- No foreign key: pg_restore -j may load this table before the other. The functions see to it.
CREATE TABLE tenant.tenant_resources (
	tenant_id text COLLATE "C" NOT NULL,
	type text NOT NULL,
	resource_id text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (tenant_id, type, resource_id)
);
CREATE INDEX ON tenant.tenant_resources (type, tenant_id);
COMMENT ON TABLE tenant.tenant_resources IS 'What a tenant has outside its rows: databases, buckets, queues';
SELECT pg_catalog.pg_extension_config_dump('tenant.tenant_resources', '');

CREATE TABLE tenant.shared_tables (
	relation regclass PRIMARY KEY
);
COMMENT ON TABLE tenant.shared_tables IS 'Tables declared by tenant.share() to be seen by all tenants';
SELECT pg_catalog.pg_extension_config_dump('tenant.shared_tables', '');

-- A row write sends no message to other sessions' caches; one about a relation does. A tenant's changes are
-- announced on one of these, by its hash, so that a change empties a small part of each cache. They are types
-- since a type has a relation and no storage.
DO $$
BEGIN
	FOR bucket IN 0..255 LOOP
		EXECUTE pg_catalog.format('CREATE TYPE tenant.bucket_%s AS ()', bucket);
	END LOOP;
END
$$;

CREATE FUNCTION tenant.announce_change() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_announce_change';
COMMENT ON FUNCTION tenant.announce_change() IS 'Voids what sessions know of the tenants that a statement changed';

CREATE TRIGGER announce_change AFTER INSERT OR UPDATE OR DELETE ON tenant.tenants
	FOR EACH ROW EXECUTE FUNCTION tenant.announce_change();
CREATE TRIGGER announce_truncate AFTER TRUNCATE ON tenant.tenants
	FOR EACH STATEMENT EXECUTE FUNCTION tenant.announce_change();
-- Also for rows that arrive by logical replication.
ALTER TABLE tenant.tenants ENABLE ALWAYS TRIGGER announce_change;
ALTER TABLE tenant.tenants ENABLE ALWAYS TRIGGER announce_truncate;
