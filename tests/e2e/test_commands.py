"""The commands that need no cluster: template, lint, rbac, version, and how wrong usage is told."""

import json
import os
import pathlib
import re
import shutil

import pytest
import yaml

from cluster import ROOT, check, load, run
from process import OPERATOR

GOLDEN = pathlib.Path(__file__).parent / "golden"
SAMPLES = {
    "devmachine": "config/samples/devmachine.yaml",
    "devmachine-jupyter": "config/samples/devmachine-jupyter.yaml",
}


def operator(*args):
    return run(OPERATOR, *args, cwd=ROOT, timeout=20)


def template(*args):
    return check(OPERATOR, "template", "charts/devmachine", *args, cwd=ROOT, timeout=20)


@pytest.mark.parametrize("sample", SAMPLES)
def test_golden(sample):
    text = template("-f", SAMPLES[sample])
    path = GOLDEN / f"{sample}.yaml"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text(), "wanted? UPDATE_GOLDEN=1 writes it anew"
    items = json.loads(template("-f", SAMPLES[sample], "-o", "json"))["items"]
    assert items == list(yaml.safe_load_all(text)), "both formats say the same"


@pytest.mark.parametrize("sample", SAMPLES)
def test_server_accepts_it(sample, cluster, ns):
    text = template("-f", SAMPLES[sample], "--namespace", ns)
    said = cluster.kubectl("create", "--dry-run=server", "--validate=strict", "-n", ns, "-f", "-", input=text)
    assert said.count("created (server dry run)") == text.count("\nkind: ")


# Strings that mean something to YAML 1.1 or 1.2, to JSON, to mustache, or to a careless writer.
HOSTILE = [
    "two\nlines", "\nleading", "trailing\n", "a\r\nb", "tab\there", " padded ", "key: value", "key:", ": x",
    "{{Values.cpu}}", "{{#Values.gpu}}x{{/Values.gpu}}", "{{{x}}}", "{{! x }}", "{{=<% %>=}}", "{{> labels}}", "}}",
    "*x", "&x", "!x", "!!int 3", "---", "...", "--- x", "- x", "-", "? x", "%YAML 1.1", "@x", "`x", "|", ">", "|-\n x",
    "1", "007", "0755", "0o755", "0x1F", "1e3", "1_000", "1.50", ".5", ".inf", "-.INF", ".nan", "+1", "12:30:45",
    "190:20:30", "2024-01-01", "yes", "No", "on", "OFF", "y", "true", "False", "null", "Null", "~", "=", "<<",
    "#", "# x", "a #b", "a# b", "'", '"', "'x'", '"x"', "\\", "\\n", "a\\", "[", "]", "[1]", "{", "}", "{a: 1}", ",",
    "a,b", "\ue000", "\ue001x\uf8ff", "\u2028", "\u00a0", "\u0085", "\ufeff", "\U0001f600", "é", "e\u0301",
    "$(VAR)", "${VAR}", "$NAME", "%s%n", "<b>&amp;", "x" * 5000, "\x01", "\x1b[2J", "\x7f", "\x9f",
]

# Every field of the sample's spec that is a text, or may be one.
FIELDS = [
    "template", "cpu", "memory", "image", "ingressDomain", "storage.size", "storage.storageClassName",
    "storage.retainPolicy",
]
MARK = "benign-and-unique"


def with_field(cr, field, value):
    cr = json.loads(json.dumps(cr))
    *parents, last = field.split(".")
    at = cr["spec"]
    for parent in parents:
        at = at[parent]
    at[last] = value
    return cr


def replaced(value, old, new):
    """A structure with a text in its leaves replaced; never in keys."""
    if isinstance(value, dict):
        assert not any(old in key for key in value)
        return {key: replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, old, new) for item in value]
    return value.replace(old, new) if isinstance(value, str) else value


def write(path, value):
    """As JSON, which is YAML; but for pairs of surrogates, which YAML writes as one character."""
    text = json.dumps(value)
    pair = re.compile(r"\\u(d[89ab]..)\\u(d[c-f]..)")
    path.write_text(pair.sub(lambda m: "\\U%08x" % ord(json.loads(f'"{m[0]}"')), text))


