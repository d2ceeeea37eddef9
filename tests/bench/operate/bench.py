"""Measures our operator beside others: see README.md. Ends with 1 when a promise is not kept."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shlex
import signal
import subprocess
import sys
import tempfile

import phases
import report
from cluster import ROOT
from subjects import SUBJECTS


def say(text):
    print(f"bench-operate: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True, help="the operator")
    parser.add_argument("--devcluster", required=True, help="the program that is a cluster")
    parser.add_argument("--json", required=True, type=pathlib.Path, help="where to write all figures")
    parser.add_argument("--counts", default="100 500", help="of machines, for a run each")
    parser.add_argument("--subjects", default="", help=f"some of: {' '.join(SUBJECTS)}; all")
    parser.add_argument("--peer", default="", help="the command of one more operator of the kind in crd.yaml")
    parser.add_argument("--workers", type=int, default=4, help="machines that a subject handles at the same time")
    parser.add_argument("--concurrency", type=int, default=16, help="requests of the load at the same time")
    parser.add_argument("--idle", type=float, default=180, help="seconds to watch idle subjects for")
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--timeout", type=int, default=1200, help="seconds for a phase")
    args = parser.parse_args()
    args.subjects = args.subjects.split() or list(SUBJECTS)
    unknown = [name for name in args.subjects if name not in SUBJECTS]
    if unknown:
        parser.error(f"no subject is called {unknown[0]}; there are: {' '.join(SUBJECTS)}")
    try:
        args.counts = [int(n) for n in args.counts.split()]
    except ValueError:
        parser.error(f"no list of numbers: {args.counts}")
    if not args.counts or min(args.counts) < 1:
        parser.error("at least one machine")
    if args.peer:
        name = pathlib.Path(shlex.split(args.peer)[0]).name
        args.subjects.append(f"peer {name}" if name in SUBJECTS else name)
    return args


def machine():
    version = subprocess.run(
        ["sh", "tests/setup/version.sh"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    ).stdout.strip()
    cpu = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":")[1].strip() for line in cpu if line.startswith("model name")), platform.machine())
    return {
        "processor": model, "processors": os.cpu_count(), "system": platform.platform(), "version": version,
        "load": round(os.getloadavg()[0], 2),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def main():
    args, here = arguments(), machine()
    runs, found = {}, []
    for count in args.counts:
        results = runs[count] = {}
        for name in args.subjects:
            with tempfile.TemporaryDirectory(prefix="bench-operate-") as directory:
                results[name] = phases.measure(args, name, count, directory, say)
        promises = report.promises(results, count)
        found += promises
        print(f"\n{here['processor']}, {here['processors']} processors, {here['date']}, load {here['load']} before;"
              f" {count} machines, {args.workers} workers, {args.concurrency} requests of the load at a time\n")
        print(report.tables(results))
        print("\n" + "\n".join([*(p.line() for p in promises), *report.disturbed(results)]), flush=True)
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(json.dumps({
            "machine": here, "workers": args.workers, "concurrency": args.concurrency, "runs": runs,
            "promises": [vars(p) for p in found],
        }, indent=1) + "\n", encoding="utf-8")
    failed = any("failed" in r for results in runs.values() for r in results.values())
    return failed or any(p.result == "FAIL" for p in found)


if __name__ == "__main__":
    # A terminated benchmark stops what it started, as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
