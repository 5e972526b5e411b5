# Compares what psql gave with what the comments expect, for test/doc/run: files blocks, expected, output.
# Prints a line for each block: its name, what is wrong (nothing, or lines that end with \n, written out).
BEGIN { FS = OFS = "\t" }
FILENAME != last { file++; last = FILENAME }

function at(block, line) { return block SUBSEP line }

file == 1 { names[$1] = $2; blocks = $1; next }
file == 2 {
	key = at($1, $2)
	text = $3
	if (text ~ /^ERROR: /) {
		wanted_error[key] = substr(text, 8)
	} else {
		sub(/^=> ?/, "", text)
		if (key in has_output)
			text = wanted[key] "\n" text
		wanted[key] = text
		has_output[key] = 1
	}
	if (!(key in seen)) { seen[key] = 1; order[++keys] = key; block_of[keys] = $1; line_of[keys] = $2 }
	next
}
/^@@ / {
	split($0, mark, " ")
	key = at(mark[2], mark[3])
	if (!(key in got)) { marks[++all] = key; mark_block[all] = mark[2]; mark_line[all] = mark[3] }
	got[key] = output
	state[key] = mark[4]
	output = ""
	some = 0
	next
}
{ output = some ? output "\n" $0 : $0; some = 1 }

function complain(block, line, text) { wrong[block] = wrong[block] "line " line ": " text "\\n" }

function shown(text) { gsub(/\\/, "\\\\", text); gsub(/\n/, "\\n   ", text); return text }

END {
	for (i = 1; i <= all; i++) {
		key = marks[i]
		if (state[key] != "00000" && !(key in wanted_error))
			complain(mark_block[i], mark_line[i], "error " state[key] ", which no comment expects")
	}
	for (i = 1; i <= keys; i++) {
		key = order[i]
		if (!(key in got))
			complain(block_of[i], line_of[i], "no statement ends here")
		else if ((key in wanted_error) && state[key] != wanted_error[key])
			complain(block_of[i], line_of[i], "expected error " wanted_error[key] ", got " state[key])
		else if ((key in has_output) && got[key] != wanted[key])
			complain(block_of[i], line_of[i], "expected\\n   " shown(wanted[key]) "\\ngot\\n   " shown(got[key]))
	}
	for (block = 1; block <= blocks; block++)
		print names[block], wrong[block]
}