@pytest.fixture
def lenient(tmp_path):
    """The chart without its schema: values reach the templates that nobody lets through otherwise."""
    path = tmp_path / "chart"
    shutil.copytree(ROOT / "charts/devmachine", path)
    (path / "values.schema.json").unlink()
    return path


def rendered(chart, tmp_path, cr, form):
    path = tmp_path / "cr.yaml"
    write(path, cr)
    # The template's name has a preset to match; here it is a text like any other.
    text = check(OPERATOR, "template", chart, "-f", path, "--preset", "vscode-cpu", "-o", form, cwd=ROOT)
    return json.loads(text)["items"] if form == "json" else list(yaml.safe_load_all(text))


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_value_stays_where_it_is(field, lenient, tmp_path):
    """Compared with a harmless value, nothing changes but the texts that hold it: no key, no kind, no type."""
    sample = load("config/samples/devmachine.yaml")
    benign = rendered(lenient, tmp_path, with_field(sample, field, MARK), "json")
    assert MARK in json.dumps(benign) or field == "storage.retainPolicy"
    for value in HOSTILE:
        expected = replaced(benign, MARK, value)
        cr = with_field(sample, field, value)
        for form in ("json", "yaml"):
            assert rendered(lenient, tmp_path, cr, form) == expected, (form, value)


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_value_is_refused(field, tmp_path):
    """By the chart's schema, which says where and why, and never shows the value."""
    secret = "hunter2: [x"
    write(tmp_path / "cr.yaml", with_field(load("config/samples/devmachine.yaml"), field, secret))
    done = operator("template", "charts/devmachine", "-f", tmp_path / "cr.yaml", "--preset", "vscode-cpu")
    assert done.returncode == 1 and done.stdout == ""
    assert f"values.schema.json: {field}: must " in done.stderr and "hunter2" not in done.stderr


def test_hostile_values_as_kubectl_reads_them(cluster, tmp_path):
    """All at once, as annotations: what Kubernetes' own reader of YAML makes of what we print."""
    wanted = {f"k{i}": value for i, value in enumerate(HOSTILE)}
    path = tmp_path / "values.yaml"
    write(path, {"podAnnotations": wanted})
    text = template("-f", "config/samples/devmachine.yaml", "-f", path, "--show-only", "templates/deployment.yaml")
    said = cluster.kubectl("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-", input=text)
    found = json.loads(said)["spec"]["template"]["metadata"]["annotations"]
    assert {key: value for key, value in found.items() if key in wanted} == wanted


def test_packed_chart(tmp_path):
    packed = tmp_path / "devmachine-1.0.0.tgz"
    check("tar", "-czf", packed, "-C", ROOT / "charts", "devmachine")
    sample = ROOT / SAMPLES["devmachine"]
    said = check(OPERATOR, "template", packed, "-f", sample, cwd=ROOT, timeout=20)
    assert said == template("-f", sample)
    watches = (ROOT / "watches.yaml").read_text().replace("charts/devmachine", str(packed))
    (tmp_path / "watches.yaml").write_text(watches)
    said = check(OPERATOR, "rbac", "--watches-file", tmp_path / "watches.yaml", cwd=tmp_path, timeout=20)
    assert said == operator("rbac").stdout


