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
from state import MACHINE_KINDS, Machine, objects, records, uids
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


class Scenario:
    """What is done to a machine."""

    def __init__(self, change, prepared, phase, *kept):
        self.change = change
        self.prepared = prepared  # whether it is running before
        self.phase = phase  # the last one; None when it is gone
        self.kept = set(kept)  # kinds of the objects that stay

    def is_over(self, m):
        return m.is_in(self.phase) if self.phase else m.get() is None

    def check_kept(self, before, after, where):
        assert {key.split("/")[0] for key in before if before[key] == after.get(key)} == self.kept, where


SCENARIOS = {
    "install": Scenario(install, False, "Running"),
    "redeploy": Scenario(redeploy, True, "Running", "PersistentVolumeClaim", "Secret", "Ingress"),
    "scale": Scenario(scale, True, "Stopped", *MACHINE_KINDS),
    "scale-and-redeploy": Scenario(scale_and_redeploy, True, "Stopped", "PersistentVolumeClaim", "Secret", "Ingress"),
    "uninstall": Scenario(uninstall, True, None, "PersistentVolumeClaim"),
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
    """Operations on machines, with an operator that dies at a position and one that takes over."""

    def __init__(self, api, launch, new_namespace):
        self.api, self.launch, self.new_namespace = api, launch, new_namespace

    def operator(self, m, **options):
        env = {"WATCH_NAMESPACE": m.ns, **options.pop("env", {})}
        return self.launch("--max-concurrent-reconciles", 1, env=env, **options)

    def prepare(self, scenario):
        """A machine that is about to be changed, and its objects' uids."""
        m = Machine(self.api, self.new_namespace(), NAME)
        if scenario.prepared:
            install(m)
            with self.operator(m):
                m.wait("Running")
        before = uids(self.api, m.ns)
        scenario.change(m)
        return m, before

    def undisturbed(self, scenario):
        """What is to be expected."""
        m, before = self.prepare(scenario)
        with self.operator(m):
            wait_for(lambda: scenario.is_over(m), 60)
        scenario.check_kept(before, uids(self.api, m.ns), "undisturbed")
        return world(m)

    def die_at(self, n, scenario):
        """(the machine, its uids before, whether the operator was killed: else it was done before its n-th request)"""
        m, before = self.prepare(scenario)
        with self.operator(m, binary=FAULTY, env={"DEVMACHINE_FAULT_AFTER": str(n)}) as faulty:
            wait_for(lambda: not faulty.is_running() or scenario.is_over(m), 60, f"the operator dies at {n}")
        assert faulty.was_killed() or faulty.process.returncode == 0, faulty.log()
        return m, before, faulty.was_killed()

    def recover(self, m, is_expected):
        """Another operator brings about what is expected, and leaves it so."""
        with self.operator(m):
            wait_for(is_expected, 60)
        is_expected()


def at_all_positions(one, name, capsys):
    """Calls one(1), one(2), … until one was not killed, several at a time."""
    numbers, done = itertools.count(1), []

    def work():
        while not done:
            n = next(numbers)
            assert n <= MOST, "there is no end of it"
            try:
                if not one(n):
                    done.append(n)
            except BaseException:
                done.append(n)
                raise

    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        workers = [pool.submit(work) for _ in range(PARALLEL)]
    failures = [str(w.exception()) for w in workers if w.exception()]
    assert not failures, "\n".join(failures)
    with capsys.disabled():
        print(f" {name}: {next(numbers) - 1} positions,", end="")


@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_anywhere(name, api, launch, new_namespace, capsys):
    scenario = SCENARIOS[name]
    positions = Positions(api, launch, new_namespace)
    expected = positions.undisturbed(scenario)

    def one(n):
        m, before, killed = positions.die_at(n, scenario)

        def is_expected():
            found = differences(expected, world(m))
            assert not found, f"killed after request {n}\n" + "\n".join(found)
            return True

        positions.recover(m, is_expected)
        scenario.check_kept(before, uids(api, m.ns), f"killed after request {n}")
        return killed

    at_all_positions(one, name, capsys)


def without_revisions(found):
    """A world without what depends on how often a machine was changed."""
    text = re.sub(r'"ide.example.com/revision": "\d+"', '"ide.example.com/revision": "any"', json.dumps(found))
    found = json.loads(text)
    found.pop("records")
    found.get("DevMachine", {}).pop("release", None)
    found.get("DevMachine", {}).get("conditions", {}).pop("Deployed", None)
    return found


# What is under way when the operator dies, what is wanted instead before the next one starts, and what that is equal
# to: a scenario.
MINDS = {
    "install, then delete": ("install", uninstall, "uninstall"),
    "install, then change": ("install", redeploy, "redeploy"),
    "redeploy, then back": ("redeploy", lambda m: m.edit(cpu=2), "install"),
    "redeploy, then stop": ("redeploy", lambda m: m.edit(stopped=True), "scale-and-redeploy"),
    "redeploy, then delete": ("redeploy", uninstall, "uninstall"),
    "scale, then delete": ("scale", uninstall, "uninstall"),
    "scale, then back": ("scale", lambda m: m.edit(stopped=False), "install"),
}


@pytest.mark.parametrize("name", MINDS)
def test_killed_and_then_changed(name, api, launch, new_namespace, capsys):
    first, second, last = MINDS[name]
    scenario = SCENARIOS[first]
    positions = Positions(api, launch, new_namespace)
    expected = without_revisions(positions.undisturbed(SCENARIOS[last]))

    def one(n):
        m, before, killed = positions.die_at(n, scenario)
        second(m)

        def is_expected():
            found = world(m)
            history = found["records"]
            wrong = differences(expected, without_revisions(found))
            if name == "install, then delete" and "PersistentVolumeClaim" not in str(found.keys()):
                # It was not made yet.
                wrong = [w for w in wrong if not w.startswith("PersistentVolumeClaim/")]
            assert not wrong, f"killed after request {n}\n" + "\n".join(wrong)
            deployed = [status for _, _, status in history].count("deployed")
            assert deployed == ("DevMachine" in expected), f"killed after request {n}: {history}"
            assert deployed == 0 or history[-1][2] == "deployed", f"killed after request {n}: {history}"
            return True

        positions.recover(m, is_expected)
        claim = f"PersistentVolumeClaim/{NAME}-home"
        assert claim not in before or uids(api, m.ns)[claim] == before[claim]
        return killed

    at_all_positions(one, name, capsys)
