#!/bin/sh
# Builds the peers of one language once for each state of their sources, into a cache outside the tree. Prints the
# folder with the program "peer", and nothing else, on standard output; progress goes to standard error.
#
#   build.sh go|java|native|node|python|rust
#
#   DEVMACHINE_CACHE   where to build (default: ~/.cache/devmachine-operator)
#
# Ends with 3 when the machine lacks what it takes; the last line on standard error says what.
set -eu

cd "$(dirname "$0")"
: "${HOME:=/root}"
export HOME
language=$1
cache=${DEVMACHINE_CACHE:-$HOME/.cache/devmachine-operator}

say() { echo "bench: $language: $*" >&2; }
skip() { echo "$*" >&2; exit 3; }

# need COMMAND VERSION-ARGUMENT: a program that must be there; what it is made with is part of the hash.
need() {
	command -v "$1" >/dev/null || skip "no $1"
	versions="$versions $("$@" 2>&1)" || skip "no $1 that works"
}

# quietly COMMAND...: its output goes to the log.
quietly() {
	"$@" >>"$out/build.log" 2>&1 </dev/null || skip "$1 failed, see $out/build.log"
}

# program LINE...: what "peer" runs.
program() {
	{ printf '#!/bin/sh\n'; printf '%s\n' "$@"; } >"$out/peer"
	chmod +x "$out/peer"
}

build_go() {
	(cd "$out" && CGO_ENABLED=0 GOWORK=off GOFLAGS='' GOTOOLCHAIN=local \
		quietly go build -buildvcs=false -mod=readonly -trimpath -o peer .)
}

build_java() {
	quietly mvn -q -B -f "$out/pom.xml" process-classes
	program "exec java -cp '$out/target/classes:$out/target/lib/*' Peers \"\$@\""
}

# version PACKAGE: Debian's, or nothing where there is no Debian.
version() {
	dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo unknown
}

# compile NAME LIBRARY...: each has a library of its own, which may be missing.
compile() {
	name=$1
	shift
	g++ -std=c++17 -O2 -DVERSION="\"$(version "$(package "$name")")\"" -o "$out/$name" "$out/$name.cpp" "$@" \
		>>"$out/build.log" 2>&1 || say "left out: $name"
}

package() {
	case $1 in
	kainjow) echo libkainjow-mustache-dev ;;
	*) echo libmstch-dev ;;
	esac
}

build_native() {
	compile kainjow
	compile mstch -lmstch
	gcc -std=gnu17 -O2 -o "$out/yaml" "$out/yaml.c" -lyaml >>"$out/build.log" 2>&1 || say "left out: libyaml"
	# shellcheck disable=SC2016 # expanded when it runs
	program "cd '$out'" \
		'case $1 in kainjow|mstch) program=$1 ;; *) program=yaml ;; esac' \
		'[ -x "$program" ] || { echo "no headers of $program, or of nlohmann/json" >&2; exit 3; }' \
		'exec "./$program" "$@"'
}

build_node() {
	(cd "$out" && quietly npm ci --ignore-scripts --no-audit --no-fund)
	program "exec node '$out/main.js' \"\$@\""
}

build_python() {
	quietly python3 -m venv "$out/venv"
	quietly "$out/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$out/requirements.txt"
	program "exec '$out/venv/bin/python' '$out/main.py' \"\$@\""
}

build_rust() {
	quietly cargo build --release --locked --manifest-path "$out/Cargo.toml"
	ln -f "$out/target/release/render-bench-peers" "$out/peer"
}

versions=
case $language in
go) need go version ;;
java) need java -version; need mvn -v ;;
native)
	need g++ --version
	versions="$versions $(version libkainjow-mustache-dev) $(version libmstch-dev) $(version libyaml-dev)"
	;;
node) need node --version; need npm --version ;;
python) need python3 -c 'import sys, ensurepip; print(sys.version, sys.executable)' ;;
rust) need cargo --version ;;
*) echo "bench: no such language: $language" >&2; exit 2 ;;
esac

# One line for each file that the program is made of: its name is in the hash, too.
hash=$({ echo "$versions"; find build.sh "$language" -type f | LC_ALL=C sort | xargs sha256sum; } |
	sha256sum | cut -c1-16)
out=$cache/bench-$language-$hash
if [ ! -e "$out/ready" ]; then
	mkdir -p "$cache"
	exec 9>"$cache/bench-$language.lock"
	if command -v flock >/dev/null; then flock 9; fi
fi
if [ ! -e "$out/ready" ]; then
	say "building into $out"
	rm -rf "$out"
	cp -R "$language" "$out"
	"build_$language"
	: >"$out/ready"
	for old in "$cache/bench-$language"-*; do
		[ "$old" = "$out" ] || rm -rf "$old"
	done
fi
echo "$out"
