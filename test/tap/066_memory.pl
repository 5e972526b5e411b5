# A session's memory does not grow with its statements: of every kind, in turn, by several roles and tenants. What is
# in use is compared after a warm-up and at the end, context by context, and so is what is in no context.
# STATEMENTS=1000000 for a soak; KIND='part of a name' for some kinds only.
use strict;
use warnings;

use Digest::SHA 'hmac_sha256';
use List::Util 'sum0';
use MIME::Base64 'encode_base64url';
use TenantTest;
use Test::More;

my $statements = $ENV{STATEMENTS} || 10_000;
my $wanted = $ENV{KIND} // '';
my ($blue, $red, $idle) = (BLUE, RED, '44444444-4444-4444-4444-444444444444');

# Or a large block that was freed once stays with the process, by the C library's own rules.
local $ENV{MALLOC_MMAP_THRESHOLD_} = 131_072;
local $ENV{MALLOC_TRIM_THRESHOLD_} = 131_072;
my $node = tenant_node('main', 'max_connections = 20', 'max_parallel_workers = 4', 'autovacuum_naptime = 5', 'temp_buffers = 100');
create_shop($node);
$node->safe_psql('postgres', qq{
	CREATE ROLE bypass LOGIN BYPASSRLS;
	CREATE ROLE bound LOGIN IN ROLE app;
	GRANT USAGE, CREATE ON SCHEMA shop TO bypass, bound;
	GRANT USAGE ON SCHEMA tenant TO bypass;
	SELECT tenant.provision('$idle'), tenant.suspend('$idle', 'test');
	SELECT tenant.add_jwt_key('k', 'HS256', repeat('k', 32));
	SELECT tenant.grant_tenant('bound', '$blue');
	SET SESSION AUTHORIZATION shop_owner;
	SET app.tenant_id = '$blue';
	INSERT INTO shop.items SELECT '$blue', 100 + i, 'name ' || i FROM generate_series(1, 300) i;
	CREATE TABLE shop.albums (tenant_id uuid, id int PRIMARY KEY, title text);
	CREATE TABLE shop.photos (tenant_id uuid, id int, album int REFERENCES shop.albums ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE,
		words text[], UNIQUE (tenant_id, id) DEFERRABLE INITIALLY DEFERRED);
	INSERT INTO shop.albums VALUES ('$blue', 1, 'one'), ('$red', 2, 'two');
	CREATE TABLE shop.orders (tenant_id uuid, id int, day date) PARTITION BY RANGE (day);
	CREATE TABLE shop.orders_old PARTITION OF shop.orders FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
	CREATE TABLE shop.orders_new PARTITION OF shop.orders FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
	CREATE TABLE shop.marked (tenant_id uuid, id int, stamp timestamptz);
	CREATE FUNCTION shop.mark() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.stamp := now(); RETURN NEW; END';
	CREATE TRIGGER mark BEFORE INSERT OR UPDATE ON shop.marked FOR EACH ROW EXECUTE FUNCTION shop.mark();
	CREATE FUNCTION shop.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM FROM shop.items WHERE id = 1; RETURN NULL; END';
	CREATE CONSTRAINT TRIGGER noted AFTER INSERT ON shop.marked DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION shop.noted();
	SELECT tenant.protect('shop.albums'), tenant.protect('shop.photos'), tenant.protect('shop.orders'), tenant.protect('shop.marked');
	CREATE TABLE shop.bins (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id));
	CREATE TABLE shop.scraps (tenant_id uuid, id int, bin int, FOREIGN KEY (tenant_id, bin) REFERENCES shop.bins ON DELETE CASCADE);
	SELECT tenant.protect('shop.bins'), tenant.protect('shop.scraps'), tenant.enable_soft_delete('shop.bins'), tenant.enable_soft_delete('shop.scraps');
	CREATE VIEW shop.names AS SELECT id, name FROM shop.items;
	CREATE FUNCTION shop.found(number int) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
		'BEGIN RETURN (SELECT name FROM shop.items WHERE id = number); EXCEPTION WHEN SQLSTATE ''TN001'' THEN RETURN SQLERRM; END';
	CREATE FUNCTION shop.named(wanted text) RETURNS SETOF shop.items LANGUAGE sql STABLE AS 'SELECT * FROM shop.items WHERE name = wanted';
	CREATE FUNCTION shop.leaky(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS 'BEGIN RETURN value > ''a''; END';
	RESET SESSION AUTHORIZATION;
	CREATE VIEW shop.all_names AS SELECT id, name FROM shop.items;
	SET row_security = off;
	CREATE MATERIALIZED VIEW shop.copies AS SELECT * FROM shop.items;
	SELECT tenant.protect('shop.copies');
	CREATE EXTENSION postgres_fdw;
	CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '${\ $node->host}', port '${\ $node->port}', dbname 'postgres');
	CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (password_required 'false');
	CREATE TABLE shop.stock (tenant_id uuid, id int);
	CREATE FOREIGN TABLE shop.far_stock (tenant_id uuid, id int) SERVER far OPTIONS (schema_name 'shop', table_name 'stock');
	SELECT tenant.protect('shop.far_stock');
	GRANT ALL ON ALL TABLES IN SCHEMA shop TO app, bypass;
	ANALYZE;
});

