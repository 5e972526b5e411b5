# Of valgrind's reports those with a frame of this library: what was found, and the innermost frame that is ours.
function tell() {
	if (place != "")
		print what " at " place
	what = place = ""
}
{ sub(/^==[0-9]+== ?/, "") }
/^$/ { tell(); next }
what == "" { what = $0; gsub(/[0-9,]+ bytes? in [0-9,]+ blocks?/, "memory", what); sub(/ in loss record.*/, "", what) }
place == "" && match($0, /src\/[a-z_\/]*\.[ch]pp:[0-9]+/) { place = substr($0, RSTART, RLENGTH) }
END { tell() }
