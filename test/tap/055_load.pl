# Clients of a pool at work for many tenants while these are suspended and tables unprotected; and that they would notice.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use Test::More;

my $tree = $ENV{PG_TENANT_TREE};

# The exit status, and what was said; with a fault if one is given.
sub under_load
{
	my ($seconds, @spoil) = @_;
	my ($out, $err);
	my $holds = run_log([ "$tree/test/load/run", '--seconds', $seconds, '--clients', 20, '--tenants', 50, @spoil ], '>', \$out, '2>', \$err);
	return ($holds, $out, $err);
}

my ($holds, $out, $err) = under_load(10);
ok($holds, 'every answer is that of its tenant, while tenants come, go and are suspended') or diag($err, $out);
like($out, qr/^\d{3,} passed, 0 failed$/m, 'and there were many');

($holds, $out, $err) = under_load(3, '--spoil', 'ALTER TABLE tenant.tenants DISABLE TRIGGER announce_change');
ok(!$holds, 'a suspension that is not announced');
like($err, qr/a suspended tenant is served/, 'is noticed');

($holds, $out, $err) = under_load(3, '--spoil', 'ALTER DATABASE load SET pg_tenant.confine_bypass_roles = off');
ok(!$holds, 'a superuser who is not confined');
like($err, qr/a row of |rows in place of /, 'is noticed');

done_testing();
