# pg_upgrade (to the same major; test/upgrade goes to others) carries all that pg_tenant keeps, with the library preloaded in both
# servers: what it dumps, restores and counts passes the hooks.
use strict;
use warnings;

use Test::More;

my ($passed, $failed);
open my $run, '-|', "$ENV{PG_TENANT_TREE}/test/upgrade/run", '--short' or die "cannot run it: $!";
while (my $line = <$run>)
{
	if ($line =~ /^ {3}(ok|FAILED) +(.*)/) { ok($1 eq 'ok', $2); }
	elsif ($line =~ /^(\d+) passed, (\d+) failed$/) { ($passed, $failed) = ($1, $2); }
	else { diag($line); }
}
ok(close($run) && $passed && !$failed, 'it ran to its end');

done_testing();
