#!/bin/sh
# Runs fuzzers, JOBS at a time: fuzz.sh SECONDS build/fuzz/…/fuzz_TARGET...
#
# New inputs gather in build/fuzz/corpus/TARGET; what is worth keeping goes, by
# hand, to tests/fuzz/corpus/TARGET. A finding is written to build/fuzz/.
set -eu

# One fuzzer: writes PROGRAM.log, and PROGRAM.failed when it found something.
if [ "$1" = --one ]; then
	seconds=$2
	program=$3
	target=${program##*/fuzz_}
	found=build/fuzz/corpus/$target
	seeds=tests/fuzz/corpus/$target
	dictionary=tests/fuzz/dict/$target.dict
	mkdir -p "$found"
	[ -d "$seeds" ] || seeds=
	option=
	[ ! -e "$dictionary" ] || option=-dict=$dictionary
	rm -f "$program.failed"
	echo "fuzz: $target for $seconds s"
	# shellcheck disable=SC2086 # empty when there is none
	"$program" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
		-artifact_prefix="build/fuzz/$target-" $option \
		"$found" $seeds >"$program.log" 2>&1 || touch "$program.failed"
	sed -n "s/^stat::number_of_executed_units: */fuzz: $target: runs: /p" \
		"$program.log"
	exit 0
fi

seconds=$1
shift
printf '%s\n' "$@" | xargs -P "${JOBS:-2}" -n 1 sh "$0" --one "$seconds"
failed=
for program in "$@"; do
	[ -e "$program.failed" ] || continue
	tail -n 60 "$program.log"
	failed="$failed ${program##*/fuzz_}"
done
if [ -n "$failed" ]; then
	echo "fuzz: FAILED:$failed; the inputs are build/fuzz/TARGET-*"
	exit 1
fi
