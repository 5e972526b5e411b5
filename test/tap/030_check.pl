# tenant.check(): what it says of a server's configuration, that its fixes mend it, and that it is quick.
use strict;
use warnings;

use TenantTest;
use Test::More;
use Time::HiRes 'time';

my $node = tenant_node('main');
create_shop($node);
$node->safe_psql('postgres', 'CREATE ROLE reader LOGIN IN ROLE tenant_reader');

sub findings
{
	my ($code) = @_;
	return $node->safe_psql('postgres', "SELECT severity, code FROM tenant.check() WHERE code ~ '$code'", extra_params => [ '-U', 'reader' ]);
}

# Each statement on its own: ALTER SYSTEM runs in no transaction.
sub mend
{
	my ($code) = @_;
	my $fix = $node->safe_psql('postgres', "SELECT fix FROM tenant.check() WHERE code = '$code'");
	isnt($fix, '', "a fix for $code");
	$node->safe_psql('postgres', $_) for grep { /\S/ } split /;/, $fix;
	return;
}

is(findings('preloaded'), '', 'preloaded with the server');
my %modes = (
	session => [ "session_preload_libraries = 'pg_tenant'\n", 'info|session_preloaded', 'info|bypass_role' ],
	none => [ "session_preload_libraries = ''\n", 'critical|not_preloaded', 'warning|bypass_role' ]);
for my $mode (sort keys %modes)
{
	my ($line, $finding, $role) = @{ $modes{$mode} };
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'auto_explain, pg_stat_statements'\n$line");
	$node->restart;
	is(findings('preloaded'), $finding, "$mode: $finding");
	like(findings('^bypass_role$'), qr/^\Q$role\E$/, "$mode: $role");
	mend(substr($finding, index($finding, '|') + 1));
	$node->restart;
	is(findings('preloaded'), '', "$mode: gone after the fix and a restart");
	is($node->safe_psql('postgres', 'SHOW shared_preload_libraries'), 'auto_explain, pg_stat_statements, pg_tenant', 'beside the libraries that were there');
	$node->safe_psql('postgres', 'ALTER SYSTEM RESET shared_preload_libraries');
}
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_tenant'\n");
$node->restart;

# Settings of the configuration file.
my %settings = (
	'confine_bypass_roles = off' => 'critical|bypass_roles_not_confined',
	'on_missing_tenant = empty' => 'warning|missing_tenant_unnoticed',
	'require_registered = off' => 'info|unregistered_tenants_served');
for my $setting (sort keys %settings)
{
	my ($severity, $code) = split /\|/, $settings{$setting};
	$node->append_conf('postgresql.conf', "pg_tenant.$setting\n");
	$node->reload;
	$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM tenant.check() WHERE code = '$code'");
	is(findings("^$code\$"), $settings{$setting}, "pg_tenant.$setting is found");
	mend($code);
	ok($node->poll_query_until('postgres', "SELECT count(*) = 0 FROM tenant.check() WHERE code = '$code'"), 'and mended');
}

# Thousands of tables.
$node->safe_psql('postgres', q{
	SET client_min_messages = warning;
	DO $$ BEGIN FOR i IN 1..25 LOOP
		EXECUTE format('CREATE TABLE shop.parted_%s (tenant_id uuid, id int) PARTITION BY LIST (id)', i);
		FOR j IN 1..100 LOOP EXECUTE format('CREATE TABLE shop.parted_%s_%s PARTITION OF shop.parted_%1$s FOR VALUES IN (%2$s)', i, j); END LOOP;
		PERFORM tenant.protect(format('shop.parted_%s', i)::regclass);
		COMMIT;
	END LOOP; END $$;
	DO $$ BEGIN FOR i IN 1..2500 LOOP
		EXECUTE format('CREATE TABLE shop.plain_%s (tenant_id uuid, id int)', i);
		IF i % 500 = 0 THEN COMMIT; END IF;
	END LOOP; END $$;
	ANALYZE pg_catalog.pg_class, pg_catalog.pg_attribute, pg_catalog.pg_policy, pg_catalog.pg_depend, pg_catalog.pg_inherits;
});
my $begun = time;
is($node->safe_psql('postgres', q{SELECT count(*) FROM tenant.check() WHERE code = 'unprotected_table'}), 2500, 'thousands of findings among 5,000 tables');
my $seconds = time - $begun;
cmp_ok($seconds, '<', 30, 'in seconds');
note(sprintf 'check() over 5,000 tables: %.1f s', $seconds);

done_testing();
