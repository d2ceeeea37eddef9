"""
Which custom resources an operator looks after, where and as whom it writes, and that nobody is in another one's way.
"""

import concurrent.futures
import shutil
import signal
import time

import yaml

import bundles
from bundles import Bundle, config_map, obj, uid
from cluster import KINDS, ROOT, check
from process import OPERATOR, Operator
from state import Machine, objects, records
from wait import stays, wait_for


def crasher(api, ns, *objects, name="c", labels=None):
    """A Crasher, which only a test's own operator looks after."""
    api.create({
        "apiVersion": "test.example.com/v1", "kind": "Crasher", "metadata": {"name": name, "labels": labels or {}},
        "spec": {"objects": list(objects)},
    }, ns)
    return Machine(api, ns, name, "Crasher")


def test_several_namespaces(api, new_namespace, launch, audit):
    a, b, other = (new_namespace() for _ in range(3))
    mark = audit.mark()
    for ns in (a, b, other):
        api.create({
            "apiVersion": "ide.example.com/v1alpha1", "kind": "DevMachine", "metadata": {"name": "m"},
            "spec": {"template": "vscode-cpu", "cpu": 1, "memory": "1Gi", "storage": {"size": "1Gi"}},
        }, ns)
    operator = launch(env={"WATCH_NAMESPACE": f"{a}, {b}"}).wait_ready()
    for ns in (a, b):
        Machine(api, ns, "m").wait("Running")
        api.delete("Service", ns, "m")
        wait_for(lambda: objects(api, ns).get("Service/m"))
    assert "observedGeneration" not in Machine(api, other, "m").status() and not objects(api, other)
    # Templates are objects of the cluster; all else is asked for within a namespace.
    lists = {(r["resource"], r["ns"]) for r in audit.requests(mark) if r["verb"] in ("list", "watch")}
    assert {what for what, ns in lists if not ns} == {"devmachinetemplates"}
    assert {ns for _, ns in lists} == {a, b, ""}
    # What goes while nobody looks is missed in each of them.
    assert operator.stop() == 0
    for ns in (a, b):
        api.delete("Service", ns, "m")
    launch(env={"WATCH_NAMESPACE": f"{b},{a}"}).wait_ready()
    for ns in (a, b):
        wait_for(lambda: objects(api, ns).get("Service/m"))
        Machine(api, ns, "m").wait("Running")


def test_roles_of_namespaces(api, new_namespace, cluster, directory, operators):
    """What `rbac` prints for namespaces is all that an operator of these needs."""
    home, ns = new_namespace(), new_namespace()
    operators.stop_shared()
    told = check(OPERATOR, "rbac", "--namespace", home, env={"PATH": "/usr/bin:/bin", "WATCH_NAMESPACE": ns}, cwd=ROOT)
    roles = directory / "roles.yaml"
    roles.write_text(told.replace("name: devmachine-operator\n", f"name: {home}\n"))
    cluster.kubectl("apply", "-f", roles)
    api.create(obj("v1", "ServiceAccount", home), home)
    api.create(obj(
        "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", home,
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": home},
        subjects=[{"kind": "ServiceAccount", "name": home, "namespace": home}],
    ))
    kubeconfig = directory / "scoped.kubeconfig"
    check(cluster.binary, "kubeconfig", "--dir", cluster.directory, "--service-account", f"{home}/{home}", "-o", kubeconfig)
    found = Operator(directory, kubeconfig, env={"WATCH_NAMESPACE": ns})
    operators.started.append(found)
    found.wait_ready()
    api.create({
        "apiVersion": "ide.example.com/v1alpha1", "kind": "DevMachine", "metadata": {"name": "m"},
        "spec": {"template": "vscode-cpu", "cpu": 1, "memory": "1Gi", "storage": {"size": "1Gi"}},
    }, ns)
    m = Machine(api, ns, "m")
    m.wait("Running")
    m.edit(cpu=2)
    wait_for(lambda: ("m", 2, "deployed") in records(api, ns))
    m.wait("Running")
    m.delete()
    m.wait_gone()
    assert "forbidden" not in found.log()


