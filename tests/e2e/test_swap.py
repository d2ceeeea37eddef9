"""What users of Operator SDK's helm-operator find when they put this operator in its place."""

import collections
import json
import re
import time

import pytest
import yaml

import bundles
from cluster import ROOT, run
from https import https, token
from process import OPERATOR, free_port
from wait import wait_for

# As in the manager.yaml of a project that `operator-sdk init --plugins=helm` of 1.42 makes, and older ones.
SECURE = ["--metrics-secure", "--metrics-require-rbac"]
LOGS = ["--zap-log-level=info", "--zap-encoder=console", "--zap-devel=false", "--zap-time-encoding=iso8601",
        "--zap-stacktrace-level=panic"]
OTHERS = ["--max-concurrent-reconciles=2", "--reconcile-period=1m0s", "--suppress-override-values", "--enable-http2=false"]


def reviews(audit):
    return collections.Counter(r["resource"] for r in audit.requests() if r["resource"].endswith("reviews"))


@pytest.fixture
def swapped(cluster, directory, operators, bundle_operator, ns):
    """Starts an operator of Crashers with more arguments: swapped(*arguments)."""

    def start(*args, **options):
        watches = directory / f"swapped-{ns}.yaml"
        env = {"WATCH_NAMESPACE": ns}
        operator = bundles.launch(cluster, watches, bundles.CRASHERS, *args, env=env, **options)
        operators.started.append(operator)
        return operator.wait_ready()

    return start


def test_arguments_of_the_scaffold(cluster, bundle_audit, swapped):
    operator = swapped(*SECURE, *LOGS, *OTHERS)
    allowed, stranger = token(cluster.directory / "bundles.kubeconfig"), token(cluster.operator)
    # In the clear there is nothing.
    assert operator.get(operator.metrics, "/metrics")[0] != 200
    assert https(operator.metrics)[0] == 401
    assert https(operator.metrics, "nonsense")[0] == 401
    assert https(operator.metrics, stranger)[0] == 403
    code, text = https(operator.metrics, allowed)
    assert code == 200 and "workqueue_depth" in text
    assert https(operator.metrics, allowed, "/healthz")[0] == 404
    # Who was let in a moment ago is not asked about again.
    assert reviews(bundle_audit) == {"tokenreviews": 3, "subjectaccessreviews": 2}
    assert https(operator.metrics, allowed)[0] == 200
    assert reviews(bundle_audit) == {"tokenreviews": 3, "subjectaccessreviews": 2}
    assert allowed not in operator.log() and stranger not in operator.log()
    assert "--zap-time-encoding has no effect" in operator.log()


def test_https_without_rights(swapped):
    operator = swapped("--metrics-secure")
    code, text = https(operator.metrics)
    assert code == 200 and "workqueue_depth" in text
    assert operator.stop() == 0


def test_metrics_under_their_old_name(swapped):
    port = free_port()
    operator = swapped(f"--metrics-addr=127.0.0.1:{port}")
    assert operator.get(port, "/metrics")[0] == 200


def test_tokens_are_not_asked_for_in_the_clear():
    done = run(OPERATOR, "run", "--metrics-require-rbac")
    assert done.returncode == 2 and "--metrics-require-rbac needs --metrics-secure" in done.stderr


def test_rights_for_it():
    def resources(*args):
        done = run(OPERATOR, "rbac", *args, cwd=ROOT)
        return {r["resources"][0] for role in yaml.safe_load_all(done.stdout) for r in role["rules"]}

    assert resources("--metrics-require-rbac") - resources() == {"tokenreviews", "subjectaccessreviews"}


METHODS = {"create": "POST", "patch": "PATCH", "delete": "DELETE"}


def writes(audit, since):
    """How many requests of the operator that write, dry-runs among them, were answered how: {(method, code): n}."""
    found = collections.Counter()
    with open(audit.path, "rb") as f:
        f.seek(since)
        for line in f:
            entry = json.loads(line) if audit.user.encode() in line else {"verb": None}
            if entry["verb"] in METHODS and entry["user"]["username"] == audit.user:
                found[METHODS[entry["verb"]], entry["responseStatus"]["code"]] += 1
    return found


