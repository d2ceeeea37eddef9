"""Operators that share the work: each custom resource is handled by exactly one of them."""

import pytest

from accounts import NAMESPACE
from cluster import ROOT, run
from process import OPERATOR
from wait import wait_for

SHARDS, MACHINES = 2, 20
ACCOUNTS = range(SHARDS)


def owner(uid, shards):
    """The number of its shard, as operator/controller/shard.h defines it: FNV-1a."""
    h = 0xCBF29CE484222325
    for byte in uid.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h % shards


def machines_of(audit, mark, ns):
    """The machines that somebody has written anything about."""
    return {r["name"] for r in audit.writes(mark, ns) if r["resource"] == "devmachines"}


def test_each_machine_has_one_writer(api, accounts, launch_as, ns, machine):
    args = ("--leader-elect", "--leader-election-id", ns, "--leader-election-namespace", NAMESPACE)
    marks = [accounts[i][1].mark() for i in ACCOUNTS]
    operators = [
        launch_as(i, "--shard", f"{i}/{SHARDS}", *args, env={"WATCH_NAMESPACE": ns}).wait_ready() for i in ACCOUNTS
    ]
    machines = [machine(name=f"m{i}", ingressDomain=f"m{i}.{ns}.example.com") for i in range(MACHINES)]
    for m in machines:
        m.wait("Running", 60)
    wanted = [{m.name for m in machines if owner(m.get()["metadata"]["uid"], SHARDS) == i} for i in ACCOUNTS]
    assert all(wanted), "one of a million: all of the machines are of one shard"
    assert [machines_of(accounts[i][1], marks[i], ns) for i in ACCOUNTS] == wanted

    # What happens to objects wakes their machine's operator alone.
    for m in machines:
        api.delete("Deployment", ns, m.name)
    for m in machines:
        wait_for(lambda m=m: api.get("Deployment", ns, m.name))
        m.wait("Running", 60)
    for i in ACCOUNTS:
        made = {r["name"] for r in accounts[i][1].writes(marks[i], ns) if r["resource"] == "deployments" and r["name"]}
        assert made <= wanted[i]
        assert api.get("Lease", NAMESPACE, f"{ns}-{i}")["spec"]["holderIdentity"]

    for m in machines:
        m.delete()
    for m in machines:
        m.wait_gone(60)
    for operator in operators:
        assert operator.stop() == 0
    for i in ACCOUNTS:
        assert api.get("Lease", NAMESPACE, f"{ns}-{i}")["spec"]["holderIdentity"] == ""
        api.delete("Lease", NAMESPACE, f"{ns}-{i}")


@pytest.mark.parametrize("text", ["2/2", "1", "a/b", "-1/2", "0/0", "0/2000"])
def test_no_shard(text, cluster):
    done = run(OPERATOR, "run", "--kubeconfig", cluster.operator, "--shard", text, cwd=ROOT, timeout=20)
    assert done.returncode == 1
    assert "--shard: " in done.stderr and text in done.stderr
