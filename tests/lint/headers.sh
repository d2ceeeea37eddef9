#!/bin/sh
# Each header of operator/ compiles alone, with gcc and with clang.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
# Without the warnings, of which gcc and clang know different ones.
flags=$(echo "${LINT_CFLAGS:--std=gnu17 -D_GNU_SOURCE -Ioperator}" |
	sed 's/-W[^ ]*//g')

files '^operator/.*\.h$' | sed 's|^operator/||' | while IFS= read -r header; do
	for cc in gcc clang; do
		# shellcheck disable=SC2086 # a list of flags
		printf '#include "%s"\n' "$header" |
			$cc $flags -Werror -fsyntax-only -x c - >/dev/null 2>&1 ||
			echo "operator/$header:1: does not compile alone with $cc: include or declare what it uses"
	done
done | conclude
