-- Partitions by time, of the outbox and of the audit log: made before they are needed and dropped when they are old, by whoever keeps
-- house, never by a session that writes. The key is a timestamptz, or the id of an event.
CREATE FUNCTION tenant.time_partitions(parent regclass) RETURNS TABLE (part regclass, lower timestamptz, upper timestamptz)
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
	SELECT b.part, CASE WHEN b.is_id THEN tenant.event_time(b.bounds[1]::uuid) ELSE b.bounds[1]::timestamptz END,
		CASE WHEN b.is_id THEN tenant.event_time(b.bounds[2]::uuid) ELSE b.bounds[2]::timestamptz END
	FROM (SELECT c.oid::regclass AS part, regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(.+)''\) TO \(''(.+)''\)') AS bounds,
			tenant.time_key(i.inhparent) = 'event_id' AS is_id
		FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = parent) b
$$;
COMMENT ON FUNCTION tenant.time_partitions(regclass) IS 'The partitions of a table by time, with their bounds; none for the default partition';

CREATE FUNCTION tenant.time_bound(parent regclass, at timestamptz) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
	SELECT CASE WHEN tenant.time_key(parent) = 'event_id' THEN tenant.first_event_id(at)::text ELSE at::text END
$$;
COMMENT ON FUNCTION tenant.time_bound(regclass, timestamptz) IS 'A time as a value of the column that a table is partitioned by';

CREATE FUNCTION tenant.time_key(parent regclass) RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
	SELECT quote_ident(a.attname) FROM pg_partitioned_table p JOIN pg_attribute a ON a.attrelid = p.partrelid
		AND a.attnum = p.partattrs[0] WHERE p.partrelid = parent
$$;
COMMENT ON FUNCTION tenant.time_key(regclass) IS 'The column that a table is partitioned by';

-- What writers had to put into the default partition goes along. Rows of an append-only table are only moved here: its triggers rest.
CREATE FUNCTION tenant.add_time_partition(parent regclass, lower timestamptz, upper timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
	key_column text := tenant.time_key(parent);
	default_part regclass := (SELECT partdefid::regclass FROM pg_partitioned_table WHERE partrelid = parent);
	part text := format('tenant.%I', (SELECT relname FROM pg_class WHERE oid = parent) || to_char(lower, '_YYYYMMDD')
		|| CASE WHEN lower <> date_trunc('day', lower) THEN to_char(lower, '_HH24MI') ELSE '' END);
	own_trigger record;
BEGIN
	EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', default_part);
	EXECUTE format('CREATE TABLE %s (LIKE %s INCLUDING ALL)', part, default_part);
	EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', part);
	EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', default_part);
	EXECUTE format('WITH moved AS (DELETE FROM %s WHERE %s >= %L AND %s < %L RETURNING *) INSERT INTO %s SELECT * FROM moved', default_part,
		key_column, tenant.time_bound(parent, lower), key_column, tenant.time_bound(parent, upper), part);
	EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', default_part);
	FOR own_trigger IN SELECT tgname FROM pg_trigger WHERE tgrelid = parent AND tgenabled = 'A' AND NOT tgisinternal LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', default_part, own_trigger.tgname);
	END LOOP;
	-- Those of rows come with the parent's; no partition inherits one of a statement.
	FOR own_trigger IN SELECT tgname, tgfoid::regproc AS refusal FROM pg_trigger WHERE tgrelid = default_part AND tgtype & 1 = 0 LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s()', own_trigger.tgname, part,
			own_trigger.refusal);
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', part, own_trigger.tgname);
	END LOOP;
	EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', parent, part, tenant.time_bound(parent, lower),
		tenant.time_bound(parent, upper));
END
$$;
COMMENT ON FUNCTION tenant.add_time_partition(regclass, timestamptz, timestamptz) IS 'A partition of a table by time, with what its default partition has of it';

CREATE FUNCTION tenant.keep_partitions(parent regclass, step interval DEFAULT '1 month', ahead integer DEFAULT 2) RETURNS integer
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC' SET datestyle = 'ISO' SET lock_timeout = '500ms' AS $$
DECLARE
	key_column text := tenant.time_key(parent);
	unit text := CASE WHEN step >= '1 month' THEN 'month' WHEN step >= '1 day' THEN 'day' ELSE 'hour' END;
	next_lower timestamptz := (SELECT max(p.upper) FROM tenant.time_partitions(parent) p);
	oldest timestamptz;
	made integer := 0;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid WHERE p.partrelid = parent
			AND p.partdefid <> 0 AND c.relnamespace = 'tenant'::regnamespace) THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('%s is no table of pg_tenant by time', parent);
	END IF;
	IF step IS NULL OR step < '1 hour' OR ahead IS NULL OR ahead NOT BETWEEN 1 AND 1000 THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'step must be an hour or more, and ahead 1 to 1000';
	END IF;
	-- From the first row on that has none yet; but the clock may have been wrong once, and a partition is not made for each step since then.
	IF next_lower IS NULL OR next_lower < now() - 100 * step THEN
		EXECUTE format(CASE WHEN key_column = 'event_id' THEN 'SELECT min(tenant.event_time(%s)) FROM %s' ELSE 'SELECT min(%s) FROM %s' END,
			key_column, (SELECT partdefid::regclass FROM pg_partitioned_table WHERE partrelid = parent)) INTO oldest;
		next_lower := date_trunc(unit, greatest(least(oldest, now()), now() - 100 * step));
	END IF;
	WHILE next_lower < now() + ahead * step LOOP
		PERFORM tenant.add_time_partition(parent, next_lower, next_lower + step);
		next_lower := next_lower + step;
		made := made + 1;
	END LOOP;
	RETURN made;
END
$$;
COMMENT ON FUNCTION tenant.keep_partitions(regclass, interval, integer) IS 'Makes the partitions that a table by time will need next; how many were missing';
