#!/bin/sh
# C sources are formatted as .clang-format says.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

files '^(operator|tests)/.*\.[ch]$' |
	xargs -r clang-format --style="file:$lint/../../.clang-format" --dry-run 2>&1 |
	sed -n 's/^\([^ :]*:[0-9]*\):[0-9]*: warning: code should be clang-formatted.*/\1: not formatted: run make format/p' |
	uniq | conclude
