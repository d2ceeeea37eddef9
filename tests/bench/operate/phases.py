"""What is done to each subject, and what is looked at meanwhile."""

import json
import os
import statistics
import time

from cluster import Audit, Cluster, Failed, check, counts, is_renewal, unpaged
from subjects import Subject, built

FEW = 10  # machines of a cluster that counts as idle
SINGLES = 20  # creates one after the other
STARTS = 5
IMAGES = ("example.invalid/ide:1", "example.invalid/ide:2")


def quantile(values, q):
    """The smallest value that so large a part of all does not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else None


class Bench:
    """One subject on a cluster of its own. Its results are what bench.py writes as JSON."""

    def __init__(self, options, name, directory, say):
        self.options, self.name, self.say = options, name, say
        self.cluster = Cluster(options.devcluster, directory, options.nodes)
        try:
            self.subject = Subject(name, options.ours, options.peer, options.workers, self.cluster, directory)
            self.audit = Audit(self.cluster)
        except BaseException:
            self.cluster.down()
            raise
        self.results = {"binary_bytes": self.subject.binary_bytes(), "phases": {}}

    def close(self):
        self.subject.stop()
        self.cluster.down()

    def load(self, *args):
        out = check(
            *(built("load"), "load", f"--kubeconfig={self.cluster.admin}", f"--timeout={self.options.timeout}s"),
            *(f"--concurrency={self.options.concurrency}", *args), timeout=self.options.timeout + 120,
        )
        return json.loads(out)

    def look(self):
        return self.subject.processor_seconds(), self.cluster.processor_seconds(), time.monotonic()

    def phase(self, name, count, *args):
        """Has load do something, and measures until the subject asks for nothing more."""
        self.audit.read_until_quiet()
        before = self.look()
        load = self.load(f"--count={count}", *args)
        converged = time.monotonic()
        entries, quiet = self.audit.read_until_quiet(limit=60)
        after = self.look()
        now, most = self.subject.memory()
        self.results["phases"][name] = {
            "count": count,
            "finished": len(load["converged_ms"] or []),
            "wall_s": round(load["wall_s"], 3),
            "load_requests_s": round(load["requests_s"], 3),
            "load_lists": load["lists"],
            "load_processors": round(load["cpu_s"] / max(load["wall_s"], 0.001), 3),
            "cpu_s": round(after[0] - before[0], 3),
            "cluster_cpu_s": round(after[1] - before[1], 3),
            "settled_s": round(time.monotonic() - converged, 1),
            "quiet": quiet,
            "applied_ms": quantiles(load["applied_ms"]),
            "converged_ms": quantiles(load["converged_ms"]),
            "requests": counts(entries),
            "unpaged": unpaged(entries),
            "rss_kib": now,
            "peak_kib": most,
            "load_average": round(os.getloadavg()[0], 2),
        }
        found = self.results["phases"][name]
        self.say(
            f"{self.name}: {name}: {found['finished']} of {count} in {found['wall_s']:.1f} s,"
            f" {sum(found['requests'].values()) / count:.1f} requests and {1000 * found['cpu_s'] / count:.1f} ms each,"
            f" {now / 1024:.1f} MiB"
        )
        if found["finished"] < count:
            self.say(f"{self.name}: {name}: unfinished: {' '.join(load['unfinished'][:10])}")
        return found

    def starts(self):
        """How long it takes to be ready, with few machines present, from the moment that it is started."""
        times = []
        for _ in range(STARTS):
            self.subject.stop()
            times.append(self.subject.start())
            self.audit.read_until_quiet()
        times = [t for t in times if t is not None]
        self.results["start_ms"] = [round(t, 1) for t in times]
        if times:
            self.say(f"{self.name}: ready after {statistics.median(times):.0f} ms")

    def idle(self, seconds):
        self.audit.read_until_quiet()
        before = self.look()
        entries, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(min(5, max(0, end - time.monotonic())))
            entries += self.audit.read()
        after = self.look()
        now, most = self.subject.memory()
        self.results["idle"] = {
            "seconds": round(after[2] - before[2], 1),
            "cpu_s": round(after[0] - before[0], 3),
            "cluster_cpu_s": round(after[1] - before[1], 3),
            "requests": counts(entries),
            "renewals": sum(is_renewal(e) for e in entries),
            "rss_kib": now,
            "peak_kib": most,
        }
        self.say(f"{self.name}: idle: {sum(self.results['idle']['requests'].values())} requests,"
                 f" {after[0] - before[0]:.2f} s of processor, {now / 1024:.1f} MiB")

    def run(self, count):
        """Everything with so many machines."""
        options = self.options
        self.subject.start()
        self.audit.read_until_quiet(2)
        self.results["rss_kib"] = self.subject.memory()[0]
        self.phase("few", FEW, "--op=create", "--first=90000")
        self.starts()
        self.phase("single create", SINGLES, "--op=create", "--serial", "--first=80000")
        self.phase("few more gone", SINGLES, "--op=delete", "--first=80000")
        self.phase("few gone", FEW, "--op=delete", "--first=90000")
        self.phase("create", count, "--op=create")
        self.phase("update", count, "--op=update", f"--image={IMAGES[1]}")
        self.phase("stop", count, "--op=stop")
        self.phase("start", count, "--op=start")
        self.idle(options.idle)
        self.phase("delete", count, "--op=delete")
        return self.results


def quantiles(values):
    values = values or []
    return {name: quantile(values, q) for name, q in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1))}


def measure(options, name, count, directory, say):
    """The results of one subject with so many machines; a failure is one of them."""
    bench = None
    try:
        bench = Bench(options, name, directory, say)
        return bench.run(count)
    except Failed as e:
        say(f"failed: {name}: {e}")
        return {**(bench.results if bench else {"phases": {}}), "failed": str(e)}
    finally:
        if bench:
            bench.close()
