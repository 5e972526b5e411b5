# The second opinion on the catalogue: counts in the text itself, line by line, and shares nothing with parse but the
# rule for a tenant id. Prints maintainer, packages, dependencies and installed kB. Run it with LC_ALL=C, for not every
# awk knows UTF-8: an x takes the place of each character of several bytes, and a byte that is left was no UTF-8.
function is_tenant_id(text) {
	if (text ~ /[\001-\037\177]|\302[\200-\237]/) {
		return 0
	}
	gsub(/[\302-\337][\200-\277]/, "x", text)
	gsub(/[\340-\357][\200-\277][\200-\277]/, "x", text)
	gsub(/[\360-\364][\200-\277][\200-\277][\200-\277]/, "x", text)
	return text !~ /[\200-\377]/ && length(text) >= 1 && length(text) <= 128
}

function end_of_package() {
	if (in_package && is_tenant_id(maintainer)) {
		packages[maintainer]++
		dependencies[maintainer] += targets
		kilobytes[maintainer] += size
	}
	in_package = targets = size = 0
	maintainer = field = ""
}

function count_targets(text,   parts, n, i) {
	n = split(text, parts, /[,|]/)
	for (i = 1; i <= n; i++) {
		if (parts[i] ~ /[^ \t]/) {
			targets++
		}
	}
}

/^[ \t]*$/ { end_of_package(); next }
/^[^ \t]/ { field = substr($0, 1, index($0, ":")); sub(/^[^:]*:[ \t]*/, ""); sub(/[ \t]+$/, ""); in_package = 1 }
field == "Maintainer:" { maintainer = $0 }
field == "Installed-Size:" { size = $0 }
field ~ /^(Pre-Depends|Depends|Recommends|Suggests|Enhances):$/ { count_targets($0) }
END {
	end_of_package()
	for (maintainer in packages) {
		printf "%s\t%d\t%d\t%.0f\n", maintainer, packages[maintainer], dependencies[maintainer], kilobytes[maintainer]
	}
}