def test_null_in_a_file_removes_a_default(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text(
        "apiVersion: v2\nname: c\nversion: 1.0.0\nannotations: {ide.example.com/template-engine: mustache}\n"
    )
    (tmp_path / "values.yaml").write_text("a: {b: 1, c: 1}\n")
    (tmp_path / "templates/x.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {{Values}}\n"
    )
    (tmp_path / "1.yaml").write_text("a: {b: null, d: 1}\n")
    (tmp_path / "2.yaml").write_text("a: {e: 1}\n")
    files = ["-f", tmp_path / "1.yaml", "-f", tmp_path / "2.yaml", "-o", "json"]
    items = json.loads(check(OPERATOR, "template", tmp_path, *files, timeout=20))["items"]
    assert items[0]["data"] == {"a": {"c": 1, "d": 1, "e": 1}}


def template_json(*args):
    return json.loads(template("-f", SAMPLES["devmachine"], "-o", "json", *args))["items"]


def by_kind(items, kind):
    return [item for item in items if item["kind"] == kind]


def test_set_as_in_helm(tmp_path):
    (tmp_path / "note").write_text("two\nlines\n")
    items = template_json(
        "--set", "podAnnotations.a=x\\,y,podAnnotations.b=1.5",
        "--set", "env[0].name=A,env[0].value=b",
        "--set-string", "podLabels.n=1",
        "--set-file", f"podAnnotations.note={tmp_path}/note",
        "--set-json", 'nodeSelector={"disk": "ssd"}',
        "--set", "ide.args={-x,y}",
    )
    [deployment] = by_kind(items, "Deployment")
    pod = deployment["spec"]["template"]
    annotations = pod["metadata"]["annotations"]
    assert (annotations["a"], annotations["b"], annotations["note"]) == ("x,y", "1.5", "two\nlines\n")
    assert pod["metadata"]["labels"]["n"] == "1" and pod["spec"]["nodeSelector"] == {"disk": "ssd"}
    container = pod["spec"]["containers"][0]
    assert container["args"] == ["-x", "y"] and container["env"][-1] == {"name": "A", "value": "b"}


def test_show_only():
    both = template("--show-only", "templates/pvc.yaml", "--show-only", "devmachine/templates/secret.yaml")
    assert sorted(d["kind"] for d in yaml.safe_load_all(both)) == ["PersistentVolumeClaim", "Secret"]
    for path, said in {"pvc.yaml": "no such template", "templates/ingress.yaml": "renders no object"}.items():
        done = operator("template", "charts/devmachine", "--show-only", path)
        assert done.returncode == 1 and said in done.stderr and done.stdout == ""


def test_notes():
    text = template("--name", "web", "-n", "team", "--notes")
    assert text.startswith("VS Code machine web in namespace team.") and "apiVersion" not in text


@pytest.fixture
def chart(tmp_path):
    """A small chart that shows what templates see of the release and the server."""
    path = tmp_path / "small"
    (path / "templates").mkdir(parents=True)
    (path / "crds").mkdir()
    (path / "Chart.yaml").write_text(
        "apiVersion: v2\nname: small\nversion: 1.0.0\ndescription: d\n"
        "annotations: {ide.example.com/template-engine: mustache}\n")
    (path / "crds/x.yaml").write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: xs.x.io}\n"
        "spec: {group: x.io, names: {plural: xs}}\n")
    (path / "templates/a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  seen: '"
        "{{Release.IsInstall}} {{Release.IsUpgrade}} {{Release.Revision}} {{Capabilities.KubeVersion.Version}} "
        "{{#join.+}}{{Capabilities.APIVersions}}{{/join.+}}'\n")
    return path


def test_what_templates_see(chart):
    def seen(*args):
        return yaml.safe_load(check(OPERATOR, "template", chart, *args))["data"]["seen"]

    assert seen() == "true false 1 v1.30.0 "
    assert seen("--is-upgrade", "--kube-version", "1.34.1", "--api-versions", "a/v1", "--api-versions", "b/v1") == (
        "false true 2 v1.34.1 a/v1+b/v1")


def test_include_crds(chart):
    text = check(OPERATOR, "template", chart, "--include-crds")
    assert [d["kind"] for d in yaml.safe_load_all(text)] == ["CustomResourceDefinition", "ConfigMap"]
    assert "# Source: small/crds/x.yaml\n" in text
    assert "CustomResourceDefinition" not in check(OPERATOR, "template", chart)


HOOK = "apiVersion: v1\nkind: {}\nmetadata: {{name: {}, annotations: {{helm.sh/hook: '{}'}}}}\n"


