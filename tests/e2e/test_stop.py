"""An operator that is told to end: it begins nothing any more, ends soon, and the next one finishes what it left."""

import signal
import time

import pytest

from faults import Client, Faults
from wait import wait_for

MANY, WORKERS = 50, 4
GRACE = 10  # seconds, in which it has to have ended whatever happens


@pytest.fixture
def faults(cluster):
    faults = Faults(cluster)
    yield faults
    faults.stop()


@pytest.fixture
def start(launch, ns):
    return lambda *args: launch(*args, env={"WATCH_NAMESPACE": ns}).wait_ready()


def stopped(operator):
    """Its exit code, and after how many seconds."""
    began = time.monotonic()
    return operator.stop(), time.monotonic() - began


def looked_at(api, ns):
    return sum("observedGeneration" in cr.get("status", {}) for cr in api.list("DevMachine", ns))


def test_stop_in_the_midst_of_work(api, audit, launch, start, ns, machine):
    machines = [machine(name=f"m{i}", ingressDomain=f"m{i}.{ns}.example.com") for i in range(MANY)]
    operator = launch("--max-concurrent-reconciles", WORKERS, env={"WATCH_NAMESPACE": ns})
    wait_for(lambda: looked_at(api, ns), pause=0.01)
    mark = audit.mark()
    code, took = stopped(operator)
    assert code == 0
    assert took < 2
    # Those under way, and as many that were logged between our look and the signal.
    assert len(audit.writes(mark)) <= 3 * WORKERS
    assert looked_at(api, ns) < MANY, "there was more to do"
    start()
    for m in machines:
        m.wait("Running", 120)


@pytest.fixture
def hanging(cluster, faults, launch, ns, machine):
    """An operator whose requests to write get no answer, at least one of them under way."""
    client = Client(faults, ns, cluster.operator)
    operator = launch(env={"WATCH_NAMESPACE": ns}, kubeconfig=client.kubeconfig).wait_ready()
    client.set_rules({"do": "stall", "seconds": 60, "verbs": ["patch", "create"], "count": 1000})
    machine()
    wait_for(lambda: any(e["did"] == "stall" for e in client.log()))
    return operator


def test_a_request_that_hangs_does_not_hold_it_up(hanging, start, ns, api):
    code, took = stopped(hanging)
    assert code == 0
    assert took < GRACE
    start()
    wait_for(lambda: api.get("DevMachine", ns, "my-devmachine").get("status", {}).get("phase") == "Running")


def test_a_second_signal_ends_it_at_once(hanging):
    hanging.process.send_signal(signal.SIGTERM)
    wait_for(lambda: "stopping" in hanging.log())
    began = time.monotonic()
    hanging.process.send_signal(signal.SIGTERM)
    assert hanging.process.wait(GRACE) == 1
    assert time.monotonic() - began < 3, "less than what is under way may take"
