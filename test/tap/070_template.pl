# The server dies, or the session is ended, in the middle of provisioning with a template: nothing is left of the tenant, and the same
# call made again makes it.
use strict;
use warnings;

use TenantTest;
use Test::More;

my $node = tenant_node('main');
$node->safe_psql('postgres', q{
	CREATE EXTENSION IF NOT EXISTS pg_tenant;
	CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM pg_advisory_xact_lock_shared(1);
		RETURN NEW;
	END $$;
	CREATE TABLE folders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text);
	CREATE TABLE pages (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, folder bigint REFERENCES folders);
	SELECT tenant.protect('folders', column_type => 'text'), tenant.protect('pages', column_type => 'text');
	SELECT tenant.add_template_table('folders'), tenant.add_template_table('pages');
	SELECT tenant.provision('pattern');
	SET app.tenant_id = 'pattern';
	INSERT INTO folders (title) SELECT 'f' || n FROM generate_series(1, 100) n;
	INSERT INTO pages (folder) SELECT id FROM folders;
	RESET app.tenant_id;
	-- By now all folders are copied, and half of the pages.
	CREATE SEQUENCE copied;
	CREATE TRIGGER wait BEFORE INSERT ON pages FOR EACH ROW WHEN (nextval('copied') = 50) EXECUTE FUNCTION public.wait();
});
my $call = "SELECT tenant.provision('copy', template => 'pattern', domains => ARRAY['copy.example'], idempotency_key => 'k')";

# A session that provisions, and has come to the row that waits.
sub provision_to_the_middle
{
	my $holder = superuser($node);
	$holder->do('SELECT pg_advisory_lock(1)');
	$node->safe_psql('postgres', "SELECT setval('copied', 1)");
	my $maker = superuser($node);
	$maker->send('Q', "$call\0");
	ok($node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $maker->{pid} AND NOT granted)"), 'it waits in the middle');
	return ($maker, $holder);
}

sub is_nothing_left
{
	my ($after) = @_;
	is($node->safe_psql('postgres', q{SET row_security = off;
		SELECT (SELECT count(*) FROM folders WHERE tenant_id <> 'pattern'), (SELECT count(*) FROM pages WHERE tenant_id <> 'pattern'),
			(SELECT count(*) FROM tenant.tenants), (SELECT count(*) FROM tenant.audit_log WHERE tenant_id = 'copy'),
			(SELECT count(*) FROM tenant.events WHERE tenant_id = 'copy'), (SELECT count(*) FROM tenant.provision_keys),
			(SELECT count(*) FROM tenant.tenant_domains)}), '0|0|1|0|0|0|0', "nothing is left after $after");
}

my ($maker, $holder) = provision_to_the_middle();
$node->stop('immediate');
$node->start;
is_nothing_left('a crash');

($maker, $holder) = provision_to_the_middle();
$node->safe_psql('postgres', "SELECT pg_terminate_backend($maker->{pid})");
ok($node->poll_query_until('postgres', "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $maker->{pid})"), 'the session is ended');
is_nothing_left('the end of the session');

$holder->do('SELECT pg_advisory_unlock(1)');
$node->safe_psql('postgres', $call);
$node->safe_psql('postgres', $call);
is($node->safe_psql('postgres', q{SET row_security = off;
	SELECT count(*), count(DISTINCT f.id), count(DISTINCT p.id) FROM pages p JOIN folders f ON f.id = p.folder AND f.tenant_id = p.tenant_id WHERE p.tenant_id = 'copy'}),
	'100|100|100', 'the same call makes it, once');
is($node->safe_psql('postgres', q{SELECT tenant.id_for_domain('copy.example')}), 'copy', 'with its domain');

done_testing();
