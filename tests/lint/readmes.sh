#!/bin/sh
# Folders explain themselves: each at the top, each that holds code, and each
# chart has a README.md, and what operator/'s READMEs name exists.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

# What only machines read needs no page of its own.
is_data() {
	case $1 in
	.*|*/.*|tests/unit/*|tests/fuzz/corpus*|tests/conformance/*/*) return 0 ;;
	esac
	return 1
}

folders() {
	files '/' | awk '
	{
		top = $0
		sub(/\/.*/, "", top)
		print top
		folder = $0
		sub(/\/[^\/]*$/, "", folder)
		if ($0 ~ /\.(c|h|go|py|sh)$/ || $0 ~ /\/Chart\.yaml$/)
			print folder
	}' | sort -u
}

# A name in backticks counts as a file of ours when it ends like a source, or
# is a path that starts with a folder of ours: `val.c`, `data/val.[ch]`,
# `tests/floors`.
names_in() {
	awk '
	/^[ \t]*```/ { fenced = !fenced }
	fenced { next }
	{
		text = $0
		while (match(text, /`[^`]*`/)) {
			print FILENAME ":" FNR ":" substr(text, RSTART + 1, RLENGTH - 2)
			text = substr(text, RSTART + RLENGTH)
		}
	}' "$1" | grep -E ':[A-Za-z0-9_./-]+(\.(c|h|go|py|sh)|\.\[ch\])$|:(operator|tests|charts|config|crd|secret)/[A-Za-z0-9_./-]*$' || :
}

# A name is relative to its README, to operator/ or to the root.
exists() {
	for place in "$1" operator .; do
		[ ! -e "$place/$2" ] || return 0
	done
	return 1
}

{
	folders | while IFS= read -r folder; do
		is_data "$folder" || [ -e "$folder/README.md" ] ||
			echo "$folder/README.md:1: missing: say what the folder is for and where to start"
	done
	files '^operator/([a-z]+/)?README\.md$' | while IFS= read -r readme; do
		names_in "$readme"
	done | while IFS=: read -r readme line name; do
		case $name in
		*.\[ch\]) both="${name%.*}.c ${name%.*}.h" ;;
		*) both=$name ;;
		esac
		for each in $both; do
			exists "${readme%/*}" "$each" ||
				echo "$readme:$line: names $each, which does not exist: correct it"
		done
	done
} | conclude
