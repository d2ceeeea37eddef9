"""Several operators for the same resources: one of them works, and nobody writes who may have lost the lease."""

import concurrent.futures
import signal
import time

import pytest

from accounts import NAMESPACE
from cluster import load
from faults import Client, Faults
from state import WRITES, Machine, records
from wait import stays, wait_for

# client-go's, in seconds: how long a lease is valid unrenewed, and when a leader gives up.
LEASE, RENEW, RETRY = 15, 10, 2
# Of a machine that does other things as well.
PATIENCE = LEASE + 3 * RETRY
MANY = 200


class Lease:
    def __init__(self, api, name):
        self.api, self.name = api, name

    def spec(self):
        return (self.api.get("Lease", NAMESPACE, self.name) or {}).get("spec", {})

    def holder(self):
        return self.spec().get("holderIdentity", "")

    def wait_other(self, than, timeout):
        """Until it is held by somebody else: how long that took."""
        began = time.monotonic()
        wait_for(lambda: self.holder() not in ("", than), timeout, f"{self.name} is held by another than {than}")
        return time.monotonic() - began

    def give(self, holder):
        self.api.patch("Lease", NAMESPACE, self.name, {"spec": {"holderIdentity": holder}})


@pytest.fixture
def lease(api, ns):
    yield Lease(api, ns)
    api.delete("Lease", NAMESPACE, ns)


@pytest.fixture
def candidate(launch_as, ns, lease):
    """Starts an operator for this namespace: candidate(number of its account). It may wait."""

    def start(number):
        return launch_as(
            number, "--leader-elect", "--leader-election-id", lease.name, "--leader-election-namespace", NAMESPACE,
            env={"WATCH_NAMESPACE": ns},
        ).wait_ready()

    return start


@pytest.fixture
def pair(candidate, lease):
    """One that leads, and one that waits."""
    leader = candidate(0)
    wait_for(lease.holder)
    return leader, candidate(1)


def leads(operator, name):
    return operator.metric(f'leader_election_master_status{{name="{name}"}}') == 1


def machines(api, ns, machine, count):
    return [machine(name=f"m{i}", ingressDomain=f"m{i}.{ns}.example.com") for i in range(count)]


def none_after(audit, mark):
    writes = audit.writes(mark)
    assert not writes, writes
    return True


def test_one_works_and_another_waits(api, accounts, pair, lease, ns, machine):
    (leader, waiting), (_, audit) = pair, accounts[1]
    mark, first = audit.mark(), lease.spec()
    assert first["leaseDurationSeconds"] == LEASE and first["leaseTransitions"] == 0
    assert first["renewTime"] >= first["acquireTime"]
    machine().wait("Running")
    assert leads(leader, lease.name) and not leads(waiting, lease.name)
    wait_for(lambda: lease.spec()["renewTime"] > first["renewTime"], 2 * RETRY + 1)
    assert lease.spec()["acquireTime"] == first["acquireTime"]
    assert none_after(audit, mark), "who waits writes nothing, not even to the lease"

    # Given back at the end: the next one need not wait until it has run out.
    assert leader.stop() == 0
    assert lease.wait_other(first["holderIdentity"], 2 * RETRY) < 2 * RETRY
    machine(name="second", ingressDomain="second.example.com").wait("Running")
    assert leads(waiting, lease.name)
    assert lease.spec()["leaseTransitions"] == 1
    said = [e["note"] for e in api.list("Event", NAMESPACE) if e["regarding"].get("name") == lease.name]
    assert sorted(said) == sorted(f"{h} became leader" for h in (first["holderIdentity"], lease.holder()))
    assert waiting.stop() == 0
    assert lease.holder() == ""


def test_a_killed_leader(pair, lease, machine):
    leader, _ = pair
    holder, m = lease.holder(), machine()
    m.wait("Running")
    leader.process.send_signal(signal.SIGKILL)
    took = lease.wait_other(holder, PATIENCE)
    assert took > RENEW, "a lease is honoured to its end"
    m.edit(stopped=True)
    m.wait("Stopped")


def test_a_frozen_leader_writes_nothing_when_it_wakes(api, accounts, pair, lease, ns, machine):
    leader, _ = pair
    holder, made = lease.holder(), machines(api, ns, machine, 12)
    # In the midst of its work.
    wait_for(lambda: any("observedGeneration" in m.status() for m in made), pause=0.01)
    leader.process.send_signal(signal.SIGSTOP)
    try:
        lease.wait_other(holder, PATIENCE)
        mark = accounts[0][1].mark()
        made[0].edit(stopped=True)
        made[0].wait("Stopped")
    finally:
        leader.process.send_signal(signal.SIGCONT)
    assert leader.process.wait(5) == 1
    assert none_after(accounts[0][1], mark)
    assert "lease lost" in leader.log()
    for m in made[1:]:
        m.wait("Running", 60)


def test_the_server_is_away_for_longer_than_the_lease(cluster, pair, candidate, lease, machine):
    leader, waiting = pair
    holder, m = lease.holder(), machine()
    m.wait("Running")
    cluster.outage(RENEW + RETRY + 2)
    assert leader.process.wait(5) == 1, "it cannot know who leads"
    assert waiting.is_running()
    # As its Deployment does.
    candidate(0)
    lease.wait_other(holder, PATIENCE)
    m.edit(stopped=True)
    m.wait("Stopped", 60)


