# Prints C sources as `file:line:code`: comments are gone, string and character
# literals are empty, and lines of #include are left as they are.

FNR == 1 { in_comment = 0 }

!in_comment && /^[ \t]*#[ \t]*include/ {
	print FILENAME ":" FNR ":" $0
	next
}

{
	rest = $0
	out = ""
	while (rest != "") {
		if (in_comment) {
			end = index(rest, "*/")
			if (!end)
				break
			in_comment = 0
			rest = substr(rest, end + 2)
			out = out " "
			continue
		}
		if (!match(rest, /\/\*|\/\/|"|'/)) {
			out = out rest
			break
		}
		mark = substr(rest, RSTART, RLENGTH)
		out = out substr(rest, 1, RSTART - 1)
		rest = substr(rest, RSTART + RLENGTH)
		if (mark == "//")
			break
		if (mark == "/*") {
			in_comment = 1
			continue
		}
		end_of = mark == "\"" ? "^([^\"\\\\]|\\\\.)*\"" : "^([^'\\\\]|\\\\.)*'"
		if (match(rest, end_of))
			rest = substr(rest, RLENGTH + 1)
		else
			rest = ""
		out = out mark mark
	}
	print FILENAME ":" FNR ":" out
}
