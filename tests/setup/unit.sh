#!/bin/sh
# Runs unit test programs and sums up.
#
#   unit.sh TITLE PROGRAM...
#
# Shows what failed, and everything with V=1. Runs JOBS programs at a time.
# Each must end within TEST_TIMEOUT_S seconds (300) and run a test.
set -eu

# One program: writes PROGRAM.tap and, when it failed, PROGRAM.failed.
if [ "$1" = --one ]; then
	program=$2
	rc=0
	CMOCKA_MESSAGE_OUTPUT=TAP timeout "${TEST_TIMEOUT_S:-300}" \
		"$program" >"$program.tap" 2>&1 </dev/null || rc=$?
	rm -f "$program.failed"
	[ $rc != 124 ] || echo "not ok - took too long" >>"$program.tap"
	if [ $rc = 0 ] && ! grep -q -e '^ok' -e '# SKIP' "$program.tap"; then
		echo "not ok - ran no test" >>"$program.tap"
		rc=1
	fi
	[ $rc = 0 ] || echo $rc >"$program.failed"
	exit 0
fi

title=$1
shift
[ $# -gt 0 ] || { echo "$title: no tests yet"; exit 0; }

# clang 14's sanitizers cannot run under the address layout of new kernels.
alone=
if setarch -R true 2>/dev/null; then alone="setarch -R"; fi
# shellcheck disable=SC2086 # a command and its option
printf '%s\n' "$@" | $alone xargs -P "${JOBS:-2}" -n 1 sh "$0" --one

failed=0
for program in "$@"; do
	if [ -n "${V-}" ]; then
		echo "# $program"
		cat "$program.tap"
	elif [ -e "$program.failed" ]; then
		echo "# $program: exit status $(cat "$program.failed")"
		grep -v -e '^ok' -e '^1\.\.' -e '# SKIP' "$program.tap" || :
	fi
	[ ! -e "$program.failed" ] || failed=$((failed + 1))
done
taps=$(for program in "$@"; do echo "$program.tap"; done)
# shellcheck disable=SC2086 # paths in build/ hold no spaces
passed=$(cat $taps | grep -c '^ok' || :)
# shellcheck disable=SC2086
skipped=$(cat $taps | grep -c '^not ok.*# SKIP' || :)
also=
[ "$skipped" = 0 ] || also=", $skipped skipped"
if [ $failed != 0 ]; then
	# shellcheck disable=SC2086
	bad=$(cat $taps | grep '^not ok' | grep -vc '# SKIP' || :)
	echo "$title: FAILED: $bad tests in $failed of $# programs; $passed passed$also"
	exit 1
fi
echo "$title: $passed tests passed$also, in $# programs"
