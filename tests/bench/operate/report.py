"""What was measured, for people: the tables, and what the project promises."""

import statistics

# helm-operator is in no package index, so that it cannot run beside us here. These figures were measured beforehand with
# helm-operator 1.42.3 on two cores, five objects a release, and with a minimal controller-runtime operator beside it.
# README.md says how they are used.
HELM = {
    "peak_mib": {100: 137, 500: 253},  # of the process, two workers
    "create_cpu_ms": 461,
    "update_cpu_ms": 826,
    "create_s_of_100": 14.2,
    "controller-runtime": {"create_cpu_ms": 9, "create_s_of_500": 21.9},
}
PHASES = ("single create", "create", "update", "stop", "start", "delete")


class Promise:
    """
    What `make bench-operate` holds us to; result is PASS, FAIL or SKIP. Both bound and measured are numbers, of which
    measured may not be the larger one, or None when something was not measured.
    """

    def __init__(self, text, bound, measured, unit="", basis=""):
        self.text, self.bound, self.measured, self.unit, self.basis = text, bound, measured, unit, basis
        if bound is None or measured is None:
            self.result = "SKIP"
        else:
            self.result = "PASS" if measured <= bound else "FAIL"

    def line(self):
        line = f"{self.result}  {self.text}"
        if self.result == "SKIP":
            return f"{line}: not measured"
        line += f": at most {self.bound:.3g}{self.unit}, measured {self.measured:.3g}{self.unit}"
        return line + (f" ({self.basis})" if self.basis else "")


class Figures:
    """What the promises ask about one subject; None is what was not measured."""

    def __init__(self, results):
        self.results = results or {"phases": {}}

    def phase(self, name):
        found = self.results["phases"].get(name)
        return found if found and found["finished"] == found["count"] else None

    def each(self, name, what):
        """Per machine: a number of a phase, or what a function makes of its requests."""
        phase = self.phase(name)
        if not phase:
            return None
        return (what(phase["requests"]) if callable(what) else phase[what]) / phase["count"]

    def seconds(self, name):
        phase = self.phase(name)
        return phase and phase["wall_s"]

    def cpu_ms(self, name):
        each = self.each(name, "cpu_s")
        return each and each * 1000

    def idle(self, key):
        return self.results.get("idle", {}).get(key)

    def mib(self, key):
        kib = self.idle(key)
        return kib and kib / 1024

    def start_ms(self):
        times = self.results.get("start_ms")
        return statistics.median(times) if times else None


def part(value, divisor):
    return value / divisor if value is not None else None


def total(requests, *, verbs=None, without=(), only=None):
    """How many requests have one of these verbs; without or only those of some resources."""
    found = 0
    for key, number in requests.items():
        verb, resource = key.split(" ", 1)
        if verbs and verb not in verbs or resource in without or only and resource not in only:
            continue
        found += number
    return found


STATUS, EVENTS = "machines/status", "events"
WRITES = ("create", "update", "patch", "delete")
READS = ("get", "list")


def writes(requests):
    """Those besides status and events."""
    return total(requests, verbs=WRITES, without=(STATUS, EVENTS))


def helm_figures(results, count):
    """
    What helm-operator needs here: measured when it is the peer, else its figures of then by the ratio that the
    controller-runtime operator of this run has to the one of then.
    """
    peer = results.get("helm-operator")
    if peer:
        f = Figures(peer)
        return {
            "peak_mib": f.mib("peak_kib"), "create_cpu_ms": f.cpu_ms("create"), "create_s": f.seconds("create"),
            "update_s": f.seconds("update"), "basis": "helm-operator of this run",
        }
    then, now = HELM["controller-runtime"], Figures(results.get("controller-runtime"))
    cpu = part(now.cpu_ms("create"), then["create_cpu_ms"])
    wall = part(now.seconds("create"), then["create_s_of_500"] * count / 500)
    # It was never faster than its processors: an update's share of both of them is the least that it can take.
    return {
        "peak_mib": HELM["peak_mib"].get(count),
        "create_cpu_ms": cpu and HELM["create_cpu_ms"] * cpu,
        "create_s": wall and HELM["create_s_of_100"] * count / 100 * wall,
        "update_s": cpu and HELM["update_cpu_ms"] / 1000 * cpu * count / 2,
        "basis": "helm-operator measured elsewhere, scaled",
    }


