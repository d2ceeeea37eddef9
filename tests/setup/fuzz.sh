#!/bin/sh
# Runs fuzzers one after the other: fuzz.sh SECONDS build/fuzz/…/fuzz_TARGET...
#
# New inputs gather in build/fuzz/corpus/TARGET; what is worth keeping goes, by
# hand, to tests/fuzz/corpus/TARGET. A finding is written to build/fuzz/.
set -eu

seconds=$1
shift
failed=
for program in "$@"; do
	target=${program##*/fuzz_}
	found=build/fuzz/corpus/$target
	seeds=tests/fuzz/corpus/$target
	dictionary=tests/fuzz/dict/$target.dict
	echo "fuzz: $target for $seconds s"
	mkdir -p "$found"
	[ -d "$seeds" ] || seeds=
	option=
	[ ! -e "$dictionary" ] || option=-dict=$dictionary
	# shellcheck disable=SC2086 # empty when there is none
	"$program" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
		-artifact_prefix="build/fuzz/$target-" $option \
		"$found" $seeds >"$program.log" 2>&1 || {
		tail -n 60 "$program.log"
		failed="$failed $target"
		continue
	}
	sed -n 's/^stat::number_of_executed_units: */fuzz:   runs: /p' "$program.log"
done
if [ -n "$failed" ]; then
	echo "fuzz: FAILED:$failed; the inputs are build/fuzz/TARGET-*"
	exit 1
fi
