# tenant.metrics(): what a strict parser reads of it, as many tenants by name as were asked for, counters that never fall or leap whichever
# tenants have names, and who may call it.
use strict;
use warnings;

use List::Util qw(sum0);
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;

my $node = tenant_node('main', 'pg_tenant.max_tracked_tenants = 40', 'max_connections = 40');
create_shop($node);
$node->safe_psql('postgres', q{
	SELECT count(tenant.provision(id)) FROM (SELECT 't' || i FROM generate_series(1, 60) i UNION ALL VALUES ('other'), ('a "quoted\" {tenant="x"}')) v (id);
	CREATE ROLE watcher LOGIN IN ROLE pg_monitor;
	CREATE ROLE reader LOGIN IN ROLE tenant_reader;
	SELECT tenant.create_consumer('bil"ling');
	CREATE TABLE open_to_all (tenant_id uuid);
});
my $boss = superuser($node);

sub metrics
{
	my ($top, $findings) = @_;
	return $boss->answer("SELECT tenant.metrics($top, " . ($findings ? 'true' : 'false') . ')');
}

# By name and labels as they are written, without the buckets and labels that are the same everywhere.
sub samples
{
	my %samples = map { /^(\w+(?:\{.*\})?) (\S+)$/ ? ($1, $2) : () } split /\n/, shift;
	return \%samples;
}

sub work_for
{
	my ($app, $tenant, $times) = @_;
	$app->do(sprintf 'SET app.tenant_id = %s', $boss->answer("SELECT quote_literal('$tenant')"));
	$app->do('SELECT 1') for 1 .. $times;
	return;
}

sub statements { my ($samples, $tenant, $is_other) = @_;
	return $samples->{qq(pg_tenant_statements_total{datname="postgres",tenant="$tenant",is_other="$is_other",kind="select"})}; }