sub token
{
	my ($secret) = @_;
	my $parts = encode_base64url('{"alg":"HS256","kid":"k"}') . '.' . encode_base64url(sprintf '{"tenant_id":"%s","exp":%d}', $blue, time + 36_000);
	return "$parts." . encode_base64url(hmac_sha256($parts, $secret x 32));
}
my ($token, $forged) = (token('k'), token('x'));

# One session of the superuser, which acts as other roles. Statements are sent without waiting for answers, which come in that order.
my $session = superuser($node);
$session->{is_fed} = 1;
my @waiting;
my $sent = 0;

# What must succeed, or, as `CODE: statement`, fail so.
sub run
{
	my ($sql) = @_;
	my $expected = $sql =~ s/\A([0-9A-Z]{5}): // ? $1 : '';
	$session->send('Q', "$sql\0");
	if ($sql =~ /\ACOPY .* FROM STDIN/)
	{
		$session->send('d', "90\n91\n92\n");
		$session->send('c', '');
	}
	push @waiting, [ $sql, $expected ];
	return;
}

# The extended protocol: parsed each time, or once.
sub bound
{
	my ($sql, $name, @values) = @_;
	$session->parse($name, $sql) if defined $sql;
	$session->bind('', $name, @values);
	$session->execute('');
	$session->send('S', '');
	push @waiting, [ $sql // $name, '' ];
	return;
}

sub read_answers
{
	while (my $statement = shift @waiting)
	{
		my ($sql, $expected) = @$statement;
		my $result = $session->finish;
		my $got = $result->{sqlstate} // ($result->{closed} ? 'closed' : '');
		die "$sql: $got " . ($result->{message} // '') if $got ne $expected;
		$sent++;
	}
	return;
}

my $is_prepared = 0;

sub prepare_once
{
	return if $is_prepared++;
	bound('SELECT count(*) FROM shop.items WHERE name LIKE $1', 'by_name', 'name 1%');
	bound('SELECT count(*) FROM shop.items i JOIN shop.albums a ON a.id = i.id WHERE a.id > $1::int', 'joined', '0');
	bound('SELECT count(*) FROM shop.items WHERE name >= \'name\' AND id > 0', 'sized');
	return;
}

# A kind leaves the session as it was: the tenant BLUE, the role app, no transaction. What stands behind a number is
# done in every so many'th round only.
my @kinds = (
	select => [
		'SELECT count(*) FROM shop.items', 'SELECT name FROM shop.items WHERE id = 2', "SELECT count(*) FROM shop.items WHERE name LIKE 'name 1%'",
		'SELECT * FROM shop.items i JOIN shop.albums a USING (id) ORDER BY i.name LIMIT 5', 'SELECT count(*) FROM shop.items WHERE shop.leaky(name)',
		'SELECT id FROM shop.albums a WHERE id = ANY (SELECT id FROM shop.items WHERE name = a.title)',
		'WITH x AS MATERIALIZED (SELECT * FROM shop.items) SELECT min(name) FROM x WHERE id < 100', 'SELECT count(*) FROM shop.orders WHERE day > \'2026-01-01\'',
		'TABLE shop.names LIMIT 1', 'SELECT count(*) FROM shop.all_names', 'SELECT count(*) FROM shop.copies', 'SELECT * FROM shop.named(\'two\')'
	],
	write => [
		"INSERT INTO shop.items VALUES (DEFAULT, 90, 'new')", "UPDATE shop.items SET name = 'newer' WHERE id = 90 RETURNING *",
		"INSERT INTO shop.items (id, name) VALUES (90, 'x') ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name",
		"MERGE INTO shop.items i USING (VALUES (90)) v (id) ON i.id = v.id WHEN MATCHED THEN UPDATE SET name = 'merged' WHEN NOT MATCHED THEN DO NOTHING",
		"UPDATE shop.items SET tenant_id = '$blue' WHERE id = 90", 'DELETE FROM shop.items WHERE id = 90',
		"WITH n AS (INSERT INTO shop.orders VALUES (DEFAULT, 1, '2025-05-05'), (DEFAULT, 2, '2026-05-05') RETURNING id) SELECT count(*) FROM n",
		"UPDATE shop.orders SET day = '2026-06-06' WHERE id = 1", 'DELETE FROM shop.orders', "SELECT name FROM shop.items WHERE id = 1 FOR UPDATE"
	],
	deletion => [
		'INSERT INTO shop.bins VALUES (DEFAULT, 1), (DEFAULT, 2)', 'INSERT INTO shop.scraps VALUES (DEFAULT, 1, 1), (DEFAULT, 2, 1)', 'DELETE FROM shop.bins WHERE id = 1 RETURNING id',
		'23503: INSERT INTO shop.scraps VALUES (DEFAULT, 3, 1)', 'SET app.include_deleted = on', 'SELECT count(*) FROM shop.bins JOIN shop.scraps ON bin = bins.id',
		'UPDATE shop.bins SET deleted_at = NULL', 'RESET app.include_deleted', sub { bound('DELETE FROM shop.scraps WHERE id = $1', '', '1') },
		'MERGE INTO shop.bins b USING (VALUES (2)) v (id) ON b.id = v.id WHEN MATCHED THEN DELETE', 'SET ROLE shop_owner', "SELECT tenant.restore_rows('shop.bins', 'id = 2')",
		'BEGIN', 'SELECT tenant.hard_delete()', 'DELETE FROM shop.bins WHERE id = 2', 'COMMIT', 'DELETE FROM shop.bins', "CALL tenant.purge_deleted('shop.bins', '0 s')", 'SET ROLE app'
	],
	switch => [
		"SET app.tenant_id = '$red'", 'SELECT count(*) FROM shop.items', "SELECT set_config('app.tenant_id', '$blue', false)",
		'SELECT count(*) FROM shop.items', 'BEGIN', "SET LOCAL app.tenant_id = '$red'", 'SELECT count(*) FROM shop.items', 'COMMIT',
		'BEGIN', "SELECT tenant.set('$red')", 'SAVEPOINT s', "SELECT tenant.set('$blue')", 'SELECT count(*) FROM shop.items', 'ROLLBACK TO s',
		'SELECT count(*) FROM shop.items', 'RELEASE s', 'ROLLBACK', 'SELECT tenant.clear()', "SELECT tenant.set('$blue', false)"
	],
	identity => [
		"SET app.request_id = 'a request'", "SET app.trace_id = 'a trace'", "SET app.tenant_name = ''", 'SELECT * FROM tenant.identity()',
		"BEGIN", "SELECT tenant.set_from_headers('{\"x-tenant-id\": \"$red\", \"x-request-id\": \"r\"}')", 'SELECT tenant.context_headers()', 'COMMIT',
		"22023: SET app.tenant_id = ' '", "22023: SELECT tenant.set('')", "SELECT tenant.canonical_id('{$red}')", 'SELECT tenant.current_id(), tenant.current_uuid()',
		'RESET app.request_id', 'RESET app.trace_id'
	],
	prepared => [
		'PREPARE p (int) AS SELECT name FROM shop.items WHERE id = $1', 'EXECUTE p (1)', 'EXECUTE p (2)', 'EXPLAIN EXECUTE p (1)', 'DEALLOCATE p',
		\&prepare_once, sub { bound(undef, 'by_name', "name $_%") for 1, 2 }, sub { bound(undef, 'joined', '1') }, sub { bound(undef, 'sized') },
		"SET app.tenant_id = '$red'", sub { bound(undef, 'sized') }, sub { bound(undef, 'joined', '1') }, sub { bound(undef, 'by_name', 'o%') }, "SET app.tenant_id = '$blue'",
		sub { bound('SELECT name FROM shop.items WHERE id = $1', '', '2') }, sub { bound('INSERT INTO shop.items VALUES (DEFAULT, $1, $2)', '', '95', 'text') },
		sub { bound('DELETE FROM shop.items WHERE id = $1', '', '95') }, sub { bound('SELECT count(*) FROM shop.items WHERE name LIKE $1', '', 'n_me 1%') }
	],
	error => [
		'BEGIN', 'SAVEPOINT s', "23505: INSERT INTO shop.items VALUES (DEFAULT, 1, 'one')", 'ROLLBACK TO s', "42501: INSERT INTO shop.items VALUES ('$red', 9, 'x')", 'ROLLBACK TO s',
		'RELEASE s', 'COMMIT', "RESET app.tenant_id", 'TN001: SELECT * FROM shop.items', "SET app.tenant_id = '${\ NOBODY}'", 'TN002: TABLE shop.items',
		"SET app.tenant_id = '$idle'", 'TN003: UPDATE shop.items SET id = 1', "SET app.tenant_id = '$blue'", "SET app.tenant_name = 'false'", 'TN004: TABLE shop.items',
		"SET app.tenant_name = ''", '22P02: SELECT name::int FROM shop.items', '22025: SELECT count(*) FROM shop.items WHERE name LIKE \'%\\\'', '42601: SELEC',
		'TN006: TRUNCATE shop.items', '42P01: SELECT * FROM shop.none', '22012: SELECT 1 / (id - id) FROM shop.items'
	],
	cursor => [
		'BEGIN', 'DECLARE c SCROLL CURSOR FOR SELECT * FROM shop.items ORDER BY id', 'FETCH 2 FROM c', 'MOVE LAST IN c', 'FETCH PRIOR FROM c', 'SAVEPOINT s',
		"SET LOCAL app.tenant_id = '$red'", 'TN011: FETCH c', 'ROLLBACK TO s', 'CLOSE c', 'COMMIT', 'DECLARE h CURSOR WITH HOLD FOR SELECT name FROM shop.items WHERE id < 3',
		'FETCH h', "SET app.tenant_id = '$red'", 'TN011: FETCH h', "SET app.tenant_id = '$blue'", 'FETCH h', 'CLOSE h',
		'BEGIN', 'DECLARE c CURSOR FOR SELECT * FROM shop.items', 'FETCH c', 'ROLLBACK',
		sub {
			$session->parse('', 'SELECT name FROM shop.items');
			$session->bind('open', '');
			$session->execute('open', 1);
			$session->send('S', '');
			push @waiting, [ 'a portal that is left open', '' ];
		}
	],
	copy => [
		'COPY shop.items TO STDOUT', 'COPY (SELECT name FROM shop.items) TO STDOUT', 'COPY shop.items (id) FROM STDIN', 'DELETE FROM shop.items WHERE id >= 90 AND id < 100',
		'COPY shop.marked (id) FROM STDIN', 'DELETE FROM shop.marked', 'COPY shop.orders (id) FROM STDIN WHERE id < 0', "22P02: COPY shop.items (tenant_id) FROM STDIN",
		'COPY shop.albums (id) FROM STDIN', '23505: COPY shop.albums (id) FROM STDIN', 'DELETE FROM shop.albums WHERE id >= 90'
	],
	execute => [
		"SELECT tenant.execute('$red', 'UPDATE shop.items SET name = name')", "SELECT tenant.query('$red', 'SELECT name FROM shop.items')",
		"SELECT tenant.execute('$red', 'DO \$x\$ BEGIN PERFORM FROM shop.items; END \$x\$')",
		'BEGIN', 'SAVEPOINT s', "22012: SELECT tenant.execute('$red', 'SELECT 1 / 0')", 'ROLLBACK TO s', "TN003: SELECT tenant.query('$idle', 'TABLE shop.items')", 'ROLLBACK TO s',
		"0A000: SELECT tenant.execute('$red', 'COMMIT')", 'ROLLBACK'
	],
	seal => [
		'BEGIN', 'SELECT tenant.seal()', 'SELECT count(*) FROM shop.items', 'SAVEPOINT s', "SET app.tenant_id = '$red'", 'TN005: TABLE shop.items', 'ROLLBACK', 'BEGIN',
		"SELECT tenant.set_from_jwt('$token')", 'SELECT count(*) FROM shop.items', 'SAVEPOINT s', "TN005: SELECT tenant.set('$red')", 'ROLLBACK',
		"28000: SELECT tenant.set_from_jwt('$forged')", "22023: SELECT tenant.set_from_jwt('a.b.c')",
		sub { read_answers(); my $key = $session->answer('SELECT tenant.seal(true)'); run("SELECT tenant.unseal('$key')"); }
	],
	procedural => [
		"DO \$\$BEGIN FOR i IN 1 .. 3 LOOP BEGIN PERFORM set_config('app.tenant_id', CASE WHEN i % 2 = 0 THEN '$red' ELSE '$blue' END, false); PERFORM FROM shop.items;
			INSERT INTO shop.items VALUES (DEFAULT, 1, 'x'); EXCEPTION WHEN unique_violation THEN NULL; END; END LOOP; PERFORM set_config('app.tenant_id', '$blue', false); END\$\$",
		'SELECT shop.found(1)', 'SELECT shop.found(id) FROM shop.items WHERE id < 5',
		"DO \$\$DECLARE r record; BEGIN FOR r IN SELECT name FROM shop.items LIMIT 3 LOOP PERFORM r.name; END LOOP; END\$\$",
		"DO \$\$BEGIN FOR i IN 1 .. 2 LOOP PERFORM FROM shop.items WHERE id = i; COMMIT; END LOOP; END\$\$"
	],
	keys => [
		'INSERT INTO shop.photos VALUES (DEFAULT, 1, 1)', 'TN006: INSERT INTO shop.photos VALUES (DEFAULT, 2, 2)', '23503: INSERT INTO shop.photos VALUES (DEFAULT, 2, 22)',
		'INSERT INTO shop.albums VALUES (DEFAULT, 3)', 'INSERT INTO shop.photos VALUES (DEFAULT, 3, 3), (DEFAULT, 4, 3)', 'UPDATE shop.albums SET id = 4 WHERE id = 3',
		'DELETE FROM shop.albums WHERE id = 4', 'BEGIN', 'SET CONSTRAINTS ALL DEFERRED', 'INSERT INTO shop.photos VALUES (DEFAULT, 1, 1)', '23505: COMMIT',
		'BEGIN', 'INSERT INTO shop.marked VALUES (DEFAULT, 1)', "SET LOCAL app.tenant_id = '$red'", 'TN011: COMMIT', 'DELETE FROM shop.photos', 'INSERT INTO shop.marked VALUES (DEFAULT, 1)'
	],
	explain => [
		'EXPLAIN SELECT * FROM shop.items WHERE id = 1', 'EXPLAIN (ANALYZE, TIMING off) SELECT count(*) FROM shop.items JOIN shop.names USING (id)',
		'EXPLAIN (FORMAT json) UPDATE shop.items SET name = name', "SELECT count(*) FROM pg_stats WHERE tablename = 'items'", 'EXPLAIN (VERBOSE) SELECT * FROM shop.far_stock WHERE id = 1'
	],
	roles => [
		'SET ROLE bypass', 'SELECT count(*) FROM shop.items', "UPDATE shop.items SET name = name WHERE id = 1", 'SELECT * FROM shop.named(\'one\')', 'INSERT INTO shop.orders VALUES (DEFAULT, 1, now())',
		'COPY shop.items (id) FROM STDIN', 'DELETE FROM shop.items WHERE id >= 90 AND id < 100', 'COPY shop.items TO STDOUT', 'MERGE INTO shop.items i USING shop.albums a ON a.id = i.id WHEN MATCHED THEN DO NOTHING',
		'SET row_security = off', 'SELECT count(*) FROM shop.items', 'RESET row_security', 'SET ROLE shop_owner', 'SELECT count(*) FROM shop.items',
		'RESET ROLE', 'SELECT count(*) FROM shop.items', 'SELECT count(*) FROM shop.far_stock', 'SELECT * FROM tenant.stat_all_tenants()', 'SET ROLE app'
	],
	bound => [
		'RESET ROLE', 'SET SESSION AUTHORIZATION bound', 'SELECT count(*) FROM shop.items', "SET app.tenant_id = '$red'", 'TN005: TABLE shop.items', "SET app.tenant_id = '$blue'",
		'RESET SESSION AUTHORIZATION', 'SET ROLE app'
	],
	# The server itself keeps something of each such table (kept_of_tables()).
	temporary => [ 5,
		'CREATE TEMP TABLE t AS SELECT * FROM shop.items LIMIT 5', 'SELECT count(*) FROM t', 'DROP TABLE t', 'RESET ROLE', 'SET pg_tenant.clean_on_switch = on', 'SET ROLE app',
		'CREATE TEMP TABLE mine (id int)', 'DECLARE h CURSOR WITH HOLD FOR SELECT name FROM shop.items WHERE id < 3', "SET app.tenant_id = '$red'", 'TN011: TABLE mine',
		'SELECT count(*) FROM shop.items', '42P01: TABLE mine', '34000: FETCH h', "SET app.tenant_id = '$blue'",
		'DO $$BEGIN CREATE TEMP TABLE mine (id int); DROP TABLE mine; END$$', 'CREATE TEMP TABLE mine (id int)', 'DROP TABLE mine', 'RESET ROLE', 'RESET pg_tenant.clean_on_switch', 'SET ROLE app'
	],
	registry => [
		'RESET ROLE', "SELECT tenant.suspend('$red', 'test')", "SELECT tenant.resume('$red')", "SET app.tenant_id = '$red'", 'TABLE shop.items', "SET app.tenant_id = '$blue'",
		"SELECT tenant.add_resource('$red', 'bucket', 'b')", "SELECT tenant.remove_resource('$red', 'bucket', 'b')", "SELECT tenant.grant_tenant('bound', '$red')",
		"SELECT tenant.revoke_tenant('bound', '$red')", 'SET ROLE app'
	],
	tables => [ 50,
		'SET ROLE shop_owner', 'CREATE TABLE shop.passing (tenant_id uuid, id int PRIMARY KEY, album int)', "SELECT tenant.protect('shop.passing')",
		'INSERT INTO shop.passing VALUES (DEFAULT, 1, 1)', 'TABLE shop.passing', 'TN006: ALTER TABLE shop.passing DISABLE ROW LEVEL SECURITY', 'ALTER TABLE shop.passing ADD name text',
		"SELECT tenant.unprotect('shop.passing')", 'DROP TABLE shop.passing', 'CREATE TABLE shop.orders_x PARTITION OF shop.orders DEFAULT', 'TABLE shop.orders', 'DROP TABLE shop.orders_x',
		'SELECT count(*) FROM tenant.protected_tables', 'SET ROLE app'
	],
	analyze => [ 20, 'SET ROLE shop_owner', 'ANALYZE shop.items', 'ANALYZE shop.albums', 'SET ROLE app', "SET app.tenant_id = '$red'", sub { bound(undef, 'sized') if $is_prepared }, "SET app.tenant_id = '$blue'" ],
	refresh => [ 50,
		'RESET ROLE', 'SET row_security = off', 'REFRESH MATERIALIZED VIEW shop.copies', 'RESET row_security', 'SELECT count(*) FROM tenant.check()', 'SELECT count(*) FROM tenant.list()',
		"SET pg_tenant.trusted_operators = off", "SELECT count(*) FROM shop.items WHERE name LIKE 'n%'", 'RESET pg_tenant.trusted_operators', 'SET ROLE app'
	],
	parallel => [ 50,
		'BEGIN', 'SET LOCAL parallel_setup_cost = 0', 'SET LOCAL parallel_tuple_cost = 0', 'SET LOCAL min_parallel_table_scan_size = 0', 'SELECT count(*) FROM shop.items', 'COMMIT'
	]);

# Bytes that the server's caches keep of the tables of the kind "temporary", each time, in a database without the extension.
sub kept_of_tables
{
	$node->safe_psql('postgres', 'CREATE DATABASE without');
	my $plain = superuser($node, 'without');
	my @growth;
	my $caches = q{SELECT sum(used_bytes) FROM pg_backend_memory_contexts WHERE name = 'CacheMemoryContext'};
	for (1 .. 3)
	{
		for my $time (1 .. 200)
		{
			$plain->do($_) for "CREATE TEMP TABLE t AS SELECT 'x'::text AS name, gen_random_uuid() AS tenant_id, 1 AS id", 'SELECT count(*) FROM t', 'DROP TABLE t',
			  ('CREATE TEMP TABLE mine (id int)', 'TABLE mine', 'DROP TABLE mine') x 2, 'DO $$BEGIN CREATE TEMP TABLE mine (id int); DROP TABLE mine; END$$';
		}
		push @growth, $plain->answer($caches);
	}
	return ($growth[2] - $growth[1]) / 200;
}

# One round: each kind once.
sub round_of_kinds
{
	my ($round) = @_;
	for (my $i = 0; $i < @kinds; $i += 2)
	{
		next if index($kinds[$i], $wanted) < 0;
		my @steps = @{ $kinds[ $i + 1 ] };
		next if $steps[0] =~ /\A\d+\z/ && $round % shift @steps;
		ref $_ ? $_->() : run($_) for @steps;
		read_answers();
	}
	return;
}

# kB that the process has of its own, bytes in use, by context, and kB that all contexts have.
sub bytes
{
	# The first time takes more.
	$session->do($_) for 'RESET ROLE', 'SELECT count(*) FROM pg_backend_memory_contexts';
	my $result = $session->query('SELECT name, sum(used_bytes), sum(total_bytes) FROM pg_backend_memory_contexts GROUP BY name');
	$session->do('SET ROLE app');
	my ($private) = PostgreSQL::Test::Utils::slurp_file("/proc/$session->{pid}/status") =~ /^RssAnon:\s+(\d+) kB/m;
	return ($private, { map { $_->[0] => $_->[1] } @{ $result->{rows} } }, int(sum0(map { $_->[2] } @{ $result->{rows} }) / 1024));
}

# In contexts of names that fit, and not in the pool of buffers for temporary tables, which fills up.
sub total
{
	my ($bytes, $names) = @_;
	return sum0 map { $bytes->{$_} } grep { /$names/ && $_ ne 'LocalBufferContext' } keys %$bytes;
}

$session->do($_) for "SET app.tenant_id = '$blue'", 'SET ROLE app', 'SET client_min_messages = error';
round_of_kinds(0);
my $rounds = 1;
round_of_kinds($rounds++) while $sent < $statements / 4;
my ($start, $first_round) = ($sent, $rounds);
my ($private, $before, $held) = bytes();
# What the C library keeps goes up and down by megabytes: the least of those that follow.
my $least = 1e9;
for my $tenth (4 .. 10)
{
	round_of_kinds($rounds++) while $sent < $statements / 10 * $tenth;
	my ($kb, $bytes, $all) = bytes();
	$least = $kb if $kb < $least && $tenth > 6;
	note("after $sent statements: $kb kB, of these $all of contexts, ${\ total($bytes, '.')} bytes in contexts, of these $bytes->{CacheMemoryContext} of the server's caches");
}
my (undef, $now, $held_now) = bytes();
my $count = $sent - $start;
note("$count statements after $start; kB of the process: $private, then $least, of contexts: $held, then $held_now; bytes in contexts: ${\ total($before, '.')}, grown by "
	  . join ', ', map { "$_: " . ($now->{$_} - ($before->{$_} // 0)) } grep { $now->{$_} != ($before->{$_} // 0) } sort keys %$now);
my $ours = qr/^(pg_tenant .*|Top.*Context|ErrorContext|SPI Plan)$/;
cmp_ok(total($now, $ours) - total($before, $ours), '<', 1024 + $count / 50, 'what the library may use does not grow with the statements');
# The server's caches of catalogs and plans go up and down, and keep something of what was dropped.
my $kept = kept_of_tables();
my $of_tables = $kept * ($rounds - $first_round) / 5;
note("the server keeps $kept bytes of the tables of a round, $of_tables in all");
cmp_ok(total($now, '.') - total($before, '.'), '<', 200_000 + 1.3 * $of_tables, 'nor does all that is in memory contexts, but for what the server keeps of tables');
# The free space in contexts is the server's; what the C library keeps besides, is not.
cmp_ok($least - $private, '<', 2048 + ($held_now > $held ? $held_now - $held : 0), 'nor does the process, in kB, but for what contexts have');

# A temporary table that was made in the middle of a change of tenant is noted until the next change.
# Those made after it need no note.
{
	my $noted = superuser($node);
	$noted->do('SET pg_tenant.clean_on_switch = on');
	$noted->do("SET app.tenant_id = '$blue'");
	$noted->do("DO \$\$BEGIN PERFORM set_config('app.tenant_id', '$red', false); CREATE TEMP TABLE mine (); END\$\$");
	my $many = 'DO $$BEGIN FOR i IN 1 .. 500 LOOP CREATE TEMP TABLE passing (); DROP TABLE passing; END LOOP; END$$';
	my $top = q{SELECT sum(used_bytes) FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext'};
	$noted->do($_) for $many, $top;
	my $first = $noted->answer($top);
	$noted->do($many);
	cmp_ok($noted->answer($top) - $first, '<', 10_000, 'temporary tables leave nothing');
}
done_testing();
