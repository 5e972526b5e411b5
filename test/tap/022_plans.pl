# No plan belongs to a tenant: the planner is called again where confinement changes, and never at a switch of tenant.
# pg_stat_statements counts its calls.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main', "shared_preload_libraries = 'pg_stat_statements,pg_tenant'",
	'pg_stat_statements.track_planning = on', 'pg_stat_statements.track = all');
create_shop($node);
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_stat_statements;
	CREATE ROLE other_app;
	GRANT app, other_app TO shop_owner;
	GRANT USAGE ON SCHEMA shop TO other_app;
	GRANT ALL ON shop.items TO other_app;
	CREATE FUNCTION shop.inlined() RETURNS SETOF shop.items LANGUAGE sql STABLE AS 'SELECT * FROM shop.items';
	CREATE FUNCTION shop.cached() RETURNS text LANGUAGE plpgsql AS $$
		BEGIN RETURN (SELECT /* counted */ string_agg(id::text, ',' ORDER BY id) FROM shop.items); END$$;
	CREATE VIEW shop.seen AS SELECT * FROM shop.items;
	GRANT SELECT ON shop.seen TO app, other_app;
	SET row_security = off;
	CREATE MATERIALIZED VIEW shop.copies AS SELECT * FROM shop.items;
	GRANT SELECT ON shop.copies TO app, other_app;
	SELECT tenant.protect('shop.copies');
});
my $watcher = superuser($node);
my @sources = ('shop.items', 'shop.seen', 'shop.inlined()', 'shop.copies');
my $statements = @sources + 2;

sub plans
{
	return $watcher->answer(q{SELECT sum(plans) FROM pg_stat_statements WHERE query LIKE '%/* counted */%' AND query NOT LIKE '%pg_stat%'}) || 0;
}

# Prepares them all; one takes a parameter.
sub prepare
{
	my ($session) = @_;
	my $number = 0;
	$session->do("PREPARE s" . $number++ . " AS SELECT /* counted */ string_agg(id::text, ',' ORDER BY id) FROM $_") for @sources;
	$session->do("PREPARE one (int) AS SELECT /* counted */ string_agg(id::text, ',' ORDER BY id) FROM shop.items WHERE id > \$1");
	$session->do('SET plan_cache_mode = force_generic_plan');
	return;
}

# Runs each, and compares its rows; returns how often the planner was called.
sub run
{
	my ($session, $expected, $name) = @_;
	my $before = plans();
	my %told = map { $_ => $session->answer($_) } (map { "EXECUTE s$_" } 0 .. $#sources), 'EXECUTE one (0)', 'SELECT shop.cached()';
	is_deeply(\%told, { map { $_ => $expected } keys %told }, "$name: the rows");
	return plans() - $before;
}

sub switch_tenants
{
	my ($session, $name) = @_;
	my $calls = 0;
	for my $round (1 .. 3)
	{
		for my $tenant ($blue, $red)
		{
			$session->do("SET app.tenant_id = '$tenant'");
			$calls += run($session, $tenant eq $blue ? '1,2' : '3', "$name, round $round");
		}
	}
	is($calls, 0, "$name: no plan is made again for a tenant");
	return;
}

# A change of confinement costs a plan or two for each statement, once.
sub flip
{
	my ($session, $command, $name) = @_;
	$session->do($command);
	$session->do("SET app.tenant_id = '$blue'");
	my $calls = run($session, '1,2', $name);
	cmp_ok($calls, '<=', 2 * $statements, "$name: plans are made again once ($calls calls)");
	switch_tenants($session, $name);
	return;
}

my $app = session($node, tenant => $blue);
prepare($app);
cmp_ok(run($app, '1,2', 'an ordinary role'), '>=', $statements, 'the counter counts');
switch_tenants($app, 'an ordinary role');
is($app->answer('SELECT sum(generic_plans) || \' \' || sum(custom_plans) FROM pg_prepared_statements'),
	(@sources + 1) * 7 . ' 0', 'generic plans, each time');
my $root = superuser($node);
$root->do("SET app.tenant_id = '$blue'");
prepare($root);
run($root, '1,2', 'a superuser');
switch_tenants($root, 'a superuser');
flip($root, 'SET ROLE app', 'another role');
flip($root, 'SET ROLE other_app', 'a third');
flip($root, 'RESET ROLE', 'the superuser again');

# All rows, and one tenant's again.
for my $change ([ 'SET row_security = off', 'SET row_security = on' ], [ 'SET pg_tenant.confine_bypass_roles = off', 'SET pg_tenant.confine_bypass_roles = on' ])
{
	$root->do($change->[0]);
	cmp_ok(run($root, '1,2,3', $change->[0]), '>', 0, "$change->[0]: other plans");
	is(run($root, '1,2,3', $change->[0]), 0, "$change->[0]: made once");
	flip($root, $change->[1], $change->[1]);
}

# A statement that Bind has to analyze anew is planned from the new tree, as a simple query is; but that plan is kept.
my $wire = session($node, tenant => $blue);
$wire->parse('kept', 'SELECT string_agg(name, \',\' ORDER BY id) FROM shop.items');
sub kept { $wire->bind('', 'kept'); $wire->execute(''); return $wire->sync; }
my $first = kept();
$node->safe_psql('postgres', 'ALTER TABLE shop.items SET (fillfactor = 90)');
ok(!kept()->{error}, 'analyzed and planned in Bind');
$wire->do("SET app.tenant_id = '$red'");
my $other = kept();
ok(!$other->{error}, 'the plan serves another tenant');
isnt($other->{rows}[0][0], $first->{rows}[0][0], 'with its rows');

done_testing();
