# Read by every script here; not run by itself.
#
# A lint script is called as `sh tests/lint/NAME.sh [ROOT]`, checks the tree at
# ROOT (this repository when not given), prints one line a finding,
# `file:line: what is wrong, and what to do`, and fails when there was one.
# shellcheck shell=sh disable=SC2034

set -eu
lint=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$lint/../..}"

# Prints the files of the project whose path matches extended expression $1.
files() {
	{
		if [ -e .git ]; then
			git ls-files --cached --others --exclude-standard
		else
			find . -type f ! -path './build/*' | sed 's|^\./||'
		fi
	} | grep -E "$1" | sort -u | while IFS= read -r file; do
		# git still lists what has just been removed.
		[ ! -e "$file" ] || printf '%s\n' "$file"
	done
}

# Prints the C sources under $1 (an expression) as `file:line:code`, without
# comments and without what is inside of string and character literals.
code() {
	files "^($1)/.*\.[ch]\$" | xargs -r awk -f "$lint/strip.awk"
}

# Ends the script: fails when its standard input holds findings, shows them.
conclude() {
	awk '{ print; bad = 1 } END { exit bad }'
}