def test_selector(api, ns, cluster, directory, operators, bundle_operator):
    """Custom resources go from one operator to the other with their labels, and keep their objects."""

    def start(name, operator):
        selector = {"matchExpressions": [{"key": "team", "operator": operator, "values": ["red"]}]}
        entries = [{**bundles.CRASHERS[0], "selector": selector}]
        found = bundles.launch(cluster, directory / f"{name}.yaml", entries, env={"WATCH_NAMESPACE": ns})
        operators.started.append(found)
        return found.wait_ready()

    red = start("red", "In")
    mine = crasher(api, ns, config_map("mine", a="1"), name="mine", labels={"team": "red"})
    theirs = crasher(api, ns, config_map("theirs", a="1"), name="theirs")
    mine.wait("Running")
    stays(lambda: "status" not in theirs.get(), 1)
    before = uid(api, "ConfigMap", ns, "mine")

    api.patch("Crasher", ns, "mine", {"metadata": {"labels": {"team": "blue"}}})
    api.patch("Crasher", ns, "theirs", {"metadata": {"labels": {"team": "red"}}})
    theirs.wait("Running")
    api.patch("Crasher", ns, "mine", {"spec": {"objects": [config_map("mine", a="2")]}})
    stays(lambda: api.get("ConfigMap", ns, "mine")["data"] == {"a": "1"}, 1)
    assert uid(api, "ConfigMap", ns, "mine") == before

    start("blue", "NotIn")
    wait_for(lambda: api.get("ConfigMap", ns, "mine")["data"] == {"a": "2"})
    mine.wait("Running")
    mine.delete()
    theirs.delete()
    mine.wait_gone()
    theirs.wait_gone()
    assert red.is_running()


def start_crashers(cluster, directory, operators, name, **keys):
    found = bundles.launch(cluster, directory / f"{name}.yaml", [{**bundles.CRASHERS[0], **keys}])
    operators.started.append(found)
    return found.wait_ready()


def test_target_namespace(api, new_namespace, cluster, directory, operators, bundle_operator):
    """Custom resources of two namespaces, of the same name, have their releases in a third one."""
    a, b, target = (new_namespace() for _ in range(3))
    start_crashers(cluster, directory, operators, "target", targetNamespace=target)
    for ns in (a, b):
        crasher(api, ns, config_map(ns, a="1"), name="same").wait("Running")
    assert records(api, target) == sorted((f"{ns}-same", 1, "deployed") for ns in (a, b))
    assert not records(api, a) and not api.get("ConfigMap", a, a)
    # Nothing can own what is in another namespace: annotations tell whose it is.
    assert "ownerReferences" not in api.get("ConfigMap", target, a)["metadata"]
    api.delete("ConfigMap", target, a)
    wait_for(lambda: api.get("ConfigMap", target, a))
    Machine(api, a, "same", "Crasher").edit(objects=[config_map(a, a="2")])
    wait_for(lambda: (api.get("ConfigMap", target, a) or {}).get("data") == {"a": "2"})
    Machine(api, a, "same", "Crasher").wait("Running")
    for ns in (a, b):
        m = Machine(api, ns, "same", "Crasher")
        m.delete()
        m.wait_gone()
    assert not records(api, target) and not api.get("ConfigMap", target, a) and not api.get("ConfigMap", target, b)


def test_objects_elsewhere(api, new_namespace, cluster, directory, operators, bundle_operator):
    """What is not watched cannot be looked after: it is refused before anything is made."""
    ns, other = new_namespace(), new_namespace()
    found = bundles.launch(cluster, directory / "elsewhere.yaml", bundles.CRASHERS, env={"WATCH_NAMESPACE": ns})
    operators.started.append(found)
    found.wait_ready()
    m = crasher(api, ns, config_map(), obj("v1", "ConfigMap", "far", metadata={"namespace": other}))
    m.wait_stalled("RenderFailed")
    assert f"ConfigMap {other}/far: the operator does not look after namespace {other}" in m.condition("Stalled")["message"]
    assert not records(api, ns) and not api.get("ConfigMap", ns, "x")


