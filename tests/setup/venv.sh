#!/bin/sh
# Prints the path of a Python that has what tests/e2e/requirements.txt lists;
# makes its virtual environment first where there is none yet. Progress goes to
# standard error.
set -eu
cd "$(dirname "$0")/../.."

# A version manager's python3 may come and go; the system's stays.
base=${PYTHON:-/usr/bin/python3}
[ -x "$base" ] || base=python3
requirements=tests/e2e/requirements.txt
cache=${DEVMACHINE_CACHE:-$HOME/.cache/devmachine-operator}
hash=$({ cat "$requirements"; "$base" -c 'import sys; print(sys.version)'; } |
	sha256sum | cut -c1-16)
venv=$cache/venv-$hash

if [ ! -e "$venv/ready" ]; then
	mkdir -p "$cache"
	# A virtual environment cannot be moved, so one builds and others wait.
	exec 9>"$venv.lock"
	flock 9
	if [ ! -e "$venv/ready" ]; then
		echo "venv: installing $requirements into $venv" >&2
		rm -rf "$venv"
		"$base" -m venv "$venv" >&2
		"$venv/bin/python" -m pip install --quiet \
			--disable-pip-version-check -r "$requirements" >&2
		: >"$venv/ready"
	fi
fi
echo "$venv/bin/python"
