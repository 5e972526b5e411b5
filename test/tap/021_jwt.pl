# Signed contexts by public keys, from tokens that openssl signed; what of them is logged.
use strict;
use warnings;

use MIME::Base64 'encode_base64url';
use TenantTest;
use Test::More;

my ($blue, $red) = (BLUE, RED);
my $node = tenant_node('main');
create_shop($node);
my $folder = PostgreSQL::Test::Utils::tempdir();

sub openssl
{
	my ($out, $error) = PostgreSQL::Test::Utils::run_command([ 'openssl', @_ ]);
	return $out;
}

sub make_key
{
	my ($name, @options) = @_;
	openssl('genpkey', '-out', "$folder/$name", @options);
	return openssl('pkey', '-in', "$folder/$name", '-pubout');
}

# What openssl gives is DER: a sequence of two integers.
sub raw_of
{
	my ($der) = @_;
	my ($r_length) = unpack('x3 C', $der);
	my $r = substr($der, 4, $r_length);
	my $s = substr($der, 6 + $r_length);
	return join '', map { substr(("\0" x 32) . $_, -32) } $r, $s;
}

sub token
{
	my ($key, $algorithm, %claims) = @_;
	my $text = join '.', map { encode_base64url($_) } qq({"alg":"$algorithm","kid":"$key"}),
	  '{' . join(',', map { qq("$_":$claims{$_}) } sort keys %claims) . '}';
	PostgreSQL::Test::Utils::append_to_file("$folder/text", '') if !-e "$folder/text";
	open(my $file, '>', "$folder/text") or die;
	print $file $text;
	close $file;
	my @sign = $algorithm eq 'EdDSA' ? ('pkeyutl', '-sign', '-rawin', '-inkey', "$folder/$key", '-in', "$folder/text")
	  : ('dgst', '-sha256', '-sign', "$folder/$key");
	system('openssl', @sign, '-out', "$folder/signature", $algorithm eq 'EdDSA' ? () : "$folder/text") == 0 or die;
	my $signature = PostgreSQL::Test::Utils::slurp_file("$folder/signature");
	return "$text." . encode_base64url($algorithm eq 'ES256' ? raw_of($signature) : $signature);
}

my %public = (
	rsa => make_key('rsa', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'),
	small => make_key('small', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'),
	ec => make_key('ec', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'),
	wide => make_key('wide', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'),
	ed => make_key('ed', '-algorithm', 'ED25519'));
my $root = superuser($node);
is_answer($root, "SELECT tenant.add_jwt_key('rsa', 'RS256', '$public{rsa}')", '', 'an RSA key');
is_answer($root, "SELECT tenant.add_jwt_key('ec', 'ES256', '$public{ec}')", '', 'an EC key');
is_answer($root, "SELECT tenant.add_jwt_key('ed', 'EdDSA', '$public{ed}')", '', 'an Ed25519 key');
my $private = PostgreSQL::Test::Utils::slurp_file("$folder/rsa");
for my $refused ([ 'RS256', $public{small}, 'a small RSA key' ], [ 'RS256', $public{ec}, 'an EC key for RSA' ],
	[ 'ES256', $public{wide}, 'another curve' ], [ 'EdDSA', $public{ec}, 'an EC key for EdDSA' ],
	[ 'RS256', $private, 'a private key' ], [ 'RS256', "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\n", 'an encrypted one' ])
{
	my ($algorithm, $key, $what) = @$refused;
	is_answer($root, "SELECT tenant.add_jwt_key('no', '$algorithm', '$key')", '22023', "$what is refused");
}

# An hour from now, by the server's clock.
my $exp = $root->answer('SELECT extract(epoch FROM clock_timestamp())::bigint + 3600');
my $app = session($node);
for my $pair ([ 'rsa', 'RS256' ], [ 'ec', 'ES256' ], [ 'ed', 'EdDSA' ])
{
	my ($key, $algorithm) = @$pair;
	my $token = token($key, $algorithm, tenant_id => qq("$blue"), exp => $exp);
	is_answer($app, "BEGIN; SELECT tenant.set_from_jwt('$token')", $blue, "$algorithm names the tenant");
	is_answer($app, 'SELECT id FROM shop.items ORDER BY id', '1,2', 'whose rows are seen');
	is_answer($app, "SET LOCAL app.tenant_id = '$red'; SELECT id FROM shop.items", 'TN005', 'and no others');
	$app->do('ROLLBACK');
	my ($header, $payload, $signature) = split /\./, $token;
	my $other = encode_base64url(qq({"tenant_id":"$red","exp":$exp}));
	is_answer($app, "SELECT tenant.set_from_jwt('$header.$other.$signature')", '28000', "$algorithm: another payload");
	is_answer($app, "SELECT tenant.set_from_jwt('$header.$payload." . substr($signature, 4) . "')", '28000', 'a shorter signature');
	is_answer($app, "SELECT tenant.set_from_jwt('$header.$payload.')", '28000', 'no signature');
	my $old = token($key, $algorithm, tenant_id => qq("$blue"), exp => $exp - 7200);
	is_answer($app, "SELECT tenant.set_from_jwt('$old')", '28000', 'one that has expired');
}

# The public key as a secret: the old confusion.
my $text = join '.', map { encode_base64url($_) } '{"alg":"HS256","kid":"rsa"}', qq({"tenant_id":"$red","exp":$exp});
my $mac = $root->answer("CREATE EXTENSION pgcrypto; SELECT encode(public.hmac('$text', '$public{rsa}', 'sha256'), 'hex')");
is_answer($app, "SELECT tenant.set_from_jwt('$text." . encode_base64url(pack('H*', $mac)) . "')", '28000',
	'a token whose secret is the public key');

# A role that must bring a token has to, in every connection.
$node->safe_psql('postgres', 'ALTER ROLE app SET pg_tenant.require_signed = on');
$app->close;
$app = session($node, tenant => $blue);
is_answer($app, 'SELECT id FROM shop.items', 'TN005', 'a connection option is no token');
my $token = token('ed', 'EdDSA', tenant_id => qq("$red"), exp => $exp);
my $seal = $app->answer("SELECT tenant.set_from_jwt('$token', false)");
is_answer($app, 'SELECT id FROM shop.items', '3', 'a token for the session is');
$app->do('DISCARD ALL');
is_answer($app, "SET app.tenant_id = '$blue'; SELECT id FROM shop.items", 'TN005', 'also after DISCARD ALL');
is_answer($app, "SELECT tenant.unseal('$seal')", 't', 'until it is unsealed');
is_answer($app, "SET app.tenant_id = '$red'; SELECT id FROM shop.items", 'TN005', 'and then a token is needed again');

# The log has no token that was refused, nor one of a tenant that is.
is_answer($app, "SELECT tenant.set_from_jwt('$token.surplus')", '22023', 'a malformed token');
$node->safe_psql('postgres', "SELECT tenant.suspend('$red')");
is_answer($app, "SELECT tenant.set_from_jwt('$token')", 'TN003', 'a token of a suspended tenant');
my $log = PostgreSQL::Test::Utils::slurp_file($node->logfile);
my @lines = grep { /\Q$token\E/ && !/LOG: / } split /\n/, $log;
is_deeply(\@lines, [], 'no error was logged with its token');
unlike($log, qr/invalid key.*\n.*STATEMENT/, 'nor a key that was refused');

done_testing();
