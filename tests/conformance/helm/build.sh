#!/bin/sh
# Builds Helm 3 and Helm 4 from the modules that go.mod pins, once for each state of go.mod, into a cache outside the
# tree. Prints the directory that holds helm3 and helm4, and nothing else, on standard output. Progress goes to standard
# error. Nothing but the Go module proxy is asked, and every module is checked against go.sum.
#
#   DEVCLUSTER_CACHE   where to build (default: ~/.cache/devmachine-operator)
set -eu

cd "$(dirname "$0")"
: "${HOME:=/root}"
export HOME
name=helm
cache=${DEVCLUSTER_CACHE:-$HOME/.cache/devmachine-operator}
# shellcheck source=../../setup/go.sh
. ../../setup/go.sh

hash=$(sha256sum go.mod go.sum build.sh | sha256sum | cut -c1-16)
out=$cache/helm-$hash
if [ -e "$out/ready" ]; then
	touch "$out"
	echo "$out"
	exit 0
fi

# build NUMBER: that major version, which says the version it is of.
build() {
	module=helm.sh/helm/v$1
	version=$(version_of "$module")
	say "building Helm $version with $("$go" env GOVERSION) into $out"
	compile "$out/build$1.log" "$out/helm$1" -ldflags "-s -w -X $module/internal/version.version=$version" "$module/cmd/helm"
}

mkdir -p "$out"
exec 9>"$cache/helm.lock"
flock -n 9 || { say "waiting for another build"; flock 9; }
if [ ! -e "$out/ready" ]; then
	find_go
	say "the first time, about 1,200 packages: 3 to 6 minutes on two cores"
	build 3
	build 4
	: >"$out/ready"
	keep_recent "$cache"/helm-*
fi
echo "$out"
