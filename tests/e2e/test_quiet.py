"""What the operator asks of the API server: a settled machine costs nothing, a new one no more than it must."""

import collections
import os

import pytest

from state import Machine, records, uids
from wait import stays, wait_for

SAMPLES = ("config/samples/devmachine.yaml", "config/samples/devmachine-jupyter.yaml")
IDLE_S = float(os.environ.get("E2E_IDLE", "60"))


def versions(api, ns):
    """What any write would change."""
    kinds = ("DevMachine", "Deployment", "Ingress", "NetworkPolicy", "PersistentVolumeClaim", "Pod", "Secret", "Service")
    return {
        (kind, obj["metadata"]["name"]): obj["metadata"]["resourceVersion"]
        for kind in kinds
        for obj in api.list(kind, ns)
    }


@pytest.fixture
def start(launch, ns):
    """Starts an operator for this namespace: no write is counted that is for the remains of another test."""
    return lambda: launch(env={"WATCH_NAMESPACE": ns}).wait_ready()


@pytest.fixture
def operator(start):
    return start()


@pytest.fixture
def settled(cluster, api, operator, ns, machine):
    """Both samples and a stopped machine, of which the operator has said all that it has to say."""
    for sample in SAMPLES:
        cluster.kubectl("apply", "-n", ns, "-f", sample)
    machines = [Machine(api, ns, "my-devmachine"), Machine(api, ns, "my-notebook")]
    stopped = machine(name="asleep", ingressDomain="asleep.example.com", stopped=True)
    for m in machines:
        m.wait("Running")
    stopped.wait("Stopped")
    return [*machines, stopped]


def no_writes(audit, mark, seconds):
    def none():
        writes = audit.writes(mark)
        assert not writes, writes
        return True

    stays(none, seconds)


def until_still(operator, seconds=1.0):
    """Waits until the operator has made no pass for a while."""
    last = operator.metric("workqueue_adds_total")

    def still():
        nonlocal last
        before, last = last, operator.metric("workqueue_adds_total")
        stays(lambda: operator.metric("workqueue_adds_total") == last, seconds)
        return before == last

    wait_for(still, 30)


def test_what_is_settled_costs_no_write(cluster, api, audit, start, operator, settled):
    ns = settled[0].ns
    until_still(operator)
    before = versions(api, ns)

    mark = audit.mark()
    for sample in SAMPLES:
        assert "unchanged" in cluster.kubectl("apply", "-n", ns, "-f", sample)
    no_writes(audit, mark, 1)

    # Another operator compares everything anew.
    mark = audit.mark()
    operator.stop()
    fresh = start()
    until_still(fresh)
    assert fresh.metric('controller_runtime_reconcile_total{result="success"}') >= len(settled)
    assert audit.writes(mark) == []

    mark = audit.mark()
    stays(lambda: fresh.is_running(), IDLE_S)
    asked = [r for r in audit.requests(mark) if r["verb"] != "watch"]
    assert asked == [], "an idle operator asks for nothing"
    assert versions(api, ns) == before
    assert fresh.metric("controller_runtime_reconcile_errors_total") == 0


def test_metadata_that_is_not_ours_costs_no_write(api, audit, operator, settled):
    m = settled[0]
    until_still(operator)
    mark, before = audit.mark(), uids(api, m.ns)
    note = {"metadata": {"annotations": {"example.com/note": "hello"}, "labels": {"example.com/team": "a"}}}
    api.patch("DevMachine", m.ns, m.name, note)
    api.patch("Service", m.ns, m.name, note)
    # An annotation would make a new generation of a Deployment.
    api.patch("Deployment", m.ns, m.name, {"metadata": {"labels": note["metadata"]["labels"]}})
    no_writes(audit, mark, 1)
    assert uids(api, m.ns) == before
    assert records(api, m.ns) == sorted((x.name, 1, "deployed") for x in settled)


def counted(writes):
    """{"verb resource/subresource": how many}, records apart from other Secrets."""
    count = collections.Counter()
    for w in writes:
        resource = "records" if w["name"].startswith("sh.helm.release.v1.") else w["resource"]
        count[f"{w['verb']} {resource}" + (f"/{w['subresource']}" if w["subresource"] else "")] += 1
    return dict(count)


def between(low, high, count, key):
    assert low <= count.pop(key, 0) <= high, key


def test_writes_of_a_create(api, audit, operator, ns, machine):
    mark = audit.mark()
    m = machine()
    m.wait("Running")
    until_still(operator)
    requests = audit.requests(mark, ns)
    count = counted(audit.writes(mark, ns))

    between(1, 4, count, "patch devmachines/status")
    between(1, 1, count, "create events")
    # The name of what is created is not always in the log: the record is one of two Secrets then.
    secrets = count.pop("create secrets", 0) + count.pop("create records", 0)
    assert secrets == 2
    assert count == {
        "patch devmachines": 1,  # finalizer and release name
        "patch records": 1,  # pending, then deployed
        "create deployments": 1,
        "create ingresses": 1,
        "create networkpolicies": 1,
        "create persistentvolumeclaims": 1,
        "create serviceaccounts": 1,
        "create services": 1,
    }
    assert all(r["code"] < 300 for r in requests), [r for r in requests if r["code"] >= 300]
    assert [r for r in requests if r["verb"] == "get"] == [], "nothing is read one by one"


def test_writes_of_a_change(api, audit, operator, ns, machine):
    m = machine()
    m.wait("Running")
    until_still(operator)
    mark = audit.mark()
    m.edit(cpu=3)
    m.wait("Running")
    until_still(operator)
    count = counted(audit.writes(mark, ns))

    between(1, 8, count, "patch devmachines/status")
    between(1, 1, count, "create events")
    assert count.pop("create secrets", 0) + count.pop("create records", 0) == 1
    # The Ingress, the PersistentVolumeClaim and the Secret stay as they are.
    assert count == {
        "patch records": 2,  # deployed; the old one superseded
        "delete deployments": 1,
        "delete networkpolicies": 1,
        "delete serviceaccounts": 1,
        "delete services": 1,
        "create deployments": 1,
        "create networkpolicies": 1,
        "create serviceaccounts": 1,
        "create services": 1,
    }


def test_writes_of_a_stop(api, audit, operator, ns, machine):
    m = machine()
    m.wait("Running")
    until_still(operator)
    mark = audit.mark()
    m.edit(stopped=True)
    m.wait("Stopped")
    until_still(operator)
    count = counted(audit.writes(mark, ns))
    between(1, 4, count, "patch devmachines/status")
    between(1, 1, count, "create events")
    # The record says what is coming, and then that it has come.
    assert count == {"patch deployments": 1, "patch records": 2}