def test_hooks(chart):
    """Hooks stand behind the other objects, by kind as Helm keeps them; what Helm leaves out is told."""
    hooks = [("Pod", "b", "test"), ("ConfigMap", "c", "pre-install"), ("Pod", "a", "post-install"), ("Pod", "x", "crd-install")]
    (chart / "templates/0.yaml").write_text("---\n".join(HOOK.format(*hook) for hook in hooks))

    def printed(*args):
        done = operator("template", chart, *args)
        assert done.returncode == 0
        assert done.stderr == (
            "devmachine-operator template: warning: small/templates/0.yaml: Pod x is left out: its annotation helm.sh/hook "
            "names an event that there is not\n")
        return done.stdout

    def names(*args):
        return [d["metadata"]["name"] for d in yaml.safe_load_all(printed(*args))]

    assert names() == ["a", "c", "b", "a"]
    assert names("--skip-tests") == ["a", "c", "a"]
    assert names("--no-hooks") == ["a"]
    assert names("--show-only", "templates/0.yaml", "--include-crds") == ["c", "b", "a"]
    assert printed().count("# Source: small/templates/0.yaml\n") == 3
    assert [d["metadata"]["name"] for d in json.loads(printed("-o", "json", "--include-crds"))["items"]] == [
        "xs.x.io", "a", "c", "b", "a"]


LINT_SUMMARY = "lint: errors: {}, warnings: {}, infos: {}\n"


@pytest.mark.parametrize("arguments", [
    "charts/devmachine", "charts/devmachine/ --strict", "--watches-file watches.yaml --strict",
    *(f"charts/devmachine --strict -f {path}" for path in SAMPLES.values()),
])
def test_lint_finds_nothing(arguments):
    done = operator("lint", *arguments.split())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", LINT_SUMMARY.format(0, 0, 0))


def test_lint(chart):
    (chart / "values.yaml").write_text("# values\nunused: 1\n")
    done = operator("lint", chart)
    assert done.returncode == 0 and done.stderr == LINT_SUMMARY.format(0, 1, 0)
    assert done.stdout == (
        f"{chart}/values.yaml:2:1: warning: unused is mentioned nowhere; remove it from values.yaml, or use it "
        "[unused-value]\n")
    assert operator("lint", chart, "--strict").returncode == 1
    with open(chart / "templates/a.yaml", "a") as file:
        file.write("  b: {{Values.port}}\nfoo: 1\n")
    done = operator("lint", chart, "--set", "port=80")
    assert done.returncode == 1 and done.stderr == LINT_SUMMARY.format(3, 1, 0)
    # Where there are no values with a port, and where it is a number.
    assert [line.split(": ", 1)[0] for line in done.stdout.splitlines()] == [
        f"{chart}/templates/a.yaml:6:6", f"{chart}/templates/a.yaml:6:6", f"{chart}/templates/a.yaml:7:1",
        f"{chart}/values.yaml:2:1"]
    assert "(with the given values)" in done.stdout


def test_lint_json(chart):
    (chart / "values.yaml").write_text("# values\nunused: 1\n")
    assert json.loads(operator("lint", chart, "--format", "json").stdout) == [{
        "file": f"{chart}/values.yaml", "line": 2, "column": 1, "severity": "warning", "rule": "unused-value",
        "message": "unused is mentioned nowhere", "fix": "remove it from values.yaml, or use it", "with": ""}]
    assert json.loads(operator("lint", "charts/devmachine", "--format", "json").stdout) == []


