#!/bin/sh
# A machine from nothing to its end, on a real API server, told as it happens.
#
# Starts a cluster of its own in a temporary folder, or uses the one of
# KUBECONFIG. Every claim is checked: the script fails when anything is not as
# it should be. ONCE=1 ends by itself; else all is left running until Ctrl-C.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
operator=${OPERATOR:?the path of the operator: run make demo}
work=$(mktemp -d "${TMPDIR:-/tmp}/devmachine-demo.XXXXXX")
ns=demo
name=my-devmachine
theirs=${KUBECONFIG-}
operator_pid=
watch_pid=

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() {
	printf '$ kubectl %s\n' "$*"
	kubectl "$@"
}
fail() {
	echo "demo: FAILED: $*" >&2
	echo "demo: the operator's log is $work/operator.log; its end:" >&2
	tail -n 20 "$work/operator.log" >&2 || :
	keep=1
	exit 1
}

keep=
finish() {
	status=$?
	trap - EXIT INT TERM
	[ -z "$watch_pid" ] || kill "$watch_pid" 2>/dev/null || :
	[ -z "$operator_pid" ] || kill "$operator_pid" 2>/dev/null || :
	[ -z "$operator_pid" ] || wait "$operator_pid" 2>/dev/null || :
	[ -n "$theirs" ] || "$cluster" down --dir "$work/cluster" || :
	[ -n "$keep" ] || rm -rf "$work"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -n "$theirs" ]; then
	command -v kubectl >/dev/null || {
		theirs=
		echo "demo: KUBECONFIG is set, but there is no kubectl on PATH" >&2
		exit 1
	}
	context=$(kubectl config current-context)
	say "Using your cluster: context $context"
else
	cluster=$(sh tests/devcluster/build.sh)
	PATH=$(dirname "$cluster"):$PATH
	say "Starting a cluster: etcd, API server, controllers, a simulated node"
	"$cluster" up --dir "$work/cluster" --detach \
		--crds crd/devmachine-crd.yaml \
		--crds crd/devmachinetemplate-crd.yaml
	export KUBECONFIG="$work/cluster/kubeconfig"
fi

say "Installing the kinds, and the operator's account with its least role"
kubectl apply --server-side --force-conflicts -f crd/ >/dev/null
kubectl apply -f config/manager/namespace.yaml -f config/rbac/ >/dev/null
kubectl wait --for=condition=Established --timeout=20s \
	crd/devmachines.ide.example.com crd/devmachinetemplates.ide.example.com
kubectl create namespace "$ns" >/dev/null 2>&1 || :
kubectl -n "$ns" get devmachine "$name" >/dev/null 2>&1 &&
	fail "there is a DevMachine $ns/$name already: delete it first"

# On our own cluster the operator runs as its service account, never as admin.
operator_config=$KUBECONFIG
if [ -z "$theirs" ]; then
	operator_config=$work/operator.kubeconfig
	"$cluster" kubeconfig --dir "$work/cluster" --ttl 12h \
		--service-account devmachine-system/devmachine-operator \
		-o "$operator_config"
fi
say "Running the operator"
KUBECONFIG=$operator_config "$operator" run --log-format text \
	--metrics-bind-address 0 --health-probe-bind-address 0 \
	>"$work/operator.log" 2>&1 &
operator_pid=$!

field() { kubectl -n "$ns" get "$1" -o "jsonpath={$2}"; }
uid() { field "$1" .metadata.uid; }

# Prints what `kubectl get --watch` says, line by line, until the machine is
# said to be in phase $1.
told=0
until_phase() {
	tries=0
	while :; do
		line=$(sed -n "$((told + 1))p" "$work/watch")
		if [ -n "$line" ]; then
			told=$((told + 1))
			printf '%s\n' "$line"
			case $line in *" $1 "*) return ;; esac
			continue
		fi
		kill -0 "$operator_pid" 2>/dev/null || fail "the operator has ended"
		tries=$((tries + 1))
		[ "$tries" -lt 300 ] || fail "not $1 in time"
		sleep 0.1
	done
}
same() { [ "$2" = "$3" ] || fail "$1 has changed: $2, then $3"; }
other() { [ "$2" != "$3" ] || fail "$1 is the same as before: $2"; }

