# Cuts the ```sql blocks out of a page, for test/doc/run. Writes, in the folder `work`:
#   blocks     number, line and heading of each block
#   script     the blocks for psql; after each statement a mark: @@ block, line of the page, SQLSTATE
#   expected   block, line, what a comment expects of the statement that ends there
# A statement ends with a line that ends with a semicolon outside dollar quotes.
BEGIN { OFS = "\t" }

function mark(state) { print "\\echo '@@'", block, line, state > (work "/script") }

function expect(text) {
	print block, line, text > (work "/expected")
}

function code(text,   rest) {
	print text > (work "/script")
	rest = text
	while (match(rest, /\$[A-Za-z_]*\$/)) {
		quoted = !quoted
		rest = substr(rest, RSTART + RLENGTH)
	}
	sub(/[ \t]*--.*$/, "", text)
	if (!quoted && text ~ /(;|\\g[a-z]*.*|^\\.*)[ \t]*$/) {
		line = FNR
		mark(":SQLSTATE")
	}
}

/^#+ / && !inside { heading = $0; sub(/^#+ /, "", heading); gsub(/\t/, " ", heading) }
/^```sql/ && !inside {
	inside = 1
	quoted = 0
	block++
	line = FNR
	print block, page ":" FNR ": " heading > (work "/blocks")
	mark("00000")
	next
}
/^```/ && inside { inside = 0; next }
inside {
	text = $0
	comment = ""
	if (match(text, /-- (=>|ERROR:).*$/)) {
		comment = substr(text, RSTART + 3)
		text = substr(text, 1, RSTART - 1)
		sub(/[ \t]+$/, "", text)
	}
	if (text ~ /[^ \t]/)
		code(text)
	if (comment != "") {
		sub(/[ \t]+$/, "", comment)
		expect(comment)
	}
}
END { if (inside) { block++; print block, page ": a block that does not end" > (work "/blocks"); line = FNR; expect("=> its end") } }
