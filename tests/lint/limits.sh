#!/bin/sh
# Every limit of base/limits.h is named by a test, or has its reason not to be
# in limits.txt.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

limits=operator/base/limits.h
excused=tests/lint/limits.txt
[ -e "$limits" ] || exit 0
[ -e "$excused" ] || excused=/dev/null

{
	files '^tests/.*\.(c|h|py)$' | xargs -r grep -ohE 'LIMIT_[A-Z_]+' | sort -u
	echo --
	sed -n 's/^\(LIMIT_[A-Z_]*\)  *[^ ].*/\1/p' "$excused"
	echo --
	# Those with an argument are units.
	sed -n 's/^#define \(LIMIT_[A-Z_]*\)[ \t].*/\1/p' "$limits"
} | awk -v limits="$limits" -v excused="$excused" '
$0 == "--" { part++; next }
part == 0 { tested[$0] }
part == 1 { reason[$0] }
part == 2 {
	known[$0]
	if (!($0 in tested) && !($0 in reason))
		print limits ":1: " $0 " is in no test: reach it in one, or say in " \
			excused " why not"
}
END {
	for (name in reason)
		if (!(name in known))
			print excused ":1: " name " is no limit: remove it"
		else if (name in tested)
			print excused ":1: " name " is in a test: remove it"
}' | conclude
