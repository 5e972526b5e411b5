-- Configurations and their revisions. A tenant's own is in tenant.tenants; this is what its platform and all tenants have by
-- default, and the history of all of them. The library reads the first two columns of config_layers by their position.
CREATE TABLE tenant.config_layers (
	platform_id text COLLATE "C" PRIMARY KEY, -- empty for the defaults of all tenants
	config jsonb NOT NULL DEFAULT '{}',
	revision bigint NOT NULL DEFAULT 0,
	updated_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE tenant.config_layers IS 'Configuration that tenants have by default: of a platform, or of all';
SELECT pg_catalog.pg_extension_config_dump('tenant.config_layers', '');

CREATE TABLE tenant.config_history (
	revision bigint PRIMARY KEY,
	-- What set_config() returned, where another number was given at commit. The revision itself until then.
	drawn bigint,
	tenant_id text COLLATE "C",
	platform_id text COLLATE "C",
	config jsonb,
	changed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	changed_by text NOT NULL DEFAULT session_user
);
CREATE INDEX ON tenant.config_history (tenant_id, revision);
COMMENT ON TABLE tenant.config_history IS 'What configurations were after each change';
SELECT pg_catalog.pg_extension_config_dump('tenant.config_history', '');

-- The greatest revision that was compacted.
CREATE TABLE tenant.config_horizon (
	is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
	revision bigint NOT NULL
);
COMMENT ON TABLE tenant.config_horizon IS 'Up to where the history of configurations was compacted';
SELECT pg_catalog.pg_extension_config_dump('tenant.config_horizon', '');

-- Numbers that were drawn, and the greatest that was settled. Sequences, since what other transactions did counts at once.
CREATE SEQUENCE tenant.config_revisions;
CREATE SEQUENCE tenant.config_settled MINVALUE 0 START 0;
COMMENT ON SEQUENCE tenant.config_revisions IS 'Numbers of the changes of configurations';
COMMENT ON SEQUENCE tenant.config_settled IS 'The greatest revision of a change that was committed';
SELECT pg_catalog.pg_extension_config_dump('tenant.config_revisions', '');

-- Locked as a table by a transaction that settles its revisions; its row by those that check a configuration, against the
-- one that changes what they check it for (src/schema/52).
CREATE TABLE tenant.config_lock (
	definitions bigint NOT NULL
);
INSERT INTO tenant.config_lock VALUES (0);
COMMENT ON TABLE tenant.config_lock IS 'What transactions that change configurations wait for each other at';

-- As for the states of tenants (src/schema/10), so that neither empties the other's cache.
DO $$
BEGIN
	FOR bucket IN 0..255 LOOP
		EXECUTE pg_catalog.format('CREATE TYPE tenant.config_bucket_%s AS ()', bucket);
	END LOOP;
END
$$;

CREATE FUNCTION tenant.announce_config() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_announce_config';
COMMENT ON FUNCTION tenant.announce_config() IS 'Voids what sessions know of the configuration of the tenants that a statement changed';

CREATE FUNCTION tenant.announce_config_layers() RETURNS trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_announce_table';
COMMENT ON FUNCTION tenant.announce_config_layers() IS 'Voids what sessions know of configurations';

CREATE TRIGGER announce_config AFTER INSERT OR DELETE ON tenant.tenants
	FOR EACH ROW EXECUTE FUNCTION tenant.announce_config();
CREATE TRIGGER announce_config_update AFTER UPDATE ON tenant.tenants
	FOR EACH ROW WHEN (OLD.config OPERATOR(pg_catalog.<>) NEW.config OR OLD.tenant_id OPERATOR(pg_catalog.<>) NEW.tenant_id
		OR coalesce(OLD.platform_id, '') OPERATOR(pg_catalog.<>) coalesce(NEW.platform_id, ''))
	EXECUTE FUNCTION tenant.announce_config();
CREATE TRIGGER announce_config AFTER INSERT OR UPDATE OR DELETE ON tenant.config_layers
	FOR EACH ROW EXECUTE FUNCTION tenant.announce_config_layers();
CREATE TRIGGER announce_truncate AFTER TRUNCATE ON tenant.config_layers
	FOR EACH STATEMENT EXECUTE FUNCTION tenant.announce_config_layers();
-- Also for rows that arrive by logical replication.
ALTER TABLE tenant.tenants ENABLE ALWAYS TRIGGER announce_config;
ALTER TABLE tenant.tenants ENABLE ALWAYS TRIGGER announce_config_update;
ALTER TABLE tenant.config_layers ENABLE ALWAYS TRIGGER announce_config;
ALTER TABLE tenant.config_layers ENABLE ALWAYS TRIGGER announce_truncate;

CREATE FUNCTION tenant.merge_patch(target jsonb, patch jsonb) RETURNS jsonb
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'pg_tenant_merge_patch';
COMMENT ON FUNCTION tenant.merge_patch(jsonb, jsonb) IS 'What a JSON merge patch (RFC 7396) makes of a value';

CREATE FUNCTION tenant.draw_revision() RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_draw_revision';
COMMENT ON FUNCTION tenant.draw_revision() IS 'A number for a change of a configuration';

CREATE FUNCTION tenant.is_drawn_revision(revision bigint) RETURNS boolean
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_is_drawn_revision';
COMMENT ON FUNCTION tenant.is_drawn_revision(bigint) IS 'Whether this transaction drew the number';

CREATE FUNCTION tenant.is_whole_statement(function text) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_is_whole_statement';
COMMENT ON FUNCTION tenant.is_whole_statement(text) IS 'Whether the client''s statement is one call of this function, and its transaction that statement';

-- Every change of a configuration, whoever makes it, is checked and numbered. A row that brings its revision is being restored.
CREATE FUNCTION tenant.number_config() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	NEW.config := tenant.merge_patch('{}', NEW.config);
	PERFORM tenant.check_config(NEW.config, coalesce(OLD.config, '{}'));
	NEW.revision := tenant.draw_revision();
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION tenant.number_config() IS 'Checks a configuration that is written, and draws its revision';

CREATE FUNCTION tenant.record_config() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF tenant.is_drawn_revision(NEW.revision) THEN
		INSERT INTO tenant.config_history (revision, drawn, tenant_id, platform_id, config)
			VALUES (NEW.revision, NEW.revision, to_jsonb(NEW) ->> 'tenant_id', nullif(NEW.platform_id, ''), NEW.config);
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION tenant.record_config() IS 'Writes a configuration into the history';

-- What a tenant had is gone with it; that it is gone is a change.
CREATE FUNCTION tenant.record_removal() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	drawn bigint := tenant.draw_revision();
BEGIN
	DELETE FROM tenant.config_history h WHERE h.tenant_id = OLD.tenant_id;
	INSERT INTO tenant.config_history (revision, drawn, tenant_id, platform_id) VALUES (drawn, drawn, OLD.tenant_id, OLD.platform_id);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION tenant.record_removal() IS 'Takes the configurations of a tenant that is removed out of the history';

CREATE TRIGGER number_config BEFORE INSERT ON tenant.tenants
	FOR EACH ROW WHEN (NEW.revision OPERATOR(pg_catalog.=) 0 AND NEW.config OPERATOR(pg_catalog.<>) '{}')
	EXECUTE FUNCTION tenant.number_config();
CREATE TRIGGER number_config_update BEFORE UPDATE ON tenant.tenants
	FOR EACH ROW WHEN (OLD.config OPERATOR(pg_catalog.<>) NEW.config OR coalesce(OLD.platform_id, '') OPERATOR(pg_catalog.<>) coalesce(NEW.platform_id, ''))
	EXECUTE FUNCTION tenant.number_config();
CREATE TRIGGER record_config AFTER INSERT ON tenant.tenants
	FOR EACH ROW WHEN (NEW.revision OPERATOR(pg_catalog.<>) 0)
	EXECUTE FUNCTION tenant.record_config();
CREATE TRIGGER record_config_update AFTER UPDATE ON tenant.tenants
	FOR EACH ROW WHEN (OLD.config OPERATOR(pg_catalog.<>) NEW.config OR coalesce(OLD.platform_id, '') OPERATOR(pg_catalog.<>) coalesce(NEW.platform_id, ''))
	EXECUTE FUNCTION tenant.record_config();
CREATE TRIGGER record_removal AFTER DELETE ON tenant.tenants
	FOR EACH ROW WHEN (OLD.revision OPERATOR(pg_catalog.<>) 0)
	EXECUTE FUNCTION tenant.record_removal();
-- A layer is made empty, and then changed.
CREATE TRIGGER number_config BEFORE UPDATE ON tenant.config_layers
	FOR EACH ROW WHEN (OLD.config OPERATOR(pg_catalog.<>) NEW.config) EXECUTE FUNCTION tenant.number_config();
CREATE TRIGGER record_config AFTER UPDATE ON tenant.config_layers
	FOR EACH ROW WHEN (OLD.config OPERATOR(pg_catalog.<>) NEW.config) EXECUTE FUNCTION tenant.record_config();

-- A revision is settled when its transaction commits, under a lock that so lasts for the commit only: revisions become visible
-- in their order, and nobody waits for a transaction that has changed a configuration and goes on. One that was drawn before
-- another that is settled already is given a new number. The first of the two steps is only there to make the second come after
-- what else is deferred to the commit: so the lock is the last that a transaction takes.
CREATE FUNCTION tenant.begin_settling() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE tenant.config_history h SET drawn = NULL WHERE h.revision = NEW.revision AND h.drawn = NEW.revision;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION tenant.begin_settling() IS 'Marks a revision as one that is to be settled';

CREATE FUNCTION tenant.settle_revision() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	settled bigint := NEW.revision;
BEGIN
	LOCK TABLE tenant.config_lock IN SHARE UPDATE EXCLUSIVE MODE;
	IF NEW.revision <= (SELECT last_value FROM tenant.config_settled) THEN
		settled := tenant.draw_revision();
		UPDATE tenant.config_history h SET revision = settled, drawn = NEW.revision WHERE h.revision = NEW.revision;
		UPDATE tenant.tenants t SET revision = settled WHERE t.tenant_id = NEW.tenant_id AND t.revision = NEW.revision;
		UPDATE tenant.config_layers l SET revision = settled
			WHERE NEW.tenant_id IS NULL AND l.platform_id = coalesce(NEW.platform_id, '') AND l.revision = NEW.revision;
	END IF;
	PERFORM setval('tenant.config_settled', settled);
	PERFORM pg_notify('tenant_config', settled::text);
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION tenant.settle_revision() IS 'Gives a change of a configuration its final revision, and notifies of it';

CREATE CONSTRAINT TRIGGER begin_settling AFTER INSERT ON tenant.config_history DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (NEW.drawn OPERATOR(pg_catalog.=) NEW.revision) EXECUTE FUNCTION tenant.begin_settling();
CREATE CONSTRAINT TRIGGER settle_revision AFTER UPDATE ON tenant.config_history DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (OLD.drawn OPERATOR(pg_catalog.=) OLD.revision AND NEW.drawn IS NULL)
	EXECUTE FUNCTION tenant.settle_revision();