def promises(results, count):
    """Empty without our own results."""
    if "ours" not in results:
        return []
    ours, runtime, floor = (Figures(results.get(name)) for name in ("ours", "controller-runtime", "floor"))
    helm = helm_figures(results, count)
    basis = helm["basis"]
    found = [
        Promise("memory, of controller-runtime's / 3", part(runtime.mib("rss_kib"), 3), ours.mib("rss_kib"), " MiB"),
        Promise("peak of memory, of helm-operator's / 12", part(helm["peak_mib"], 12), ours.mib("peak_kib"), " MiB",
                "measured elsewhere" if "helm-operator" not in results else basis),
        Promise("processor for a create, of controller-runtime's / 2", part(runtime.cpu_ms("create"), 2),
                ours.cpu_ms("create"), " ms"),
        Promise("processor for a create, of helm-operator's / 100", part(helm["create_cpu_ms"], 100),
                ours.cpu_ms("create"), " ms", basis),
        Promise("writes of a create before its first status", 8, ours.each("create", writes)),
        Promise("statuses of a create: the first, and one a phase", 3,
                ours.each("create", lambda r: total(r, only=(STATUS,)))),
        Promise("events of a create", 1, ours.each("create", lambda r: total(r, only=(EVENTS,)))),
        Promise("reads of a create", 0, ours.each("create", lambda r: total(r, verbs=READS))),
        *(Promise(f"writes of a {name} until it is scaled, with its first status", 4,
                  ours.each(name, lambda r: writes(r)) and ours.each(name, writes) + 1) for name in ("stop", "start")),
        Promise("requests of a redeploy", 24, ours.each("update", lambda r: total(r))),
        Promise("time for all creates, of the floor's * 1.8", part(floor.seconds("create"), 1 / 1.8),
                ours.seconds("create"), " s"),
        Promise("time for all creates, of helm-operator's / 4", part(helm["create_s"], 4), ours.seconds("create"), " s",
                basis),
        Promise("time for all redeploys, of helm-operator's updates / 5", part(helm["update_s"], 5),
                ours.seconds("update"), " s", basis),
        Promise("single create, p50, of controller-runtime's", p50(runtime, "single create"),
                p50(ours, "single create"), " ms"),
        Promise("requests while idle", 0, sum(ours.idle("requests").values()) if ours.idle("requests") is not None
                else None),
        Promise("from start to ready with few machines", 100, ours.start_ms(), " ms"),
    ]
    return found


def p50(figures, phase):
    found = figures.phase(phase)
    return found and found["converged_ms"]["p50"]


def number(value, digits=1):
    return "-" if value is None else f"{value:.{digits}f}"


def table(rows):
    """Columns by the widest cell; the first one to the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))).rstrip()
        for row in rows
    )


def kind_of(requests, verbs):
    return total(requests, verbs=verbs)


def phase_row(name, phase):
    q, count = phase["converged_ms"], phase["count"]
    reads, written = (total(phase["requests"], verbs=verbs) / count for verbs in (READS, WRITES))
    return [
        name, f"{phase['finished']}/{count}", number(phase["wall_s"]),
        *(number(q[key] / 1000 if q[key] is not None else None, 2) for key in ("p50", "p95", "p99")),
        number(written), number(reads), number(1000 * phase["cpu_s"] / count), number(phase["rss_kib"] / 1024),
        number(1000 * phase["cluster_cpu_s"] / count, 0), number(phase["load_processors"], 2),
        number(phase["load_average"]),
    ]


PHASE_HEAD = ["", "converged", "all s", "p50 s", "p95 s", "p99 s", "writes", "reads", "CPU ms", "RSS MiB", "cluster ms",
              "load CPUs", "load avg"]


def phase_table(phase, results):
    rows = [PHASE_HEAD]
    for name, r in results.items():
        if phase in r["phases"]:
            rows.append(phase_row(name, r["phases"][phase]))
    return f"{phase}\n{table(rows)}"


def requests_table(results):
    """What a machine costs in requests, phase by phase."""
    rows = []
    for name, r in results.items():
        for phase in PHASES:
            if phase in r["phases"] and phase != "single create":
                p = r["phases"][phase]
                each = ", ".join(f"{number(v / p['count'], 1 if v % p['count'] else 0)} {k}"
                                 for k, v in p["requests"].items())
                rows.append(f"  {name}, {phase}: {each or 'none'}")
    return "requests for a machine\n" + "\n".join(rows)


def rest_table(results):
    rows = [["at rest", "binary MiB", "start ms", "RSS MiB empty", "RSS MiB full", "peak MiB", "idle CPU s", "idle requests"]]
    for name, r in results.items():
        f = Figures(r)
        mib = r.get("binary_bytes") and r["binary_bytes"] / 1048576
        requests = f.idle("requests")
        rows.append([
            name, number(mib), number(f.start_ms(), 0), number(part(r.get("rss_kib"), 1024)),
            number(f.mib("rss_kib")), number(f.mib("peak_kib")), number(f.idle("cpu_s"), 2),
            number(sum(requests.values()), 0) if requests is not None else "-",
        ])
    return table(rows)


def tables(results):
    parts = [phase_table(phase, results) for phase in PHASES if any(phase in r["phases"] for r in results.values())]
    failed = [f"failed: {name}: {r['failed'].splitlines()[0]}" for name, r in results.items() if "failed" in r]
    return "\n\n".join([*parts, rest_table(results), requests_table(results), *failed])


def disturbed(results):
    """Lines about what makes figures worthless."""
    lines = []
    for name, r in results.items():
        for phase, p in r["phases"].items():
            if p["load_processors"] > 0.4:
                lines.append(f"disturbed: {name}: {phase}: the load itself took {p['load_processors']} processors")
            if p["load_lists"]:
                lines.append(f"disturbed: {name}: {phase}: {p['load_lists']} watches of the load ended, and it listed anew")
            if not p["quiet"]:
                lines.append(f"disturbed: {name}: {phase}: it went on asking after all had converged")
    return lines
