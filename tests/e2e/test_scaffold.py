"""A project of helm-operator, applied as it is: what runs in its Deployment is this operator, and nothing else changes."""

import shutil

import pytest

from cluster import KINDS, ROOT, check
from https import https, token
from process import Operator
from state import Machine, records
from wait import wait_for

KINDS["ShopCache"] = ("/apis/shop.example.com/v1alpha1", "caches", True)
KINDS["ClusterRoleBinding"] = ("/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings", False)
SCAFFOLD = ROOT / "tests/e2e/scaffold"
NS, ACCOUNT = "shop-system", "shop-controller-manager"


@pytest.fixture(scope="module")
def project(cluster):
    cluster.kubectl("apply", "-k", "tests/e2e/scaffold/config/default")
    yield
    cluster.kubectl("delete", "--wait=false", "-k", "tests/e2e/scaffold/config/default")


@pytest.fixture
def manager(cluster, directory, operators, project, tmp_path, ns):
    """Starts the operator with what the Deployment gives its container, in a directory like the image's."""
    kubeconfig = directory / "shop.kubeconfig"
    check(
        *(cluster.binary, "kubeconfig", "--dir", cluster.directory, "--ttl", "6h"),
        *("--service-account", f"{NS}/{ACCOUNT}", "-o", kubeconfig),
    )
    shutil.copytree(ROOT / "tests/e2e/charts/cache", tmp_path / "helm-charts/cache")
    shutil.copy(SCAFFOLD / "watches.yaml", tmp_path)

    def start():
        spec = cluster.api.get("Deployment", NS, ACCOUNT)["spec"]["template"]["spec"]
        assert spec["serviceAccountName"] == ACCOUNT
        [container] = spec["containers"]
        env = {"WATCH_NAMESPACE": ns, **{e["name"]: e["value"] for e in container.get("env", [])}}
        # Where several operators run on one machine, ports are the test's; and there is no pod whose namespace it is.
        operator = Operator(tmp_path, kubeconfig, env=env, cwd=tmp_path, given=[
            *container["args"], f"--leader-election-namespace={NS}"])
        operators.started.append(operator)
        return operator.wait_ready()

    return start


def test_a_project_goes_on(cluster, api, ns, manager):
    operator = manager()
    api.request("POST", api.path("ShopCache", ns), {
        "apiVersion": "shop.example.com/v1alpha1", "kind": "Cache", "metadata": {"name": "sample"}, "spec": {"replicas": 1},
    })
    cr = Machine(api, ns, "sample", "ShopCache")
    # The API server looks up new kinds of owners twice a minute.
    cluster.kubectl("-n", ns, "wait", "--for=condition=Deployed", "caches.shop.example.com/sample", "--timeout=90s")
    assert cr.status()["deployedRelease"] == {"name": "sample"}
    assert cr.condition("Deployed")["reason"] == "InstallSuccessful"
    assert cr.condition("Initialized")["status"] == "True"
    wait_for(lambda: cr.condition("Ready")["status"] == "True", what="its pods run")
    assert [cr.get()["metadata"]["finalizers"]] == [["helm.sdk.operatorframework.io/uninstall-release"]]

    cr.edit(memory="128Mi")
    wait_for(lambda: records(api, ns)[-1] == ("sample", 2, "deployed"), what="the change is deployed")
    wait_for(lambda: cr.condition("Deployed").get("reason") == "UpgradeSuccessful")

    # As its ServiceMonitor asks, by an account with the role for it.
    assert https(operator.metrics)[0] == 401
    api.create({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "shop-reads"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "shop-metrics-reader"},
        "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": NS}],
    })
    code, text = https(operator.metrics, token(operator.kubeconfig))
    assert code == 200 and 'controller_runtime_reconcile_total{controller="cache-controller",result="success"}' in text
    api.delete("ClusterRoleBinding", None, "shop-reads")

    cr.delete()
    cr.wait_gone()
    wait_for(lambda: api.get("Deployment", ns, "sample") is None and records(api, ns) == [])
    assert operator.stop() == 0
