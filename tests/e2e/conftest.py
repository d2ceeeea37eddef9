"""Fixtures: one cluster for all tests, an operator, a namespace for each test."""

import atexit
import copy
import os
import re
import signal
import tempfile
import pathlib

import pytest
import yaml

import accounts as accounts_of
import bundles
from cluster import Cluster, check, load
from helm import Helm
from process import FAULTY, OPERATOR, Operator
from state import Audit, Machine

# A terminated pytest stops what it started, as an interrupted one does.
signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def directory():
    with tempfile.TemporaryDirectory(prefix="devmachine-e2e-") as name:
        yield pathlib.Path(name)


@pytest.fixture(scope="session")
def cluster(directory):
    binary = os.environ.get("DEVCLUSTER")
    if not binary:
        pytest.exit("DEVCLUSTER is not set: use `make e2e`", 2)
    cluster = Cluster(binary, directory / "cluster")
    atexit.register(cluster.down)
    try:
        cluster.up()
        yield cluster
    finally:
        cluster.down()


@pytest.fixture(scope="session")
def api(cluster):
    return cluster.api


@pytest.fixture(scope="session")
def audit(cluster):
    return Audit(cluster.directory)


@pytest.fixture(scope="session")
def helms(cluster, directory):
    """Helm 3 and Helm 4."""
    binaries = os.environ.get("HELMS")
    if not binaries:
        pytest.exit("HELMS is not set: use `make e2e`", 2)
    return [Helm(pathlib.Path(binaries) / f"helm{n}", n, cluster.admin, directory) for n in (3, 4)]


@pytest.fixture(params=[3, 4], ids=["helm3", "helm4"])
def helm(helms, request):
    """Each of them in turn."""
    return helms[request.param - 3]


class Operators:
    """Starts operators, and stops all of them."""

    def __init__(self, directory, kubeconfig):
        self.directory, self.kubeconfig = directory, kubeconfig
        self.beside = None  # one that does not touch what the others do
        self.shared = None  # the one that most tests use
        self.started = []  # since the test began
        self.beside_offset = 0
        self.offset = 0  # of the shared one's log when the test began

    def start(self, *args, kubeconfig=None, **options):
        operator = Operator(self.directory, kubeconfig or self.kubeconfig, *args, **options)
        self.started.append(operator)
        return operator

    def get_shared(self):
        if not self.shared or not self.shared.is_running():
            self.shared = self.start().wait_ready()
        return self.shared

    def stop_shared(self):
        if self.shared:
            self.shared.stop()
            self.shared = None

    def begin_test(self):
        self.started = []
        self.offset = self.shared.log_path.stat().st_size if self.shared else 0
        self.beside_offset = self.beside.log_path.stat().st_size if self.beside else 0

    def end_test(self):
        for operator in self.started:
            if operator is not self.shared:
                operator.stop()

    def stop_all(self):
        self.end_test()
        if self.beside:
            self.beside.stop()
        self.stop_shared()

    def logs(self):
        texts = {o.log_path.name: o.log() for o in self.started[-8:]}
        if self.shared and self.shared not in self.started:
            texts[self.shared.log_path.name] = self.shared.log(self.offset)
        if self.beside:
            texts[self.beside.log_path.name] = self.beside.log(self.beside_offset)
        return texts


@pytest.fixture(scope="session")
def operators(cluster, directory, request):
    operators = Operators(directory, cluster.operator)
    request.config.operators = operators
    yield operators
    operators.stop_all()


@pytest.fixture
def operator(operators):
    """An operator that watches all namespaces, started when none is left of an earlier test."""
    return operators.get_shared()


@pytest.fixture(scope="session")
def bundle_operator(cluster, directory, operators):
    return bundles.start(cluster, directory, operators)


@pytest.fixture
def bundle_audit(cluster):
    """The requests of the operator of Bundles."""
    return Audit(cluster.directory, f"system:serviceaccount:default:{bundles.ACCOUNT}")


