# Statements of sqlsmith for a tenant with hostile neighbours tell nothing of these; and that it would be noticed.
use strict;
use warnings;

use PostgreSQL::Test::Utils;
use Test::More;

my $tree = $ENV{PG_TENANT_TREE};
my ($out, $err);

ok(run_log([ "$tree/test/smith/run", '--queries', 60, '--seed', 1 ], '>', \$out, '2>', \$err), 'no canary, no crash') or diag($err, $out);
like($out, qr/^\d{3,} passed, 0 failed$/m, 'of many statements');

my @spoiled = ('--spoil', 'ALTER DATABASE fuzz_builtin SET pg_tenant.confine_bypass_roles = off');
ok(!run_log([ "$tree/test/smith/run", '--queries', 60, '--seed', 1, @spoiled ], '>', \$out, '2>', \$err), 'a superuser who is not confined');
like($out, qr/^FAILED superuser.*: tenant \S+ was told <.*canary/m, 'is noticed');

done_testing();
