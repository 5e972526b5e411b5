# A backend, or the postmaster, dies of SIGKILL at any point of a command: when the server is back, all is as before the command or as after it.
use strict;
use warnings;

use Faults;
use TenantTest;
use Test::More;

my $node = faulty_node('main');
try_faults($node, 'k', 1, qr/^closed$/);
try_faults($node, 'p', 1, qr/^closed$/, qw(protect partition isolate_tenant suspend copy_from_as_insert));
done_testing();
