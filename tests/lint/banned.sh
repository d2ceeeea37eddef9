#!/bin/sh
# What banned.txt lists is used in operator/ only by the files named there.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

code operator | awk -v table="$lint/banned.txt" '
function trim(text) {
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}
function is_allowed(file, list,    n, i, name) {
	n = split(list, name, " ")
	for (i = 1; i <= n; i++)
		if (file == "operator/" name[i] || \
		    name[i] ~ /\/$/ && index(file, "operator/" name[i]) == 1)
			return 1
	return 0
}
function complain(what, rule) {
	if (!is_allowed(field[1], files[rule]))
		print field[1] ":" field[2] ": " what " is for " \
			(files[rule] == "" ? "nobody" : files[rule]) \
			": " instead[rule]
}
BEGIN {
	while ((getline line < table) > 0) {
		if (line ~ /^[ \t]*(#|$)/)
			continue
		split(line, column, "|")
		rule++
		files[rule] = trim(column[2])
		instead[rule] = trim(column[3])
		n = split(trim(column[1]), name, /[ \t]+/)
		for (i = 1; i <= n; i++) {
			if (name[i] ~ /^</)
				header[substr(name[i], 2, length(name[i]) - 2)] = rule
			else if (name[i] ~ /\*$/)
				prefix[substr(name[i], 1, length(name[i]) - 1)] = rule
			else
				call[name[i]] = rule
		}
	}
}
{
	split($0, field, ":")
	text = substr($0, length(field[1] field[2]) + 3)
}
text ~ /^[ \t]*#[ \t]*include[ \t]*</ {
	sub(/^[^<]*</, "", text)
	sub(/>.*/, "", text)
	for (h in header)
		if (text == h || h ~ /\/$/ && index(text, h) == 1)
			complain("<" text ">", header[h])
	next
}
text ~ /^[ \t]*#[ \t]*include/ { next }
{
	before = ""
	while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
		word = substr(text, RSTART, RLENGTH)
		before = before substr(text, 1, RSTART - 1)
		text = substr(text, RSTART + RLENGTH)
		# A field of that name is no use of the function.
		member = before ~ /(\.|->)[ \t]*$/
		if (!member && (word in call) && text ~ /^[ \t]*\(/)
			complain(word "()", call[word])
		for (p in prefix)
			if (!member && index(word, p) == 1)
				complain(word, prefix[p])
		before = word
	}
}' | conclude
