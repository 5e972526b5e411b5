# How the demo looks: progress, scenes and verdicts. Sourced by run.
# shellcheck shell=bash disable=SC2154  # steps and work are run's

bold='' dim='' cyan='' green='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' dim=$'\e[2m' cyan=$'\e[36m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
fi
step_number=0

say() { printf '%s\n' "$*"; }
title() { printf '%s%s%s\n' "$bold" "$*" "$plain"; }
heading() { printf '\n%s  %s%s\n' "$bold" "$*" "$plain"; }
command_line() { printf '    %s%s%s\n' "$cyan" "$*" "$plain"; }
success() { printf '%s  ok: %s%s\n' "$green" "$*" "$plain"; }

fail() {
	printf '%spg_tenant demo: %s%s\n' "$red" "$*" "$plain" >&2
	exit 1
}

farewell() {
	if [ "$1" != 0 ]; then
		say "The demo FAILED. Its server, if it had started, still runs; make demo-stop removes it." >&2
	fi
}

thousands() { sed ':more; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; t more' <<<"$1"; }

since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }

# step TEXT COMMAND [ARG ...]: a line of progress around the command, which may leave a figure in $done_what.
step() {
	local text=$1 begun=$EPOCHREALTIME
	shift
	step_number=$((step_number + 1))
	printf '%s[%*d/%d]%s %s …  ' "$dim" "${#steps}" "$step_number" "$steps" "$plain" "$text"
	done_what=
	"$@"
	printf '%s%s s\n' "${done_what:+$done_what, }" "$(since "$begun")"
}

# typed ROLE STATEMENT: the statement as its author would have typed it.
typed() { printf '    %s%s=>%s %s%s%s\n' "$dim" "$1" "$plain" "$cyan" "${2//$'\n'/$'\n'    }" "$plain"; }

show_adoption() {
	local statement
	while IFS= read -r statement; do
		typed "$1" "$statement"
	done < <(grep '^SELECT tenant.protect' "$2")
}

# What psql says beside the answer itself is left out.
shown() { sed '/^$/d; /^SET$/d; /^RESET$/d; /^(1 row)$/d; s/^/    /' <<<"$1"; }

# Tab-separated lines, the first of them headings: names on the left (without addresses), numbers on the right.
aligned() {
	perl -CS -lne '
		my ($name, @numbers) = split /\t/;
		$name =~ s/ <.*//;
		for (@numbers) { 1 while s/^(\d+)(\d{3})/$1,$2/ }
		print "    ", join "  ", sprintf("%-45.45s", $name), map { sprintf "%12s", $_ } @numbers;'
}
