#!/bin/sh
# operator/ passes clang-tidy as .clang-tidy says.
#
# A file that passed is not looked at again until it, a header of ours that it
# includes, the configuration or the flags change: build/tidy/ remembers.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

LINT_CFLAGS=${LINT_CFLAGS:--std=gnu17 -D_GNU_SOURCE -Ioperator}
TIDY_CONFIG=$lint/../../.clang-tidy
TIDY_VERSION=$(clang-tidy --version | tr '\n' ' ')
export LINT_CFLAGS TIDY_CONFIG TIDY_VERSION

files '^operator/.*\.c$' |
	xargs -r -P "${JOBS:-2}" -n 1 timeout 300 sh "$lint/tidy-file.sh" |
	sort -u | conclude
