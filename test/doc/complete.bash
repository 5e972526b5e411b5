# Whether doc/ is complete, for test/doc/run, which reads this file: nothing that users can call, set or see is left
# out, and nothing is described that does not exist.
# shellcheck shell=bash disable=SC2154,SC2016

# Functions: a heading of a page has the name, each argument with its type, and the result.
grep -hE '^#+ .*`[a-z_]+\(' doc/*.md >"$work/headings"
while IFS=$'\t' read -r name arguments result; do
	heading=$(grep -F "\`$name(" "$work/headings" || true)
	wrong=
	if [ "$(printf '%s' "$heading" | grep -c .)" != 1 ]; then
		wrong="doc/ must have one heading with $name("
	else
		while read -r argument; do
			[ -z "$argument" ] || [[ $heading == *"$argument"* ]] || wrong+="argument $argument is not in the heading; "
		done <<<"${arguments//, /$'\n'}"
		[[ -z $result || $heading == *"→ $result"* ]] || wrong+="result → $result is not in the heading"
	fi
	check "doc/: $name" "$wrong"
done < <(psql -XqAt -F $'\t' -d doc_complete <<-'SQL'
	SELECT p.proname, regexp_replace(pg_get_function_identity_arguments(p.oid), '(, )?OUT [^,]*|\mIN ', '', 'g'),
		CASE WHEN p.proargmodes IS NULL AND p.prorettype <> 'void'::regtype THEN pg_get_function_result(p.oid) END
	FROM pg_proc p WHERE p.pronamespace = 'tenant'::regnamespace
		AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) WHERE privilege_type = 'EXECUTE'
			AND (grantee = 0 OR grantee IN (SELECT oid FROM pg_roles WHERE rolname IN ('tenant_admin', 'tenant_reader'))))
	ORDER BY p.proname
	SQL
)
unknown=$(sed -n 's/^#* *`\([a-z_]*\)(.*/\1/p' doc/*.md | sort -u |
	comm -23 - <(sql doc_complete "SELECT DISTINCT proname COLLATE \"C\" FROM pg_proc WHERE pronamespace = 'tenant'::regnamespace ORDER BY 1"))
check 'doc/ describes no function that does not exist' "$unknown"

# Findings: a row of a table of check.md: | `code` | severity | …
findings() {
	sql doc_complete "SELECT DISTINCT format('%s|%s', m[2], CASE m[1] WHEN 'tenant.confined_severity()' THEN 'info or warning' ELSE trim(m[1], '''') END)
		COLLATE \"C\" FROM pg_proc p CROSS JOIN LATERAL regexp_matches(prosrc, '(''critical''|''warning''|''info''|tenant.confined_severity\(\)), ''([a-z_]+)'', ', 'g') m
		WHERE pronamespace = 'tenant'::regnamespace AND prorettype = 'tenant.finding'::regtype ORDER BY 1"
}
described_findings() { sed -n 's/^| `\([a-z_]*\)` | \([a-z ]*\) |.*/\1|\2/p' doc/check.md | sort; }
check 'doc/check.md has every finding with its severity' "$(comm -23 <(findings) <(described_findings))"
check 'doc/check.md has no other' "$(comm -13 <(findings) <(described_findings))"

# Tables and views that a role may read.
while read -r name; do
	wrong=
	grep -qE "^#+ .*\`$name\`" doc/*.md || wrong="doc/ has no heading with \`$name\`"
	check "doc/: $name" "$wrong"
done < <(sql doc_complete "SELECT relname FROM pg_class WHERE relnamespace = 'tenant'::regnamespace AND relkind IN ('r', 'v')
	AND has_table_privilege('tenant_reader', oid, 'SELECT') ORDER BY 1")

# Settings: a row of a table of settings.md: | `name` | type | `default` | who | meaning |
while IFS='|' read -r name type default who values; do
	row=$(grep -F "| \`$name\` |" doc/settings.md || true)
	wrong=
	[[ $row == "| \`$name\` | $type | \`$default\` | $who |"* ]] || wrong="settings.md must have: | \`$name\` | $type | \`$default\` | $who | …"
	for value in $values; do
		[[ $row == *"\`$value\`"* ]] || wrong+=" value \`$value\` is not in its row"
	done
	check "doc/settings.md: $name" "$wrong"
done < <(sql doc_complete "LOAD 'pg_tenant'; SELECT name, CASE vartype WHEN 'string' THEN 'text' WHEN 'bool' THEN 'boolean' ELSE vartype END,
	CASE WHEN coalesce(boot_val, '') = '' THEN '''''' ELSE boot_val END,
	CASE context WHEN 'user' THEN 'anyone' WHEN 'superuser' THEN 'superuser, or granted' ELSE context END, array_to_string(enumvals, ' ')
	FROM pg_settings WHERE name ~ '^(app|pg_tenant)\.' ORDER BY name")
unknown=$(sed -n 's/^| `\([a-z_]*\.[a-z_]*\)` |.*/\1/p' doc/settings.md | sort -u |
	comm -23 - <(sql doc_complete "LOAD 'pg_tenant'; SELECT name COLLATE \"C\" FROM pg_settings ORDER BY 1"))
check 'doc/settings.md describes no setting that does not exist' "$unknown"

# The SQLSTATEs of our own that the sources raise.
raised() {
	{
		sed -n "s/.*MAKE_SQLSTATE('\(.\)', '\(.\)', '\(.\)', '\(.\)', '\(.\)').*/\1\2\3\4\5/p" src/*/*.hpp src/*/*.cpp
		grep -ohE "ERRCODE = '[A-Z0-9]{5}'" src/schema/*.sql | cut -d"'" -f2
	} | grep '^TN' | sort -u
}
described() { sed -n 's/^| `\(TN[0-9]*\)` |.*/\1/p' doc/errors.md | sort -u; }
check 'doc/errors.md has every SQLSTATE that is raised' "$(comm -23 <(raised) <(described))"
check 'doc/errors.md has no other' "$(comm -13 <(raised) <(described))"
