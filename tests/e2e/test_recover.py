"""What people and accidents do to a release, and how it comes back, or says why not."""

import base64
import os

import pytest

from bundles import claim, config_map, deployment, obj, pods, service, stateful_set, uid
from state import events, records
from wait import stays, wait_for

OBJECTS = (config_map(a="1"), service(), deployment(), claim())
BETTER = (config_map(a="2"), service(), deployment(), claim())


def all_uids(api, ns):
    return {o["kind"]: uid(api, o["kind"], ns, "x") for o in OBJECTS}


@pytest.fixture
def running(bundle):
    b = bundle(*OBJECTS)
    b.wait("Running")
    return b


def record_name(revision):
    return f"sh.helm.release.v1.bundle.v{revision}"


def test_record_is_deleted(api, ns, running):
    before = all_uids(api, ns)
    api.delete("Secret", ns, record_name(1))
    wait_for(lambda: records(api, ns) == [("bundle", 1, "deployed")])
    assert all_uids(api, ns) == before
    running.ask(*BETTER)
    wait_for(lambda: records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")])
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"}


def corrupt(api, ns, revision):
    text = base64.b64encode(base64.b64encode(b"no release at all")).decode()
    api.patch("Secret", ns, record_name(revision), {"data": {"release": text}})


def test_record_is_damaged(api, ns, running):
    before = all_uids(api, ns)
    corrupt(api, ns, 1)
    running.ask(*BETTER)
    wait_for(lambda: records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")])
    running.wait("Running")
    assert all_uids(api, ns)["PersistentVolumeClaim"] == before["PersistentVolumeClaim"]
    corrupt(api, ns, 2)
    running.delete()
    running.wait_gone()
    assert records(api, ns) == []
    wait_for(lambda: not any(uid(api, kind, ns, "x") for kind in ("ConfigMap", "Service", "Deployment")))


def test_release_of_somebody_else(api, ns, bundle):
    theirs = api.create({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {"name": record_name(1), "labels": {
            "owner": "helm", "name": "bundle", "status": "deployed", "version": "1",
        }},
        "data": {"release": "bm9uZQ=="},
    }, ns)
    b = bundle(*OBJECTS)
    b.wait_stalled("ReleaseNameTaken")
    assert not uid(api, "ConfigMap", ns, "x")
    b.delete()
    b.wait_gone()
    after = api.get("Secret", ns, record_name(1))
    assert after["metadata"]["resourceVersion"] == theirs["metadata"]["resourceVersion"]


def test_nothing_is_left_that_only_the_status_remembers(api, ns, running):
    api.patch("Bundle", ns, "bundle", {"metadata": {"annotations": {"ide.example.com/paused": "true"}}})
    wait_for(lambda: running.condition("Reconciling").get("reason") == "Paused")
    api.delete("Secret", ns, record_name(1))
    api.patch("ConfigMap", ns, "x", {"metadata": {"labels": {"helm.sdk.operatorframework.io/chart": None}}})
    running.delete()
    running.wait_gone()
    assert not uid(api, "ConfigMap", ns, "x") and not uid(api, "Service", ns, "x")


def begin_upgrade(api, ns):
    """As somebody's helm does, which is killed then."""
    api.create({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {"name": record_name(2), "labels": {
            "owner": "helm", "name": "bundle", "status": "pending-upgrade", "version": "2",
        }},
        "data": {"release": "bm9uZQ=="},
    }, ns)


def test_helm_of_somebody_at_work(api, ns, running):
    """As long as its lock is there, nothing is written; then the specification is applied."""
    before = all_uids(api, ns)
    begin_upgrade(api, ns)
    running.ask(*BETTER)

    def told():
        said = running.condition("Reconciling").get("message", "")
        return "somebody's helm" in said and "revision 2" in said and "pending-upgrade" in said

    wait_for(told)
    api.delete("Service", ns, "x")
    del before["Service"]
    stays(lambda: {**all_uids(api, ns), "Service": None} == {**before, "Service": None}, 1)
    assert not uid(api, "Service", ns, "x")
    api.delete("Secret", ns, record_name(2))
    wait_for(lambda: records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")])
    running.wait("Running")


@pytest.mark.skipif("E2E_LONG" not in os.environ, reason="takes ten minutes: E2E_LONG=1, as in make test-long")
def test_helm_of_somebody_that_was_killed(api, ns, running):
    begin_upgrade(api, ns)
    running.ask(*BETTER)
    stays(lambda: records(api, ns)[0] == ("bundle", 1, "deployed"), 590)
    wait_for(lambda: records(api, ns)[-1] == ("bundle", 3, "deployed"), 60)
    assert records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "failed"), ("bundle", 3, "deployed")]
    [told] = events(api, ns, "TakenOver")
    assert "revision 2" in told["note"] and "pending-upgrade" in told["note"]
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"}


def test_child_that_does_not_go(api, ns, running):
    api.patch("ConfigMap", ns, "x", {"metadata": {"finalizers": ["example.com/never"]}})
    running.ask(*BETTER)

    def told():
        message = running.condition("Reconciling").get("message", "")
        assert "ConfigMap" in message and "example.com/never" in message, running.status()
        return True

    wait_for(told)
    api.patch("ConfigMap", ns, "x", {"metadata": {"finalizers": None}})
    running.wait("Running")
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"}


def test_namespace_is_deleted(api, ns, running):
    api.delete("Namespace", None, ns)
    wait_for(lambda: api.get("Namespace", None, ns) is None, 60)


def test_orphaned(cluster, api, ns, running):
    before = all_uids(api, ns)
    cluster.kubectl("delete", "bundle", "bundle", "-n", ns, "--cascade=orphan", "--wait=false")
    running.wait_gone()
    assert records(api, ns) == []
    stays(lambda: all_uids(api, ns) == before, 2)


def test_paused(api, ns, running):
    def annotate(value):
        api.patch("Bundle", ns, "bundle", {"metadata": {"annotations": {"ide.example.com/paused": value}}})

    annotate("true")
    wait_for(lambda: running.condition("Reconciling").get("reason") == "Paused")
    before = all_uids(api, ns)
    running.ask(*BETTER)
    api.delete("Service", ns, "x")
    stays(lambda: uid(api, "Service", ns, "x") is None, 2)
    annotate(None)
    wait_for(lambda: (api.get("ConfigMap", ns, "x") or {}).get("data") == {"a": "2"})
    running.wait("Running")
    assert all_uids(api, ns)["PersistentVolumeClaim"] == before["PersistentVolumeClaim"]
    annotate("true")
    wait_for(lambda: running.condition("Reconciling").get("reason") == "Paused")
    running.delete()
    running.wait_gone()


GIZMO = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "spec": {
        "scope": "Namespaced",
        "versions": [{
            "name": "v1", "served": True, "storage": True,
            "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
        }],
    },
}


