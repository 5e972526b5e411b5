# A PostgreSQL client that speaks the protocol itself: it shows what the server reports (ParameterStatus), keeps
# portals open between messages, and gives SQLSTATEs without parsing what a client prints.
package Wire;

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use PostgreSQL::Test::Utils;

# Wire->new($node, user => ..., dbname => ..., options => '-c a=b', startup => {...further parameters})
# With an address the connection comes from there, by TCP to 127.0.0.1.
# On a refused connection the object's {refused} holds the SQLSTATE.
sub new
{
	my ($class, $node, %params) = @_;
	my $path = $node->host . '/.s.PGSQL.' . $node->port;
	my $address = $params{address};
	my $self = bless {
		socket => defined $address
		? IO::Socket::INET->new(LocalAddr => $address, PeerAddr => '127.0.0.1', PeerPort => $node->port)
		: IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $path),
		buffer => '',
		parameter => {},
		reports => []
	}, $class;
	die "cannot connect to $path: $!" unless $self->{socket};
	$self->{socket}->autoflush(1);

	my %startup = (
		user => $params{user},
		database => $params{dbname} // 'postgres',
		client_encoding => 'UTF8',
		%{ $params{startup} // {} });
	$startup{options} = $params{options} if defined $params{options};
	my $body = pack('N', 196608) . join('', map { "$_\0$startup{$_}\0" } sort keys %startup) . "\0";
	$self->raw(pack('N', 4 + length $body) . $body);
	my $result = $self->finish;
	$self->{refused} = $result->{sqlstate};
	$self->{reports} = [];
	return $self;
}

sub raw
{
	my ($self, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';
	my $socket = $self->{socket};
	print $socket $bytes;
	return;
}

sub send
{
	my ($self, $type, $body) = @_;
	$self->raw($type . pack('N', 4 + length $body) . $body);
	return;
}

# The next message, (type, body); an empty list when the server has closed the connection.
sub receive
{
	my ($self) = @_;
	my $wait = IO::Select->new($self->{socket});
	for (;;)
	{
		if (length $self->{buffer} >= 5)
		{
			my ($type, $length) = unpack 'aN', $self->{buffer};
			if (length $self->{buffer} >= 1 + $length)
			{
				my $body = substr $self->{buffer}, 5, $length - 4;
				substr($self->{buffer}, 0, 1 + $length) = '';
				return ($type, $body);
			}
		}
		$! = 0;
		if (!$wait->can_read($PostgreSQL::Test::Utils::timeout_default))
		{
			next if $!{EINTR}; # a client that this test started has ended
			die 'no answer from the server';
		}
		my $count = sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer};
		return unless $count;
	}
}

sub fields
{
	my ($body) = @_;
	my %field;
	while ($body =~ /\G([A-Za-z])([^\0]*)\0/g) { $field{$1} = $2; }
	return \%field;
}

sub columns
{
	my ($body) = @_;
	my ($count) = unpack 'n', $body;
	my $at = 2;
	my @values;
	for (1 .. $count)
	{
		my $length = unpack 'N', substr $body, $at, 4;
		$at += 4;
		if ($length == 0xffffffff) { push @values, undef; next; }
		push @values, substr $body, $at, $length;
		$at += $length;
	}
	return \@values;
}

# Reads until the server is ready again (or closed, or waits for COPY data).
sub finish
{
	my ($self) = @_;
	my $result = { rows => [], tags => [], notices => [], copied => '' };
	while (my ($type, $body) = $self->receive)
	{
		if ($type eq 'D') { push @{ $result->{rows} }, columns($body); }
		elsif ($type eq 'd') { $result->{copied} .= $body; }
		elsif ($type eq 'C') { push @{ $result->{tags} }, $body =~ s/\0.*//sr; }
		elsif ($type eq 's') { $result->{suspended} = 1; }
		elsif ($type eq 'N') { push @{ $result->{notices} }, fields($body); }
		elsif ($type eq 'A') { push @{ $result->{notified} }, join ' ', (unpack 'N Z* Z*', $body)[ 1, 2 ]; }
		elsif ($type eq 'E')
		{
			my $error = fields($body);
			$result->{sqlstate} //= $error->{C};
			$result->{message} //= $error->{M};
			$result->{error} //= $error;
		}
		elsif ($type eq 'S')
		{
			my ($name, $value) = split /\0/, $body, -1;
			$self->{parameter}{$name} = $value;
			push @{ $self->{reports} }, "$name=$value";
		}
		elsif ($type eq 'K') { ($self->{pid}) = unpack 'N', $body; }
		elsif ($type eq 'G') { $self->feed; }
		elsif ($type eq 'Z')
		{
			$result->{ready} = $body;
			return $result;
		}
	}
	$result->{closed} = 1;
	return $result;
}

# Gives the server what copy() was to copy in, or tells it that there is nothing.
sub feed
{
	my ($self) = @_;
	return if $self->{is_fed};    # it was sent with the statement
	my $feed = $self->{feed};
	if (!defined $feed) { $self->send('f', "no data\0"); return; }
	# In pieces that end anywhere.
	$self->send('d', $_) for unpack '(a1000)*', $feed;
	$self->send('c', '');
	# Of the extended protocol the server has ignored one while it copied.
	$self->send('S', '') if $self->{is_extended};
	return;
}

# COPY FROM STDIN of this data, by the simple protocol or, with extended => 1, by the other.
sub copy
{
	my ($self, $sql, $data, %params) = @_;
	local $self->{feed} = $data;
	local $self->{is_extended} = $params{extended};
	return $self->query($sql) unless $params{extended};
	$self->parse('', $sql);
	$self->bind('', '');
	$self->execute('');
	return $self->sync;
}

# The simple protocol.
sub query
{
	my ($self, $sql) = @_;
	$self->send('Q', "$sql\0");
	return $self->finish;
}

# What a statement gave, as one string: its SQLSTATE, or its rows, or what it copied, or its command tag.
sub answer
{
	my ($self, $sql) = @_;
	return told($self->query($sql));
}

sub told
{
	my ($result) = @_;
	return $result->{sqlstate} if defined $result->{sqlstate};
	return join ',', map { join '|', map { $_ // 'null' } @$_ } @{ $result->{rows} }
	  if @{ $result->{rows} };
	return $result->{copied} =~ s/\n\z//r =~ s/\n/,/gr if $result->{copied} ne '';
	return $result->{tags}[-1] // ($result->{closed} ? 'closed' : '');
}

# Runs what must succeed.
sub do
{
	my ($self, $sql) = @_;
	my $result = $self->query($sql);
	die "$result->{sqlstate}: $result->{message}\n$sql" if defined $result->{sqlstate};
	return;
}

# The extended protocol: queue messages, then sync() or a last message that sync() follows.
sub parse { my ($self, $name, $sql) = @_; $self->send('P', "$name\0$sql\0" . pack 'n', 0); return; }

sub bind
{
	my ($self, $portal, $name, @values) = @_;
	my $values = join '', map { pack('N', length $_) . $_ } @values;
	$self->send('B', "$portal\0$name\0" . pack('nn', 0, scalar @values) . $values . pack 'n', 0);
	return;
}

sub execute { my ($self, $portal, $limit) = @_; $self->send('E', "$portal\0" . pack 'N', $limit // 0); return; }

sub sync { my ($self) = @_; $self->send('S', ''); return $self->finish; }

# A call of a function by a message of its own, with arguments as text.
sub call
{
	my ($self, $oid, @values) = @_;
	my $values = join '', map { pack('N', length $_) . $_ } @values;
	$self->send('F', pack('Nnn', $oid, 0, scalar @values) . $values . pack 'n', 0);
	return $self->finish;
}

# The reports that came since the last call, as "name=value".
sub reports
{
	my ($self) = @_;
	my @reports = @{ $self->{reports} };
	$self->{reports} = [];
	return join ' ', @reports;
}

sub close
{
	my ($self) = @_;
	$self->send('X', '');
	close $self->{socket};
	return;
}

1;
