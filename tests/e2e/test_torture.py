"""
Each request that the operator makes for a custom resource goes wrong in every way, and the operator is killed before each:
it converges all the same, to what it is without that, leaves nothing behind, and is then done. `make test` takes a
sample, `make test-long` every position in every way. E2E_TORTURE says which:

    E2E_TORTURE=long                        all
    E2E_TORTURE=seed:7                      a sample; that of `make test` has the seed 1
    E2E_TORTURE=redeploy:12:lost,stop:3:cut these: scenario, position, fault; "started" is the start of an operator

What torture.py says of cases, positions and faults holds here. The cluster is these tests' own.
"""

import concurrent.futures
import os
import random
import re
import time

import pytest
import yaml

import bundles
from cluster import Cluster, load
from faults import Client, Faults
from process import Operator
from refusals import FAILS, end_of, final, interim
from scenarios import MINDS, SCENARIOS, make_policy
from starts import Lane, READ_FAULTS, every_start
from torture import FAULTS, KILL, REFUSALS, Batch, Case, compare, every_case, sample
from world import differences

MODE = os.environ.get("E2E_TORTURE", "seed:1")
LONG = MODE == "long"
LANES = 3
REFUSED_PARTS = 6
# Scenario, requests, what is wrong in the end, why. A case that fits and ends well fails the test.
KNOWN = (
    ("data-redeploy-then-delete", r"(delete|create) (deployments|services|configmaps|statefulsets) #",
     "PersistentVolumeClaim/data-NAME-0: expected null",
     "before a StatefulSet is deleted it is told to keep its claims; nothing on them says whose they are, so that nobody"
     " deletes them when the release ends before the set is there again: data is kept rather than lost"),
    ("data-redeploy-then-delete", r"(get records|patch bundles/status) ", "PersistentVolumeClaim/data-NAME-0: expected null",
     None),  # The same; these requests may come before as well.
)


class Arena:
    """A cluster with its proxy, and how to start operators in it."""

    def __init__(self, cluster, directory):
        self.cluster, self.api, self.directory = cluster, cluster.api, directory
        self.account = bundles.prepare(cluster)
        self.watches = directory / "torture.yaml"
        watched = [entry for entry in bundles.WATCHES if entry["kind"] == "Bundle"]
        self.watches.write_text(yaml.safe_dump([*load("watches.yaml"), *watched]))
        self.faults = Faults(cluster)
        self.operators = []
        make_policy(self.api)

    def lane(self):
        """A namespace, an operator's way through the proxy, and how to start one there."""
        ns = self.cluster.new_namespace("torture")
        client = Client(self.faults, ns, self.account)

        def launch():
            options = ("--watches-file", self.watches, "--max-concurrent-reconciles", 4)
            operator = Operator(self.directory, client.kubeconfig, *options, env={"WATCH_NAMESPACE": ns})
            self.operators.append(operator)
            return operator

        return self.api, ns, client, launch

    def log_of(self, case):
        """What the operators said of a case, oldest first."""
        lines = [line for o in self.operators[-3:] for line in o.log().splitlines() if case.name in line]
        return lines[-50:]

    def stop(self):
        for operator in self.operators:
            operator.stop()
        self.faults.stop()


@pytest.fixture(scope="module")
def arena(directory):
    cluster = Cluster(os.environ["DEVCLUSTER"], directory / "torture")
    arena = None
    try:
        cluster.up("--nodes=4")
        arena = Arena(cluster, directory)
        yield arena
    finally:
        if arena:
            arena.stop()
        cluster.down()


@pytest.fixture(scope="module")
def clean(arena):
    """What becomes of custom resources when nothing goes wrong: {scenario: world}, {scenario: number of requests}."""
    began = time.monotonic()
    batch = Batch(*arena.lane(), [Case(i, word) for i, word in enumerate([*SCENARIOS, *SCENARIOS])])
    batch.prepare()
    batch.change()
    worlds, lengths = {}, {}
    for case, world in batch.wait_for_ends().items():
        found = differences(worlds.setdefault(case.word, world), world)
        assert not found, f"{case.name} differs from its like:\n" + "\n".join(found)
        assert world["orphans"] == [], case.name
    for case, log in batch.requests().items():
        lengths[case.word] = max(len(log), lengths.get(case.word, 0))
    for case, lines in batch.start_anew().items():
        raise AssertionError(f"{case.name}: " + "\n".join(lines))
    batch.remove()
    told = ", ".join(f"{word} {n}" for word, n in lengths.items())
    print(f"positions: {sum(lengths.values())} ({told}), clean in {time.monotonic() - began:.0f} s")
    return worlds, lengths


def named_cases():
    return [case.split(":") for case in MODE.split(",")]


def chosen(lengths, words, faults, count):
    """(scenario, position, fault) of each case to try; a sample has so many of each fault."""
    if LONG:
        return every_case(lengths, words, faults)
    if MODE.startswith("seed:"):
        return sample(lengths, words, faults, count, MODE.removeprefix("seed:"))
    return [(word, int(n), fault) for word, n, fault in named_cases() if word in words and fault in faults]


def make_cases(clean, words, faults, count):
    cases = [Case(i, *what) for i, what in enumerate(chosen(clean[1], words, faults, count))]
    if not cases:
        pytest.skip(f"E2E_TORTURE={MODE} names none")
    return cases