# What the reference implementation of the format reads.
$boss->do(q{SELECT tenant.set_config('t1', '{"limits": {"breaker": {"timeout": "1h"}}}')});
my %quota = (RED, 10, BLUE, 4);
$boss->do(qq{SELECT tenant.set_config('$_', '{"limits": {"rows_per_table": $quota{$_}}}')}) for sort keys %quota;
for my $tenant (RED, BLUE)
{
	my $writer = session($node, tenant => $tenant);
	$writer->do(q{INSERT INTO shop.items (id, name) VALUES (9, 'one more')});
	$writer->close;
}
$node->poll_query_until('postgres', 'SELECT NOT EXISTS (SELECT FROM tenant.stat_sessions)') or die 'the sessions do not end';
$boss->do('SELECT tenant.stat_reset()');
my $app = session($node);
work_for($app, $_, 2) for 't1', 'other', 'a "quoted\\" {tenant="x"}';
$app->query('SELECT 1 / 0');
$boss->do(q{SELECT tenant.open_breaker('t1')});
work_for($app, 't2', 1);
is_answer($app, 'SELECT count(*) FROM shop.items', '22023', 'a tenant of another type is refused');
my $text = metrics(50, 1);
my $file = $node->basedir . '/metrics.txt';
append_to_file($file, "$text");
my ($out, $err) = run_command([ 'python3', "$ENV{PG_TENANT_TREE}/test/clients/open_metrics.py", $file ]);
is($err, '', 'the reference parser reads it');
my %read = map { my ($name, $labels, $value) = split /\t/; ("$name $labels" => $value) } split /\n/, $out;
is($read{q(pg_tenant_statements_total [('datname', 'postgres'), ('is_other', 'false'), ('kind', 'select'), ('tenant', 'a "quoted\\\\" {tenant="x"}')])}, '2', 'a tenant whose id looks like labels');
is($read{q(pg_tenant_statements_total [('datname', 'postgres'), ('is_other', 'false'), ('kind', 'select'), ('tenant', 'other')])}, '2', 'one that is called other');
is($read{q(pg_tenant_errors_total [('class', 'data'), ('datname', 'postgres'), ('is_other', 'false'), ('tenant', 'a "quoted\\\\" {tenant="x"}')])}, '1', 'an error');
is($read{q(pg_tenant_breaker_states [('datname', 'postgres'), ('is_other', 'false'), ('state', 'open'), ('tenant', 't1')])}, '1', 'an open breaker');
is($read{q(pg_tenant_events_waiting [('consumer', 'bil"ling'), ('datname', 'postgres')])}, $boss->answer('SELECT waiting FROM tenant.consumers'), 'a consumer');
is($read{q(pg_tenant_registered_tenants [('datname', 'postgres'), ('status', 'active')])}, '64', 'tenants by status');
is($read{q(pg_tenant_check_findings [('code', 'unprotected_table'), ('datname', 'postgres'), ('severity', 'critical')])}, '1', 'a table that is not protected');
unlike(metrics(50), qr/check_findings/, 'findings are left out unless they are asked for');
is(join(' ', sort keys %{ { map { /^# TYPE (\S+)/ ? ($1, 1) : () } split /\n/, $text } }),
	$boss->answer('SELECT string_agg(name, $$ $$ ORDER BY name COLLATE "C") FROM tenant.metric_families()'), 'every family is there');

# The same numbers as the view has.
is_answer($boss, q{
	SELECT count(*), (SELECT count(*) FROM tenant.stat_tenants) FROM tenant.stat_tenants s JOIN (
		SELECT labels[2] AS tenant_id, labels[4]::boolean AS is_other, sum(value) FILTER (WHERE family = 'pg_tenant_statements') AS calls,
			sum(value) FILTER (WHERE family = 'pg_tenant_rows') AS rows, sum(value) FILTER (WHERE family = 'pg_tenant_errors') AS errors,
			sum(value) FILTER (WHERE family = 'pg_tenant_refusals') AS refusals, sum(value) FILTER (WHERE family = 'pg_tenant_cpu_seconds') AS cpu,
			sum(value) FILTER (WHERE family = 'pg_tenant_wal_bytes') AS wal, sum(value) FILTER (WHERE suffix = '_sum') AS total,
			sum(value) FILTER (WHERE suffix = '_count') AS durations, max(value) FILTER (WHERE suffix = '_bucket' AND labels[6] = '+Inf') AS last_bucket
		FROM tenant.metric_samples(ARRAY(SELECT name FROM tenant.metric_families()
			WHERE name ~ '^pg_tenant_(statements|rows|errors|refusals|cpu_|wal_|statement_duration)')) GROUP BY 1, 2) m USING (tenant_id, is_other)
	WHERE s.calls = m.calls AND s.rows = m.rows AND m.errors = (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(s.errors))
		AND m.refusals = (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(s.refusals)) AND s.cpu_time::numeric(20, 3) = (m.cpu * 1000)::numeric(20, 3)
		AND s.wal_bytes = m.wal AND s.total_time::numeric(20, 3) = (m.total * 1000)::numeric(20, 3) AND m.durations = s.calls AND m.last_bucket = s.calls}, '4|4', 'each tenant has the numbers of stat_tenants');
is_answer($boss, q{SELECT bool_and(value >= before) FROM (SELECT value, lag(value, 1, 0) OVER (PARTITION BY labels[1:4] ORDER BY ordinality) AS before
	FROM tenant.metric_samples('{pg_tenant_statement_duration_seconds}') WITH ORDINALITY WHERE suffix = '_bucket') b}, 't', 'buckets are cumulative');

# As many names as were asked for, and all others together, beside a tenant of that name.
work_for($app, "t$_", 3) for 2 .. 30;
for my $top (0, 1, 7)
{
	my %named = map { $_ => 1 } metrics($top) =~ /pg_tenant_rows_total\{datname="postgres",tenant="((?:[^"\\]|\\.)*",is_other="\w+")/g;
	is(scalar keys %named, $top + 1, "$top tenants by name and one row of others");
	is((scalar grep { /is_other="true"/ } keys %named), 1, 'of which there is one');
}
$boss->do(qq{SELECT tenant.set_config('t$_', '{"limits": {"breaker": {}}}')}) for 5 .. 9;
work_for($app, "t$_", 1) for 5 .. 9;
is_answer($boss, q{SELECT labels[2], labels[4], labels[6], value FROM tenant.metric_samples('{pg_tenant_breaker_states}', 1) WHERE value > 0 ORDER BY labels[4]},
	q{t1|false|open|1,other|true|closed|5}, 'open breakers have names first');
is_answer($boss, q{SELECT family, labels[2:], value FROM tenant.metric_samples('{pg_tenant_quota_used,pg_tenant_quota_limit}', 1)},
	join(',', map { "$_->[0]|{" . BLUE . "$_->[1]}|$_->[2]" } [ 'pg_tenant_quota_used', ',is_other,false,relation,shop.items,resource,rows', 3 ],
	[ 'pg_tenant_quota_limit', ',is_other,false,relation,shop.items,resource,rows', 4 ]), 'the quotas that are used most');
is_answer($boss, "SELECT tenant.metrics($_)", '22023', "not $_ tenants") for -1, 1001, 'NULL';

# No counter falls, and the others' never counts what was not done: whoever gets or loses a name, makes room, or is reset.
$boss->do('SELECT tenant.stat_reset()');
my $done = 0;
srand 1;
my ($before, $falls, $leaps, $above) = (samples(metrics(3)), 0, 0, 0);
for my $round (1 .. 60)
{
	my $now = 0;
	for (1 .. 4)
	{
		my $times = 1 + int rand 5;
		work_for($app, 't' . (2 + int rand 59), $times);
		$now += $times;
	}
	$done += $now;
	$boss->do('SELECT tenant.stat_reset($$t' . (2 + int rand 59) . '$$)') if $round % 7 == 0;
	if ($round % 20 == 0)
	{
		$_->close for $app, $boss;
		$node->restart;
		($app, $boss) = (session($node), superuser($node));
	}
	my $after = samples(metrics($round % 10 == 0 ? 1 : 3));
	for my $name (grep { /_(?:total|bucket|count)\{.*is_other="true"/ } keys %$after)
	{
		if ($after->{$name} < ($before->{$name} // 0)) { $falls++; diag("$name from $before->{$name} to $after->{$name} in round $round"); }
		$above++ if $after->{$name} > 1e15;
	}
	my $more = statements($after, 'other', 'true') - statements($before, 'other', 'true');
	if ($more > $now) { $leaps++; diag("$more of $now statements in round $round"); }
	$before = $after;
}
is($falls, 0, 'no counter of the others fell');
is($leaps, 0, 'none leapt');
is($above, 0, 'nor was one below zero');
is_answer($boss, 'SELECT evictions > 0, tenants <= tenants_max FROM tenant.stat_tenants_info', 't|t', 'though tenants had to make room');
is(scalar(grep { !/^[0-9.e+-]+$|^NaN$|^\+Inf$/ } values %$before), 0, 'all of them are numbers');

# A session that keeps its tenant has a name too, in a table that is full.
work_for($app, "t$_", 1) for 2 .. 60;
my $busy = session($node, tenant => 't2');
$busy->do('SELECT pg_sleep(0.2)');
ok(defined statements(samples(metrics(1)), 't2', 'false'), 'the one that took the most time has the name');
$busy->close;

# A time series is the same whoever asks.
is_answer(superuser($node), "SET extra_float_digits = -15; $_", 't', "settings of the session: $_") for q{SELECT tenant.metrics() LIKE '%le="0.000192"%'},
	q{SELECT bool_or('0.000192' = ANY (labels)) FROM tenant.metric_samples('{pg_tenant_statement_duration_seconds}')};

# Who may.
for my $who (qw(watcher reader shop_owner))
{
	my $session = session($node, user => $who);
	is_answer($session, $_, 't', "$who: $_") for q{SELECT tenant.metrics() LIKE '%# EOF' || chr(10)}, q{SELECT count(*) > 0 FROM tenant.metric_samples('{pg_tenant_rows,pg_tenant_check_findings}')};
	$session->close;
}
my $nobody = session($node);
is_answer($nobody, $_, '42501', "an ordinary role: $_") for 'SELECT tenant.metrics()', q{SELECT tenant.metric_samples('{pg_tenant_rows}')}, 'SELECT tenant.metric_families()',
	'SELECT tenant.top_counters(1)';
is_answer(session($node, user => 'watcher'), $_, '42501', "who monitors: $_") for 'SELECT tenant.top_counters(1)', 'SELECT * FROM tenant.stat_tenants', 'SELECT tenant.stat_reset()';

# Where nothing is counted.
for my $setting ('pg_tenant.max_tracked_tenants = 0', "shared_preload_libraries = ''")
{
	$node->append_conf('postgresql.conf', $setting);
	$node->restart;
	is_answer(superuser($node), 'SELECT tenant.metrics()', '55000', $setting);
}
done_testing;
