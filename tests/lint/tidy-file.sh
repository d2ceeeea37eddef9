#!/bin/sh
# Checks one file for tidy.sh, which sets the environment: tidy-file.sh FILE.
# Prints the findings, or remembers that there is none.
set -eu

file=$1
# shellcheck disable=SC2086 # a list of flags
key=$({
	# The rule for make names the file and the headers of ours.
	clang $LINT_CFLAGS -MM "$file" | sed 's/^[^:]*://; s/\\$//' |
		xargs cat "$TIDY_CONFIG"
	echo "$LINT_CFLAGS $TIDY_VERSION"
} 2>/dev/null | sha256sum | cut -d' ' -f1)
stamp=build/tidy/$file.$key
[ ! -e "$stamp" ] || exit 0

mkdir -p "${stamp%/*}"
rm -f "build/tidy/$file".*
# shellcheck disable=SC2086
if clang-tidy --quiet --config-file="$TIDY_CONFIG" "$file" -- $LINT_CFLAGS \
	>"$stamp.out" 2>&1; then
	mv "$stamp.out" "$stamp"
	exit 0
fi
sed -n "s|^$PWD/||; s/:[0-9]*: error: \(.*\) \[\([^],]*\).*\]\$/: \1: mend it (\2)/p" \
	"$stamp.out"
grep -q ': error: ' "$stamp.out" ||
	echo "$file:1: clang-tidy failed: $(tail -n 1 "$stamp.out")"
