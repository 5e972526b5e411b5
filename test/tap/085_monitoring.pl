# monitoring/ with the real programs: promtool on the alerts and the dashboard; Prometheus and postgres_exporter beside a server at work.
use strict;
use warnings;

use HTTP::Tiny;
use JSON::PP;
use POSIX ();
use PostgreSQL::Test::Utils;
use TenantTest;
use Test::More;
use Time::HiRes 'usleep';

my $folder = "$ENV{PG_TENANT_TREE}/monitoring";
my $node = tenant_node('main', 'max_connections = 40');
create_shop($node);
$node->safe_psql('postgres', q{
	SELECT count(tenant.provision(id)) FROM (SELECT 't' || i FROM generate_series(1, 60) i UNION ALL VALUES ('other'), ('qu"ote\\')) v (id);
	SELECT tenant.set_config('t3', '{"limits": {"breaker": {"timeout": "1h"}}}'), tenant.create_consumer('billing');
	SELECT tenant.open_breaker('t3');
	CREATE ROLE watcher LOGIN IN ROLE pg_monitor;
	CREATE TABLE open_to_all (tenant_id uuid);
});
my $boss = superuser($node);
my %names = map { $_ => 1 } split / /, $boss->answer(q{
	SELECT string_agg(name || suffix, ' ') FROM tenant.metric_families(), unnest(CASE type WHEN 'counter' THEN '{_total}'::text[] WHEN 'info' THEN '{_info}'
		WHEN 'histogram' THEN '{_bucket,_count,_sum}' ELSE '{""}' END) suffix});