@pytest.fixture
def gizmos(api, ns):
    """The definition of a kind that is this test's alone; it may be created and deleted."""
    group = f"{ns}.example.com"
    definition = {**GIZMO, "metadata": {"name": f"gizmos.{group}"}}
    definition["spec"] = {**GIZMO["spec"], "group": group, "names": {
        "kind": "Gizmo", "plural": "gizmos", "singular": "gizmo",
    }}
    yield definition
    api.delete("CustomResourceDefinition", None, definition["metadata"]["name"])


def test_definition_is_deleted(api, ns, bundle, gizmos):
    api.create(gizmos)
    api_version = f"{gizmos['spec']['group']}/v1"
    b = bundle(config_map(a="1"), obj(api_version, "Gizmo", "x", spec={"a": 1}))
    wait_for(lambda: records(api, ns) == [("bundle", 1, "deployed")], 60)
    api.delete("CustomResourceDefinition", None, gizmos["metadata"]["name"])
    wait_for(lambda: b.condition("Stalled").get("status") == "True", 60)
    assert uid(api, "ConfigMap", ns, "x")
    wait_for(lambda: not uid(api, "CustomResourceDefinition", None, gizmos["metadata"]["name"]), 60)
    api.create(gizmos)
    wait_for(lambda: b.condition("Stalled").get("status") == "False", 60)
    api.delete("CustomResourceDefinition", None, gizmos["metadata"]["name"])
    b.delete()
    b.wait_gone(60)
    wait_for(lambda: not uid(api, "ConfigMap", ns, "x"))


