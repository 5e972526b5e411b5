# A plan that is used again is made again for a tenant that is ten times as big or as small, where that changes it.
# pg_stat_statements counts the planner's calls.
use strict;
use warnings;

use TenantTest;
use Test::More;

my $node = tenant_node('main', "shared_preload_libraries = 'pg_stat_statements,pg_tenant'", 'max_parallel_workers_per_gather = 0',
	'pg_stat_statements.track_planning = on', 'pg_stat_statements.track = all', 'autovacuum = off', 'jit = off');
create_shop($node);

# Tenant 1 has 30000 rows, tenant 2 has 6000, tenant 3 has 300; the rest have 10 each.
my %tables = (
	sales => [ 'uuid', '(tenant_id uuid, id int, amount numeric)' ],
	parts => [ 'uuid', '(tenant_id uuid, id int, amount numeric) PARTITION BY RANGE (id)' ],
	notes => [ 'text', '(tenant_id text, id int, amount numeric)' ],
	calls => [ 'bigint', '(tenant_id bigint, id int, amount numeric)' ]);
$node->safe_psql('postgres', q{
	CREATE EXTENSION pg_stat_statements;
	CREATE FUNCTION public.id(type text, number int) RETURNS text LANGUAGE sql AS
		$$ SELECT CASE type WHEN 'uuid' THEN md5(number::text)::uuid::text ELSE number::text END $$;
	INSERT INTO tenant.tenants (tenant_id, status) SELECT public.id(t, i), 'active' FROM generate_series(1, 800) i, unnest(ARRAY['uuid', 'text']) t;
	CREATE FUNCTION public.tenant_of(line int) RETURNS int LANGUAGE sql AS
		$$ SELECT CASE WHEN line <= 30000 THEN 1 WHEN line <= 36000 THEN 2 WHEN line <= 36300 THEN 3 ELSE 4 + line % 770 END $$;
});
for my $table (sort keys %tables)
{
	my ($type, $definition) = @{ $tables{$table} };
	$node->safe_psql('postgres', qq{
		SET SESSION AUTHORIZATION shop_owner;
		CREATE TABLE shop.$table $definition;
	} . ($table eq 'parts' ? "CREATE TABLE shop.part PARTITION OF shop.parts FOR VALUES FROM (0) TO (100000);" : '') . qq{
		INSERT INTO shop.$table SELECT public.id('$type', public.tenant_of(i))::$type, i, i FROM generate_series(1, 44000) i;
		CREATE INDEX ON shop.$table (tenant_id, id);
		SELECT tenant.protect('shop.$table', column_type => '$type');
		ANALYZE shop.$table;
	});
}
$node->safe_psql('postgres', q{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE FUNCTION shop.total() RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT /* counted */ sum(amount) FROM shop.sales); END $$;
	CREATE FUNCTION shop.total_as(tenant text) RETURNS numeric LANGUAGE plpgsql AS
		$$ BEGIN PERFORM set_config('app.tenant_id', tenant, true); RETURN shop.total(); END $$;
});
my $watcher = superuser($node);

