"""
Many custom resources at once, each of which meets one fault: what goes wrong, and whether it ends well.

A case is a scenario, a position and a fault: of the requests that the operator makes for the case's custom resource after
the change of the scenario, the one at that position goes wrong. One operator looks after all of a batch, behind the fault
proxy, which tells them apart by their names.
"""

import random
import time

from scenarios import MINDS, SCENARIOS
from state import Machine
from wait import wait_for
from world import OWNERS, Snapshot, differences, phase_of, token, without_revisions

# What goes wrong, as a rule of the proxy. libcurl sends a request again by itself when the connection that it kept turns
# out to be closed: only a second time reaches the operator.
FAULTS = {
    "refused": {"do": "refuse", "count": 2},
    "stalled": {"do": "stall", "seconds": 0.3, "count": 2},
    "cut": {"do": "cut"},
    "lost": {"do": "lose", "count": 2},
    "lost-once": {"do": "lose"},
    "twice": {"do": "twice"},
    "409": {"do": "answer", "code": 409},
    "410": {"do": "answer", "code": 410},
    "429": {"do": "answer", "code": 429, "seconds": 1},
    "500": {"do": "answer", "code": 500},
    "503": {"do": "answer", "code": 503},
}
# What the operator takes for the last word on what it has asked for.
REFUSALS = {"422": {"do": "answer", "code": 422}, "403": {"do": "answer", "code": 403}}
# Nothing that the operator asks for from that position on reaches the API server; then it is killed. To the cluster that
# is an operator which died before it could send that request.
KILL = {"killed": {"do": "refuse", "count": 1_000_000_000}}
RULES = {**FAULTS, **REFUSALS, **KILL}
# Requests of passes; those of watches and of discovery are not about one custom resource.
VERBS = ["create", "delete", "get", "patch", "update"]
UNDER_WAY = 24  # custom resources


class Case:
    """n: the position, from 1 on; None: nothing goes wrong."""

    def __init__(self, number, word, n=None, fault=None):
        self.word, self.n, self.fault = word, n, fault
        self.scenario = {**SCENARIOS, **MINDS}[word]
        self.name = f"c{number:04}-{word}"
        self.request = None  # what went wrong, when it did: "patch devmachines/status #2"

    def __str__(self):
        return f"{self.word}:{self.n}:{self.fault} ({self.request})"


def positions(lengths, word):
    """A change of mind is in the way of what its first half asks for."""
    scenario = {**SCENARIOS, **MINDS}[word]
    same = [w for w, s in SCENARIOS.items() if s.change == scenario.change and s.spec == scenario.spec]
    return range(1, lengths[same[0]] + 1)


def every_case(lengths, words, faults):
    return [(word, n, fault) for fault in faults for word in words for n in positions(lengths, word)]


def sample(lengths, words, faults, count, seed):
    """So many cases of each fault, of as many scenarios as there are, at positions that nobody has chosen."""
    rng = random.Random(seed)
    found = []
    for fault in faults:
        some = rng.sample(list(words), len(words)) * count
        found += [(word, rng.choice(positions(lengths, word)), fault) for word in some[:count]]
    return found


def label(entry):
    """A request in words that fit every custom resource."""
    what = "records" if entry["name"].startswith("sh.helm.release.v1.") else entry["resource"]
    return f"{entry['verb']} {what}" + (", dry run" if entry["dryRun"] else "")


class Idle(Exception):
    """The operator does nothing, and something is not as it should be."""


