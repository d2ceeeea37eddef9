#!/bin/sh
# Replays the committed corpus of each fuzzer: replay.sh build/…/replay_TARGET...
set -eu

failed=0
total=0
for program in "$@"; do
	target=${program##*/replay_}
	corpus=tests/fuzz/corpus/$target
	[ -d "$corpus" ] || continue
	total=$((total + $(find "$corpus" -type f | wc -l)))
	if ! find "$corpus" -type f -exec "$program" {} + >"$program.log" 2>&1; then
		echo "# $program"
		cat "$program.log"
		failed=$((failed + 1))
	fi
done
if [ $failed != 0 ]; then
	echo "replay: FAILED: $failed of $# fuzzers"
	exit 1
fi
echo "replay: $total files passed in $# fuzzers"