@pytest.fixture
def bundle(api, ns, bundle_operator):
    """Makes a Bundle of objects: bundle(*objects, **spec)."""
    return lambda *objects, **spec: bundles.Bundle(api, ns, *objects, **spec)


@pytest.fixture
def crashers(cluster, directory, operators, bundle_operator):
    """Starts operators of Crashers alone in a namespace, which may die: crashers(ns, after so many requests)."""

    def start(ns, n=None):
        env = {"WATCH_NAMESPACE": ns, **({"DEVMACHINE_FAULT_AFTER": str(n)} if n else {})}
        watches = directory / f"crashers-{ns}.yaml"
        operator = bundles.launch(cluster, watches, bundles.CRASHERS, "--max-concurrent-reconciles", 1,
                                  binary=FAULTY if n else OPERATOR, env=env)
        operators.started.append(operator)
        return operator

    return start


@pytest.fixture
def launch(operators):
    """Starts operators that are this test's own: launch(*arguments, binary=, env=). No other runs meanwhile."""
    operators.stop_shared()
    return operators.start


@pytest.fixture(scope="session")
def accounts(cluster):
    """[(kubeconfig, Audit)] of two accounts with the operator's rights."""
    return accounts_of.make(cluster)


@pytest.fixture
def launch_as(launch, accounts):
    """The same as one of the two accounts: launch_as(its number, *arguments, …)."""
    return lambda number, *args, **options: launch(*args, kubeconfig=accounts[number][0], **options)


@pytest.fixture(autouse=True)
def _test_of_operators(request):
    operators = getattr(request.config, "operators", None)
    if operators:
        operators.begin_test()
    yield
    operators = getattr(request.config, "operators", None)
    if operators:
        operators.end_test()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    operators = getattr(item.config, "operators", None)
    if report.when == "call" and report.failed and operators:
        for name, text in operators.logs().items():
            report.sections.append((f"log of {name}", text))
    return report


@pytest.fixture
def new_namespace(cluster, request):
    """Makes namespaces for this test; they are deleted after it, without waiting."""
    word = re.sub(r"[^a-z0-9]+", "-", request.node.originalname.removeprefix("test_").lower()).strip("-")
    made = []

    def new():
        made.append(cluster.new_namespace(word))
        return made[-1]

    yield new
    for ns in made:
        cluster.api.delete("Namespace", None, ns)


@pytest.fixture
def ns(new_namespace):
    return new_namespace()


@pytest.fixture
def machine(api, ns):
    """Makes a machine of a sample: machine(path, name=, **spec); null in spec removes. It is not waited for."""

    def make(path="config/samples/devmachine.yaml", name=None, **spec):
        cr = load(path)
        cr["spec"].update(spec)
        cr["metadata"]["name"] = name or cr["metadata"]["name"]
        cr["metadata"]["namespace"] = ns
        api.create(cr, ns)
        return Machine(api, ns, cr["metadata"]["name"])

    return make


@pytest.fixture
def template(api, ns):
    """Makes a DevMachineTemplate that is the preset vscode-cpu with more values on top: template(name, **values)."""
    made = []

    def make(word="template", **values):
        name = f"{ns}-{word}"
        all_values = copy.deepcopy(load("charts/devmachine/presets/vscode-cpu.yaml"))
        for key, value in values.items():
            if isinstance(value, dict):
                all_values.setdefault(key, {}).update(value)
            else:
                all_values[key] = value
        api.create({
            "apiVersion": "ide.example.com/v1alpha1",
            "kind": "DevMachineTemplate",
            "metadata": {"name": name},
            "spec": {"displayName": word, "values": all_values},
        })
        made.append(name)
        return name

    yield make
    for name in made:
        api.delete("DevMachineTemplate", None, name)


@pytest.fixture
def watches(tmp_path):
    """Writes a file: watches(text) or watches(value)."""

    def write(what):
        path = tmp_path / "watches.yaml"
        path.write_text(what if isinstance(what, str) else yaml.safe_dump(what, sort_keys=False))
        return path

    return write