def test_service_account(api, ns, cluster, directory, operators, bundle_operator, bundle_audit):
    """A chart can do no more than its account may; what it lacks is told, and goes on once it is granted."""
    rbac = "rbac.authorization.k8s.io/v1"
    rights = obj(rbac, "Role", "writer", rules=[
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "patch", "delete"]},
        {"apiGroups": ["test.example.com"], "resources": ["crashers/finalizers"], "verbs": ["update"]},
    ])
    api.create(obj("v1", "ServiceAccount", "deployer"), ns)
    api.create(rights, ns)
    api.create(obj(
        rbac, "RoleBinding", "writer", roleRef={"apiGroup": rbac.split("/")[0], "kind": "Role", "name": "writer"},
        subjects=[{"kind": "ServiceAccount", "name": "deployer", "namespace": ns}],
    ), ns)
    start_crashers(cluster, directory, operators, "as", serviceAccountName="deployer")
    mark = bundle_audit.mark()
    m = crasher(api, ns, config_map(a="1"))
    m.wait("Running")
    account = f"system:serviceaccount:{ns}:deployer"
    written = {(r["verb"], r["resource"], r["as"]) for r in bundle_audit.writes(mark, ns) if r["resource"] != "events"}
    assert ("create", "configmaps", account) in written
    assert {who for _, what, who in written if what != "configmaps"} == {""}

    m.edit(objects=[config_map(a="1"), bundles.service()])
    wait_for(lambda: 'cannot create resource "services"' in str(m.status()["conditions"]))
    assert account in str(m.status()["conditions"]) and api.get("ConfigMap", ns, "x")["data"] == {"a": "1"}
    rights["rules"][0]["resources"].append("services")
    api.patch("Role", ns, "writer", {"rules": rights["rules"]})
    wait_for(lambda: uid(api, "Service", ns, "x"), 60)
    m.wait("Running")
    m.delete()
    m.wait_gone()
    assert not api.get("ConfigMap", ns, "x")


def test_nobody_waits_for_a_crowd(api, new_namespace, cluster, directory, operators, bundle_operator):
    """A thousand custom resources of one namespace fail again and again; another namespace does not notice."""
    crowd, quiet = new_namespace(), new_namespace()
    api.create(obj("v1", "ResourceQuota", "none", spec={"hard": {"count/services": "0"}}), crowd)
    operator = bundles.launch(
        cluster, directory / "crowd.yaml", bundles.CRASHERS, "--max-concurrent-reconciles", 4, "--log-level", "error",
    )
    operators.started.append(operator)
    operator.wait_ready()

    def broken(n):
        crasher(api, crowd, bundles.service(f"s{n}"), name=f"c{n}")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(broken, range(1000)))
    # They all want a worker by now, and most are in their back-off already or have never had one.
    wait_for(lambda: operator.metric("controller_runtime_reconcile_errors_total") > 100, 60)
    took = []
    for n in range(10):
        began = time.monotonic()
        good = crasher(api, quiet, config_map(f"g{n}", a="1"), name=f"g{n}")
        wait_for(lambda: good.status().get("phase") == "Running", 30, pause=0.02)
        took.append(time.monotonic() - began)
    assert sorted(took)[5] < 2 and max(took) < 5, took
    api.delete("Namespace", None, crowd)