def test_lint_watches(chart, tmp_path):
    entry = {"group": "x.io", "version": "v1", "kind": "X", "chart": str(chart)}
    watches = tmp_path / "watches.yaml"
    watches.write_text("- " + "\n  ".join(f"{k}: {v}" for k, v in entry.items()) + "\n  overrideValues:\n    a.b: 1\n")
    done = operator("lint", "--watches-file", watches)
    assert done.returncode == 0, done.stdout
    # A chart without values takes any; one that has some does not know this one.
    (chart / "values.yaml").write_text("global: {}\n")
    done = operator("lint", "--watches-file", watches)
    assert done.stdout.startswith(f"{watches}:6:10: warning: a.b is no value of the chart; ")
    # A chart that does not load is told once, where the mistake is.
    (chart / "templates/a.yaml").write_text("a: {{x\n")
    done = operator("lint", "--watches-file", watches)
    assert done.returncode == 1 and done.stdout.startswith(f"{chart}/templates/a.yaml:1:4: error: ")
    assert len(done.stdout.splitlines()) == 1
    watches.write_text(watches.read_text() + "  nothing: 1\n")
    (chart / "templates/a.yaml").unlink()
    done = operator("lint", "--watches-file", watches)
    assert done.returncode == 1 and f"{watches}:7:12: error: unknown key" in done.stdout


def test_rbac_is_what_is_checked_in():
    assert check(OPERATOR, "rbac", cwd=ROOT) == (ROOT / "config/rbac/role.yaml").read_text()


def chart_with_definition(tmp_path):
    """A chart with a definition, a resource of it and a hook."""
    chart = tmp_path / "chart"
    shutil.copytree(ROOT / "tests/e2e/charts/defining", chart)
    definition = chart / "crds/sprockets.yaml"
    definition.write_text(definition.read_text().replace("kind: Sprocket,", "kind: Sprock,"))
    (chart / "templates/objects.yaml").write_text("""\
apiVersion: parts.example.com/v1
kind: Sprock
metadata: {name: x}
---
apiVersion: batch/v1
kind: Job
metadata: {name: x, annotations: {helm.sh/hook: pre-install}}
""")
    return chart


def test_rbac_of_definitions(tmp_path):
    watches = tmp_path / "watches.yaml"
    watches.write_text(yaml.safe_dump([{
        "group": "test.example.com", "version": "v1", "kind": "Definer", "chart": str(chart_with_definition(tmp_path)),
    }]))
    verbs = verbs_of(rbac(watches)["ClusterRole", "devmachine-operator", None])
    assert verbs["apiextensions.k8s.io", "customresourcedefinitions"] == ["get", "create"]
    # The plural is the definition's.
    assert "delete" in verbs["parts.example.com", "sprockets"]
    assert "delete" in verbs["batch", "jobs"]


def rbac(watches, **env):
    """The documents by (kind, name, namespace)."""
    done = run(OPERATOR, "rbac", "--watches-file", watches, env={"PATH": "/usr/bin:/bin", **env})
    assert done.returncode == 0, done.stderr
    documents = yaml.safe_load_all(done.stdout)
    return {(d["kind"], d["metadata"]["name"], d["metadata"].get("namespace")): d for d in documents}


def verbs_of(role):
    return {(r["apiGroups"][0], r["resources"][0], *r.get("resourceNames", [])): r["verbs"] for r in role["rules"]}


def test_rbac_of_namespaces():
    found = rbac(ROOT / "watches.yaml", WATCH_NAMESPACE="team-a,team-b")
    name = "devmachine-operator"
    assert list(found) == [
        ("ClusterRole", name, None), ("Role", name, "team-a"), ("RoleBinding", name, "team-a"),
        ("Role", name, "team-b"), ("RoleBinding", name, "team-b"), ("Role", f"{name}-leases", "devmachine-system"),
    ]
    assert set(verbs_of(found["ClusterRole", name, None])) == {("ide.example.com", "devmachinetemplates")}
    role = verbs_of(found["Role", name, "team-b"])
    assert "delete" in role["", "secrets"] and ("ide.example.com", "devmachinetemplates") not in role
    whole = verbs_of(rbac(ROOT / "watches.yaml")["ClusterRole", name, None])
    assert {**role, **verbs_of(found["ClusterRole", name, None])} == whole