say "Applying a DevMachine"
sed -n '/^[^#]/p' config/samples/devmachine.yaml
kubectl -n "$ns" get devmachines --watch >"$work/watch" 2>/dev/null &
watch_pid=$!
show -n "$ns" apply -f config/samples/devmachine.yaml
until_phase Running
show -n "$ns" get deployment,pod,service,ingress,pvc,networkpolicy \
	-l "app.kubernetes.io/instance=$name"
show -n "$ns" get secret "$name-auth" -o name
echo "url: $(field "devmachine/$name" .status.url)"
show -n "$ns" get secrets -l owner=helm,"name=$name" -L status,version

deployment=$(uid "deployment/$name")
disk=$(uid "pvc/$name-home")
password=$(field "secret/$name-auth" .data.password)
say "Another cpu: the release is deleted and deployed anew, the disk stays"
show -n "$ns" patch devmachine "$name" --type=merge -p '{"spec":{"cpu":4}}'
until_phase Provisioning
until_phase Running
other "the Deployment" "$deployment" "$(uid "deployment/$name")"
same "the disk" "$disk" "$(uid "pvc/$name-home")"
same "the password" "$password" "$(field "secret/$name-auth" .data.password)"
echo "Deployment $deployment is now $(uid "deployment/$name"); the PVC is still $disk"

kept="service/$name ingress/$name pvc/$name-home secret/$name-auth"
uids=$(for each in $kept; do uid "$each"; echo; done)
say "Stopped: scaled to zero, all else stays"
show -n "$ns" patch devmachine "$name" --type=merge -p '{"spec":{"stopped":true}}'
until_phase Stopped
pods=$(kubectl -n "$ns" get pods -l "app.kubernetes.io/instance=$name" -o name)
[ -z "$pods" ] || fail "stopped, but there is $pods"
same "a kept object" "$uids" "$(for each in $kept; do uid "$each"; echo; done)"
echo "0 pods; PVC, Service, Ingress and Secret have the same uid as before"

say "Started again"
show -n "$ns" patch devmachine "$name" --type=merge -p '{"spec":{"stopped":false}}'
until_phase Running
show -n "$ns" get events --field-selector involvedObject.kind=DevMachine \
	-o custom-columns=REASON:.reason,MESSAGE:.message

if [ -z "${ONCE-}" ]; then
	say "The cluster and the operator are left running; Ctrl-C ends them."
	cat <<END
In another terminal:

  export KUBECONFIG=$KUBECONFIG
  export PATH=$(dirname "$(command -v kubectl)"):\$PATH
  kubectl -n $ns get devmachines --watch
  kubectl -n $ns patch devmachine $name --type=merge -p '{"spec":{"memory":"8Gi"}}'
  kubectl -n $ns describe devmachine $name

The operator's log: $work/operator.log
END
	wait "$operator_pid" || fail "the operator has ended"
	exit 0
fi

say "Deleted: all goes but the disk, which the machine's policy keeps"
show -n "$ns" delete devmachine "$name" --timeout=60s
left=$(kubectl -n "$ns" get deployment,service,ingress,networkpolicy,secret,serviceaccount \
	-l app.kubernetes.io/managed-by=Helm -o name)
[ -z "$left" ] || fail "left behind: $left"
left=$(kubectl -n "$ns" get secrets -l owner=helm -o name)
[ -z "$left" ] || fail "records left behind: $left"
same "the disk" "$disk" "$(uid "pvc/$name-home")"
show -n "$ns" get pvc
if [ -n "$theirs" ]; then
	kubectl delete namespace "$ns" --wait=false
fi
say "Done: everything was as it should be."