class Batch:
    """Cases in a namespace of their own. launch() starts an operator for it behind the proxy, as that client."""

    def __init__(self, api, ns, client, launch, cases):
        self.api, self.ns, self.client, self.launch, self.cases = api, ns, client, launch, cases
        self.machines = {c: Machine(api, ns, c.name, c.scenario.kind.kind) for c in cases}
        self.by_token = {token(c.name): c for c in cases}
        self.seen = 0  # entries of the proxy's log
        self.hit = set()  # cases whose fault has come
        self.mark = 0  # where the change begins in the log

    def new_requests(self):
        """The log since it was read last, without watches and their lists."""
        log = self.client.log(self.seen)
        if log:
            self.seen = log[-1]["number"]
        log = [e for e in log if e["verb"] in VERBS]
        self.hit |= {self.by_token.get(token(e["name"])) for e in log if e["did"] != "pass"}
        return log

    def wait(self, fn, what, patience=100):
        """As wait_for(), and gives up when the operator has not asked for anything for so many seconds."""
        last = time.monotonic()

        def over():
            nonlocal last
            assert self.operator.is_running(), f"the operator ended with {self.operator.process.poll()}"
            if self.new_requests():
                last = time.monotonic()
            idle = time.monotonic() - last
            try:
                return fn(idle)
            except AssertionError as e:
                if idle > patience:
                    raise Idle(f"{what}: {e}\n{self.pods()}") from None
                raise

        return wait_for(over, 900, what, pause=0.3)

    def pods(self):
        """Those that are not ready, for people: it may be the cluster that does nothing."""
        return [
            (pod["metadata"]["name"], pod["status"].get("phase"), [c.get("message") for c in pod["status"].get("conditions", [])])
            for pod in self.api.list("Pod", self.ns)
            if ("Ready", "True") not in [(c["type"], c["status"]) for c in pod["status"].get("conditions", [])]
        ]

    def until_quiet(self):
        """Waits until no request came for longer than any fault takes."""
        self.wait(lambda idle: idle > 1.3, "the operator has nothing more to ask")

    def each(self, cases, do, is_done, what, patience=100):
        """
        Does something to each case and waits until is_done(case, phase); the phase is None when it is gone. Only so
        many are under way at a time: a cluster that is given too much at once gets nothing done.
        """
        todo, doing = list(cases), []

        def done(_):
            phases = {o["metadata"]["name"]: phase_of(o) for kind in OWNERS for o in self.api.list(kind, self.ns)}
            doing[:] = [case for case in doing if not is_done(case, phases.get(case.name))]
            while todo and len(doing) < UNDER_WAY:
                case = todo.pop(0)
                do(case)
                doing.append(case)
            assert not doing, f"{[case.name for case in doing]}"
            return True

        self.wait(done, what, patience)

    def prepare(self):
        """Every custom resource as it is before the change, and the uids of its objects."""
        self.operator = self.launch().wait_ready()
        self.each(
            [case for case in self.cases if case.scenario.spec is not None],
            lambda case: case.scenario.kind.create(self.machines[case], **case.scenario.spec),
            lambda case, phase: phase == case.scenario.before,
            "before the change",
        )
        self.until_quiet()
        snapshot = Snapshot(self.api, self.ns)
        self.before = {c: snapshot.uids(c.name) for c in self.cases}

    def change(self):
        """Does to each custom resource what its scenario says, with the faults in place."""
        faulty = [c for c in self.cases if c.fault]
        self.client.set_rules(*(
            {"verbs": VERBS, "namespace": self.ns, "name": rf"(^|\.){c.name}($|[-.])", "n": c.n, **RULES[c.fault]}
            for c in faulty
        ))
        self.new_requests()
        self.hit.clear()
        self.mark = self.seen
        try:
            self.each(
                self.cases,
                lambda case: case.scenario.change(self.machines[case]),
                lambda case, phase: phase == case.scenario.after or case in self.hit,
                "after the change",
                30,
            )
        except Idle:
            if not faulty:
                raise
            # What is wrong with a case is told when its world is looked at.

    def requests(self):
        """{case: its requests since the change}"""
        found = {c: [] for c in self.cases}
        for entry in self.client.log(self.mark):
            case = self.by_token.get(token(entry["name"]))
            if entry["verb"] in VERBS and case:
                found[case].append(entry)
        return found

    def name_requests(self):
        """Says of each case what went wrong."""
        for case, log in self.requests().items():
            at = next((i for i, e in enumerate(log) if e["did"] != "pass"), None)
            if at is not None:
                nth = sum(label(e) == label(log[at]) for e in log[: at + 1])
                case.request = f"{label(log[at])} #{nth}"

    def kill(self):
        """The operator dies, people change their minds, and another one starts."""
        self.name_requests()
        self.operator.process.kill()
        self.operator.process.wait()
        self.client.set_rules()
        for case in self.cases:
            if case.scenario.then:
                case.scenario.then(self.machines[case])
        self.operator = self.launch().wait_ready()

    def touch(self, case, has_failed):
        """Has the operator look at a case again; what has failed did so more than ten minutes ago."""
        m = self.machines[case]
        if m.get():
            m.api.patch(m.kind, m.ns, m.name, {"metadata": {"annotations": {"test.example.com/touched": "yes"}}})
        for record in Snapshot(self.api, self.ns).records(case.name) if has_failed else ():
            if record.status == "failed":
                labels = {"modifiedAt": str(int(time.time()) - 601)}
                m.api.patch("Secret", m.ns, record.secret, {"metadata": {"labels": labels}})

    def worlds(self, cases):
        """{case: its world, and which objects are the ones of before}, the snapshot"""
        snapshot = Snapshot(self.api, self.ns)
        found = {}
        for case in cases:
            before, after = self.before[case], snapshot.uids(case.name)
            found[case] = snapshot.world(case.name)
            found[case]["kept"] = sorted(key for key in before if before[key] == after.get(key))
        return found, snapshot

    def wait_for_ends(self):
        """Waits until what nothing went wrong with is as it should be: {case: world}."""
        self.until_quiet()

        def replaced(_):
            worlds, _ = self.worlds(self.cases)
            old = [c.name for c, world in worlds.items() if f"{c.scenario.replaced}/NAME" in world["kept"]]
            assert not old, f"not replaced: {old}"
            return worlds

        return self.wait(replaced, "objects are replaced")

    def wait_for_worlds(self, what_is_wrong):
        """{case: lines} once nothing more changes; what_is_wrong(case, world) makes the lines."""
        self.until_quiet()
        wrong = {c: [] for c in self.cases}

        def as_expected(_):
            worlds, snapshot = self.worlds(list(wrong))
            for case, world in worlds.items():
                wrong[case] = what_is_wrong(case, world)
                if not wrong[case]:
                    del wrong[case]
            assert not wrong and not snapshot.strays, f"{len(wrong)} are not as expected; strays: {snapshot.strays}"
            return True

        try:
            self.wait(as_expected, "all is as expected", 15)
        except Idle:
            pass
        return wrong

    def statuses(self):
        found = {}
        for obj in (o for kind in OWNERS for o in self.api.list(kind, self.ns)):
            found[self.by_token[token(obj["metadata"]["name"])]] = obj.get("status")
        return found

    def start_anew(self):
        """Another operator finds nothing to do: {case: lines} about the writes that it makes all the same."""
        self.operator.stop()
        self.client.set_rules()
        self.new_requests()
        mark, before, wrong = self.seen, self.statuses(), {}
        self.operator = self.launch().wait_ready()
        self.until_quiet()
        after = self.statuses()
        for entry in self.client.log(mark):
            if entry["verb"] in VERBS and entry["verb"] != "get":
                case = self.by_token[token(entry["name"])]
                wrong.setdefault(case, []).append(f"a fresh operator writes: {label(entry)}")
        for case, lines in wrong.items():
            lines += differences(before.get(case), after.get(case), "status")
        return wrong

    def remove(self, known=()):
        """Deletes all custom resources: nothing is left of them but claims that are kept, and what is known to be."""
        self.each(
            self.cases, lambda case: self.machines[case].delete(), lambda case, phase: phase is None, "after deletion",
        )
        self.operator.stop()
        for obj in self.api.list("DevMachineTemplate"):
            self.api.delete("DevMachineTemplate", None, obj["metadata"]["name"])

        def only_claims():
            snapshot = Snapshot(self.api, self.ns)
            left = [key for c in self.cases if c not in known for key in snapshot.objects(c.name)]
            left += [o["metadata"]["name"] for c in self.cases for o in snapshot.of(c.name, "Secret", "Pod", *OWNERS)]
            bad = [k for k in left if not k.endswith(("-home", "-kept"))]
            assert not bad and not snapshot.strays, f"left behind: {bad} {snapshot.strays}"
            return True

        wait_for(only_claims, 60, pause=0.5)


def data_in(uids):
    """Those of objects that hold data."""
    kinds = ("PersistentVolumeClaim/", "PersistentVolume/", "Secret/")
    return {key for key in uids if key.startswith(kinds)}


def compare(case, wanted, world, before):
    """How the end of a case differs from what is wanted; before: the uids before the change."""
    if not case.scenario.then:
        return differences(wanted, world)
    # A change of mind leaves other revisions behind, and what was not deleted yet need not be.
    wanted, found = without_revisions(wanted), without_revisions(world)
    kept, alike = set(found.pop("kept")), set(wanted.pop("kept"))
    lines = differences(wanted, found)
    if case.scenario.spec is None and case.scenario.after is None:
        # The claim was not made yet.
        lines = [line for line in lines if not line.startswith("PersistentVolumeClaim/")]
    must = data_in(before) if case.scenario.after else alike & before.keys()
    return lines + [f"not the one of before: {key}" for key in sorted(must - kept)]
