"""
An operator for twenty minutes among people who create, change, stop and delete machines, and change objects by hand, while
requests fail, watches expire, the API server restarts and the operator is killed: in the end all is as they want it, and
memory has not grown. `make test-long` has it; E2E_SOAK says how many seconds it takes.
"""

import os
import random
import re
import statistics
import time

import pytest

import bundles
from cluster import Cluster, load
from faults import Client, Faults
from process import Operator
from state import Audit, Machine, objects, records
from wait import wait_for
from world import Snapshot

SECONDS = int(os.environ.get("E2E_SOAK", "0"))
SEED = os.environ.get("E2E_SOAK_SEED", "1")
MACHINES = 40
pytestmark = pytest.mark.skipif(not SECONDS, reason="takes twenty minutes: E2E_SOAK=1200, as in make test-long")


@pytest.fixture(scope="module")
def soaked(directory):
    """A cluster of its own, which restarts, with its proxy."""
    cluster = Cluster(os.environ["DEVCLUSTER"], directory / "soak")
    faults = None
    try:
        cluster.up("--nodes=4")
        # What there may be in a namespace, world.py asks for.
        bundles.prepare(cluster)
        faults = Faults(cluster)
        yield cluster, faults
    finally:
        if faults:
            faults.stop()
        cluster.down()


class People:
    """What they do, at random, and what they want in the end: {name: spec}; a machine that is deleted is not in it."""

    def __init__(self, api, ns, rng):
        self.api, self.ns, self.rng = api, ns, rng
        self.names = [f"c{n:04}-soak" for n in range(MACHINES)]
        self.wanted, self.done = {}, {}

    def machine(self, name):
        return Machine(self.api, self.ns, name)

    def create(self, name):
        cr = load("config/samples/devmachine.yaml")
        cr["spec"].update(cpu=self.rng.randint(1, 4), stopped=False)
        cr["metadata"] = {"name": name}
        self.api.create(cr, self.ns)
        self.wanted[name] = cr["spec"]

    def change(self, name, **spec):
        self.wanted[name].update(spec)
        self.machine(name).edit(**spec)

    def delete(self, name):
        del self.wanted[name]
        self.machine(name).delete()

    def drift(self, name):
        kind, patch = self.rng.choice([
            ("Deployment", {"spec": {"paused": True}}), ("Service", {"spec": {"selector": {"app": "other"}}}),
            ("Ingress", None), ("NetworkPolicy", None), ("Deployment", None),
            ("ServiceAccount", {"automountServiceAccountToken": True}),
        ])
        if patch is None:
            self.api.delete(kind, self.ns, name)
        elif self.api.get(kind, self.ns, name):
            self.api.patch(kind, self.ns, name, patch)

    def act(self):
        name = self.rng.choice(self.names)
        if name not in self.wanted:
            # The one before may still be on its way out.
            what = "create" if self.machine(name).get() is None else "wait"
        else:
            what = self.rng.choices(["resize", "stop", "drift", "delete"], [3, 3, 4, 1])[0]
        if what == "create":
            self.create(name)
        elif what == "resize":
            self.change(name, cpu=self.rng.randint(1, 4))
        elif what == "stop":
            self.change(name, stopped=not self.wanted[name]["stopped"])
        elif what == "drift":
            self.drift(name)
        elif what == "delete":
            self.delete(name)
        self.done[what] = self.done.get(what, 0) + 1

    def is_served(self, name):
        """Whether a machine and its objects are as wanted."""
        spec = self.wanted[name]
        self.machine(name).is_in("Stopped" if spec["stopped"] else "Running")
        found = objects(self.api, self.ns)
        deployment = found[f"Deployment/{name}"]["spec"]
        assert deployment["replicas"] == (0 if spec["stopped"] else 1) and not deployment.get("paused")
        [container] = deployment["template"]["spec"]["containers"]
        assert container["resources"]["limits"]["cpu"] == str(spec["cpu"])
        assert "app" not in found[f"Service/{name}"]["spec"]["selector"]
        for kind in ("Ingress", "NetworkPolicy", "PersistentVolumeClaim", "Secret"):
            assert any(key.startswith(f"{kind}/{name}") for key in found), kind
        assert records(self.api, self.ns)
        return True


def rss(operator):
    """KiB"""
    text = open(f"/proc/{operator.process.pid}/status").read()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1])


def break_something(rng, cluster, client):
    """One of what goes wrong in clusters; it is over when the next one comes."""
    what = rng.choice(["expire", "expire", "fail", "fail", "refuse", "outage"])
    if what == "expire":
        client.set_rules({"verbs": ["watch"], "do": "expire", "count": 4})
    elif what == "fail":
        client.set_rules(
            {"verbs": ["create", "patch", "delete"], "do": "answer", "code": rng.choice([409, 429, 500, 503]), "count": 5},
            {"verbs": ["list"], "do": "cut"},
        )
    elif what == "refuse":
        # No more: who fails again and again waits for up to half a minute.
        client.set_rules({"do": "refuse", "count": 6}, {"verbs": ["create", "patch"], "do": "lose", "n": 3, "count": 2})
    else:
        client.set_rules()
        cluster.outage(1)
    return what


def test_soak(soaked, directory, capsys):
    cluster, faults = soaked
    rng, api = random.Random(SEED), cluster.api
    ns = cluster.new_namespace("soak")
    client = Client(faults, "soak", cluster.operator)
    people, broken, sizes, kills = People(api, ns, rng), {}, [], 0

    def launch():
        return Operator(directory, client.kubeconfig, "--log-level", "error", env={"WATCH_NAMESPACE": ns}).wait_ready()

    operator = launch()
    began = time.monotonic()
    next_break = next_kill = 10
    try:
        while (at := time.monotonic() - began) < SECONDS:
            people.act()
            if at > next_break:
                what = break_something(rng, cluster, client)
                broken[what] = broken.get(what, 0) + 1
                next_break = time.monotonic() - began + 15
            # Later its memory is looked at.
            if at > next_kill and at < SECONDS / 4:
                operator.process.kill()
                operator.process.wait()
                operator, kills = launch(), kills + 1
                next_kill = at + 20
            assert operator.is_running(), operator.log()[-5000:]
            sizes.append((at / SECONDS, rss(operator)))
            time.sleep(rng.uniform(0, 0.5))
        client.set_rules()
        for name in people.wanted:
            wait_for(lambda: people.is_served(name), 120, f"{name} is as it is wanted")
        gone = [name for name in people.names if name not in people.wanted]
        for name in gone:
            people.machine(name).wait_gone(60)
        snapshot = Snapshot(api, ns)
        left = [key for name in gone for key in snapshot.objects(name) if not key.endswith("-home")]
        assert not left and not snapshot.strays
        assert not [name for name in people.wanted if snapshot.orphans(name)]
        assert operator.stop() == 0
        # A fresh one has nothing to do.
        audit = Audit(cluster.directory)
        mark = audit.mark()
        operator = launch()
        time.sleep(3)
        assert not audit.writes(mark, ns)
    finally:
        operator.stop()
    second = statistics.median(size for at, size in sizes if 0.25 <= at < 0.5)
    last = statistics.median(size for at, size in sizes if at >= 0.75)
    with capsys.disabled():
        print(f" {SECONDS} s, seed {SEED}: {people.done}, {broken}, {kills} kills; RSS {second} KiB, then {last} KiB", end="")
    assert last <= second * 1.05
