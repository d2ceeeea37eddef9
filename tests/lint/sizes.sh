#!/bin/sh
# A .c has at most 600 lines, a .h 200, a function 60.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

{
	files '^(operator|tests)/.*\.[ch]$' | xargs -r awk '
	function check() {
		max = name ~ /\.h$/ ? 200 : 600
		if (lines > max)
			print name ":" lines ": " lines " lines, at most " max \
				" allowed: split it by responsibility"
	}
	FNR == 1 { check(); name = FILENAME }
	{ lines = FNR }
	END { check() }'

	# The house style opens and closes a function, and nothing else but
	# file-scope data, with a brace in the first column.
	code 'operator|tests' | awk '
	{
		split($0, field, ":")
		text = substr($0, length(field[1] field[2]) + 3)
	}
	text ~ /^{/ {
		start = field[2]
		in_function = 1
	}
	text ~ /^}/ && in_function {
		in_function = 0
		n = field[2] - start
		if (n > 60)
			print field[1] ":" start ": function of " n " lines, at" \
				" most 60 allowed: name its parts and call them"
	}'
} | conclude
