"""Measures our rendering beside other engines: see README.md. Ends with 1 when a promise is not kept."""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import report
from engines import DATA, ENGINES, NO_ENGINES, Failed, Process, Skipped


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True, help="the program that is built of ours.c")
    parser.add_argument("--json", required=True, type=pathlib.Path, help="where to write all figures")
    parser.add_argument("--engines", default="", help=f"some of: {' '.join(ENGINES)}; all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1, help="of each engine in each round")
    args = parser.parse_args()
    args.engines = args.engines.split() or list(ENGINES)
    unknown = [name for name in args.engines if name not in ENGINES]
    if unknown:
        parser.error(f"no engine is called {unknown[0]}; there are: {' '.join(ENGINES)}")
    if args.rounds < 1 or not 0 < args.seconds <= 60:
        parser.error("at least one round, of more than 0 and at most 60 seconds")
    return args


def machine():
    model = platform.processor()
    with contextlib.suppress(OSError):
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
        model = next((line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name")), model)
    gcc = subprocess.run(["gcc", "-dumpfullversion"], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    version = subprocess.run(
        ["sh", "tests/setup/version.sh"], cwd=DATA.parents[3], stdout=subprocess.PIPE, text=True, check=False,
    ).stdout.strip()
    return {
        "processor": model, "processors": os.cpu_count(), "system": platform.platform(), "gcc": gcc,
        "version": version, "load": round(os.getloadavg()[0], 2),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def start(names, ours, results, version):
    """The engines that run here, by name; what does not is noted in results."""
    running = {}
    for name in names:
        try:
            engine = Process(name, ours)
            running[name] = engine
            results[name] = {"version": version if engine.version == "-" and name.startswith("ours") else engine.version}
        except (Skipped, Failed) as e:
            say(f"skipped: {name}: {e}")
            results[name] = {"skipped": str(e)}
    return running


def warm_up(name, engine, result):
    """Runs every case for a while, and looks at what comes out."""
    seconds = ENGINES[name][2]
    for case in engine.cases:
        engine.run(case, seconds if case == "render" else seconds / 2)
    if name not in NO_ENGINES:
        expected = "expected.json" if name.startswith("ours-chart") else "expected.yaml"
        result["same_bytes"] = engine.output() == (DATA / expected).read_bytes()
    if name in ("ours", "ours-chart"):
        result["allocations"] = int(engine.ask("allocations"))


def measure(running, results, rounds, seconds):
    """Every engine in every round; one that fails is left out from then on."""
    def attempt(name, call):
        try:
            call()
        except Failed as e:
            say(f"failed: {name}: {e}")
            results[name] = {"skipped": f"failed: {e}"}
            del running[name]

    def one(name):
        engine, result = running[name], results[name]
        for case in engine.cases:
            speed = engine.run(case, seconds if case == "render" else seconds / 4)
            result.setdefault(case, []).append(speed)

    for name in list(running):
        attempt(name, lambda: warm_up(name, running[name], results[name]))
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}: {len(running)} engines")
        for name in list(running):
            attempt(name, lambda: one(name))
    for name, engine in running.items():
        results[name]["peak_kib"] = engine.peak_kib()
        if engine.shares:
            results[name]["processors"] = round(statistics.median(engine.shares), 2)


def main():
    args, results, here = arguments(), {}, machine()
    running = start(args.engines, args.ours, results, here["version"])
    say("warming up")
    try:
        measure(running, results, args.rounds, args.seconds)
    finally:
        for engine in running.values():
            engine.stop()
    found = report.promises(results)
    print(f"{here['processor']}, {here['processors']} processors, gcc {here['gcc']}, {here['date']}, load {here['load']};"
          f" {args.rounds} rounds of {args.seconds:g} s")
    print(report.table(results))
    print("\n" + "\n".join([*(p.line() for p in found), *report.derived(results), *report.disturbed(results)]))
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps({
        "machine": here, "rounds": args.rounds, "seconds": args.seconds, "engines": results,
        "promises": [vars(p) for p in found],
    }, indent=1) + "\n", encoding="utf-8")
    broken = [name for name, r in results.items() if name.startswith("ours") and not r.get("render")]
    return bool(broken) or any(p.result == "FAIL" for p in found)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