def test_metrics_tell_what_was_done(api, ns, audit, launch, machine):
    since = audit.mark()
    operator = launch(env={"WATCH_NAMESPACE": ns}).wait_ready()
    m = machine()
    m.wait("Running")
    m.edit(cpu=3)
    m.wait("Running")
    api.patch("Service", ns, m.name, {"spec": {"ports": [{"name": "http", "port": 81}]}})
    wait_for(lambda: api.get("Service", ns, m.name)["spec"]["ports"][0]["port"] == 80, what="the drift is put back")
    m.delete()
    m.wait_gone()

    def told(metric, **labels):
        return operator.metric(metric + "{" + ",".join(f'{k}="{v}"' for k, v in labels.items()) + "}")

    wait_for(lambda: told("controller_runtime_active_workers") == 0 and told("workqueue_depth") == 0)
    asked = writes(audit, since)
    assert len({method for method, _ in asked}) == 3
    for (method, code), n in asked.items():
        assert told("rest_client_requests_total", code=code, method=method) == n, (method, code)
    for method in METHODS.values():
        n = sum(n for (of, _), n in asked.items() if of == method)
        assert told("rest_client_requests_total", method=method) == n, method
        assert told("rest_client_request_duration_seconds_count", verb=method) == n, method
        assert 0 < told("rest_client_request_duration_seconds_sum", verb=method) < 60

    ours = {"controller": "devmachine-controller"}
    passes = told("controller_runtime_reconcile_total", **ours)
    assert passes > 4 and told("controller_runtime_reconcile_total", result="error") == 0
    assert told("controller_runtime_reconcile_time_seconds_count", **ours) == passes
    assert told("workqueue_work_duration_seconds_count", name="devmachine-controller") == passes
    assert told("workqueue_queue_duration_seconds_count") == told("workqueue_adds_total", **ours) == passes
    assert told("controller_runtime_max_concurrent_reconciles", **ours) == 4
    assert told("devmachine_release_drift_total", **ours) >= 1
    assert abs(told("devmachine_release_last_success_timestamp_seconds", **ours) - time.time()) < 60
    assert told("devmachine_release_info", chart="devmachine", **ours) == 1
    assert told("helm_operator_build_info") == 1
    assert told("process_resident_memory_bytes") > 1 << 20 and told("process_cpu_seconds_total") > 0
    # Nothing grows with resources.
    text = operator.get(operator.metrics, "/metrics")[1]
    assert m.name not in text and ns not in text


# No text that looks like a number: Go templates make one of it where nothing quotes it.
IDIOM_VALUES = {
    "name": "web", "port": 8080, "on": True, "off": False, "labels": {"b": "z", "a": "x y"}, "hosts": ["a.example", "b.example"],
    "deep": {"x": "y"},
}


def idioms():
    """The table in charts/README.md: [(Go template, mustache)], each of some lines."""
    text = (ROOT / "charts/README.md").read_text().partition("## From Go templates\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*`) \| (`.*`) \|$", text, re.M)
    return [tuple("\n".join(re.findall("`([^`]*)`", cell)).replace(r"\|", "|") for cell in row) for row in rows]


def idiom_chart(path, template, partial, suffix):
    (path / "templates").mkdir(parents=True)
    (path / "Chart.yaml").write_text(
        "apiVersion: v2\nname: idioms\nversion: 1.2.3\nappVersion: v4.5\n"
        "annotations: {ide.example.com/template-engine: mustache}\n")
    (path / "values.yaml").write_text(yaml.safe_dump(IDIOM_VALUES))
    (path / "motd").write_text("hello: world\n")
    (path / f"templates/_labels.{suffix}").write_text(partial)
    (path / "templates/x.yaml").write_text(f"apiVersion: v1\nkind: X\nmetadata: {{name: x}}\n{template}\n")
    return path


@pytest.mark.parametrize("go, mustache", idioms(), ids=lambda text: text.replace("\n", " "))
def test_idioms(helms, tmp_path, go, mustache):
    ours = idiom_chart(tmp_path / "ours", mustache, "b: {{Values.name}}\n", "mustache")
    theirs = idiom_chart(tmp_path / "theirs", go, '{{ define "labels" }}b: {{ .Values.name }}\n{{ end }}', "tpl")
    done = run(OPERATOR, "template", ours, "--name", "r", "--namespace", "n")
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout) == yaml.safe_load(helms[0].text("n", "template", "r", str(theirs)))
