#!/bin/sh
# Succeeds when no object of the kinds in crd/ still waits for the operator to
# finish it. Waits for those that are being deleted; says what to do about
# others. KUBECTL is the client, ALL_GONE_S how long to wait (120).
set -eu
cd "$(dirname "$0")/../.."

kubectl=${KUBECTL:-kubectl}

# Prints "namespace/name deletionTimestamp" of each that has a finalizer.
unfinished() {
	$kubectl get "$1" --all-namespaces -o jsonpath='{range .items[?(@.metadata.finalizers)]}{.metadata.namespace}/{.metadata.name} {.metadata.deletionTimestamp}{"\n"}{end}'
}

wait_for() {
	crd=$1
	deadline=$(($(date +%s) + ${ALL_GONE_S:-120}))
	while :; do
		left=$(unfinished "$crd")
		[ -n "$left" ] || return 0
		staying=$(echo "$left" | awk 'NF == 1 { print "    " $1 }')
		if [ -n "$staying" ]; then
			echo "$crd: these still exist:" >&2
			echo "$staying" >&2
			echo "Delete them while the operator runs, then repeat:" >&2
			echo "    $kubectl delete $crd --all --all-namespaces" >&2
			return 1
		fi
		if [ "$(date +%s)" -ge "$deadline" ]; then
			echo "$crd: still being deleted:" >&2
			echo "$left" | sed 's/^/    /' >&2
			echo "Their status and the operator's log say why." >&2
			return 1
		fi
		sleep 2
	done
}

crds=$(sed -n 's/^  name: *//p' crd/*.yaml)
for crd in $crds; do
	known=$($kubectl get customresourcedefinition "$crd" --ignore-not-found -o name)
	[ -z "$known" ] || wait_for "$crd"
done
