"""Operators that start one after the other, each with one fault in what it reads first: discovery, lists and watches."""

from scenarios import DevMachines
from state import Machine
from torture import FAULTS
from wait import wait_for
from world import Snapshot, differences

READS = ["discover", "list", "watch"]
READ_FAULTS = {
    **{word: FAULTS[word] for word in ("refused", "stalled", "cut", "410", "429", "500", "503")},
    "expired": {"do": "expire", "verbs": ["watch"]},
}


class Lane:
    """A DevMachine of its own in a namespace of its own. launch() starts an operator for it behind the proxy."""

    def __init__(self, api, ns, client, launch):
        self.client, self.launch = client, launch
        self.machine = Machine(api, ns, "c0000-lane")
        self.worlds = {}  # by whether it is stopped: what it looks like, and its uids
        self.stopped = False
        DevMachines.create(self.machine)
        with self.launch():
            self.machine.wait("Running", 60)
            self.worlds[False] = self.world()
        self.try_to_start({})
        self.try_to_start({})

    def world(self):
        snapshot = Snapshot(self.machine.api, self.machine.ns)
        return {**snapshot.world(self.machine.name), "uids": snapshot.uids(self.machine.name)}

    def try_to_start(self, rule):
        """What was asked for, with one fault in it; the operator must notice everything all the same."""
        log = self.client.log()
        mark = log[-1]["number"] if log else 0
        self.client.set_rules(*([{"verbs": READS, **rule}] if rule else []))
        self.stopped = not self.stopped
        self.machine.edit(stopped=self.stopped)
        with self.launch():
            self.machine.wait("Stopped" if self.stopped else "Running", 60)
            expected = self.worlds.setdefault(self.stopped, self.world())

            def as_expected():
                found = differences(expected, self.world())
                assert not found, "\n".join(found)
                return True

            wait_for(as_expected)
        return [e for e in self.client.log(mark) if e["verb"] in READS]


def every_start(verbs):
    """(number of the request, fault) of each try; verbs are those of the requests of a start."""
    return [
        (n, word) for word, fault in READ_FAULTS.items()
        for n in range(1, (verbs.count("watch") if "verbs" in fault else len(verbs)) + 1)
    ]
