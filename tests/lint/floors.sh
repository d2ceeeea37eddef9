#!/bin/sh
# Each file of operator/ may include what tests/floors allows its floor, and
# names the floor of every header of ours.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

code operator | awk -v table=tests/floors '
BEGIN {
	while ((getline line < table) > 0) {
		if (line ~ /^#/ || line !~ /:/)
			continue
		n = split(line, word, /[: ]+/)
		known[word[1]] = 1
		for (i = 1; i <= n; i++)
			allowed[word[1], word[i]] = 1
	}
}
{
	split($0, field, ":")
	split(field[1], part, "/")
	floor = part[2]
	where = field[1] ":" field[2] ": "
	if (!(floor in known)) {
		if (!(floor in told))
			print where "no floor is called " floor ": add it to " table
		told[floor] = 1
		next
	}
	if (!match($0, /#[ \t]*include[ \t]*"[^"]*"/))
		next
	name = substr($0, RSTART, RLENGTH)
	sub(/^[^"]*"/, "", name)
	sub(/"$/, "", name)
	if (name !~ "^[a-z]+/[a-z0-9_]+\\.h$") {
		print where "include of \"" name "\": write \"floor/file.h\""
		next
	}
	to = name
	sub(/\/.*/, "", to)
	if (!(to in known))
		print where "include of \"" name "\": no floor is called " to
	else if (!((floor, to) in allowed))
		print where floor " may not include " to \
			": move the code up, or change " table " with a reason"
}' | conclude
