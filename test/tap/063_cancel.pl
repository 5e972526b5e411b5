# A command is cancelled, runs into statement_timeout, or its session is ended, at any point of its way: all is as before it or as after it.
use strict;
use warnings;

use Faults;
use TenantTest;
use Test::More;

my $node = faulty_node('main');
try_faults($node, 'c', 3, qr/^(57014|done)$/);
try_faults($node, 't', 1, qr/^(57P01|done)$/);
my @delays = map { 2**$_ } 0 .. 5;
@delays = map { $_, $_ * 1.3, $_ * 1.6 } @delays if $ENV{FAULTS};
try_faults($node, 's', [ map { int } @delays ], qr/^(57014|done)$/, qw(protect unprotect isolate_tenant));
done_testing();
