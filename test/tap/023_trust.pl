# Every function on the trusted list meets hostile values, stored, in an index and in statistics: no error, no
# message, whatever they are. A new entry without values of its types fails.
use strict;
use warnings;

use File::Basename;

use TenantTest;
use Test::More;

my $node = tenant_node('main', 'fsync = off', 'jit = off');
$node->safe_psql('postgres',
	'CREATE EXTENSION pg_tenant; '
	  . join(' ', map { "CREATE EXTENSION $_;" } qw(pg_trgm citext hstore intarray ltree btree_gin)));
$node->safe_psql('postgres', "\\i " . dirname(__FILE__) . '/trust_values.sql');
my $root = superuser($node);

sub rows
{
	my ($sql) = @_;
	my $result = $root->query($sql);
	die "$sql: $result->{message}" if $result->{sqlstate};
	return @{ $result->{rows} };
}

my %has_values = map { $_->[0] => 1 } rows(q{SELECT relname FROM pg_class WHERE relnamespace = 'fz'::regnamespace AND relkind = 'r'});

# What stands for types that are whatever the arguments are.
my @concrete = (
	{ anyarray => 'integer[]', anyrange => 'int4range', anymultirange => 'int4multirange', anyelement => 'integer', anyenum => 'fz.mood' },
	{ anyarray => 'text[]', anyrange => 'daterange', anymultirange => 'datemultirange', anyelement => 'date' },
	{ anyarray => 'numeric[]', anyrange => 'tstzrange', anymultirange => 'tstzmultirange', anyelement => 'timestamp with time zone' },
	{ anyarray => 'fz.mood[]', anyrange => 'int8range', anyelement => 'bigint' },
	{ anyarray => 'tstzrange[]' });

# The tables of the arguments, for each of these.
sub tables_of
{
	my ($condition, @types) = @_;
	my @combinations;
	for my $concrete (grep { my $set = $_; !grep { /^any/ && !$set->{$_} } @types } @concrete)
	{
		my @tables = map { $concrete->{$_} // $_ } @types;
		$tables[1] = 'like' if $condition =~ /^the pattern/;
		$tables[1] = 'regex' if $condition =~ /^the regular expression/;
		push @combinations, \@tables;
		last unless grep { /^any/ } @types;
	}
	return @combinations;
}

# Whether the statement raises nothing and says nothing; the number that it gives.
sub quiet_count
{
	my ($sql, $name) = @_;
	my $result = $root->query($sql);
	my ($told) = grep { defined } $result->{message}, map { $_->{M} } @{ $result->{notices} };
	return $result->{rows}[0][0] // 0 unless defined $told;
	fail($name);
	diag("$sql: " . substr $told, 0, 200);
	return;
}

sub is_called
{
	my ($function, $condition, $is_variadic, @types) = @_;
	my ($calls, $quiet) = (0, 1);
	for my $tables (tables_of($condition, @types))
	{
		my @missing = grep { !$has_values{$_} } @$tables;
		if (@missing) { fail("$function: there are values of @missing"); return; }
		my @arguments = map { "t$_.v" . ($types[$_] =~ /^any/ ? '' : "::$types[$_]") } 0 .. $#types;
		$arguments[-1] = "VARIADIC $arguments[-1]" if $is_variadic;
		my $from = join ', ', map { "fz.\"$tables->[$_]\" t$_" } 0 .. $#types;
		my $pairs = join ' + ', map { "t$_.is_big::integer" } 0 .. $#types;
		my $name = $function =~ s/\(.*//r;
		# Trigrams of two texts, one of them of a megabyte, take their time.
		my $big = "@$tables" eq 'text text' ? 0 : 1;
		my $count = quiet_count("SELECT count(*), count($name(" . join(', ', @arguments) . ")) FROM $from WHERE $pairs <= $big",
			"$function of @$tables");
		return unless defined $count;
		$calls += $count;
	}
	cmp_ok($calls, '>=', @types == 1 ? 4 : 20, "$function raises and says nothing");
	return;
}

is_called($_->[0], $_->[1] // '', $_->[2] eq 't', split /, /, $_->[3])
  for rows(q{SELECT DISTINCT function::text, condition, provariadic <> 0, oidvectortypes(proargtypes)
	FROM tenant.trusted_operators JOIN pg_proc p ON p.oid = function ORDER BY 1});

# Operators in conditions: estimates meet what statistics have of the column, scans what its indexes have.
$root->query('SET enable_seqscan = off');
for my $row (rows(q{SELECT o.oid::regoperator, replace(format('OPERATOR(%I.%s)', n.nspname, o.oprname), '%', '%%'), t.condition, oidvectortypes(p.proargtypes)
	FROM tenant.trusted_operators t JOIN pg_operator o ON o.oid = t.operator JOIN pg_namespace n ON n.oid = o.oprnamespace
	JOIN pg_proc p ON p.oid = t.function WHERE o.oprresult = 'boolean'::regtype ORDER BY 1}))
{
	my ($name, $operator, $condition, $types) = @$row;
	my $quiet = 1;
	for my $tables (tables_of($condition // '', split /, /, $types))
	{
		my ($left, $right) = @$tables;
		my ($type) = (split /, /, $types)[1];
		$type = $right if $type =~ /^any/;
		$quiet &&= defined quiet_count(qq{DO \$do\$
			DECLARE
				value text;
			BEGIN
				FOR value IN SELECT v::${type}::text FROM fz."$right" WHERE NOT is_big LOOP
					EXECUTE format('SELECT count(*) FROM fz."$left" WHERE NOT is_big AND v $operator %L::${type}', value);
				END LOOP;
			END
			\$do\$}, "$name in a condition");
	}
	pass("$name raises and says nothing in a condition") if $quiet;
}

# Folding and comparing by a jsonpath convert from other encodings, and not every character can be.
$node->safe_psql('postgres', q{CREATE DATABASE euc ENCODING 'EUC_JP' LOCALE 'C' TEMPLATE template0});
my $euc = superuser($node, 'euc');
$euc->query($_) for 'CREATE EXTENSION pg_tenant', 'CREATE TABLE t (tenant_id uuid, t text, j jsonb)', q{SELECT tenant.protect('t')};
is_answer($euc, "SELECT filter FROM tenant.explain_barrier(\$\$SELECT FROM t WHERE $_->[0]\$\$)", $_->[1], "EUC_JP: $_->[0]")
  for [ q{t LIKE 'a%'}, 'moved' ], [ q{t ILIKE 'a%'}, 'barrier' ], [ q{lower(t) = 'a'}, 'barrier' ], [ q{j @@ '$.a == 1'}, 'barrier' ];

done_testing();
