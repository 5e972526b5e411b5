# Part 2: the package catalogue of this machine, one tenant for each maintainer. Sourced by run.
# shellcheck shell=bash disable=SC2154,SC2034  # here and work are run's; done_what is for step

# Asks for everybody's packages; each tenant must be answered with one line, its own.
catalogue_query="SELECT tenant.current_id(), count(*), (SELECT count(*) FROM catalogue.dependencies),
	coalesce(sum(installed_kb), 0) FROM catalogue.packages GROUP BY maintainer;"

catalogue() {
	say
	title "Part 2: data that nobody made for this, the package catalogue of this machine"
	step "reading the catalogue" read_catalogue
	note_what_was_read
	step "loading packages and dependencies" load_catalogue
	step "adopting both tables, each maintainer becomes a tenant" load catalogue "$here/catalogue/adopt.sql"
	show_adoption catalogue_owner "$here/catalogue/adopt.sql"
	step "asking as every tenant, and counting in the text with awk" count_twice
	show_counts
}

read_catalogue() {
	source_name='apt-cache dumpavail'
	if command -v apt-cache >/dev/null; then
		apt-cache dumpavail >"$work/catalogue.txt"
	fi
	if [ ! -s "$work/catalogue.txt" ]; then
		source_name=/var/lib/dpkg/status
		cat "$source_name" >"$work/catalogue.txt"
	fi
	"$here/catalogue/parse" "$work" <"$work/catalogue.txt"
	done_what="$(thousands "$(grep -c '^Package:' "$work/catalogue.txt")") packages"
}

note_what_was_read() {
	local left_out
	if [ "$source_name" != 'apt-cache dumpavail' ]; then
		say "  This machine has no package lists, so these are only the installed packages, from $source_name."
	fi
	left_out=$(wc -l <"$work/left_out")
	if [ "$left_out" != 0 ]; then
		say "  $left_out packages were left out, also of the count in the text: their maintainers cannot be tenant ids"
		say "  (1 to 128 characters, no control characters). They are listed in $work/left_out."
	fi
}

load_catalogue() {
	load postgres "$here/catalogue/tables.sql"
	load catalogue "$here/catalogue/load.sql"
}

count_twice() {
	LC_ALL=C awk -f "$here/catalogue/count.awk" "$work/catalogue.txt" >"$work/packages.counted"
	ask_every_tenant catalogue catalogue_app "$catalogue_query" <"$work/packages.counted" >"$work/packages.seen"
	done_what="$(thousands "$(wc -l <"$work/packages.counted")") tenants"
}

# total NAME: one line for all the lines of stdin.
total() { awk -F '\t' -v name="$1" '{ p += $2; d += $3; k += $4 } END { printf "%s\t%d\t%d\t%.0f\n", name, p, d, k }'; }

show_counts() {
	local tenants count
	tenants=$(thousands "$(wc -l <"$work/packages.counted")")
	count=$(differences "$work/packages.counted" "$work/packages.seen")
	heading "What the tenants see: the biggest five, and all"
	{
		printf 'tenant\tpackages\tdependencies\tinstalled kB\n'
		sort -t $'\t' -k 2,2nr "$work/packages.seen" | sed -n 1,5p
		total 'all tenants together' <"$work/packages.seen"
		total 'the text, counted by awk' <"$work/packages.counted"
	} | aligned
	if [ "$count" != 0 ]; then
		fail "$count lines differ between $work/packages.counted (the text) and packages.seen (the tenants)"
	fi
	success "$tenants tenants compared one by one, 0 differences"
}