def known(case):
    """The row of KNOWN that a case fits."""
    fits = [row for row in KNOWN if row[0] == case.word and re.match(row[1], case.request or "")]
    return fits[0] if fits else None


def judge(arena, batch, wrong):
    """What a test has to say: cases that went wrong, and known ones that did not."""
    lines = []
    for case in batch.cases:
        found = wrong.get(case, [])
        word, _, text, why = known(case) or (None, None, None, None)
        if word and not found and why:
            lines.append(f"{case}: is no longer wrong, strike it from KNOWN: {why}")
        unknown = [line for line in found if not (word and line.startswith(text))]
        if unknown:
            lines += [f"{case}", *(f"    {line}" for line in unknown), *(f"        {l}" for l in arena.log_of(case))]
    return lines


def finish(arena, batch, wrong, began, capsys):
    """Says how it went; nothing more is to be done, and nothing is left when all is deleted."""
    tried = [c for c in batch.cases if c.request]
    for case, found in batch.start_anew().items():
        if case not in wrong:
            wrong[case] = found
    lines = judge(arena, batch, wrong)
    expected = {c for c in wrong if known(c)}
    if LONG:
        try:
            batch.remove(expected)
        except AssertionError as e:
            lines.append(str(e))
    with capsys.disabled():
        print(f" {len(tried)} of {len(batch.cases)} positions in {time.monotonic() - began:.0f} s", end="")
        print(f" ({len(expected)} known to fail)," if expected else ",", end="")
    again = ",".join(f"{c.word}:{c.n}:{c.fault}" for c in wrong if c not in expected)
    assert not lines, "\n".join([
        f"{len(wrong) - len(expected)} of {len(tried)} went wrong; again with",
        f"E2E_TORTURE={again} make e2e PYTEST_ARGS=tests/e2e/test_torture.py",
        *lines,
    ])


def run(arena, clean, cases, capsys):
    began = time.monotonic()
    worlds, _ = clean
    batch = Batch(*arena.lane(), cases)
    batch.prepare()
    batch.change()
    if cases[0].fault in KILL:
        batch.kill()
    else:
        batch.name_requests()

    def what_is_wrong(case, world):
        return compare(case, worlds[case.scenario.like or case.word], world, batch.before[case])

    finish(arena, batch, batch.wait_for_worlds(what_is_wrong), began, capsys)


# A batch of all positions must not have more machines than a cluster can bear.
@pytest.mark.parametrize("faults", [[f] for f in FAULTS] if LONG else [list(FAULTS)], ids=lambda f: f[0] if LONG else MODE)
def test_faults(faults, arena, clean, capsys):
    run(arena, clean, make_cases(clean, SCENARIOS, faults, 6), capsys)


def test_killed(arena, clean, capsys):
    run(arena, clean, make_cases(clean, SCENARIOS, KILL, 24), capsys)


def test_killed_and_then_changed(arena, clean, capsys):
    run(arena, clean, make_cases(clean, MINDS, KILL, 12), capsys)


# What has failed is tried again after ten minutes: none of these may take that long.
@pytest.mark.parametrize("part", range(REFUSED_PARTS) if LONG else [0], ids=lambda n: f"part{n}" if LONG else MODE)
def test_refused(part, arena, clean, capsys):
    """What is refused for good is told; it is tried again after ten minutes, or when anything changes."""
    began = time.monotonic()
    worlds, _ = clean
    cases = make_cases(clean, SCENARIOS, REFUSALS, 12)
    batch = Batch(*arena.lane(), cases[part::REFUSED_PARTS] if LONG else cases)
    batch.prepare()
    batch.change()
    batch.name_requests()
    wrong = batch.wait_for_worlds(lambda case, world: interim(case, world, worlds[case.word]))
    for case in batch.cases:
        batch.touch(case, end_of(case)[0] == FAILS)
    for case, lines in batch.wait_for_worlds(lambda case, world: final(case, world, worlds[case.word])).items():
        wrong.setdefault(case, []).extend(lines)
    finish(arena, batch, wrong, began, capsys)


def test_started(arena, capsys):
    """Discovery, lists and watches go wrong when an operator starts: it sees all there is to see all the same."""
    named = None if LONG or MODE.startswith("seed:") else [c for c in named_cases() if c[0] == "started"]
    if named == []:
        pytest.skip(f"E2E_TORTURE={MODE} names none")
    began = time.monotonic()
    lanes = [Lane(*arena.lane()) for _ in range(LANES)]
    every = every_start([e["verb"] for e in lanes[0].try_to_start({})])
    if named is not None:
        every = [(int(n), fault) for _, n, fault in named]
    elif not LONG:
        every = random.Random(MODE).sample(every, 12)
    todo, wrong, tried = iter(every), [], []

    def work(lane):
        for n, word in todo:
            try:
                log = lane.try_to_start({"n": n, **READ_FAULTS[word]})
                tried.append(any(e["did"] != "pass" for e in log))
            except AssertionError as e:
                wrong.append(f"started:{n}:{word}: {e}")

    with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
        for worker in [pool.submit(work, lane) for lane in lanes]:
            worker.result()
    with capsys.disabled():
        print(f" {sum(tried)} of {len(every)} positions in {time.monotonic() - began:.0f} s,", end="")
    assert not wrong, "\n".join(wrong)