# Rules and their tests; the dashboard's expressions are asked as if they were rules.
command_ok([ 'promtool', 'check', 'rules', "$folder/prometheus/alerts.yml" ], 'the alerts are rules');
command_ok([ 'promtool', 'test', 'rules', "$folder/prometheus/alerts_test.yml" ], 'each fires when it should, and not else');
my $alerts = slurp_file("$folder/prometheus/alerts.yml");
my @alerts = $alerts =~ /- alert: (\w+)/g;
my $tests = slurp_file("$folder/prometheus/alerts_test.yml");
is(join(' ', grep { $tests !~ /labels: '\{alertname="$_"|alertname="$_",alertstate="firing"/ } @alerts), '', 'each alert has a test');
is((() = $alerts =~ /^          action: \S/mg), scalar @alerts, 'each says what to do');
my $dashboard = decode_json(slurp_file("$folder/grafana/dashboard.json"));
my @expressions = map { $_->{expr} } map { @{ $_->{targets} // [] } } @{ $dashboard->{panels} };
push @expressions, map { $_->{definition} =~ /^label_values\((.*), \w+\)$/ } grep { $_->{type} eq 'query' } @{ $dashboard->{templating}{list} };
s/\$__rate_interval/5m/g for @expressions;
my %variables = map { $_->{name} => 1 } @{ $dashboard->{templating}{list} };
is(join(' ', grep { !$variables{$_} } map { /\$(\w+)/g } @expressions), '', 'the dashboard has the variables that it uses');
my $as_rules = $node->basedir . '/dashboard.yml';
append_to_file($as_rules, encode_json({ groups => [ { name => 'dashboard', rules => [ map { { record => "panel:$_", expr => $expressions[$_] } } 0 .. $#expressions ] } ] }));
command_ok([ 'promtool', 'check', 'rules', $as_rules ], scalar @expressions . ' expressions of the dashboard parse');
is(join(' ', grep { !$names{$_} } map { /\b(pg_tenant_\w+)/g } @expressions, $alerts), '', 'alerts and dashboard name no other metrics than there are');
my $shown = join ' ', @expressions;
is(join(' ', grep { !/_count$/ && $shown !~ /\b$_\b/ } sort keys %names), '', 'the dashboard shows all of them');
my %ids = map { $_->{id} => 1 } @{ $dashboard->{panels} };
is(scalar keys %ids, scalar @{ $dashboard->{panels} }, 'each panel has an id of its own');

# The programs, until this one ends.
my @started;
END { local $?; kill 'TERM', @started; waitpid $_, 0 for @started; }

sub start
{
	my ($name, @command) = @_;
	my $pid = fork // die "$name: $!";
	if ($pid == 0)
	{
		my $log = $node->basedir . "/$name.log";
		open STDOUT, '>', $log and open STDERR, '>&', \*STDOUT and exec @command;
		POSIX::_exit(1);
	}
	push @started, $pid;
	return $pid;
}

my $http = HTTP::Tiny->new(timeout => 20);
my %port = map { $_ => PostgreSQL::Test::Cluster::get_free_port() } qw(exporter text prometheus);

# Until it is so, for at most two minutes.
sub until_true
{
	my ($what, $is_so) = @_;
	for (1 .. 1200)
	{
		return pass($what) if $is_so->();
		usleep(100_000);
	}
	return fail($what);
}

sub get { my ($program, $path) = @_; return $http->get("http://127.0.0.1:$port{$program}$path"); }

sub ask
{
	my ($path, %parameters) = @_;
	my $answer = get('prometheus', "/api/v1/$path?" . $http->www_form_urlencode(\%parameters));
	return $answer->{success} ? decode_json($answer->{content})->{data} : {};
}

# The values of an expression, by the labels that are named.
sub values_of
{
	my ($expression, @labels) = @_;
	return { map { join('|', @{ $_->{metric} }{@labels}) => $_->{value}[1] } @{ ask('query', query => $expression)->{result} // [] } };
}

my $connection = 'host=' . $node->host . ' port=' . $node->port . ' user=watcher dbname=postgres';
$ENV{DATA_SOURCE_NAME} = "$connection sslmode=disable";
my $exporter = start('exporter', 'prometheus-postgres-exporter', "--web.listen-address=127.0.0.1:$port{exporter}", "--extend.query-path=$folder/postgres_exporter/queries.yaml");
start('text', 'python3', "$ENV{PG_TENANT_TREE}/test/clients/serve_metrics.py", $port{text}, $connection);
my $configuration = $node->basedir . '/prometheus.yml';
append_to_file($configuration, encode_json({
	global => { scrape_interval => '3s', scrape_timeout => '3s', evaluation_interval => '1s' },
	rule_files => ["$folder/prometheus/alerts.yml"],
	scrape_configs => [ map { { job_name => $_, static_configs => [ { targets => ["127.0.0.1:$port{$_}"] } ] } } qw(exporter text) ] }));
start('prometheus', 'prometheus', "--config.file=$configuration", '--storage.tsdb.path=' . $node->basedir . '/tsdb', "--web.listen-address=127.0.0.1:$port{prometheus}", '--log.level=warn');
until_true('both are scraped', sub { 2 == grep { $_->{health} eq 'up' } @{ ask('targets')->{activeTargets} // [] } });

# Work, seen while it goes on; some of it fails.
my $script = $node->basedir . '/work.sql';
append_to_file($script, q{\set t random(4, 60)
SELECT set_config('app.tenant_id', 't' || :t, false);
SELECT 1;
SELECT 2;
});
command_ok([ 'pgbench', '-n', '-c', '4', '-t', '500', '-U', 'app', '-f', $script, $node->connstr('postgres') ], 'four sessions of many tenants');
for my $tenant ('t1', 'other', 'qu"ote\\')
{
	my $app = session($node, tenant => $tenant =~ s/\\/\\\\/gr);
	$app->do('SELECT count(*) FROM generate_series(1, 1000)') for 1 .. 7;
	$app->query('SELECT 1 / 0');
	$app->close;
}
is_answer(session($node, tenant => 't3'), 'SELECT 1', 'TN008', 'the breaker is open');
$node->poll_query_until('postgres', 'SELECT NOT EXISTS (SELECT FROM tenant.stat_sessions)') or die 'the sessions do not end';

# What Prometheus has is what the statistics have.
sub by_sql
{
	my ($sql) = @_;
	return { map { my ($key, $value) = /^(.*)\|(.*)$/; ($key => $value) } grep { length } split /\n/, $node->safe_psql('postgres', $sql) };
}
my $named = q{(SELECT labels[2] AS tenant_id, labels[4]::boolean AS is_other FROM tenant.metric_samples('{pg_tenant_rows}')) named JOIN tenant.stat_tenants s USING (tenant_id, is_other) WHERE NOT is_other};
my %equal = (
	'sum by (tenant) (pg_tenant_statements_total{is_other="false"%s})' => "SELECT tenant_id, calls FROM $named",
	'pg_tenant_statement_duration_seconds_count{is_other="false"%s}' => "SELECT tenant_id, calls FROM $named",
	'pg_tenant_statement_duration_seconds_bucket{is_other="false",le="+Inf"%s}' => "SELECT tenant_id, calls FROM $named",
	'sum by (tenant) (pg_tenant_errors_total{is_other="false"%s})' => "SELECT tenant_id, (SELECT coalesce(sum(value::int), 0) FROM jsonb_each_text(errors)) FROM $named",
	'sum by (tenant) (pg_tenant_refusals_total{is_other="false",sqlstate="TN008"%s})' => "SELECT tenant_id, coalesce((refusals ->> 'TN008')::int, 0) FROM $named",
	'pg_tenant_rows_total{is_other="false"%s}' => "SELECT tenant_id, rows FROM $named",
	'sum by (tenant) (pg_tenant_statements_total{is_other="true"%s})' => q{SELECT labels[2], sum(value) FROM tenant.metric_samples('{pg_tenant_statements}') WHERE labels[4] = 'true' GROUP BY 1});
for my $job (qw(exporter text))
{
	for my $expression (sort keys %equal)
	{
		my ($expected, $found) = (by_sql($equal{$expression}));
		my $query = sprintf $expression, qq(,job="$job");
		until_true("$query: what stat_tenants has", sub { $found = values_of($query, 'tenant'); return "@{[ map { qq($_=$expected->{$_}) } sort keys %$expected ]}" eq "@{[ map { qq($_=$found->{$_}) } sort keys %$found ]}" })
		  or diag(explain([ $expected, $found ]));
	}
	is(scalar keys %{ values_of(qq(pg_tenant_rows_total{job="$job"}), 'tenant', 'is_other') }, 51, "$job: as many tenants as there may be, and the others");
	is(values_of(qq(pg_tenant_breaker_states{job="$job",state="open"}), 'tenant')->{t3}, '1', "$job: the open breaker");
	is(values_of(qq(pg_tenant_registered_tenants{job="$job"}), 'status')->{active}, '64', "$job: tenants by status");
}
ok(values_of('histogram_quantile(0.99, rate(pg_tenant_statement_duration_seconds_bucket[1m])) > 0', 'tenant')->{other}, 'a percentile can be asked for');
is(values_of('count(count by (__name__) ({__name__=~"pg_tenant_.*",job="exporter"}) unless count by (__name__) ({__name__=~"pg_tenant_.*",job="text"}))', 'x')->{''} // 0, 0, 'the exporter has no other names than metrics()');
is(values_of('count(count by (__name__) ({__name__=~"pg_tenant_.*",job="text"}) unless count by (__name__) ({__name__=~"pg_tenant_.*",job="exporter"}))', 'x')->{''} // 0, 0, 'nor fewer');

# As text for promtool, types and help.
my $own = join '', map { "$_\n" } grep { /^(?:# \w+ )?pg_tenant_/ } split /\n/, get('exporter', '/metrics')->{content};
my $for_lint = $node->basedir . '/metrics.txt';
append_to_file($for_lint, $own);
my ($lint, $complaints) = run_command([ 'sh', '-c', "promtool check metrics < '$for_lint'" ]);
is("$lint$complaints", '', 'promtool has nothing against the metrics');
my $types = sub { join ' ', sort map { my ($name, $type) = @$_; $name =~ s/_(?:total|info)$//; $name . ':' . ($type eq 'info' ? 'gauge' : $type) } map { [/^# TYPE (\S+) (\S+)/] } grep { /^# TYPE pg_tenant/ } split /\n/, shift };
is($types->($own), $types->(get('text', '/')->{content}), 'types are the same');
my $helps = sub { join "\n", sort map { s/^# HELP (\S+?)(?:_total|_info)? /$1 /r } grep { /^# HELP pg_tenant/ } split /\n/, shift };
is($helps->($own), $helps->(get('text', '/')->{content}), 'and so is what they say of themselves');

# Alerts.
sub alert_states { return { map { ("$_->{labels}{alertname} " . ($_->{labels}{tenant} // $_->{labels}{job} // '') => $_) } @{ ask('alerts')->{alerts} // [] } }; }
until_true('an open breaker is about to be told', sub { (alert_states()->{'TenantBreakerOpen t3'}{state} // '') =~ /pending|firing/ });
until_true('a table that is not protected is told', sub { grep { /^TenantTableUnprotected/ } keys %{ alert_states() } });
until_true('neither is missed', sub { !grep { /TenantMetricsMissing/ } keys %{ alert_states() } });
is(join(' ', map { $_->{name} } grep { $_->{health} ne 'ok' } map { @{ $_->{rules} } } @{ ask('rules')->{groups} }), '', 'all rules can be evaluated');
kill 'TERM', $exporter;
until_true('the exporter is missed', sub { alert_states()->{'TenantMetricsMissing exporter'} });
unlike(encode_json(ask('alerts')), qr/error expanding/, 'what alerts say can be put together');
$boss->do(q{SELECT tenant.close_breaker('t3')});
until_true('the breaker is not told any more', sub { !grep { $_->{labels}{alertname} eq 'TenantBreakerOpen' && $_->{labels}{job} eq 'text' } values %{ alert_states() } });
done_testing;