def test_a_lease_that_somebody_takes(api, accounts, candidate, lease, machine):
    leader, (_, audit) = candidate(0), accounts[0]
    wait_for(lease.holder)
    m = machine()
    m.wait("Running")
    lease.give("somebody")
    assert leader.process.wait(RETRY + 2) == 1
    mark = audit.mark()
    m.edit(stopped=True)
    again = candidate(0)
    stays(lambda: again.readyz() == 200 and none_after(audit, mark), 3)
    lease.give("")
    m.wait("Stopped")
    api.delete("Lease", NAMESPACE, lease.name)
    # Nobody else wants it.
    wait_for(lease.holder, 2 * RETRY)
    m.edit(stopped=False)
    m.wait("Running")
    assert again.is_running()


def test_a_leader_that_reads_its_files_again(pair, lease, ns, machine):
    """Its lease is given back as at its end: whoever is faster leads then."""
    leader, waiting = pair
    holder = lease.holder()
    leader.process.send_signal(signal.SIGHUP)
    lease.wait_other(holder, 2 * RETRY)
    machine().wait("Running", 60)
    wait_for(lambda: leader.readyz() == 200)
    assert leads(leader, lease.name) != leads(waiting, lease.name)
    assert [leader.stop(), waiting.stop()] == [0, 0]


def create_many(api, ns, count):
    """So many machines at once, which have no pods."""

    def create(n):
        cr = load("config/samples/devmachine.yaml")
        cr["metadata"] = {"name": f"m{n:03}"}
        cr["spec"].update(stopped=True, ingressDomain=f"m{n}.{ns}.example.com")
        api.create(cr, ns)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(count)))
    return [f"m{n:03}" for n in range(count)]


def phases(api, ns):
    return {m["metadata"]["name"]: m.get("status", {}).get("phase") for m in api.list("DevMachine", ns)}


def wait_for_all(api, ns, names):
    def all_stopped():
        found = phases(api, ns)
        missing = [name for name in names if found.get(name) != "Stopped"]
        assert not missing, f"{len(missing)} are not done: {missing[:5]}"
        return True

    wait_for(all_stopped, 180, pause=0.5)


def test_killed_in_the_midst_of_changes(api, accounts, candidate, lease, ns):
    marks = [audit.mark() for _, audit in accounts]
    leader = candidate(0)
    wait_for(lease.holder)
    candidate(1)
    holder = lease.holder()
    names = create_many(api, ns, MANY)
    wait_for(lambda: list(phases(api, ns).values()).count("Stopped") > MANY // 10, 60, pause=0.02)
    leader.process.send_signal(signal.SIGKILL)
    done = list(phases(api, ns).values()).count("Stopped")
    assert done < MANY, "it was too fast for this test"
    assert lease.wait_other(holder, PATIENCE) <= PATIENCE
    wait_for_all(api, ns, names)
    assert records(api, ns) == sorted((name, 1, "deployed") for name in names)
    made = {}
    for (_, audit), mark in zip(accounts, marks):
        for r in audit.writes(mark, ns):
            if r["verb"] == "create" and r["resource"] != "events" and r["code"] == 201:
                made[r["resource"], r["name"]] = made.get((r["resource"], r["name"]), 0) + 1
    assert len([key for key in made if key[0] == "deployments"]) == MANY
    assert {key: n for key, n in made.items() if n != 1} == {}


@pytest.fixture
def faults(cluster):
    found = Faults(cluster)
    yield found
    found.stop()


def test_cut_off_in_the_midst_of_changes(api, accounts, candidate, lease, launch, ns, faults):
    """Its requests reach nobody: it has ended its work before the lease is another's, and writes nothing once it can."""
    client = Client(faults, ns, accounts[0][0])
    leader = launch(
        "--leader-elect", "--leader-election-id", lease.name, "--leader-election-namespace", NAMESPACE,
        env={"WATCH_NAMESPACE": ns}, kubeconfig=client.kubeconfig,
    ).wait_ready()
    wait_for(lease.holder)
    holder = lease.holder()
    candidate(1)
    names = create_many(api, ns, 60)
    wait_for(lambda: list(phases(api, ns).values()).count("Stopped") > 5, 60, pause=0.02)
    client.set_rules({"do": "stall", "seconds": 1, "count": 1_000_000_000})
    cut, seen, last_write, ended = time.monotonic(), client.log()[-1]["number"], None, None

    def is_taken():
        nonlocal seen, last_write, ended
        for entry in client.log(seen):
            seen = entry["number"]
            if entry["verb"] in WRITES and entry["resource"] != "leases":
                last_write = time.monotonic()
        if ended is None and not leader.is_running():
            ended = time.monotonic()
        return lease.holder() not in ("", holder)

    wait_for(is_taken, PATIENCE)
    taken = time.monotonic()
    assert last_write is None or last_write - cut < RENEW + 2, "it went on without a lease"
    assert taken - cut > RENEW and (last_write or cut) < taken - 1
    mark = accounts[0][1].mark()
    client.set_rules()
    assert leader.process.wait(LEASE) == 1
    assert ended and ended < taken
    wait_for_all(api, ns, names)
    assert not [r for r in accounts[0][1].requests(mark, ns) if r["verb"] in WRITES]
    assert Machine(api, ns, names[-1]).status()["release"]["revision"] == 1
