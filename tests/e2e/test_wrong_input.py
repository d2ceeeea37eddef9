"""Mistakes of people: each is named with its place, harms nothing else, and goes away when it is corrected."""

import re
import shutil
import socket
import time

import pytest
import yaml

from cluster import ROOT, check, load, run
from process import OPERATOR
from state import Machine, events, objects, records, uids
from wait import stays, wait_for

NAME = "my-devmachine"
ENTRY = {"group": "ide.example.com", "version": "v1alpha1", "kind": "DevMachine", "chart": "charts/devmachine"}


def text_of(*entries):
    # Copies, lest the same entry twice becomes an alias.
    return yaml.safe_dump([{**entry} for entry in entries], sort_keys=False)


# What is wrong: the file, and what must be said, where LINE:COLUMN is of the mistake.
WATCHES = {
    "unknown key": (text_of({**ENTRY, "charts": "x"}), r":5:\d+: .*unknown key"),
    "unknown key in templateRef": (
        text_of({**ENTRY, "templateRef": {"apiVersion": "v1", "kind": "K", "namePath": "a", "valuesPath": "b", "x": 1}}),
        r":10:\d+: .*unknown key",
    ),
    "wrong type": (text_of({**ENTRY, "chart": ["charts/devmachine"]}), r":(4|5):\d+: .*chart must be"),
    "kind given twice": (text_of(ENTRY, ENTRY), r":5:\d+: .*second watch of DevMachine"),
    "no such chart": (text_of({**ENTRY, "chart": "charts/nothing"}), r":4:\d+: .*charts/nothing"),
    "missing key": (text_of({k: ENTRY[k] for k in ("group", "version", "kind")}), r":1:\d+: .*missing key chart"),
    "empty key": (text_of({**ENTRY, "kind": ""}), r":3:\d+: .*kind must not be empty"),
    "bad period": (text_of({**ENTRY, "reconcilePeriod": "soon"}), r":5:\d+: .*duration"),
    "not a list": ("group: x\n", r":1:\d+: .*list"),
    "empty": ("", r":1:\d+: .*list"),
    "bad YAML": ("- group: ide.example.com\n  version: [v1\n  kind: }\n", r":[23]:\d+: "),
    "tab": ("- group: x\n\tversion: v1\n", r":2:\d+: "),
    "key given twice": ("- group: x\n  group: y\n", r":2:\d+: "),
    "overrides of a text": (
        text_of({**ENTRY, "overrideValues": {"images": "x", "images.registry": "y"}}), r":7:\d+: .*images",
    ),
}


