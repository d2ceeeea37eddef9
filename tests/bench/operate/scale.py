"""Our operator with very many machines: see README.md. Ends with 1 when a promise is not kept."""

import argparse
import json
import pathlib
import signal
import sys
import tempfile
import time

import phases
from bench import machine, say
from cluster import Failed, is_renewal, unpaged
from report import Promise, number, phase_table

CHANGES = 200  # single ones, one after the other


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True, help="the operator")
    parser.add_argument("--devcluster", required=True, help="the program that is a cluster")
    parser.add_argument("--json", required=True, type=pathlib.Path, help="where to write all figures")
    parser.add_argument("--count", type=int, default=10000, help="of machines")
    parser.add_argument("--running", type=int, default=500, help="of them; the others are made stopped")
    parser.add_argument("--idle", type=float, default=180, help="seconds to watch it do nothing")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--nodes", type=int, default=4)
    parser.add_argument("--timeout", type=int, default=7200, help="seconds for a phase")
    args = parser.parse_args()
    args.peer = ""
    if not CHANGES <= args.running <= args.count:
        parser.error(f"--running is at least {CHANGES}, and at most --count")
    return args


class Scale(phases.Bench):
    """Ours, with many machines."""

    def restart(self):
        """How long a new process takes until it is ready and has nothing left to do, and what it asks for."""
        self.subject.stop()
        self.audit.read()
        began = time.monotonic()
        ready_ms = self.subject.start()
        still = self.processor_until_still()
        entries, quiet = self.audit.read_until_quiet()
        self.results["restart"] = {
            "ready_s": round(ready_ms / 1000, 2),
            "still_s": round(still - began, 2),
            "cpu_s": round(self.subject.processor_seconds(), 2),
            "quiet": quiet,
            "writes": sum(e["verb"] not in ("get", "list", "watch") and not is_renewal(e) for e in entries),
            "lists": sum(e["verb"] == "list" for e in entries),
            "unpaged": unpaged(entries),
            "rss_kib": self.subject.memory()[0],
        }
        say(f"restart: {self.results['restart']}")

    def processor_until_still(self, limit=120):
        """When it began to use less than a twentieth of a processor for a second."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            before, at = self.subject.processor_seconds(), time.monotonic()
            time.sleep(1)
            if self.subject.processor_seconds() - before < 0.05:
                return at
        return end

    def run(self, count):
        args = self.options
        self.subject.start()
        self.audit.read_until_quiet(2)
        self.results["rss_kib"] = self.subject.memory()[0]
        self.phase("create stopped", count - args.running, "--op=create", "--stopped", f"--first={args.running}")
        self.phase("create", args.running, "--op=create")
        self.idle(args.idle)
        self.restart()
        every = max(1, args.running // CHANGES)
        serial = ("--serial", f"--step={every}")
        self.phase("single update", CHANGES, "--op=update", f"--image={phases.IMAGES[1]}", *serial)
        self.phase("single stop", CHANGES, "--op=stop", *serial)
        self.phase("single start", CHANGES, "--op=start", *serial)
        self.phase("single create", CHANGES, "--op=create", "--serial", "--first=90000")
        return self.results


SINGLES = ("single update", "single stop", "single start", "single create")


def promises(results):
    idle, restart = results.get("idle"), results.get("restart")
    lists = sorted({uri for p in results["phases"].values() for uri in p["unpaged"]} | set((restart or {}).get("unpaged", [])))

    def p99(name):
        found = results["phases"].get(name)
        return found and found["finished"] == found["count"] and found["converged_ms"]["p99"] / 1000 or None

    return [
        Promise("memory", 64, idle and idle["rss_kib"] / 1024, " MiB"),
        Promise("peak of memory", 64, idle and idle["peak_kib"] / 1024, " MiB"),
        Promise("processor while idle", 1, idle and 100 * idle["cpu_s"] / idle["seconds"], " %"),
        Promise("requests while idle", 0, idle and sum(idle["requests"].values())),
        Promise("a new process is ready", 30, restart and restart["ready_s"], " s"),
        Promise("a new process has nothing left to do", 30, restart and restart["still_s"], " s"),
        Promise("writes of a new process", 0, restart and restart["writes"]),
        Promise("lists without a limit", 0, len(lists), basis=" ".join(lists)),
        *(Promise(f"{name}, p99", 2, p99(name), " s") for name in SINGLES),
    ]


def main():
    args, here, scale = arguments(), machine(), None
    results = {"phases": {}}
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as directory:
        try:
            scale = Scale(args, "ours", directory, say)
            results = scale.results
            scale.run(args.count)
        except Failed as e:
            results["failed"] = str(e)
            say(f"failed: {e}")
        finally:
            if scale:
                scale.close()
    found = promises(results)
    print(f"{here['processor']}, {here['processors']} processors, {here['date']}, load {here['load']} before;"
          f" {args.count} machines, {args.running} of them running, {args.workers} workers\n")
    print("\n\n".join(phase_table(name, {"ours": results}) for name in results["phases"]))
    print(f"\nempty {number(results.get('rss_kib', 0) / 1024)} MiB\n" + "\n".join(p.line() for p in found))
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps({
        "machine": here, "count": args.count, "running": args.running, "results": results,
        "promises": [vars(p) for p in found],
    }, indent=1) + "\n", encoding="utf-8")
    return "failed" in results or any(p.result == "FAIL" for p in found)


if __name__ == "__main__":
    # A terminated benchmark stops what it started, as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