def test_claims_of_a_stateful_set_stay(api, ns, bundle):
    b = bundle(service(), stateful_set())
    b.wait("Running")
    kept = wait_for(lambda: uid(api, "PersistentVolumeClaim", ns, "data-x-0"))
    first = uid(api, "StatefulSet", ns, "x")
    b.ask(service(), stateful_set(image="example.com/image:2"))
    wait_for(lambda: uid(api, "StatefulSet", ns, "x") not in (None, first), 60)
    b.wait("Running")
    assert uid(api, "PersistentVolumeClaim", ns, "data-x-0") == kept
    policy = api.get("StatefulSet", ns, "x")["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert policy == {"whenDeleted": "Delete", "whenScaled": "Delete"}
    b.edit(stopped=True)
    b.wait("Stopped")
    stays(lambda: uid(api, "PersistentVolumeClaim", ns, "data-x-0") == kept, 3)
    b.edit(stopped=False)
    b.wait("Running")
    assert uid(api, "PersistentVolumeClaim", ns, "data-x-0") == kept
    policy = api.get("StatefulSet", ns, "x")["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert policy == {"whenDeleted": "Delete", "whenScaled": "Delete"}


def test_stopped_stops_every_kind(api, ns, bundle):
    def sizes():
        def spec(kind):
            return api.get(kind, ns, "x")["spec"]

        return {
            "Deployment": spec("Deployment")["replicas"],
            "StatefulSet": spec("StatefulSet")["replicas"],
            "Job": spec("Job").get("suspend", False),
            "CronJob": spec("CronJob").get("suspend", False),
            "DaemonSet": "ide.example.com/stopped" in spec("DaemonSet")["template"]["spec"].get("nodeSelector", {}),
            "pods": len(api.list("Pod", ns)) > 0,
        }

    daemon = obj("apps/v1", "DaemonSet", "x", spec=pods("daemon"))
    # Its pod is not to succeed before it is stopped: then it would stay.
    job = obj("batch/v1", "Job", "x", spec={"template": {
        "metadata": {"labels": {"devcluster.test/fault": "not-ready"}},
        "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "example.com/image:1"}]},
    }})
    cron = obj("batch/v1", "CronJob", "x", spec={"schedule": "0 0 1 1 *", "jobTemplate": {"spec": job["spec"]}})
    scaler = obj("autoscaling/v2", "HorizontalPodAutoscaler", "x", spec={
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}, "maxReplicas": 3,
        "metrics": [{"type": "Resource", "resource": {
            "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80},
        }}],
    })
    b = bundle(service(), deployment(replicas=2), stateful_set(replicas=2), daemon, job, cron, scaler)
    running = {
        "Deployment": 2, "StatefulSet": 2, "Job": False, "CronJob": False, "DaemonSet": False, "pods": True,
    }
    wait_for(lambda: records(api, ns) == [("bundle", 1, "deployed")] and sizes() == running, 60)
    b.edit(stopped=True)
    wait_for(lambda: sizes() == {
        "Deployment": 0, "StatefulSet": 0, "Job": True, "CronJob": True, "DaemonSet": True, "pods": False,
    }, 60)
    assert uid(api, "HorizontalPodAutoscaler", ns, "x")
    b.edit(stopped=False)
    wait_for(lambda: sizes() == running, 60)
    assert records(api, ns) == [("bundle", 1, "deployed")]
