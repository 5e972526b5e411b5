# malloc() fails at any point of a command: it ends with 53200, or works all the same, and the session goes on isolating.
use strict;
use warnings;

use Faults;
use TenantTest;
use Test::More;

my $node = faulty_node('main');
try_faults($node, 'm', 4, qr/^(53200|done)$/);

done_testing();
