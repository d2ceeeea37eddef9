"""A watches.yaml with twenty kinds: all at once, each with what is watched shared, and every mistake in it told by its place."""

import re

import pytest
import yaml

import bundles
from bundles import config_map
from cluster import KINDS, ROOT, run
from process import OPERATOR
from state import Machine
from wait import wait_for

KIND_NAMES = [f"Thing{chr(ord('a') + n)}" for n in range(20)]


def test_twenty_kinds(api, ns, cluster, directory, operators, bundle_operator, bundle_audit):
    entries = [{**bundles.WATCHES[0], "kind": kind} for kind in KIND_NAMES]
    # The last one is not defined yet.
    for kind in KIND_NAMES:
        KINDS[kind] = ("/apis/test.example.com/v1", f"{kind.lower()}s", True)
    for kind in KIND_NAMES[:-1]:
        api.create(bundles.definition(kind))
    mark = bundle_audit.mark()
    operator = bundles.launch(cluster, directory / "twenty.yaml", entries, env={"WATCH_NAMESPACE": ns})
    operators.started.append(operator)
    wait_for(lambda: "waiting for a kind that is not installed" in operator.log(), 30)

    def create(kind):
        name = kind.lower()
        api.create({
            "apiVersion": "test.example.com/v1", "kind": kind, "metadata": {"name": name},
            "spec": {"objects": [config_map(name, a="1")]},
        }, ns)
        return Machine(api, ns, name, kind)

    machines = [create(kind) for kind in KIND_NAMES[:-1]]
    for m in machines:
        m.wait("Running", 60)
    api.create(bundles.definition(KIND_NAMES[-1]))
    bundles.wait_served(api, KIND_NAMES[-1])
    machines.append(create(KIND_NAMES[-1]))
    machines[-1].wait("Running", 60)
    operator.wait_ready()
    lists = [r["resource"] for r in bundle_audit.requests(mark, ns) if r["verb"] == "list"]
    assert lists.count("configmaps") == 1 and lists.count("secrets") == 1, "one watch for all kinds"
    for m in machines:
        m.delete()
    for m in machines:
        m.wait_gone(60)


FILE = "".join(f"""\
- group: test.example.com
  version: v1
  kind: {kind}
  chart: tests/e2e/charts/bundle
  reconcilePeriod: 1h
  onDrift: repair
  overrideValues:
    a.b: 1
  selector:
    matchLabels:
      app: x
""" for kind in KIND_NAMES)
LINES = 11  # of an entry

# What is wrong in the eighth entry: a line of it and what stands there instead, the column, and words of what is said.
MISTAKES = {
    "a key that is not known": (4, "  chrat: tests/e2e/charts/bundle", 10, "unknown key; known are: group, version"),
    "a key of another spelling": (1, "  Version: v1", 12, "unknown key"),
    "no version": (1, None, 3, "missing key version"),
    "no kind": (2, None, 3, "missing key kind"),
    "no chart": (3, None, 3, "missing key chart"),
    "an empty kind": (2, "  kind: ''", 9, "kind must not be empty"),
    "a kind that is a list": (2, "  kind: [K]", 9, "kind must be a string, not list"),
    "a version that is a number": (1, "  version: 1", 12, "version must be a string, not integer"),
    "a kind twice": (2, "  kind: Thinga", 3, "a second watch of Thinga"),
    "no such chart": (3, "  chart: charts/none", 10, "charts/none"),
    "a chart that is a number": (3, "  chart: 1", 10, "chart must be a string"),
    "a period in words": (4, "  reconcilePeriod: soon", 20, "must be a duration such as 90s, 5m or 1h30m"),
    "a period without a unit": (4, "  reconcilePeriod: 60", 20, "reconcilePeriod must be a string"),
    "a negative period": (4, "  reconcilePeriod: -5m", 20, "must be a duration such as"),
    "drift in another word": (5, "  onDrift: fix", 12, "onDrift must be repair, redeploy, warn or off"),
    "a strategy in another word": (5, "  updateStrategy: all", 19, "updateStrategy must be redeploy or changed"),
    "overrides that are a list": (6, "  overrideValues: [a]", 19, None),
    "overrides that lead through each other": (7, "    a.b: 1\n    a.b.c: 2", 12, "leads through another value: a.b.c"),
    "a variable that is not set": (7, "    a.b: $DM_NONE", 10, "DM_NONE is not set; set it, or write ${DM_NONE:-default}"),
    "a Go template": (7, "    a.b: '{{ env \"X\" }}'", 10, "Go templates are not read here; write ${NAME:-default}"),
    "a selector of another key": (9, "    labels:", 7, "unknown key; known are: matchLabels, matchExpressions"),
    "a label that is a number": (10, "      app: 1", 12, "a label's value is a text of at most 63 letters"),
    "no worker": (5, "  maxConcurrentReconciles: 0", 28, "maxConcurrentReconciles must be a number from 1 on"),
    "an account that is no name": (5, "  serviceAccountName: Me", 23, "must be lower case letters, digits and dashes"),
    "a namespace that is no name": (5, "  targetNamespace: a_b", 20, "must be lower case letters, digits and dashes"),
    "a dry-run of another kind": (5, "  dryRunOption: client", 17, 'dryRunOption must be "server" or empty'),
    "a template without its kind": (5, "  templateRef: {apiVersion: v1}", 16, "missing key kind"),
    "presets elsewhere": (
        5, "  templateRef: {apiVersion: v1, kind: T, namePath: a, valuesPath: b, presets: x}", 79,
        'must be "presets", the directory of the chart that holds them'),
    "a tab": (4, "\treconcilePeriod: 1h", None, None),
    "a key twice": (4, "  kind: Other", None, "kind"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(mistake, tmp_path):
    """Nothing is asked of any API server: there is none."""
    at, text, column, said = MISTAKES[mistake]
    lines = FILE.splitlines()
    line = 7 * LINES + at
    lines[line:line + 1] = [] if text is None else text.split("\n")
    if mistake.startswith("overrides that are"):
        del lines[line + 1]
    watches = tmp_path / "watches.yaml"
    watches.write_text("\n".join(lines) + "\n")
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "x",
        "clusters": [{"name": "x", "cluster": {"server": "https://127.0.0.1:1"}}], "users": [{"name": "x", "user": {}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
    }))
    done = run(OPERATOR, "run", "--watches-file", watches, "--kubeconfig", kubeconfig, cwd=ROOT,
               env={"PATH": "/usr/bin:/bin"}, timeout=20)
    assert done.returncode == 1
    found = re.search(rf"{re.escape(str(watches))}:(\d+):(\d+): (.+)", done.stderr)
    assert found, done.stderr
    # What lacks a key, or is there twice, is the entry itself.
    first, last = 7 * LINES + 1, 8 * LINES + 2
    assert first <= int(found[1]) <= last, done.stderr
    if text is not None and column and "twice" not in mistake:
        assert int(found[1]) in (line + 1, line + 2), done.stderr
    assert column in (None, int(found[2])), done.stderr
    assert said is None or said in done.stderr, done.stderr
