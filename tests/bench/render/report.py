"""What was measured, for people: the table, and what the project promises."""

from statistics import median

from engines import ENGINES, NO_ENGINES

# Measured once on another machine with this template and these values, beside mustache.js 4.2.0: 2 vCPU Intel Xeon,
# gcc 12.2 -O2, node 20, the median of five runs of one second. No registry has these engines.
ELSEWHERE = {"mustach 2.0-alpha": 45561, "bustache af10816": 83522}
ELSEWHERE_MUSTACHE_JS = 25002


class Promise:
    """
    What `make bench` holds us to; result is PASS, FAIL or SKIP. measured is None when it was not, and why says so. A
    bound of None asks for a measured that is true.
    """

    def __init__(self, text, bound, measured, at_least=True, why=""):
        self.text, self.bound, self.measured, self.at_least, self.why = text, bound, measured, at_least, why
        if measured is None:
            self.result = "SKIP"
        elif bound is None:
            self.result = "PASS" if measured else "FAIL"
        else:
            self.result = "PASS" if (measured >= bound if at_least else measured <= bound) else "FAIL"

    def line(self):
        line = f"{self.result}  {self.text}"
        if self.bound is not None:
            line += f": at {'least' if self.at_least else 'most'} {self.bound:g}"
        if self.measured is None:
            return f"{line}, not measured{f' ({self.why})' if self.why else ''}"
        return line if self.bound is None else f"{line}, measured {self.measured:.2f}"


def ratio(results, faster, slower):
    """How many times as fast, as the median of the rounds, which were run one after another; None when not measured."""
    a, b = (results.get(name, {}).get("render") for name in (faster, slower))
    return median(x / y for x, y in zip(a, b)) if a and b else None


def fastest_peer(results):
    """The fastest engine of others that gives our bytes."""
    peers = [
        name for name, r in results.items()
        if not name.startswith("ours") and name not in NO_ENGINES and r.get("same_bytes") and r.get("render")
    ]
    return max(peers, key=lambda name: median(results[name]["render"]), default=None)


def promises(results):
    def skipped(*names):
        return next((results[name]["skipped"] for name in names if "skipped" in results.get(name, {})), "")

    def times(text, bound, other, name="ours"):
        return Promise(text, bound, ratio(results, name, other), why=skipped(name, other))

    def same(name, file):
        return Promise(f"output of {name} is data/{file}", None, results.get(name, {}).get("same_bytes"))

    fastest = fastest_peer(results)
    return [
        same("ours", "expected.yaml"),
        same("ours-chart", "expected.json"),
        same("ours-chart-miss", "expected.json"),
        times("text, times mustache.js", 14, "mustache.js"),
        times("text, times Go text/template on its template", 20, "text/template"),
        times(f"text, times the fastest engine with the same bytes ({fastest or 'none here'})", 2, fastest),
        times("chart with a cached shape, times text", 0.7, "ours", "ours-chart"),
        Promise(
            "chart without one, time by libyaml events of the same text", 1.3,
            ratio(results, "ours-yaml", "ours-chart-miss"), at_least=False,
        ),
        Promise("allocations of 1000 warm renders", 0, results.get("ours", {}).get("allocations"), at_least=False),
        times("two threads, times one", 1.7, "ours", "ours-threads"),
    ]


def derived(results):
    """Lines about engines that cannot be had from a registry."""
    here = ratio(results, "ours", "mustache.js")
    if not here:
        return []
    lines = [
        "derived, not measured here: each engine's ratio to mustache.js on another machine (2 vCPU Intel Xeon, gcc 12.2,",
        f"node 20; mustache.js {ELSEWHERE_MUSTACHE_JS}/s there), applied to ours here",
    ]
    for name, speed in ELSEWHERE.items():
        lines.append(f"  text, times {name} ({speed}/s there): {here * ELSEWHERE_MUSTACHE_JS / speed:.1f}")
    return lines


def disturbed(results):
    """A line for each engine of ours that had to share its processors, by which figures become worthless."""
    return [
        f"disturbed: {name} had {r['processors']} of {wanted} processors: other programs ran, measure again when they do not"
        for name, wanted in (("ours", 1), ("ours-threads", 2))
        if (r := results.get(name, {})).get("processors", wanted) < 0.93 * wanted
    ]


def microseconds(speeds):
    return f"{1e6 / median(speeds):.2f}" if speeds else "-"


HEAD = ("engine", "version", "language", "renders/s", "min", "max", "us", "ours is", "same bytes", "compile us", "cold us",
        "peak MiB", "notes")
LEFT = ("engine", "version", "language", "notes")


def row(name, r, results):
    language, _, _, note = ENGINES[name]
    if not r.get("render"):
        return [name, "-", language, *["-"] * 9, "skipped: " + r["skipped"]]
    speeds = r["render"]
    times = ratio(results, "ours", name)
    same = {True: "yes", False: "no", None: "-"}[r.get("same_bytes")]
    peak = r.get("peak_kib")
    return [
        name, r["version"], language, *(f"{x:.0f}" for x in (median(speeds), min(speeds), max(speeds))),
        microseconds(speeds), f"{times:.2f}x" if times else "-", same, microseconds(r.get("compile")),
        microseconds(r.get("cold")), f"{peak / 1024:.1f}" if peak else "-", note,
    ]


def table(results):
    """The engines, the fastest first within ours and theirs; what was left out at the end."""
    def order(item):
        name, r = item
        return not r.get("render"), not name.startswith("ours"), -median(r.get("render") or [0])

    rows = [list(HEAD)] + [row(name, r, results) for name, r in sorted(results.items(), key=order)]
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if head in LEFT else cell.rjust(width)
            for head, cell, width in zip(HEAD, cells, widths)
        ).rstrip()
        for cells in rows
    )