def test_rbac_of_service_accounts_and_roles(tmp_path):
    """An account needs what the chart makes and what its roles grant; the operator looks and impersonates."""
    chart, watches = tmp_path / "chart", tmp_path / "watches.yaml"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(
        "{apiVersion: v2, name: c, version: 1.0.0, annotations: {ide.example.com/template-engine: mustache}}\n")
    (chart / "templates/role.yaml").write_text("""\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: "{{Release.Name}}"}
rules:
- {apiGroups: [""], resources: [configmaps], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: own}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: "{{Release.Name}}"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: view}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
---
apiVersion: v1
kind: Namespace
metadata: {name: x}
""")
    entry = {"group": "g.io", "version": "v1", "kind": "K", "chart": str(chart)}
    watches.write_text(yaml.safe_dump([entry]))
    rules = rbac(watches)["ClusterRole", "devmachine-operator", None]["rules"]
    assert {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]} in rules
    verbs = verbs_of({"rules": rules})
    group = "rbac.authorization.k8s.io"
    assert verbs[group, "clusterroles", "view"] == ["bind"] and (group, "roles", "release") not in verbs
    assert "create" in verbs["", "namespaces"]

    watches.write_text(yaml.safe_dump([{**entry, "serviceAccountName": "deployer"}]))
    found = rbac(watches)
    own = verbs_of(found["ClusterRole", "devmachine-operator", None])
    assert own[group, "roles"] == ["get", "list", "watch"] and (group, "clusterroles", "view") not in own
    assert own["", "serviceaccounts", "deployer"] == ["impersonate"]
    account = verbs_of(found["ClusterRole", "devmachine-operator-deployer", None])
    assert "create" in account[group, "rolebindings"] and account[group, "clusterroles", "view"] == ["bind"]
    assert account["g.io", "ks/finalizers"] == ["update", "patch"] and ("", "secrets") not in account


def test_version():
    assert check(OPERATOR, "version", cwd=ROOT).strip()


@pytest.mark.parametrize("command", ["", "run", "template", "lint", "rbac"])
def test_help(command):
    done = operator(*command.split(), "--help")
    assert done.returncode == 0 and "usage: devmachine-operator" in done.stdout and done.stderr == ""


USAGE = [
    "", "nothing", "--nothing", "run --nothing", "run extra", "template", "template a b", "template charts/devmachine -o x",
    "template charts/devmachine -f", "rbac extra", "run --log-level", "run --max-concurrent-reconciles x",
    "run --reconcile-period soon", "lint", "lint --format x charts/devmachine", "lint --kube-version x charts/devmachine",
    "template charts/devmachine --kube-version x", "template charts/devmachine --notes --include-crds",
]


@pytest.mark.parametrize("arguments", USAGE)
def test_wrong_usage(arguments):
    done = operator(*arguments.split())
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stdout == "" and "devmachine-operator" in done.stderr


FAILS = {
    "template charts/devmachine --preset nothing": "nothing",
    "template charts/devmachine --set template=nothing": "nothing",
    "template charts/nothing": "charts/nothing",
    "template charts/devmachine -f nothing.yaml": "nothing.yaml",
    "template charts/devmachine --set cpu.x.y=1 --set cpu=2 --set cpu.x=1": "cpu",
    "template charts/devmachine --set gpu=17": "values.schema.json: gpu: must be at most 16",
    "template charts/devmachine --set ide.prot=1": "values.schema.json: ide.prot: is not known here",
    "template charts/devmachine --show-only templates/nothing.yaml": "templates/nothing.yaml",
    "template charts/devmachine --set a": "--set a: has no value",
    "template charts/devmachine --set-file a=nothing.txt": "nothing.txt",
    "lint charts/nothing": "charts/nothing",
    "lint charts/devmachine -f nothing.yaml": "nothing.yaml",
    "lint --watches-file nothing.yaml": "nothing.yaml",
    "rbac --watches-file nothing.yaml": "nothing.yaml",
    "run --kubeconfig nothing.yaml": "nothing.yaml",
}


@pytest.mark.parametrize("arguments", FAILS)
def test_failure(arguments):
    done = operator(*arguments.split())
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert done.stdout == "" and FAILS[arguments] in done.stderr
