#!/bin/sh
# Runs every check, or those named, and sums up: all.sh [NAME...]
set -u
cd "$(dirname "$0")/../.." || exit 2

checks=${*:-floors sizes banned readmes limits format shell headers tidy clang selftest}
failed=
for check in $checks; do
	start=$(date +%s)
	if [ "$check" = clang ]; then
		${MAKE:-make} -k clang 2>&1
	else
		sh "tests/lint/$check.sh"
	fi
	# shellcheck disable=SC2181 # of whichever ran
	if [ $? = 0 ]; then
		result=ok
	else
		result=FAILED
		failed="$failed $check"
	fi
	echo "lint: $check: $result ($(($(date +%s) - start)) s)"
done
if [ -n "$failed" ]; then
	echo "lint: FAILED:$failed"
	exit 1
fi