def test_watches_end_when_nothing_is_left(api, ns, cluster, directory, operators, bundle_operator):
    """A kind is watched while releases have objects of it, and again when one has."""
    operator = bundles.launch(cluster, directory / "ends.yaml", bundles.CRASHERS, env={"WATCH_NAMESPACE": ns})
    operators.started.append(operator)
    operator.wait_ready()
    role = obj("rbac.authorization.k8s.io/v1", "Role", "r", rules=[])
    m = crasher(api, ns, role, config_map("keeps", a="1"))
    m.wait("Running")
    api.patch("Crasher", ns, "c", {"spec": {"objects": [config_map("keeps", a="2")]}})
    wait_for(lambda: uid(api, "Role", ns, "r") is None)
    m.wait("Running")
    stopped = "watch stopped: nothing is left of the kind"
    # Watches begin anew after each; one during which nobody asked for the kind is the last.
    for _ in range(3):
        if stopped in operator.log():
            break
        cluster.outage(1)
        wait_for(lambda: operator.readyz() == 200, 60)
        m.wait("Running", 60)
    assert operator.log().count(stopped) == 1 and 'kind="Role"' in operator.log().split(stopped)[1].splitlines()[0]
    assert operator.readyz() == 200
    api.patch("Crasher", ns, "c", {"spec": {"objects": [role, config_map("keeps", a="2")]}})
    wait_for(lambda: uid(api, "Role", ns, "r"), 60)
    m.wait("Running")
    api.delete("Role", ns, "r")
    wait_for(lambda: uid(api, "Role", ns, "r"))


def test_sighup(api, ns, cluster, directory, operators, bundle_operator, bundle_audit):
    """Charts and watches.yaml are read again: only what changes is written, and what will not do changes nothing."""
    chart = directory / "reloaded"
    shutil.copytree(ROOT / bundles.BUNDLE, chart)
    entry = {**bundles.CRASHERS[0], "chart": str(chart)}
    path = directory / "reload.yaml"
    operator = bundles.launch(cluster, path, [entry], env={"WATCH_NAMESPACE": ns})
    operators.started.append(operator)
    operator.wait_ready()
    m = crasher(api, ns, config_map(a="1"))
    m.wait("Running")
    before = uid(api, "ConfigMap", ns, "x")

    def reload():
        told = operator.log().count("reload")
        operator.process.send_signal(signal.SIGHUP)
        wait_for(lambda: operator.log().count("reload") > told)
        operator.wait_ready()

    # Nothing has changed.
    mark = bundle_audit.mark()
    reload()
    wait_for(lambda: operator.log().split("reloading")[-1].count("nothing to do"))
    assert not bundle_audit.writes(mark, ns)
    # What is wrong is told.
    path.write_text(yaml.safe_dump([{**entry, "chrat": "x"}]))
    reload()
    assert "not reloaded: goes on as before" in operator.log() and ":2:" in operator.log().split("not reloaded")[1]
    m.edit(objects=[config_map(a="2")])
    wait_for(lambda: (api.get("ConfigMap", ns, "x") or {}).get("data") == {"a": "2"})
    m.wait("Running")
    # A new template of the chart, and another kind.
    second = {**bundles.WATCHES[0], "kind": "Reloader", "chart": str(chart)}
    KINDS["Reloader"] = ("/apis/test.example.com/v1", "reloaders", True)
    api.create(bundles.definition("Reloader"))
    bundles.wait_served(api, "Reloader")
    path.write_text(yaml.safe_dump([second, entry]))
    (chart / "templates" / "more.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{Release.Name}}-more\n")
    reload()
    wait_for(lambda: api.get("ConfigMap", ns, "c-more"))
    m.wait("Running")
    assert records(api, ns)[-1] == ("c", 3, "deployed") and uid(api, "ConfigMap", ns, "x") != before
    api.create({"apiVersion": "test.example.com/v1", "kind": "Reloader", "metadata": {"name": "r"},
                "spec": {"objects": []}}, ns)
    wait_for(lambda: api.get("ConfigMap", ns, "r-more"))
    Machine(api, ns, "r", "Reloader").wait("Running")
    assert operator.stop() == 0
