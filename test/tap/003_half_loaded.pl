# A library whose _PG_init is not exported is loaded without complaint and installs no hook. It must not answer:
# every statement on a protected table fails with 55000.
use strict;
use warnings;

use TenantTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
my $library = $node->config_data('--pkglibdir') . '/pg_tenant.so';
my $objects = "$ENV{PG_TENANT_TREE}/src";

sub exported
{
	my ($file) = @_;
	my ($stdout, $stderr);
	IPC::Run::run([ 'nm', '-D', '--defined-only', $file ], '>', \$stdout, '2>', \$stderr)
	  or die "nm failed: $stderr";
	return map { (split)[-1] } split /\n/, $stdout;
}

my @names = exported($library);
is(scalar(grep { $_ eq '_PG_init' } @names), 1, 'the library exports _PG_init');
is(scalar(grep { $_ eq 'Pg_magic_func' } @names), 1, 'and its magic');
is_deeply([ grep { !/^(_PG_init|Pg_magic_func|(pg_finfo_)?pg_tenant_\w+)$/ } @names ],
	[], 'and the functions of SQL, nothing else');

# The same objects, linked so that only _PG_init is missing.
my $folder = PostgreSQL::Test::Utils::tempdir();
my @objects = grep { -f } glob "$objects/*.o $objects/*/*.o";
{
	die "the objects of the build are not in $objects\n" unless @objects;
	PostgreSQL::Test::Utils::append_to_file("$folder/exports",
		"{ global: Pg_magic_func; pg_finfo_*; pg_tenant_*; local: *; };\n");
	IPC::Run::run([ 'g++', '-shared', '-o', "$folder/half.so", "-Wl,--version-script=$folder/exports", @objects ])
	  or die 'cannot link the library again';
	is_deeply([ grep { $_ ne '_PG_init' } sort @names ], [ sort(exported("$folder/half.so")) ],
		'the half library lacks _PG_init only');

	create_shop($node);
	fill($node);
	# Its functions come from that library from now on, as if it had been installed.
	superuser($node)->do("UPDATE pg_proc SET probin = '$folder/half' WHERE probin = '\$libdir/pg_tenant'");
	for my $mode ('shared', 'session', 'none')
	{
		$node->append_conf('postgresql.conf',
			"shared_preload_libraries = '" . ($mode eq 'shared' ? "$folder/half" : '') . "'\n"
			  . "session_preload_libraries = '" . ($mode eq 'session' ? "$folder/half" : '') . "'\n");
		$node->restart;
		for my $role ('app', 'shop_owner') { nothing_works($mode, $role); }
	}
}

done_testing();

sub fill
{
	$node->safe_psql('postgres', q{
		CREATE FUNCTION shop.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS
			$$ BEGIN RAISE NOTICE 'seen: %', $1; RETURN true; END $$;
		SET SESSION AUTHORIZATION shop_owner;
		CREATE TABLE shop.orders (tenant_id text, id int) PARTITION BY LIST (id);
		CREATE TABLE shop.orders_1 PARTITION OF shop.orders FOR VALUES IN (1);
		INSERT INTO shop.orders VALUES ('x', 1);
		CREATE TABLE shop.numbers (tenant_id bigint, id int);
		INSERT INTO shop.numbers VALUES (7, 1);
		CREATE TABLE shop.small (tenant_id int, id int);
		INSERT INTO shop.small VALUES (7, 1);
		CREATE VIEW shop.listing AS SELECT * FROM shop.items;
		SELECT tenant.protect('shop.orders', column_type => 'text', register => true);
		SELECT tenant.protect('shop.numbers', column_type => 'bigint', register => true);
		SELECT tenant.protect('shop.small', column_type => 'int', register => true);
	});
	return;
}

sub nothing_works
{
	my ($mode, $role) = @_;
	my @statements = (
		(map { "SELECT * FROM shop.$_" } qw(items orders orders_1 numbers small listing)),
		'SELECT count(*) FROM shop.items',
		"SELECT * FROM shop.items WHERE tenant_id = '$red'",
		'SELECT * FROM shop.items WHERE shop.leak(name)',
		'SELECT (SELECT max(id) FROM shop.items)',
		'PREPARE p AS SELECT * FROM shop.items; EXECUTE p',
		'BEGIN; DECLARE c CURSOR FOR SELECT * FROM shop.items; FETCH 1 FROM c',
		'UPDATE shop.items SET name = name',
		'DELETE FROM shop.items',
		'INSERT INTO shop.items (id) VALUES (4)',
		"INSERT INTO shop.items VALUES ('$blue', 4)",
		'MERGE INTO shop.items USING (VALUES (1)) v (k) ON id = k WHEN MATCHED THEN DELETE',
		'COPY shop.items TO STDOUT',
		'COPY (SELECT * FROM shop.items) TO STDOUT',
		'EXPLAIN ANALYZE SELECT * FROM shop.items',
		"SELECT tenant.set('$blue')",
		'SELECT tenant.current_id()',
		"SELECT tenant.execute('$blue', 'SELECT 1')");
	push @statements, "SELECT tenant.suspend('$blue')", "SELECT tenant.unprotect('shop.items')"
	  if $role eq 'shop_owner';
	for my $tenant ($blue, undef)
	{
		for my $sql (@statements)
		{
			my $result = session($node, user => $role, tenant => $tenant)->query($sql);
			my $name = "$mode, $role, " . (defined $tenant ? 'a tenant' : 'no tenant') . ": $sql";
			is($result->{sqlstate}, '55000', $name);
			is_deeply([ $result->{rows}, $result->{copied}, $result->{notices} ], [ [], '', [] ], "$name: shows nothing");
		}
	}
	is(superuser($node)->answer('SELECT count(*) FROM ONLY shop.items'), '3', "$mode, $role: all rows are still there");
	return;
}
