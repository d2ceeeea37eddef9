"""What users of Operator SDK's helm-operator find when they put this operator in its place."""

import collections
import ssl
import urllib.error
import urllib.request

import pytest
import yaml

import bundles
from cluster import ROOT, run
from process import OPERATOR, free_port

# As in the manager.yaml of a project that `operator-sdk init --plugins=helm` of 1.42 makes, and older ones.
SECURE = ["--metrics-secure", "--metrics-require-rbac"]
LOGS = ["--zap-log-level=info", "--zap-encoder=console", "--zap-devel=false", "--zap-time-encoding=iso8601",
        "--zap-stacktrace-level=panic"]
OTHERS = ["--max-concurrent-reconciles=2", "--reconcile-period=1m0s", "--suppress-override-values", "--enable-http2=false"]


def token(kubeconfig):
    return yaml.safe_load(kubeconfig.read_text())["users"][0]["user"]["token"]


def https(port, bearer=None, path="/metrics"):
    """(code, text) of a page, from a server whose certificate nobody has signed."""
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}")
    if bearer:
        request.add_header("Authorization", f"Bearer {bearer}")
    trusting = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(request, timeout=10, context=trusting) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


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
