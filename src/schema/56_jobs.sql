-- Jobs: a command once for every active tenant (src/jobs).
CREATE TABLE tenant.jobs (
	job_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text,
	role text NOT NULL,
	command text NOT NULL,
	condition text,
	on_error text NOT NULL,
	time_limit interval,
	started_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	finished_at timestamptz
);
CREATE UNIQUE INDEX ON tenant.jobs (role, name) WHERE finished_at IS NULL;
COMMENT ON TABLE tenant.jobs IS 'Commands that run, or ran, once for every tenant; not finished while tenants are left';
SELECT pg_catalog.pg_extension_config_dump('tenant.jobs', '');
SELECT pg_catalog.pg_extension_config_dump('tenant.jobs_job_id_seq', '');

COMMENT ON SEQUENCE tenant.jobs_job_id_seq IS 'Numbers jobs';

-- Room on each page, so that the steps of a run write no index.
CREATE TABLE tenant.job_runs (
	job_id bigint,
	tenant_id text COLLATE "C",
	status text NOT NULL DEFAULT 'pending'
		CHECK (status OPERATOR(pg_catalog.=) ANY (ARRAY['pending', 'running', 'done', 'failed', 'skipped'])),
	attempt integer NOT NULL DEFAULT 0,
	rows bigint,
	sqlstate text,
	message text,
	started_at timestamptz,
	finished_at timestamptz,
	duration interval GENERATED ALWAYS AS (finished_at OPERATOR(pg_catalog.-) started_at) STORED,
	PRIMARY KEY (job_id, tenant_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE tenant.job_runs IS 'What came of a job for each tenant; the record of one that is done was written in the transaction of its command';
SELECT pg_catalog.pg_extension_config_dump('tenant.job_runs', '');

-- Messages may hold a tenant's values, which a purge is to remove; so may reasons for which consumers refused its events.
CREATE FUNCTION tenant.blank_messages() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE tenant.job_runs r SET message = NULL WHERE r.tenant_id = OLD.tenant_id AND r.job_id IN (SELECT j.job_id FROM tenant.jobs j);
	UPDATE tenant.event_deliveries d SET reason = NULL WHERE d.consumer_id IN (SELECT c.consumer_id FROM tenant.event_consumers c)
		AND d.hash = tenant.tenant_hash(OLD.tenant_id) AND d.tenant_id = OLD.tenant_id AND d.reason IS NOT NULL;
	UPDATE tenant.event_dead_letters d SET reason = NULL WHERE d.tenant_id = OLD.tenant_id AND d.reason IS NOT NULL;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION tenant.blank_messages() IS 'Empties what jobs and consumers have recorded of errors of a tenant that is gone';

CREATE TRIGGER blank_messages AFTER DELETE ON tenant.tenants FOR EACH ROW EXECUTE FUNCTION tenant.blank_messages();

-- The parts of a job that write its tables. Nobody is granted them: the library calls them as the registry's owner.

-- A job of that name which is not finished is gone on with.
CREATE FUNCTION tenant.begin_job(job text, caller text, command text, condition text, on_error text, milliseconds bigint,
		OUT id bigint, OUT is_new boolean)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	begun tenant.jobs;
	for_each_tenant interval := milliseconds * interval '1 millisecond';
BEGIN
	SELECT * INTO begun FROM tenant.jobs j WHERE j.role = caller AND j.name = job AND j.finished_at IS NULL;
	is_new := NOT FOUND;
	IF NOT is_new THEN
		IF begun.command <> command OR begun.condition IS DISTINCT FROM condition THEN
			RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('job "%s" was begun with another command or condition', job),
				DETAIL = 'It is not finished.', HINT = format('CALL tenant.resume_job(%s);', begun.job_id);
		END IF;
		UPDATE tenant.jobs j SET on_error = begin_job.on_error, time_limit = for_each_tenant WHERE j.job_id = begun.job_id;
		id := begun.job_id;
		RETURN;
	END IF;
	INSERT INTO tenant.jobs AS j (name, role, command, condition, on_error, time_limit)
		VALUES (job, caller, command, condition, begin_job.on_error, for_each_tenant) ON CONFLICT DO NOTHING RETURNING j.job_id INTO id;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '55006', MESSAGE = format('job "%s" is being begun by another session', job);
	END IF;
	PERFORM tenant.record_action(NULL, 'job_begun', NULL,
		jsonb_strip_nulls(jsonb_build_object('job_id', id, 'name', job, 'command', command, 'condition', condition)));
END
$$;
COMMENT ON FUNCTION tenant.begin_job(text, text, text, text, text, bigint) IS 'Begins a job, or finds the one of that name that is not finished';

CREATE FUNCTION tenant.list_runs(job bigint, tenants text[]) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO tenant.job_runs (job_id, tenant_id)
		SELECT job, t.tenant_id FROM tenant.tenants t WHERE t.tenant_id = ANY (tenants) ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION tenant.list_runs(bigint, text[]) IS 'Adds tenants to those for which a job runs';

-- What was running is not done, since its record would have come with it.
CREATE FUNCTION tenant.open_job(id bigint, caller text, retry boolean, OUT command text, OUT stops boolean, OUT milliseconds bigint,
		OUT pending bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	begun tenant.jobs;
BEGIN
	SELECT * INTO begun FROM tenant.jobs j WHERE j.job_id = id FOR UPDATE;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('there is no job %s', id);
	ELSIF begun.role <> caller THEN
		RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('job %s is another role''s', id),
			DETAIL = 'Its command would run with the privileges of who resumes it.', HINT = format('SET ROLE %I;', begun.role);
	END IF;
	UPDATE tenant.job_runs r SET status = 'pending', rows = NULL, sqlstate = NULL, message = NULL, started_at = NULL, finished_at = NULL
		WHERE r.job_id = id AND (r.status = 'running' OR retry AND r.status IN ('failed', 'skipped'));
	command := begun.command;
	stops := begun.on_error = 'stop';
	milliseconds := (extract(epoch FROM begun.time_limit) * 1000)::bigint;
	SELECT count(*) INTO pending FROM tenant.job_runs r WHERE r.job_id = id AND r.status = 'pending';
	UPDATE tenant.jobs j SET finished_at = NULL WHERE j.job_id = id AND open_job.pending > 0;
END
$$;
COMMENT ON FUNCTION tenant.open_job(bigint, text, boolean) IS 'Makes a job ready to run for those tenants that are left, or that failed too';

CREATE FUNCTION tenant.claim_run(job bigint, after text, OUT tenant_id text, OUT attempt integer, OUT place tid)
	LANGUAGE sql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
	UPDATE tenant.job_runs r SET status = 'running', attempt = r.attempt + 1, started_at = clock_timestamp()
		WHERE r.job_id = job AND r.tenant_id = (SELECT p.tenant_id FROM tenant.job_runs p
			WHERE p.job_id = job AND p.tenant_id > after AND p.status = 'pending' ORDER BY p.tenant_id LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING r.tenant_id, r.attempt, r.ctid
$$;
COMMENT ON FUNCTION tenant.claim_run(bigint, text) IS 'Takes the next tenant of a job';

-- Found by its place, since to look into the index would be a conflict with what other serializable transactions put there.
CREATE FUNCTION tenant.finish_run(job bigint, tenant text, claimed integer, place tid, becomes text, affected bigint, code text,
		error text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE tenant.job_runs r SET status = becomes, rows = affected, sqlstate = code, message = left(error, 1000), finished_at = clock_timestamp()
		WHERE r.ctid = place AND r.job_id = job AND r.tenant_id = tenant AND r.status = 'running' AND r.attempt = claimed;
	IF NOT FOUND THEN
		RAISE EXCEPTION USING ERRCODE = '55006', MESSAGE = format('another session has taken tenant "%s" of job %s', tenant, job);
	END IF;
END
$$;
COMMENT ON FUNCTION tenant.finish_run(bigint, text, integer, tid, text, bigint, text, text) IS 'Records what came of a job for a tenant';

-- What its worker left running will not be done.
CREATE FUNCTION tenant.close_job(job bigint, OUT pending bigint, OUT failed bigint, OUT first_code text, OUT first_error text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	UPDATE tenant.job_runs r SET status = 'failed', sqlstate = '57P01', message = 'the background worker was terminated', finished_at = clock_timestamp()
		WHERE r.job_id = job AND r.status = 'running';
	SELECT count(*) FILTER (WHERE r.status = 'pending'), count(*) FILTER (WHERE r.status = 'failed') INTO pending, failed
		FROM tenant.job_runs r WHERE r.job_id = job;
	SELECT r.sqlstate, format('tenant "%s": %s', r.tenant_id, r.message) INTO first_code, first_error FROM tenant.job_runs r
		WHERE r.job_id = job AND r.status = 'failed' ORDER BY r.finished_at LIMIT 1;
	UPDATE tenant.jobs j SET finished_at = clock_timestamp() WHERE j.job_id = job AND close_job.pending = 0 AND j.finished_at IS NULL;
END
$$;
COMMENT ON FUNCTION tenant.close_job(bigint) IS 'Finishes a job, unless tenants are left, and counts what came of it';

-- What a command may leave in its session that outlives its transaction, apart from settings.
CREATE FUNCTION tenant.session_state() RETURNS text[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	RETURN ARRAY(
		SELECT 'statement ' || s.name FROM pg_prepared_statements s
		UNION ALL SELECT 'cursor ' || c.name FROM pg_cursors c WHERE c.is_holdable
		UNION ALL SELECT 'channel ' || c FROM pg_listening_channels() c
		UNION ALL SELECT format('lock %s %s %s %s', l.classid, l.objid, l.objsubid, l.mode) FROM pg_locks l
			WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()
		UNION ALL SELECT format('object %s %s', d.classid, d.objid) FROM pg_depend d
			WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = pg_my_temp_schema() AND pg_my_temp_schema() <> 0);
END
$$;
COMMENT ON FUNCTION tenant.session_state() IS 'Prepared statements, cursors, channels, advisory locks and temporary objects of the session';

CREATE FUNCTION tenant.release_lock(class oid, object oid, kind integer, mode text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	key bigint := class::bigint << 32 | object::bigint;
	is_shared boolean := mode = 'ShareLock';
	is_held boolean := true;
BEGIN
	WHILE is_held LOOP
		IF kind = 1 AND is_shared THEN
			PERFORM pg_advisory_unlock_shared(key);
		ELSIF kind = 1 THEN
			PERFORM pg_advisory_unlock(key);
		ELSIF is_shared THEN
			PERFORM pg_advisory_unlock_shared(class::integer, object::integer);
		ELSE
			PERFORM pg_advisory_unlock(class::integer, object::integer);
		END IF;
		-- A lock may be taken several times.
		is_held := format('lock %s %s %s %s', class, object, kind, mode) = ANY (tenant.session_state());
	END LOOP;
END
$$;
COMMENT ON FUNCTION tenant.release_lock(oid, oid, integer, text) IS 'Releases an advisory lock of the session, however often it was taken';

CREATE FUNCTION tenant.clean_session(before text[]) RETURNS TABLE (class oid, object oid)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	item text;
	kind text;
	name text;
	words text[];
BEGIN
	FOR item IN SELECT i FROM unnest(tenant.session_state()) i WHERE i <> ALL (before) LOOP
		kind := split_part(item, ' ', 1);
		name := substr(item, length(kind) + 2);
		words := string_to_array(name, ' ');
		IF kind = 'statement' THEN
			EXECUTE format('DEALLOCATE %I', name);
		ELSIF kind = 'cursor' THEN
			EXECUTE format('CLOSE %I', name);
		ELSIF kind = 'channel' THEN
			EXECUTE format('UNLISTEN %I', name);
		ELSIF kind = 'lock' THEN
			PERFORM tenant.release_lock(words[1]::oid, words[2]::oid, words[3]::integer, words[4]);
		ELSE
			class := words[1]::oid;
			object := words[2]::oid;
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION tenant.clean_session(text[]) IS 'Ends what was not in the session before; returns the temporary objects that the library has to drop';

CREATE PROCEDURE tenant.for_each(command text, parallel integer DEFAULT 1, on_error text DEFAULT 'collect', condition text DEFAULT NULL,
		job text DEFAULT NULL, time_limit interval DEFAULT NULL)
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_for_each';
COMMENT ON PROCEDURE tenant.for_each(text, integer, text, text, text, interval) IS
	'Runs a command once for every active tenant, each time in a transaction of its own, with the caller''s privileges';

CREATE PROCEDURE tenant.resume_job(id bigint, parallel integer DEFAULT 1, retry boolean DEFAULT false)
	LANGUAGE c AS 'MODULE_PATHNAME', 'pg_tenant_resume_job';
COMMENT ON PROCEDURE tenant.resume_job(bigint, integer, boolean) IS
	'Goes on with a job for the tenants that are left; with retry, also for those that failed or were skipped';

CREATE FUNCTION tenant.forget_jobs(before timestamptz) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	forgotten bigint[];
BEGIN
	IF before IS NULL THEN
		RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'before must not be null';
	END IF;
	WITH gone AS (
		DELETE FROM tenant.jobs j WHERE coalesce(j.finished_at, j.started_at) < before
			AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'object' AND l.classid = 'tenant.jobs'::regclass AND l.objid::bigint = j.job_id
				AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
			RETURNING j.job_id
	) SELECT array_agg(g.job_id) INTO forgotten FROM gone g;
	DELETE FROM tenant.job_runs r WHERE r.job_id = ANY (forgotten);
	RETURN coalesce(cardinality(forgotten), 0)::bigint;
END
$$;
COMMENT ON FUNCTION tenant.forget_jobs(timestamptz) IS 'Removes the records of jobs that ended, or were left, before that; how many they were';

CREATE FUNCTION tenant.job_progress(OUT pid integer, OUT datid oid, OUT job_id bigint, OUT workers bigint, OUT tenants_total bigint,
		OUT tenants_done bigint, OUT tenants_failed bigint, OUT tenants_skipped bigint) RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'pg_tenant_job_progress';
COMMENT ON FUNCTION tenant.job_progress() IS 'How far the jobs that run now have come';

CREATE VIEW tenant.stat_progress_jobs AS
	SELECT p.pid, p.datid, d.datname, p.job_id, p.workers, p.tenants_total, p.tenants_done, p.tenants_failed, p.tenants_skipped
	FROM tenant.job_progress() p LEFT JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) p.datid;
COMMENT ON VIEW tenant.stat_progress_jobs IS 'How far the jobs that run now have come: tenants of the present call';
