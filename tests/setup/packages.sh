#!/bin/sh
# Makes sure that what `make` needs is installed.
#
#   packages.sh SET...      the sets are: build, lint, e2e, bench
#
# Says nothing when all is there. On Debian as root it installs what is
# missing; elsewhere it says what to install and fails.
set -eu
cd "$(dirname "$0")/../.."

# set, Debian package, and a command that succeeds when it is there.
table() {
	cat <<-'END'
	build gcc                   has gcc
	build libc6-dev             has_header stdio.h
	build make                  has make
	build pkg-config            has pkg-config
	build libcurl4-openssl-dev  has_library libcurl
	build libyaml-dev           has_library yaml-0.1
	build libcjson-dev          has_library libcjson
	build libpcre2-dev          has_library libpcre2-8
	build zlib1g-dev            has_library zlib
	build libmicrohttpd-dev     has_library libmicrohttpd
	build libssl-dev            has_library libcrypto
	build libcmocka-dev         has_library cmocka
	lint  clang                 has clang
	lint  clang-format          has clang-format
	lint  clang-tidy            has clang-tidy
	lint  CLANG_RUNTIME         has_clang_runtime
	lint  llvm                  has llvm-symbolizer
	lint  shellcheck            has shellcheck
	lint  git                   has git
	e2e   python3               has python3
	e2e   python3-venv          has_venv
	e2e   git                   has git
	e2e   ca-certificates       test -s /etc/ssl/certs/ca-certificates.crt
	e2e   jq                    has jq
	e2e   curl                  has curl
	e2e   openssl               has openssl
	e2e   prometheus            has promtool
	bench python3               has python3
	bench python3-venv          has_venv
	bench g++                   has g++
	bench nlohmann-json3-dev    has_cpp_header nlohmann/json.hpp
	bench libkainjow-mustache-dev has_cpp_header kainjow/mustache.hpp
	bench libmstch-dev          has_cpp_header mstch/mstch.hpp
	END
}

has() {
	command -v "$1"
}

has_library() {
	pkg-config --exists "$1"
}

has_header() {
	echo "#include <$1>" | gcc -E -x c -
}

has_cpp_header() {
	echo "#include <$1>" | g++ -E -x c++ -
}

# The sanitizers' libraries; clang itself works without them.
has_clang_runtime() {
	ls "$(clang -print-resource-dir)"/lib/linux/libclang_rt.asan-*.a
}

has_venv() {
	python3 -c 'import venv, ensurepip'
}

# Prints the packages of set $1 that are missing, one per line.
missing() {
	table | while read -r set package check; do
		[ "$set" = "$1" ] || continue
		$check >/dev/null 2>&1 </dev/null || echo "$package"
	done
}

# Debian names these libraries after the version of clang it ships.
clang_runtime() {
	if grep -q '^VERSION_CODENAME=bookworm$' /etc/os-release
	then echo libclang-rt-14-dev
	else echo libclang-rt-dev
	fi
}

can_install() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# Runs a quiet command; shows what it said only when it failed.
quietly() {
	if "$@" >"$log" 2>&1 </dev/null; then
		return 0
	fi
	cat "$log" >&2
	echo "packages: failed: $*" >&2
	return 1
}

install_packages() {
	log=build/packages/log
	export DEBIAN_FRONTEND=noninteractive
	echo "packages: apt-get update" >&2
	quietly apt-get update
	echo "packages: apt-get install $*" >&2
	quietly apt-get install -y --no-install-recommends \
		-o DPkg::Lock::Timeout=600 "$@"
}

# A stamp older than the package database or this script proves nothing.
is_fresh() {
	[ -e "$1" ] || return 1
	for newer in "$0" /var/lib/dpkg/status; do
		[ ! -e "$newer" ] ||
			[ -z "$(find "$newer" -newer "$1")" ] || return 1
	done
}

check_sets() {
	need=
	for set in "$@"; do
		is_fresh "build/packages/$set" || need="$need $(missing "$set")"
	done
	# Sorted, without duplicates, on one line.
	need=$(for p in $need; do echo "$p"; done | sort -u |
		sed "s/^CLANG_RUNTIME\$/$(clang_runtime)/" | tr '\n' ' ')
	need=${need% }
	[ -n "$need" ] || return 0
	if ! can_install; then
		echo "packages: missing. On Debian or Ubuntu run" >&2
		echo "    sudo apt-get install -y --no-install-recommends $need" >&2
		echo "elsewhere install what these are called there." >&2
		return 1
	fi
	# shellcheck disable=SC2086 # a list of package names
	install_packages $need
	for set in "$@"; do
		still=$(missing "$set")
		if [ -n "$still" ]; then
			echo "packages: installed, yet not found:" "$still" >&2
			return 1
		fi
	done
}

sets="$*"
for set in "$@"; do
	case $set in
	build|lint|e2e|bench) ;;
	*) echo "packages: no such set: $set (build, lint, e2e or bench)" >&2; exit 2 ;;
	esac
done

fresh=yes
for set in "$@"; do
	is_fresh "build/packages/$set" || fresh=no
done
[ $fresh = no ] || exit 0

mkdir -p build/packages
# Two at a time would fight over the package database.
if [ -z "${PACKAGES_LOCKED-}" ] && command -v flock >/dev/null; then
	# shellcheck disable=SC2086 # a list of set names
	PACKAGES_LOCKED=1 exec flock build/packages/lock sh tests/setup/packages.sh $sets
fi
check_sets "$@"
for set in "$@"; do
	: >"build/packages/$set"
done