@pytest.fixture
def deaf():
    """A kubeconfig whose server is a socket: (path, whether anybody has called)."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        s.setblocking(False)

        def was_called():
            try:
                s.accept()[0].close()
                return True
            except BlockingIOError:
                return False

        yield s.getsockname()[1], was_called


@pytest.fixture
def refused(deaf, tmp_path):
    """Runs the operator on what it must refuse, before any request; returns what it says."""
    port, was_called = deaf

    def refuse(watches_file):
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{port}"}}],
            "users": [{"name": "u", "user": {}}],
        }
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(yaml.safe_dump(config))
        done = run(
            *(OPERATOR, "run", "--kubeconfig", kubeconfig, "--watches-file", watches_file),
            *("--metrics-bind-address", "0", "--health-probe-bind-address", "0"),
            cwd=ROOT, timeout=20,
        )
        assert done.returncode == 1, done.stderr
        assert not was_called(), "it asked the API server for something"
        return done.stderr

    return refuse


@pytest.mark.parametrize("mistake", WATCHES)
def test_watches_file(mistake, refused, watches):
    text, said = WATCHES[mistake]
    path = watches(text)
    assert re.search(re.escape(str(path)) + said, refused(path))


def test_no_watches_file(refused, tmp_path):
    assert "nothing.yaml" in refused(tmp_path / "nothing.yaml")


@pytest.fixture
def chart(tmp_path):
    """A copy of the chart in which a text of a file is replaced: chart(file, old, new)."""

    def copy(file, old, new):
        path = tmp_path / "chart"
        shutil.copytree(ROOT / "charts/devmachine", path, dirs_exist_ok=True)
        text = (path / file).read_text()
        assert old in text
        (path / file).write_text(text.replace(old, new, 1))
        return path

    return copy


# What is wrong with a chart: file, text, its replacement, and what must be said.
CHARTS = {
    "section left open": (
        "templates/service.yaml", "spec:", "{{#Values.stopped}}\nspec:", r"templates/service\.yaml:\d+:\d+: ",
    ),
    "tag left open": (
        "templates/service.yaml", "name: {{Release.Name}}", "name: {{Release.Name", r"templates/service\.yaml:5:9: ",
    ),
    "no such partial": (
        "templates/service.yaml", "{{> selector}}", "{{> nothing}}", r"templates/service\.yaml:\d+:\d+: .*nothing",
    ),
    "bad values": ("values.yaml", "cpu: 2", "cpu: [2", r"values\.yaml:\d+:\d+: "),
    "no schema": ("values.schema.json", '"type": "integer"', '"type": "int"', r"values\.schema\.json: /properties/gpu/type: "),
    "schema in the network": (
        "values.schema.json", '"$ref": "#/definitions/cpu"', '"$ref": "https://example.com/cpu.json"',
        r"values\.schema\.json: /properties/cpu/\$ref: .*another document",
    ),
    "bad Chart.yaml": ("Chart.yaml", "name: devmachine", "name: [", r"Chart\.yaml:\d+:\d+: "),
    "other engine": ("Chart.yaml", "template-engine: mustache", "template-engine: go", r"looks like a Go template"),
}


@pytest.mark.parametrize("mistake", CHARTS)
def test_chart(mistake, refused, chart, watches):
    file, old, new, said = CHARTS[mistake]
    path = watches(text_of({**ENTRY, "chart": str(chart(file, old, new))}))
    answer = refused(path)
    assert re.search(said, answer), answer
    assert str(path) in answer, "the place in watches.yaml is named as well"


def test_chart_that_renders_no_yaml(chart):
    """What sections leave of a template is known only when it is rendered."""
    path = chart("templates/service.yaml", "  type: ClusterIP", "  type: [ClusterIP")
    done = run(OPERATOR, "template", path, "-f", "config/samples/devmachine.yaml", cwd=ROOT)
    assert done.returncode == 1 and done.stdout == ""
    assert re.search(r"templates/service\.yaml:\d+:\d+: ", done.stderr)


def test_unknown_template(api, operator, ns, machine, template):
    m = machine(template=f"{ns}-later")
    stalled = m.wait_stalled("TemplateNotFound")
    assert f"{ns}-later" in stalled["message"] and "vscode-cpu" in stalled["message"]
    assert m.status()["phase"] in ("Pending", "Failed")
    assert objects(api, ns) == {} and records(api, ns) == []
    wait_for(lambda: events(api, ns, "TemplateNotFound"))
    template("later")
    m.wait("Running", 15)
    assert m.condition("Stalled")["status"] == "False"


def test_running_machine_survives_an_unknown_template(api, operator, machine):
    m = machine()
    m.wait("Running")
    before = uids(api, m.ns)
    m.edit(template="nothing")
    m.wait_stalled("TemplateNotFound")
    assert m.status()["phase"] == "Running", "it does run"
    assert uids(api, m.ns) == before and len(api.list("Pod", m.ns)) == 1
    m.edit(template="vscode-cpu")
    m.wait("Running")
    assert m.condition("Stalled")["status"] == "False"
    assert uids(api, m.ns) == before and records(api, m.ns) == [(NAME, 1, "deployed")]


def test_template_that_the_schema_refuses(api, operator, ns, machine, template):
    m = machine(name="broken", template=template("broken", ide={"home": "hunter2", "prot": 1}))
    stalled = m.wait_stalled("RenderFailed")
    assert "values.schema.json: ide.home: must match ^" in stalled["message"]
    assert "ide.prot: is not known here" in stalled["message"] and "hunter2" not in stalled["message"]
    assert objects(api, ns) == {} and records(api, ns) == []
    wait_for(lambda: events(api, ns, "RenderFailed"))
    # Nobody else is harmed.
    machine(name="sound").wait("Running")

    mended = {"home": "/home/vscode", "prot": None}
    api.patch("DevMachineTemplate", None, f"{ns}-broken", {"spec": {"values": {"ide": mended}}})
    m.wait("Running", 15)
    before = uids(api, ns)
    api.patch("DevMachineTemplate", None, f"{ns}-broken", {"spec": {"values": {"ide": {"image": {"no": "text"}}}}})
    m.wait_stalled("RenderFailed")
    assert m.status()["phase"] == "Running" and uids(api, ns) == before


def test_object_that_the_server_refuses(api, operator, ns, machine, template):
    """A request above the limit: only the API server knows that this is wrong."""
    m = machine(template=template("greedy", requests={"cpu": 64}))
    stalled = m.wait_stalled("InvalidObject")
    assert "Deployment" in stalled["message"] and "64" in stalled["message"]
    assert m.status()["phase"] == "Failed"
    m.edit(template="vscode-cpu")
    m.wait("Running", 15)
    assert m.condition("Stalled")["status"] == "False"
    m.delete()
    m.wait_gone()
    assert records(api, ns) == []


def test_object_of_somebody_else(api, operator, ns, machine):
    theirs = api.create({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": NAME, "annotations": {"meta.helm.sh/release-name": "their-release"}},
        "spec": {"ports": [{"port": 80}]},
    }, ns)
    m = machine()
    stalled = m.wait_stalled("OwnedByAnother")
    assert f"Service {ns}/{NAME}" in stalled["message"] and "their-release" in stalled["message"]
    found = api.get("Service", ns, NAME)
    assert found["metadata"]["resourceVersion"] == theirs["metadata"]["resourceVersion"], "it is not touched"
    api.delete("Service", ns, NAME)
    m.wait("Running", 40)
    assert api.get("Service", ns, NAME)["metadata"]["uid"] != theirs["metadata"]["uid"]


def test_uninstall_leaves_an_object_of_somebody_else(api, operator, ns, machine):
    theirs = api.create({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": NAME}, "spec": {"ports": [{"port": 80}]},
    }, ns)
    m = machine()
    m.wait_stalled("OwnedByAnother")
    m.delete()
    m.wait_gone()
    assert api.get("Service", ns, NAME)["metadata"]["uid"] == theirs["metadata"]["uid"]
    wait_for(lambda: set(objects(api, ns)) <= {f"Service/{NAME}", f"PersistentVolumeClaim/{NAME}-home"})


GADGET = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gadgets.test.example.com"},
    "spec": {
        "group": "test.example.com",
        "scope": "Namespaced",
        "names": {"kind": "Gadget", "plural": "gadgets", "singular": "gadget"},
        "versions": [{
            "name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
        }],
    },
}


@pytest.fixture
def gadgets(api, watches):
    """watches.yaml with another kind of machine, that is not installed; the operator may use it."""
    path = watches(text_of(*load("watches.yaml"), {
        "group": "test.example.com", "version": "v1", "kind": "Gadget", "chart": "charts/devmachine",
    }))
    role = next(yaml.safe_load_all(check(OPERATOR, "rbac", "--watches-file", path, cwd=ROOT)))
    binding = load("config/rbac/role_binding.yaml")
    for obj in (role, binding):
        obj["metadata"] = {"name": "gadgets"}
    binding["roleRef"]["name"] = "gadgets"
    api.create(role)
    api.create(binding)
    yield path
    api.delete("CustomResourceDefinition", None, "gadgets.test.example.com")
    api.delete("ClusterRoleBinding", None, "gadgets")
    api.delete("ClusterRole", None, "gadgets")


def test_kind_that_is_installed_later(api, launch, gadgets, ns, machine):
    operator = launch("--watches-file", gadgets)
    wait_for(lambda: "not installed" in operator.log() and "Gadget" in operator.log())
    # It can do its work for the other kind meanwhile, and tells that it is not complete.
    machine().wait("Running")
    assert operator.readyz() == 503

    api.create(GADGET)
    operator.wait_ready()

    def created():
        try:
            return api.create({
                "apiVersion": "test.example.com/v1", "kind": "Gadget", "metadata": {"name": "gizmo"}, "spec": {},
            }, ns)
        except Exception as e:
            raise AssertionError(str(e)) from e

    wait_for(created)
    gizmo = Machine(api, ns, "gizmo", "Gadget")
    # The API server's admission may take half a minute to learn of the kind.
    gizmo.wait("Running", 90)
    gizmo.delete()
    gizmo.wait_gone()


def test_api_server_away(cluster, api, audit, operator, ns, machine):
    m = machine()
    m.wait("Running")
    before = uids(api, ns)
    mark = audit.mark()
    cluster.outage(3)
    stays(operator.is_running, 1)
    assert operator.get(operator.probes, "/healthz")[0] == 200

    m.edit(cpu=3)
    m.wait("Running", 60)
    after = uids(api, ns)
    assert {key.split("/")[0] for key in before if before[key] == after[key]} == {
        "PersistentVolumeClaim", "Secret", "Ingress",
    }
    assert records(api, ns) == [(NAME, 1, "superseded"), (NAME, 2, "deployed")]
    made = [w for w in audit.writes(mark, ns) if w["verb"] == "create" and w["resource"] == "deployments"]
    assert len(made) == 1, "it was deployed once: for the change, not for the outage"


def test_stop_ends_cleanly(launch, ns, machine):
    operator = launch(env={"WATCH_NAMESPACE": ns}).wait_ready()
    machine()
    began = time.monotonic()
    assert operator.stop() == 0
    assert time.monotonic() - began < 10
