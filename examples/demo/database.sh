# How the demo talks to its server. Sourced by run.
# shellcheck shell=bash disable=SC2154,SC2034  # work is run's; done_what is for step

quiet_psql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

# What is really there, whoever it belongs to: a superuser who says that row security is off.
whole_truth() { PGOPTIONS='-c row_security=off' quiet_psql "$@"; }

# load DATABASE FILE: runs the file as the superuser, in $work, where \copy finds its data; counts the rows made.
load() {
	local database=$1 file=$2 rows
	if ! (cd "$work" && psql -X -v ON_ERROR_STOP=1 -d "$database" -f "$file") >"$work/load.log" 2>&1; then
		say
		grep -v '^[A-Z]* [0-9 ]*$' "$work/load.log" | tail -5 >&2
		fail "$file failed"
	fi
	rows=$(awk '/^(INSERT 0|COPY|SELECT) [0-9]+$/ { n += $NF } END { print n + 0 }' "$work/load.log")
	if [ "$rows" != 0 ]; then
		done_what="$(thousands "$rows") rows"
	fi
}

# One session of the application, open from here to close_session.
open_session() {
	session_role=$2
	coproc session { exec psql -X -v VERBOSITY=verbose -d "$1" -U "$2" 2>&1; }
}

close_session() {
	local pid=$session_PID
	eval "exec ${session[1]}>&-"
	wait "$pid"
}

# ask STATEMENT: shows the statement and its answer; leaves them in $answer and $state (the SQLSTATE).
ask() {
	local line
	typed "$session_role" "$1"
	printf '%s\n' "$1" '\echo answered :SQLSTATE' >&"${session[1]}"
	answer=
	while IFS= read -r line <&"${session[0]}"; do
		case $line in
		'answered '*)
			state=${line#answered }
			shown "$answer"
			return
			;;
		LOCATION:*) ;;
		*) answer+=$line$'\n' ;;
		esac
	done
	fail "the session has ended instead of answering"
}

expect_state() {
	if [ "$state" != "$1" ]; then
		fail "SQLSTATE $1 was expected here, not $state"
	fi
}

# expect_answer TEXT: the text is in the answer, the amount of white space aside.
expect_answer() {
	local got wanted
	got=$(tr -s ' \n' ' ' <<<"$answer")
	wanted=$(tr -s ' \n' ' ' <<<"$1")
	if [[ $got != *"${wanted% }"* ]]; then
		fail "this was expected: $wanted"
	fi
}

# ask_every_tenant DATABASE ROLE QUERY: one session runs the query for each tenant that stdin names first in
# its tab-separated lines. A tenant id may hold a quote, hence the doubling.
ask_every_tenant() {
	awk -F '\t' -v query="$3" -v q="'" '{ gsub(q, q q, $1); print "SET app.tenant_id = " q $1 q ";"; print query }' |
		quiet_psql -A -t -F $'\t' -d "$1" -U "$2"
}

# differences FILE FILE: the number of lines that are in one but not in the other.
differences() { comm -3 <(sort "$1") <(sort "$2") | wc -l; }
