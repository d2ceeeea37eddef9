#!/bin/sh
# Shell scripts pass shellcheck.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

files '\.sh$|^\.ci/run$' | xargs -r shellcheck -x -P SCRIPTDIR --format=gcc 2>&1 |
	sed 's/ \[\(SC[0-9]*\)\]$/ (shellcheck \1: mend it, or disable it with a reason)/' |
	conclude
