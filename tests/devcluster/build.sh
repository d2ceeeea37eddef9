#!/bin/sh
# Builds devcluster once for each state of its sources, into a cache outside the tree. Prints the path of the binary,
# and nothing else, on standard output; a link "kubectl" is beside it. Progress goes to standard error.
# "build.sh test" runs the unit tests instead.
#
#   DEVCLUSTER_CACHE   where to build (default: ~/.cache/devmachine-operator)
set -eu

cd "$(dirname "$0")"
: "${HOME:=/root}"
export HOME
name=devcluster
cache=${DEVCLUSTER_CACHE:-$HOME/.cache/devmachine-operator}
# shellcheck source=../setup/go.sh
. ../setup/go.sh

# One line for each file that the binary is made of: its name is in the hash, too.
hash=$(find go.mod go.sum build.sh ./*.go stages faults -type f ! -name '*_test.go' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
out=$cache/devcluster-$hash
binary=$out/devcluster
if [ $# = 0 ] && [ -x "$binary" ]; then
	touch "$out"
	echo "$binary"
	exit 0
fi

# build FILE: says what the components' release is.
build() {
	version=$(version_of k8s.io/kubernetes)
	minor=${version#*.}
	minor=${minor%%.*}
	compile "$out/build.log" "$1" -tags grpcnotrace -ldflags "-s -w
		-X k8s.io/component-base/version.gitVersion=$version -X k8s.io/client-go/pkg/version.gitVersion=$version
		-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$minor
		-X k8s.io/component-base/version.gitTreeState=clean" .
}

if [ "${1:-}" = test ]; then
	find_go
	exec "$go" test ./faults
fi

mkdir -p "$out"
exec 9>"$cache/devcluster.lock"
flock -n 9 || { say "waiting for another build"; flock 9; }
if [ ! -x "$binary" ]; then
	find_go
	say "building with $("$go" env GOVERSION) into $out (the first time, about 2,700 packages: 4 to 10 minutes on two cores)"
	build "$out/devcluster.new"
	ln -sf devcluster "$out/kubectl"
	mv "$out/devcluster.new" "$binary"
	keep_recent "$cache"/devcluster-*
fi
echo "$binary"
