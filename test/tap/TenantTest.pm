# What the TAP tests share: a server with a small shop in it, two tenants, an ordinary role and an owner.
package TenantTest;

use strict;
use warnings;

use File::Basename;
use File::Path 'rmtree';

BEGIN
{
	# Where servers of parallel runs agree on their ports; the default is a folder of the installation.
	my $data = $ENV{TESTDATADIR} // 'tmp_check';
	mkdir $data;
	$ENV{PG_TEST_PORT_DIR} //= "$data/portlock";
	# A run that failed leaves its servers' files, and the next would stumble over them.
	my $test = basename($0, '.pl');
	rmtree([ glob "$data/t_${test}_*_data" ]);
}

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Wire;

our @EXPORT = qw(BLUE RED NOBODY tenant_node create_shop session superuser is_answer limit_tenant);

use constant {
	BLUE => '11111111-1111-1111-1111-111111111111',
	RED => '22222222-2222-2222-2222-222222222222',
	NOBODY => '33333333-3333-3333-3333-333333333333'    # not registered
};

# A started server; what follows the name are lines of its configuration.
sub tenant_node
{
	my ($name, @lines) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(allows_streaming => 'logical');
	$node->append_conf('postgresql.conf', "$_\n")
	  for 'restart_after_crash = on', "shared_preload_libraries = 'pg_tenant'", @lines;
	$node->start;
	return $node;
}

# Roles app (ordinary) and shop_owner (owns the tables, may provision); table shop.items with rows 1 and 2 of
# the tenant BLUE and 3 of RED.
sub create_shop
{
	my ($node, $database) = @_;
	$database //= 'postgres';
	my ($blue, $red) = (BLUE, RED);
	$node->safe_psql(
		$database, qq{
		CREATE EXTENSION pg_tenant;
		DO \$\$
		BEGIN
			IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
				CREATE ROLE app LOGIN NOSUPERUSER NOBYPASSRLS;
				CREATE ROLE shop_owner LOGIN NOSUPERUSER NOBYPASSRLS IN ROLE tenant_admin;
			END IF;
		END
		\$\$;
		CREATE SCHEMA shop AUTHORIZATION shop_owner;
		GRANT USAGE ON SCHEMA shop TO app;
		ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA shop GRANT ALL ON TABLES TO app;
		SET SESSION AUTHORIZATION shop_owner;
		CREATE TABLE shop.items (tenant_id uuid, id int, name text, PRIMARY KEY (tenant_id, id));
		INSERT INTO shop.items VALUES ('$blue', 1, 'one'), ('$blue', 2, 'two'), ('$red', 3, 'three');
		SELECT tenant.protect('shop.items', register => true);
	});
	return;
}

# A session of a role, app by default; tenant => id comes as a connection option.
sub session
{
	my ($node, %params) = @_;
	my $tenant = delete $params{tenant};
	$params{user} //= 'app';
	$params{options} = "-c app.tenant_id=$tenant" if defined $tenant;
	return Wire->new($node, %params);
}

# A session of the superuser that initdb made.
sub superuser
{
	my ($node, $database) = @_;
	our $name //= $node->safe_psql('postgres', 'SELECT current_user');
	return Wire->new($node, user => $name, dbname => $database // 'postgres');
}

# Gives the tenant these limits, members of a JSON object, and no others.
sub limit_tenant
{
	my ($session, $tenant, $limits) = @_;
	$session->do(qq{SELECT tenant.set_config('$tenant', '{"limits": null}')});
	$session->do(qq{SELECT tenant.set_config('$tenant', '{"limits": {$limits}}')});
	return;
}

# The statement's answer (see Wire::answer) in a test of that name.
sub is_answer
{
	my ($session, $sql, $expected, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $result = $session->query($sql);
	Test::More::is(Wire::told($result), $expected, $name)
	  or Test::More::diag("$sql: " . ($result->{message} // 'no error'));
	return;
}

1;