# Of these numbers; by default as uuid.
sub id { my ($number, $type) = @_; return $watcher->answer("SELECT public.id('" . ($type // 'uuid') . "', $number)"); }
my ($whale, $big, $middle, $small, $other) = map { id($_) } (1, 2, 3, 10, 11);

sub plans
{
	return $watcher->answer(q{SELECT coalesce(sum(plans), 0) FROM pg_stat_statements WHERE query LIKE '%/* counted */%' AND query NOT LIKE '%pg_stat%'});
}

# How often the planner is called for the statements.
sub calls
{
	my ($call) = @_;
	my $before = plans();
	$call->();
	return plans() - $before;
}

sub shape
{
	my ($session, $statement) = @_;
	my $plan = $session->answer("EXPLAIN (COSTS OFF) EXECUTE $statement");
	return $plan =~ /Seq Scan/ ? 'all' : $plan =~ /Index/ ? 'index' : $plan;
}

sub prepared
{
	my ($table, @tenant) = @_;
	my $session = session($node, @tenant);
	$session->do('SET plan_cache_mode = force_generic_plan');
	$session->do("PREPARE total AS SELECT /* counted */ sum(amount) FROM shop.$table");
	$session->do("PREPARE all_but (int) AS SELECT /* counted */ sum(amount) FROM shop.$table WHERE amount <> \$1");
	$session->do("PREPARE first AS SELECT /* counted */ amount FROM shop.$table WHERE id = 1");
	$session->do("PREPARE point (int) AS SELECT /* counted */ amount FROM shop.$table WHERE id = \$1");
	return $session;
}

for my $table (sort keys %tables)
{
	my $type = $tables{$table}[0];
	my $session = prepared($table);
	for my $case ([ 10, 'index' ], [ 1, 'all' ], [ 10, 'index' ], [ 11, 'index' ], [ 1, 'all' ])
	{
		my ($number, $expected) = @$case;
		$session->do("SET app.tenant_id = '" . id($number, $type) . "'");
		is(shape($session, 'total'), $expected, "$table, tenant $number");
		# With parameters, for the average tenant: as if the tenant were one of them. The condition leaves nearly all rows.
		is(shape($session, 'all_but(0)'), 'index', "$table, tenant $number: with a parameter");
	}
	is(shape(prepared($table, tenant => id(1, $type)), 'all_but(0)'), 'index', "$table: with a parameter, planned for a big tenant");
}

# How often plans are made.
my $session = prepared('sales', tenant => $small);
my @switches = (
	[ $small, 4, 'each is planned' ],
	[ $other, 0, 'a tenant of the same size: no plan is made again' ],
	[ $whale, 2, 'one of another size: those without parameters are made again' ],
	[ $small, 1, 'back: but not what became the same plan' ],
	[ $whale, 1, 'nor ever again' ],
	[ $big, 0, 'five times smaller is no other size' ],
	[ $middle, 1, 'more than ten times smaller than the one that the plans were made for' ]);
for my $switch (@switches)
{
	my ($tenant, $expected, $name) = @$switch;
	$session->do("SET app.tenant_id = '$tenant'");
	is(calls(sub { $session->do("EXECUTE $_") for 'total', 'first', 'all_but (0)', 'point (1)' }), $expected, $name);
	is(calls(sub { $session->do("EXECUTE $_") for 'total', 'first', 'all_but (0)', 'point (1)' }), 0, "$name: once");
}

# However the tenant changes.
$session = prepared('sales', tenant => $small);
$session->do('EXECUTE total');
sub becomes
{
	my ($expected, $name) = @_;
	is(calls(sub { is(shape($session, 'total'), $expected, $name) }), 1, "$name: planned once");
	return;
}
$session->do("SELECT set_config('app.tenant_id', '$whale', false)");
becomes('all', 'set_config()');
$session->do("BEGIN; SET LOCAL app.tenant_id = '$small'");
becomes('index', 'SET LOCAL');
$session->do('COMMIT');
becomes('all', 'after its transaction');
$session->do("BEGIN; SAVEPOINT a; SELECT tenant.set('$small')");
becomes('index', 'tenant.set()');
$session->do('ROLLBACK TO a');
becomes('all', 'after a savepoint');
$session->query('SELECT 1 / 0');
$session->do('ROLLBACK');
is(shape($session, 'total'), 'all', 'after an error');
$session->do("BEGIN; SET LOCAL app.tenant_id = '$small'");
becomes('index', 'SET LOCAL again');
$session->query('SELECT 1 / 0');
$session->do('ROLLBACK');
becomes('all', 'after a transaction that failed');

# The extended protocol binds before any statement is seen.
$session->parse('s', 'SELECT /* counted */ sum(amount) FROM shop.sales');
sub run_bound { $session->bind('', 's'); $session->execute(''); $session->sync; return; }
run_bound();
$session->do("BEGIN; SET LOCAL app.tenant_id = '$small'");
is(calls(\&run_bound), 1, 'Bind in the transaction');
$session->do('COMMIT');
is(calls(\&run_bound), 1, 'and after it');
is(calls(\&run_bound), 0, 'once');

# Functions keep plans too, and switch in the middle of a statement.
for my $case ([ $small, 1 ], [ $other, 0 ], [ $whale, 1 ], [ $small, 1 ])
{
	my ($tenant, $expected) = @$case;
	$session->do("SET app.tenant_id = '$tenant'");
	is(calls(sub { $session->do('SELECT shop.total()') }), $expected, 'in a function');
}
is(calls(sub { $session->do("SELECT shop.total_as('$other')") }), 0, 'a function that sets the tenant');
is(calls(sub { $session->do("SELECT shop.total_as('$whale')") }), 1, 'to one of another size');
is(calls(sub { $session->do('SELECT shop.total()') }), 1, 'and back');

# Planned within a statement of another tenant than the one that is set by then.
$session = prepared('sales', tenant => $whale);
is_answer($session, "SELECT set_config('app.tenant_id', '$small', false), shop.total() IS NULL FROM shop.sales LIMIT 1", "$small|f",
	'a switch in the middle of a statement');
$session->do("SET app.tenant_id = '$other'");
is(calls(sub { $session->do('SELECT shop.total()') }), 1, 'what the statement planned was for the former tenant');

# What ANALYZE finds later.
$session = prepared('sales', tenant => $small);
is(shape($session, 'total'), 'index', 'a small tenant');
$node->safe_psql('postgres', "SET row_security = off; INSERT INTO shop.sales SELECT '$other', i, i FROM generate_series(1, 100000) i; ANALYZE shop.sales");
is(shape($session, 'total'), 'index', 'small after ANALYZE too');
$session->do("SET app.tenant_id = '$other'");
is(shape($session, 'total'), 'all', 'and one that became big');

# Planned for nobody, where that is no error.
$session = superuser($node);
$session->do('SET pg_tenant.on_missing_tenant = empty; SET plan_cache_mode = force_generic_plan; SET ROLE app');
$session->do('PREPARE total AS SELECT /* counted */ sum(amount) FROM shop.sales');
is(shape($session, 'total'), 'index', 'nobody\'s plan');
$session->do("SET app.tenant_id = '$small'");
is(calls(sub { $session->do('EXECUTE total') }), 1, 'is nobody else\'s');
$session->do("SET app.tenant_id = '$other'");
is(shape($session, 'total'), 'all', 'is not a big tenant\'s');

done_testing();
