-- A job: a command once for every active tenant, each time in a transaction and a context of its own.
SET client_min_messages = warning;
CREATE ROLE jb_owner LOGIN IN ROLE tenant_admin;
CREATE ROLE jb_clerk LOGIN IN ROLE tenant_admin;
CREATE ROLE jb_app LOGIN;
CREATE SCHEMA jb AUTHORIZATION jb_owner;
GRANT USAGE ON SCHEMA jb TO jb_clerk, jb_app;
DO $$
BEGIN
	PERFORM tenant.provision('job-' || t, platform_id => CASE WHEN t <= 'b' THEN 'jb-east' END) FROM unnest(ARRAY['a', 'b', 'c', 'd']) t;
	PERFORM tenant.provision('job-off'), tenant.suspend('job-off'), tenant.provision('job-new', activate => false);
END
$$;
SET SESSION AUTHORIZATION jb_owner;
CREATE TABLE jb.items (tenant_id text, id int, body text, PRIMARY KEY (tenant_id, id));
INSERT INTO jb.items SELECT 'job-' || t, i, t || i FROM unnest(ARRAY['a', 'b', 'c', 'd', 'off']) t, generate_series(1, 2) i;
SELECT tenant.protect('jb.items', column_type => 'text');
CREATE TABLE jb.seen (tenant text, whom text, session text, path text, note text);
SELECT tenant.share('jb.seen');
-- The last job, by what came of it.
CREATE VIEW jb.runs AS SELECT tenant_id, status, attempt, rows, sqlstate, message FROM tenant.job_runs
	WHERE job_id = (SELECT max(job_id) FROM tenant.jobs) ORDER BY tenant_id;
CREATE VIEW jb.job AS SELECT name, role, command, condition, on_error, time_limit, finished_at IS NOT NULL AS finished FROM tenant.jobs ORDER BY job_id DESC LIMIT 1;
\set mine '''tenant_id LIKE $$job-_$$'''

-- For every active tenant, and no other; each sees its rows.
CALL tenant.for_each('UPDATE jb.items SET body = body || $$!$$', 1, 'collect', :mine);
TABLE jb.runs;
TABLE jb.job;
RESET ROLE;
SELECT count(*) FROM tenant.job_runs WHERE duration < '0' OR (duration IS NULL) <> (finished_at IS NULL);
SELECT tenant.set('job-c', false);
SELECT * FROM jb.items ORDER BY id;
-- The session's tenant is what it was, also without one.
SELECT tenant.current_id();
CALL tenant.for_each('SELECT FROM jb.items', condition => :mine);
SELECT tenant.current_id();
RESET app.tenant_id;
CALL tenant.for_each('SELECT FROM jb.items', condition => 'platform_id = $$jb-east$$ AND status = $$active$$ -- and no more');
SELECT tenant.current_id();
TABLE jb.runs;

-- A failing tenant harms no other; what it did is undone.
CALL tenant.for_each($$UPDATE jb.items SET body = 'lost'; SELECT 1 / (tenant.current_id() <> 'job-b')::int$$, condition => :mine);
TABLE jb.runs;
CALL tenant.for_each('INSERT INTO jb.seen SELECT tenant.current_id(), string_agg(body, $$ $$ ORDER BY id) FROM jb.items', condition => :mine);
SELECT tenant, whom AS bodies FROM jb.seen ORDER BY 1;
TRUNCATE jb.seen;
-- Or stops the others.
CALL tenant.for_each($$SELECT 1 / (tenant.current_id() <> 'job-b')::int$$, on_error => 'stop', condition => :mine);
TABLE jb.runs;
-- A job that has not finished goes on where it is, by its number or its name.
CALL tenant.for_each($$SELECT 1 / (tenant.current_id() <> 'job-b')::int$$, on_error => 'stop', condition => :mine, job => 'halves');
SELECT finished FROM jb.job;
CALL tenant.for_each('SELECT 2', condition => :mine, job => 'halves');
CALL tenant.for_each($$SELECT 1 / (tenant.current_id() <> 'job-b')::int$$, job => 'halves');
CALL tenant.for_each($$SELECT 1 / (tenant.current_id() <> 'job-b')::int$$, condition => :mine, job => 'halves');
TABLE jb.runs;
SELECT finished FROM jb.job;
SELECT max(job_id) AS job FROM tenant.jobs \gset
CALL tenant.resume_job(:job);
CALL tenant.resume_job(:job, retry => true);
TABLE jb.runs;
-- One that has finished begins again under its name.
CALL tenant.for_each('SELECT 3', condition => :mine, job => 'halves');
TABLE jb.job;

