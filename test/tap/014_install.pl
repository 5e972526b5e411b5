# What the extension leaves in the catalogs: nothing that contradicts itself, and nothing that runs what others have left in its schema.
use strict;
use warnings;

use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);

# Finds objects that the catalogs mention and do not have, and the like.
sub is_consistent
{
	my ($database, $name) = @_;
	my ($output, $errors);
	my $status = IPC::Run::run([ 'pg_catcheck', '--host', $node->host, '--port', $node->port, $database ], '>', \$output, '2>', \$errors);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	ok($status && $errors . $output =~ /^(?:progress: )?done \(0 inconsistencies, 0 warnings, 0 errors\)/m, $name) or diag($output, $errors);
	return;
}

$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE postgres") for qw(emptied dropped damaged);
is_consistent('postgres', 'after CREATE EXTENSION and protect()');

my $work = qq{
	SET SESSION AUTHORIZATION shop_owner;
	CREATE TABLE shop.stock (tenant_id uuid, id int, PRIMARY KEY (tenant_id, id));
	INSERT INTO shop.stock SELECT t, i FROM unnest('{$blue,$red}'::uuid[]) t, generate_series(1, 50) i;
	SELECT tenant.protect('shop.stock', partitions => 4);
	CALL tenant.isolate_tenant('shop.stock', '$blue', 10);
	CREATE TABLE shop.parents (id int PRIMARY KEY, tenant_id uuid NOT NULL);
	CREATE TABLE shop.children (id int PRIMARY KEY, parent int REFERENCES shop.parents, tenant_id uuid NOT NULL);
	SELECT tenant.protect('shop.parents'), tenant.protect('shop.children');
	CREATE TABLE shop.extra () INHERITS (shop.items);
	CREATE TABLE shop.colours (name text);
	SELECT tenant.share('shop.colours');
	CREATE MATERIALIZED VIEW shop.counts AS SELECT tenant_id, count(*) AS items FROM shop.items GROUP BY 1 WITH NO DATA;
	SELECT tenant.protect('shop.counts');
	SELECT tenant.grant_tenant('app', '$blue');
	CREATE TABLE shop.passing (tenant_id uuid);
	SELECT tenant.protect('shop.passing');
};
for my $database (qw(emptied dropped damaged))
{
	$node->psql($database, $work, on_error_die => 1);
	is_consistent($database, "after partitions, keys, shares, labels and grants in $database");
}
$node->safe_psql('emptied', q{SET SESSION AUTHORIZATION shop_owner; DROP TABLE shop.passing, shop.colours, shop.children;
	DROP MATERIALIZED VIEW shop.counts; SELECT tenant.unprotect('shop.parents'), tenant.unprotect('shop.stock'), tenant.unprotect('shop.items')});
is_consistent('emptied', 'after unprotect() of everything');
$node->safe_psql('emptied', 'DROP EXTENSION pg_tenant');
is_consistent('emptied', 'after DROP EXTENSION');
$node->safe_psql('emptied', 'CREATE EXTENSION pg_tenant');
is_consistent('emptied', 'after CREATE EXTENSION once more');
$node->safe_psql('dropped', 'DROP EXTENSION pg_tenant CASCADE');
is_consistent('dropped', 'after DROP EXTENSION CASCADE');
$node->safe_psql('damaged', q{SET allow_system_table_mods = on;
	DELETE FROM pg_class WHERE oid = 'shop.parents'::regclass});
my ($output, $errors);
ok(!IPC::Run::run([ 'pg_catcheck', '--host', $node->host, '--port', $node->port, 'damaged' ], '>', \$output, '2>', \$errors),
	'a table without its row in pg_class is noticed');

# A role that may create in the schema, which a superuser has made beforehand, gives nothing to run to who creates the extension.
$node->safe_psql('postgres', 'CREATE DATABASE prepared');
$node->safe_psql('prepared', q{
	CREATE SCHEMA tenant;
	CREATE ROLE mallory;
	GRANT ALL ON SCHEMA tenant TO mallory;
	GRANT CREATE ON DATABASE prepared TO mallory;
	SET SESSION AUTHORIZATION mallory;
	CREATE FUNCTION tenant.own(oid, regnamespace) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE 'it ran as %', current_user; END$$;
	CREATE FUNCTION tenant.own(name, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE 'it ran as %', current_user; END$$;
	CREATE FUNCTION tenant.own("char", text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE 'it ran as %', current_user; END$$;
	CREATE OPERATOR tenant.= (FUNCTION = tenant.own, LEFTARG = oid, RIGHTARG = regnamespace);
	CREATE OPERATOR tenant.= (FUNCTION = tenant.own, LEFTARG = name, RIGHTARG = text);
	CREATE OPERATOR tenant.= (FUNCTION = tenant.own, LEFTARG = "char", RIGHTARG = text)});
is_answer(superuser($node, 'prepared'), 'CREATE EXTENSION pg_tenant', 'CREATE EXTENSION', 'operators of another role in the schema are not met');

done_testing();
