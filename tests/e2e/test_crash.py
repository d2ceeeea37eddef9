"""
The operator is killed after its first request, its second, and so on: whatever it was doing, the next one brings the
same end about. The binary of the fault flavour kills itself with SIGKILL once so many of its requests (get, create,
patch, delete) have been answered.
"""

import concurrent.futures
import itertools
import json
import re

import pytest

from cluster import load
from process import FAULTY
from state import Machine, objects, records, uids
from wait import wait_for

NAME = "my-devmachine"
PARALLEL = 4
MOST = 80  # positions; more would mean that the operator never gets done


def install(m):
    cr = load("config/samples/devmachine.yaml")
    m.api.create(cr, m.ns)


def redeploy(m):
    m.edit(cpu=3)


def scale(m):
    m.edit(stopped=True)


def scale_and_redeploy(m):
    m.edit(stopped=True, cpu=3)


def uninstall(m):
    m.delete()


# What is done, whether to a running machine, its last phase, and which objects it keeps.
ALL = {"Deployment", "Ingress", "NetworkPolicy", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount"}
SCENARIOS = {
    "install": (install, False, "Running", set()),
    "redeploy": (redeploy, True, "Running", {"PersistentVolumeClaim", "Secret", "Ingress"}),
    "scale": (scale, True, "Stopped", ALL),
    "scale-and-redeploy": (scale_and_redeploy, True, "Stopped", {"PersistentVolumeClaim", "Secret", "Ingress"}),
    "uninstall": (uninstall, True, None, {"PersistentVolumeClaim"}),
}

# What the cluster decides, or what differs from one namespace to the next.
CHOSEN = {
    "Service": (("spec", "clusterIP"), ("spec", "clusterIPs")),
    "PersistentVolumeClaim": (("spec", "volumeName"),),
    "Secret": (("data", "password"),),
}


def normal(obj, ns):
    """An object without what differs between two that were made in the same way."""
    obj = json.loads(json.dumps(obj).replace(ns, "NAMESPACE"))
    obj.pop("status", None)
    for key in ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"):
        obj["metadata"].pop(key, None)
    for reference in obj["metadata"].get("ownerReferences", []):
        reference.pop("uid")
    annotations = obj["metadata"].get("annotations", {})
    for key in [k for k in annotations if re.match(r"(pv|volume(\.beta)?)\.kubernetes\.io/", k)]:
        annotations.pop(key)
    for path in CHOSEN.get(obj["kind"], ()):
        at = obj
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = "chosen"
    return obj


def world(m):
    """All that is left of a machine in its namespace, to compare."""
    found = {key: normal(obj, m.ns) for key, obj in objects(m.api, m.ns).items()}
    cr = m.get()
    if cr:
        status = cr["status"]
        found["DevMachine"] = {
            "phase": status["phase"],
            "about": status.get("observedGeneration") == cr["metadata"]["generation"],
            "conditions": {c["type"]: (c["status"], c["reason"]) for c in status.get("conditions", [])},
            "finalizers": cr["metadata"].get("finalizers"),
            "release": {key: status.get("release", {}).get(key) for key in ("name", "revision")},
            "names": {key: value for key, value in status.items() if key.endswith("Name") and key != "podName"},
            "url": status.get("url"),
        }
    found["records"] = records(m.api, m.ns)
    # Their names end in digests and random text.
    for kind in ("Pod", "ReplicaSet"):
        found[kind] = [o["metadata"]["ownerReferences"][0]["kind"] for o in m.api.list(kind, m.ns)]
    return found


def differences(expected, found):
    return [
        f"{key}: expected {json.dumps(expected.get(key))}\n  found {json.dumps(found.get(key))}"
        for key in sorted(expected.keys() | found.keys())
        if expected.get(key) != found.get(key)
    ]


class Positions:
    """One scenario, with an operator that dies at a position and one that takes over."""

    def __init__(self, name, api, launch, new_namespace):
        self.change, self.prepared, self.phase, self.kept = SCENARIOS[name]
        self.api, self.launch, self.new_namespace = api, launch, new_namespace
        self.expected = None

    def operator(self, m, **options):
        env = {"WATCH_NAMESPACE": m.ns, **options.pop("env", {})}
        return self.launch("--max-concurrent-reconciles", 1, env=env, **options)

    def prepare(self):
        m = Machine(self.api, self.new_namespace(), NAME)
        if self.prepared:
            install(m)
            with self.operator(m):
                m.wait("Running")
        return m, uids(self.api, m.ns)

    def is_over(self, m):
        if self.phase:
            return m.is_in(self.phase)
        return m.get() is None

    def undisturbed(self):
        """Learns what is to be expected."""
        m, before = self.prepare()
        self.change(m)
        with self.operator(m):
            wait_for(lambda: self.is_over(m), 60)
            wait_for(lambda: world(m) == world(m))
        self.expected = world(m)
        self.check_kept(m, before, "undisturbed")

    def check_kept(self, m, before, where):
        after = uids(self.api, m.ns)
        kept = {key.split("/")[0] for key in before if before[key] == after.get(key)}
        assert kept == self.kept, where

    def is_expected(self, m, where):
        found = differences(self.expected, world(m))
        assert not found, where + "\n" + "\n".join(found)
        return True

    def die_at(self, n):
        """False when the operator was done before its n-th request."""
        where = f"killed after request {n}"
        m, before = self.prepare()
        self.change(m)
        with self.operator(m, binary=FAULTY, env={"DEVMACHINE_FAULT_AFTER": str(n)}) as faulty:
            wait_for(lambda: not faulty.is_running() or self.is_over(m), 60, where)
        if faulty.process.returncode != 0:
            assert faulty.was_killed(), faulty.log()
        with self.operator(m):
            wait_for(lambda: self.is_expected(m, where), 60, where)
        self.is_expected(m, where + ", after the next operator ended")
        self.check_kept(m, before, where)
        return faulty.was_killed()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_anywhere(scenario, api, launch, new_namespace, capsys):
    positions = Positions(scenario, api, launch, new_namespace)
    positions.undisturbed()
    numbers, done = itertools.count(1), []

    def work():
        while not done:
            n = next(numbers)
            assert n <= MOST, "there is no end of it"
            try:
                if not positions.die_at(n):
                    done.append(n)
            except BaseException:
                done.append(n)
                raise

    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        workers = [pool.submit(work) for _ in range(PARALLEL)]
    failures = [str(w.exception()) for w in workers if w.exception()]
    assert not failures, "\n".join(failures)
    with capsys.disabled():
        print(f" {scenario}: {next(numbers) - 1} positions,", end="")