-- In a session that has had none of these before.
\c
SET client_min_messages = warning;
SET SESSION AUTHORIZATION jb_owner;
CALL tenant.for_each('CREATE TEMP TABLE first (a int); LISTEN first', condition => :mine);
TABLE jb.runs;

-- Each tenant starts clean, and so does the session afterwards.
PREPARE mine AS SELECT 1;
LISTEN mine;
CREATE TEMP TABLE mine (a int);
BEGIN; DECLARE mine CURSOR WITH HOLD FOR SELECT 1; COMMIT;
SELECT pg_advisory_lock(1);
SET work_mem = '5MB';
SET search_path = jb, pg_catalog;
CREATE FUNCTION jb.note() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN concat_ws(' ', current_setting('work_mem'), current_setting('app.request_id'), current_setting('my.own', true),
		(SELECT string_agg(name, ',' ORDER BY name) FROM pg_prepared_statements),
		(SELECT string_agg(name, ',' ORDER BY name) FROM pg_cursors WHERE is_holdable), (SELECT string_agg(c, ',' ORDER BY c) FROM pg_listening_channels() c),
		(SELECT string_agg(objid::text, ',' ORDER BY objid) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
		(SELECT string_agg(proname || proargtypes::text, ',') FROM pg_proc WHERE pronamespace = pg_my_temp_schema()),
		(SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = pg_my_temp_schema()));
END
$$;
CREATE FUNCTION jb.litter() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO jb.seen VALUES (tenant.current_id(), current_user, session_user, current_setting('search_path'), jb.note());
	PERFORM set_config('work_mem', '9MB', false), set_config('app.request_id', 'left', false), set_config('my.own', 'left', false), set_config('search_path', 'left', false);
	PERFORM set_config('app.tenant_id', 'job-d', false), set_config('row_security', 'off', false);
	EXECUTE 'SET ROLE tenant_admin';
	EXECUTE 'PREPARE "Left" AS SELECT 2';
	EXECUTE 'DECLARE "Left" CURSOR WITH HOLD FOR SELECT 2';
	EXECUTE 'LISTEN "Left"';
	EXECUTE 'CREATE TEMP TABLE "Left" (b serial)';
	EXECUTE 'CREATE FUNCTION pg_temp."Left"(int) RETURNS int LANGUAGE sql AS ''SELECT 1''';
	PERFORM pg_advisory_lock(2), pg_advisory_lock(2), pg_advisory_lock_shared(3), pg_advisory_lock(4, 5), pg_advisory_lock(-6::bigint), pg_advisory_lock_shared(-1, -7), pg_advisory_xact_lock(8);
END
$$;
CALL tenant.for_each('SELECT jb.litter()', condition => :mine);
TABLE jb.runs;
SELECT * FROM jb.seen ORDER BY tenant;
SELECT current_user, jb.note(), current_setting('search_path'), current_setting('row_security'), tenant.current_id() IS NULL AS none;
SELECT pg_advisory_unlock(1);
TRUNCATE jb.seen;
-- A seal would bind the session.
CALL tenant.for_each('SELECT tenant.seal(true)', condition => :mine);
CALL tenant.for_each('SELECT tenant.seal(); INSERT INTO jb.seen SELECT tenant.current_id()', condition => :mine);
SELECT tenant FROM jb.seen ORDER BY 1;
TRUNCATE jb.seen;
CLOSE mine; DEALLOCATE mine; UNLISTEN mine; DROP TABLE mine; RESET work_mem; RESET search_path;

-- A command may not end its transaction, nor talk to the client.
CREATE PROCEDURE jb.commits() LANGUAGE plpgsql AS 'BEGIN UPDATE jb.items SET body = $$half$$; COMMIT; END';
CALL tenant.for_each('CALL jb.commits()', condition => 'tenant_id = $$job-a$$');
TABLE jb.runs;
CALL tenant.for_each('COMMIT', condition => 'tenant_id = $$job-a$$');
TABLE jb.runs;
CALL tenant.for_each('BEGIN', condition => 'tenant_id = $$job-a$$');
CALL tenant.for_each('COPY jb.items TO STDOUT', condition => 'tenant_id = $$job-a$$');
TABLE jb.runs;
CALL tenant.for_each('VACUUM jb.items', condition => 'tenant_id = $$job-a$$');
TABLE jb.runs;
CALL tenant.for_each('SELEC', condition => 'tenant_id = $$job-a$$');
TABLE jb.runs;
CALL tenant.for_each('', condition => 'tenant_id = $$job-a$$');
TABLE jb.runs;
-- A message is recorded as far as somebody reads it.
CALL tenant.for_each($c$DO $$ BEGIN RAISE '%', repeat('long', 1000); END $$$c$, condition => 'tenant_id = $$job-a$$');
SELECT length(message) FROM jb.runs;
CALL tenant.for_each('CALL tenant.for_each($$SELECT 1$$)', condition => 'tenant_id = $$job-a$$');
TABLE jb.runs;
-- What waits for the end of the transaction belongs to the run, and so does what fails there.
CREATE FUNCTION jb.later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.id = 9 THEN RAISE EXCEPTION 'too late for %', NEW.body; END IF;
	INSERT INTO jb.seen VALUES (tenant.current_id(), NEW.body);
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON jb.items DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION jb.later();
CALL tenant.for_each($$INSERT INTO jb.items (id, body) VALUES (CASE tenant.current_id() WHEN 'job-b' THEN 9 ELSE 3 END, tenant.current_id())$$, condition => :mine);
TABLE jb.runs;
SELECT tenant, whom AS body FROM jb.seen ORDER BY 1;
TRUNCATE jb.seen;

-- What COMMIT refuses is that tenant's failure, too.
RESET SESSION AUTHORIZATION;
SET pg_tenant.new_tables = refuse;
CALL tenant.for_each($c$DO $$ BEGIN IF tenant.current_id() = 'job-b' THEN CREATE TABLE jb.made (a int); END IF; END $$$c$, condition => :mine, job => 'makes');
TABLE jb.runs;
RESET pg_tenant.new_tables;
SELECT to_regclass('jb.made') IS NULL AS undone;
SET SESSION AUTHORIZATION jb_owner;

-- By isolation level: records of runs are no conflict.
RESET SESSION AUTHORIZATION;
CREATE TABLE jb.levels (claimed_under text);
CREATE FUNCTION jb.note_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO jb.levels VALUES (current_setting('transaction_isolation'));
	RETURN NULL;
END
$$;
CREATE TRIGGER note_level AFTER UPDATE ON tenant.job_runs FOR EACH ROW WHEN (NEW.status = 'running') EXECUTE FUNCTION jb.note_level();
SET SESSION AUTHORIZATION jb_owner;
SET default_transaction_isolation = serializable;
CALL tenant.for_each('INSERT INTO jb.seen VALUES (tenant.current_id(), current_setting($$transaction_isolation$$))', condition => :mine);
SELECT tenant, whom AS level FROM jb.seen ORDER BY 1;
RESET default_transaction_isolation;
RESET SESSION AUTHORIZATION;
SELECT DISTINCT claimed_under FROM jb.levels;
DROP TRIGGER note_level ON tenant.job_runs;
DROP FUNCTION jb.note_level();
DROP TABLE jb.levels;
SET SESSION AUTHORIZATION jb_owner;
TRUNCATE jb.seen;

-- A limit of time for each.
CALL tenant.for_each($$SELECT pg_sleep(CASE tenant.current_id() WHEN 'job-b' THEN 1000 ELSE 0 END)$$, condition => :mine, time_limit => '0.2 s');
TABLE jb.runs;
SELECT time_limit FROM jb.job;
-- Also where the command catches it.
CALL tenant.for_each($c$DO $$ BEGIN PERFORM pg_sleep(1000); EXCEPTION WHEN query_canceled THEN INSERT INTO jb.seen VALUES ('caught'); END $$$c$,
	condition => 'tenant_id = $$job-a$$', time_limit => '0.1 s');
TABLE jb.runs;
TABLE jb.seen;
-- An error of that SQLSTATE that the command raises is its own.
CALL tenant.for_each($c$DO $$ BEGIN RAISE query_canceled USING MESSAGE = 'raised'; END $$$c$, condition => :mine);
TABLE jb.runs;

-- Tenants that are no longer active when their turn comes.
CALL tenant.for_each($$SELECT tenant.suspend('job-c'), tenant.soft_delete('job-d') WHERE tenant.current_id() = 'job-b'$$, condition => :mine);
TABLE jb.runs;
CALL tenant.for_each($$SELECT tenant.suspend('job-b') WHERE tenant.current_id() = 'job-b'; INSERT INTO jb.items (id) VALUES (100)$$, condition => :mine);
TABLE jb.runs;
SELECT (tenant.resume('job-c')).status, (tenant.restore('job-d')).status;
SELECT max(job_id) - 1 AS job FROM tenant.jobs \gset
CALL tenant.resume_job(:job, retry => true);
SELECT tenant_id, status, attempt FROM tenant.job_runs WHERE job_id = :job ORDER BY 1;

-- The condition is asked by the caller.
CALL tenant.for_each('SELECT 1', condition => 'false');
TABLE jb.runs;
SELECT finished FROM jb.job;
CALL tenant.for_each('SELECT 1', condition => '');
CALL tenant.for_each('SELECT 1', condition => 'nothing');
CALL tenant.for_each('SELECT 1', condition => 'true); DELETE FROM tenant.tenants; SELECT (true');
CALL tenant.for_each('SELECT 1', condition => 'tenant_id = $$job-a$$) OR (tenant_id = $$job-off$$');
CALL tenant.for_each('SELECT 1', condition => 'false) UNION ALL SELECT ($$job-b$$');
CALL tenant.for_each('SELECT 1', condition => '(SELECT count(*) FROM tenant.role_grants) = 0');
CALL tenant.for_each('SELECT 1', condition => '(SELECT count(*) FROM jb.items) > 0');

-- What it refuses.
CALL tenant.for_each(NULL);
CALL tenant.for_each('SELECT 1', parallel => 0);
CALL tenant.for_each('SELECT 1', parallel => NULL);
CALL tenant.for_each('SELECT 1', parallel => 1025);
CALL tenant.for_each('SELECT 1', on_error => 'ignore');
CALL tenant.for_each('SELECT 1', on_error => NULL);
CALL tenant.for_each('SELECT 1', job => '');
CALL tenant.for_each('SELECT 1', job => 'a ');
CALL tenant.for_each('SELECT 1', job => E'a\nb');
CALL tenant.for_each('SELECT 1', job => repeat('a', 257));
CALL tenant.for_each('SELECT 1', time_limit => '0');
CALL tenant.for_each('SELECT 1', time_limit => '-1 s');
CALL tenant.for_each('SELECT 1', time_limit => '1 month');
CALL tenant.resume_job(NULL);
CALL tenant.resume_job(0);
CALL tenant.resume_job(1, 0);
BEGIN; CALL tenant.for_each('SELECT 1'); ROLLBACK;
BEGIN; CALL tenant.resume_job(1); ROLLBACK;
DO $$ BEGIN CALL tenant.for_each('SELECT 1', condition => 'tenant_id = ''job-a'''); END $$;
TABLE jb.runs;
SET app.tenant_id = 'job-a';
SELECT tenant.seal(true) AS token \gset
CALL tenant.for_each('SELECT 1');
CALL tenant.resume_job(1);
SELECT tenant.unseal(:'token');
RESET app.tenant_id;
SELECT tenant.grant_tenant('jb_clerk', 'job-a');
SET SESSION AUTHORIZATION jb_clerk;
CALL tenant.for_each('SELECT 1');
SET SESSION AUTHORIZATION jb_owner;
SET client_min_messages = error;
SELECT tenant.revoke_tenant('jb_clerk', 'job-a');
SET client_min_messages = warning;
SET SESSION AUTHORIZATION jb_app;
CALL tenant.for_each('SELECT 1');
CALL tenant.resume_job(1);
SELECT tenant.forget_jobs(now());
TABLE tenant.job_runs;
TABLE tenant.jobs;
TABLE tenant.stat_progress_jobs;

-- The privileges are the caller's. Nobody resumes what another role began.
SET SESSION AUTHORIZATION jb_clerk;
CALL tenant.for_each('SELECT FROM jb.items', condition => :mine);
SELECT tenant_id, status, sqlstate, message FROM tenant.job_runs WHERE job_id = (SELECT max(job_id) FROM tenant.jobs) ORDER BY 1;
SELECT max(job_id) AS job FROM tenant.jobs \gset
RESET SESSION AUTHORIZATION;
CALL tenant.resume_job(:job, retry => true);
CALL tenant.for_each('INSERT INTO jb.seen VALUES (tenant.current_id(), current_user, session_user)', condition => :mine, job => 'halves');
SET ROLE jb_owner;
CALL tenant.for_each('INSERT INTO jb.seen VALUES (tenant.current_id(), current_user, session_user)', condition => :mine, job => 'halves');
SELECT * FROM jb.seen ORDER BY tenant, whom;
TRUNCATE jb.seen;

-- A name is its role's.
SET SESSION AUTHORIZATION jb_owner;
CALL tenant.for_each('SELECT 1 / 0', on_error => 'stop', condition => :mine, job => 'broken');
SET SESSION AUTHORIZATION jb_clerk;
CALL tenant.for_each('SELECT 1 / 0', on_error => 'stop', condition => :mine, job => 'broken');
SELECT role, count(*), count(finished_at) FROM tenant.jobs WHERE name = 'broken' GROUP BY 1 ORDER BY 1;

-- A purge leaves no message of the tenant's.
SET SESSION AUTHORIZATION jb_owner;
CALL tenant.for_each('SELECT 1 / 0', condition => 'tenant_id IN ($$job-a$$, $$job-b$$)');
SELECT (tenant.soft_delete('job-a')).status;
CALL tenant.purge('job-a', force => true);
SELECT tenant_id, status, sqlstate, message FROM jb.runs;

-- Records are kept until they are forgotten.
SET SESSION AUTHORIZATION jb_owner;
SELECT tenant.forget_jobs(NULL);
SELECT tenant.forget_jobs('-infinity');
SELECT tenant.forget_jobs(now()) > 20;
SELECT (SELECT count(*) FROM tenant.jobs), (SELECT count(*) FROM tenant.job_runs);

RESET SESSION AUTHORIZATION;
DROP SCHEMA jb CASCADE;
DELETE FROM tenant.tenants WHERE tenant_id LIKE 'job-%';
DROP OWNED BY jb_owner, jb_clerk, jb_app;
DROP ROLE jb_owner, jb_clerk, jb_app;
