#!/bin/sh
# Builds one program of the benchmark once for each state of its sources, into a cache outside the tree. Prints the path
# of the program, and nothing else, on standard output; progress goes to standard error.
#
#   build.sh load|controller-runtime|kopf
#
#   DEVMACHINE_CACHE   where to build (default: ~/.cache/devmachine-operator)
set -eu

cd "$(dirname "$0")"
: "${HOME:=/root}"
export HOME
case ${1:-} in
load) folder=load program=load ;;
controller-runtime) folder=peers/controller-runtime program=controller-runtime ;;
kopf) folder=peers/kopf program=venv/bin/kopf ;;
*) echo "usage: build.sh load|controller-runtime|kopf" >&2; exit 2 ;;
esac
name=bench-operate
cache=${DEVMACHINE_CACHE:-$HOME/.cache/devmachine-operator}
setup=$PWD/../../setup
# shellcheck source=../../setup/go.sh
. "$setup/go.sh"

# What a virtual environment was made by is part of it.
versions=
[ "$1" != kopf ] || versions=$(python3 -c 'import sys; print(sys.version, sys.executable)')
hash=$({ echo "$versions"; find build.sh "$folder" -type f ! -path '*/__pycache__/*' | LC_ALL=C sort | xargs sha256sum; } |
	sha256sum | cut -c1-16)
out=$cache/bench-operate-$1-$hash
if [ -e "$out/ready" ]; then
	touch "$out"
	echo "$out/$program"
	exit 0
fi

build_go() {
	cd "$folder"
	find_go
	say "building $1 into $out"
	compile "$out/build.log" "$out/$program" -ldflags '-s -w' .
}

build_python() {
	say "installing $1 into $out"
	python3 -m venv "$out/venv" >&2
	"$out/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$folder/requirements.txt" >&2
	cp "$folder"/*.py "$out"
}

mkdir -p "$out"
exec 9>"$cache/bench-operate-$1.lock"
flock -n 9 || { say "waiting for another build"; flock 9; }
if [ ! -e "$out/ready" ]; then
	case $1 in
	kopf) build_python "$1" ;;
	*) build_go "$1" ;;
	esac
	: >"$out/ready"
	keep_recent "$cache"/bench-operate-"$1"-*
fi
echo "$out/$program"
