-- Protection of tables.
CREATE FUNCTION tenant.protect(tbl regclass, tenant_column name DEFAULT 'tenant_id', column_type regtype DEFAULT 'uuid',
		register boolean DEFAULT false, assign_to text DEFAULT NULL, open boolean DEFAULT NULL,
		fix_keys boolean DEFAULT false, partitions integer DEFAULT NULL) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_protect';
COMMENT ON FUNCTION tenant.protect(regclass, name, regtype, boolean, text, boolean, boolean, integer) IS
	'Confines every statement on the table, its partitions and children to the rows of one tenant';

CREATE FUNCTION tenant.unprotect(tbl regclass) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_unprotect';
COMMENT ON FUNCTION tenant.unprotect(regclass) IS 'Opens a protected table again; its column and rows stay';

CREATE FUNCTION tenant.share(tbl regclass) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pg_tenant_share';
COMMENT ON FUNCTION tenant.share(regclass) IS 'Declares a table to be seen by all tenants';

CREATE FUNCTION tenant.protection_of(tbl oid, OUT tenant_column name, OUT column_type regtype)
	LANGUAGE c STABLE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_protection_of';
COMMENT ON FUNCTION tenant.protection_of(oid) IS 'How a relation is protected, NULL where it is not';

CREATE VIEW tenant.protected_tables AS
	SELECT c.oid::pg_catalog.regclass AS tbl, p.tenant_column, p.column_type,
		EXISTS (SELECT FROM pg_catalog.pg_policy r WHERE r.polrelid OPERATOR(pg_catalog.=) c.oid
			AND r.polname OPERATOR(pg_catalog.=) 'tenant_rows') OR c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['m', 'f']) AS open,
		(SELECT i.inhparent::pg_catalog.regclass FROM pg_catalog.pg_inherits i
			WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid ORDER BY i.inhseqno LIMIT 1) AS part_of
	FROM (SELECT polrelid FROM pg_catalog.pg_policy WHERE polname OPERATOR(pg_catalog.=) 'tenant_isolation'
		UNION SELECT objoid FROM pg_catalog.pg_seclabel WHERE provider OPERATOR(pg_catalog.=) 'pg_tenant') marked (relation)
	JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) marked.relation
	CROSS JOIN LATERAL tenant.protection_of(c.oid) p
	WHERE p.tenant_column IS NOT NULL;
COMMENT ON VIEW tenant.protected_tables IS 'The protected tables, with their partitions and children';

CREATE FUNCTION tenant.protect_new_parts() RETURNS event_trigger
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_protect_new_parts';
COMMENT ON FUNCTION tenant.protect_new_parts() IS 'Protects what is created, attached or inherited under a protected table';
CREATE EVENT TRIGGER tenant_protect_new_parts ON ddl_command_end EXECUTE FUNCTION tenant.protect_new_parts();
COMMENT ON EVENT TRIGGER tenant_protect_new_parts IS 'Protects what is created, attached or inherited under a protected table';

CREATE FUNCTION tenant.forget_dropped_tables() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	dropped CONSTANT oid[] := ARRAY(SELECT d.objid FROM pg_event_trigger_dropped_objects() d WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0);
BEGIN
	DELETE FROM tenant.shared_tables WHERE relation = ANY (dropped);
	DELETE FROM tenant.template_tables WHERE relation = ANY (dropped);
	DELETE FROM tenant.company_tables WHERE relation = ANY (dropped);
	DELETE FROM tenant.company_tenants WHERE relation = ANY (dropped);
END
$$;
COMMENT ON FUNCTION tenant.forget_dropped_tables() IS 'Keeps dropped tables out of the lists of this schema';
CREATE EVENT TRIGGER tenant_forget_dropped_tables ON sql_drop EXECUTE FUNCTION tenant.forget_dropped_tables();
COMMENT ON EVENT TRIGGER tenant_forget_dropped_tables IS 'Keeps dropped tables out of the lists of this schema';
