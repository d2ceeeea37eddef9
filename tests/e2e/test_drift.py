"""What others change of a release's objects: each is put back once, and nothing is that nobody changed."""

import copy
import time

import pytest

from bundles import claim, config_map, deployment, obj, pods, service, uid
from state import events, records
from wait import stays, wait_for

PROBE = {"httpGet": {"path": "/", "port": 80}}
CONTAINER = {
    "name": "main", "image": "example.com/image:1", "env": [{"name": "A", "value": "1"}],
    "resources": {"limits": {"cpu": "0.1", "memory": "0.5Gi"}}, "readinessProbe": PROBE,
}
ROLE = "rbac.authorization.k8s.io"
RULES = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]


def web():
    web = deployment("web", 2)
    web["metadata"]["labels"] = {"team": "a"}
    web["spec"]["template"]["spec"]["containers"] = [copy.deepcopy(CONTAINER)]
    return web


def every_kind(ns):
    """Objects of a release, many fields left to the API server."""
    return (
        config_map("config", a="1", b="2"),
        obj("v1", "Secret", "secret", stringData={"a": "1", "b": "2"}),
        service("web"),
        web(),
        obj("apps/v1", "StatefulSet", "db", spec={"serviceName": "db", "replicas": 1, **pods("db")}),
        obj("apps/v1", "DaemonSet", "agent", spec=pods("agent")),
        obj("batch/v1", "CronJob", "nightly", spec={
            "schedule": "0 3 * * *",
            "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [CONTAINER]}}}},
        }),
        obj("autoscaling/v2", "HorizontalPodAutoscaler", "db", spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db"}, "maxReplicas": 3,
            "metrics": [{"type": "Resource",
                         "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}],
        }),
        obj("networking.k8s.io/v1", "Ingress", "web", spec={"rules": [{"host": "a.example.com", "http": {"paths": [{
            "path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}},
        }]}}]}),
        obj("networking.k8s.io/v1", "NetworkPolicy", "web", spec={"podSelector": {}, "policyTypes": ["Ingress"]}),
        obj("policy/v1", "PodDisruptionBudget", "web",
            spec={"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}),
        obj("v1", "ServiceAccount", "runner"),
        obj(f"{ROLE}/v1", "Role", "runner", rules=RULES),
        obj(f"{ROLE}/v1", "RoleBinding", "runner", roleRef={"apiGroup": ROLE, "kind": "Role", "name": "runner"},
            subjects=[{"kind": "ServiceAccount", "name": "runner"}]),
        obj(f"{ROLE}/v1", "ClusterRole", ns, rules=RULES),
        obj("v1", "ResourceQuota", "quota", spec={"hard": {"pods": "100"}}),
        obj("v1", "LimitRange", "limits", spec={"limits": [{"type": "Container", "min": {"cpu": "1m"}}]}),
        claim("home"),
    )


def container(**fields):
    return {"spec": {"template": {"spec": {"containers": [{**CONTAINER, **fields}]}}}}


# What somebody does: kind, name, merge patch; all of it goes away again.
DRIFT = {
    "a key is changed": ("ConfigMap", "config", {"data": {"a": "9"}}),
    "a key is added": ("ConfigMap", "config", {"data": {"c": "9"}}),
    "a key is removed": ("ConfigMap", "config", {"data": {"b": None}}),
    "bytes are added": ("ConfigMap", "config", {"binaryData": {"d": "AA=="}}),
    "a map is frozen": ("ConfigMap", "config", {"immutable": True}),
    "a secret is changed": ("Secret", "secret", {"stringData": {"a": "9"}}),
    "a secret's key is added": ("Secret", "secret", {"stringData": {"c": "9"}}),
    "a secret's key is removed": ("Secret", "secret", {"data": {"b": None}}),
    "a port is changed": ("Service", "web", {"spec": {"ports": [{"port": 81, "targetPort": 80}]}}),
    "a port is added": ("Service", "web", {"spec": {"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]}}),
    "a selector is changed": ("Service", "web", {"spec": {"selector": {"app": "other"}}}),
    "a default is changed": ("Service", "web", {"spec": {"sessionAffinity": "ClientIP"}}),
    "an image is changed": ("Deployment", "web", container(image="example.com/image:2")),
    "an environment is changed": ("Deployment", "web", container(env=[{"name": "A", "value": "9"}])),
    "an environment is added to": ("Deployment", "web", container(env=[*CONTAINER["env"], {"name": "B"}])),
    "a limit is changed": ("Deployment", "web", container(resources={"limits": {"cpu": "200m", "memory": "512Mi"}})),
    "a probe is removed": ("Deployment", "web", container(readinessProbe=None)),
    "a container is added": ("Deployment", "web", {"spec": {"template": {"spec": {"containers": [
        CONTAINER, {"name": "more", "image": "example.com/more"}]}}}}),
    "a size is changed": ("Deployment", "web", {"spec": {"replicas": 3}}),
    "a rollout is paused": ("Deployment", "web", {"spec": {"paused": True}}),
    "a strategy is changed": ("Deployment", "web", {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}),
    "a label is changed": ("Deployment", "web", {"metadata": {"labels": {"team": "b"}}}),
    "a label is removed": ("Deployment", "web", {"metadata": {"labels": {"team": None}}}),
    "the label that is watched is removed":
        ("Deployment", "web", {"metadata": {"labels": {"helm.sdk.operatorframework.io/chart": None}}}),
    "the owner is removed": ("Deployment", "web", {"metadata": {"ownerReferences": None}}),
    "pods are changed": ("StatefulSet", "db", {"spec": {"template": {"spec": {"hostNetwork": True}}}}),
    "a node is asked for": ("DaemonSet", "agent", {"spec": {"template": {"spec": {"nodeSelector": {"a": "b"}}}}}),
    "a schedule is changed": ("CronJob", "nightly", {"spec": {"schedule": "0 4 * * *"}}),
    "a schedule is suspended": ("CronJob", "nightly", {"spec": {"suspend": True}}),
    "an autoscaler is changed": ("HorizontalPodAutoscaler", "db", {"spec": {"maxReplicas": 30}}),
    "a host is changed": ("Ingress", "web", {"spec": {"tls": [{"hosts": ["b.example.com"]}]}}),
    "a network is opened": ("NetworkPolicy", "web", {"spec": {"ingress": [{}]}}),
    "a budget is changed": ("PodDisruptionBudget", "web", {"spec": {"minAvailable": 0}}),
    "a rule is added": ("Role", "runner", {"rules": [*RULES, {"apiGroups": [""], "resources": ["*"], "verbs": ["*"]}]}),
    "a subject is added": ("RoleBinding", "runner", {"subjects": [
        {"kind": "ServiceAccount", "name": "runner"}, {"kind": "ServiceAccount", "name": "default"}]}),
    "a quota is changed": ("ResourceQuota", "quota", {"spec": {"hard": {"pods": "200"}}}),
    "a limit range is changed":
        ("LimitRange", "limits", {"spec": {"limits": [{"type": "Container", "min": {"cpu": "2m"}}]}}),
    "a rule of the cluster is added": ("ClusterRole", None, {"rules": [
        *RULES, {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]}),
    "a claim's label is removed":
        ("PersistentVolumeClaim", "home", {"metadata": {"labels": {"app.kubernetes.io/managed-by": None}}}),
}
# By the server or its controllers.
WRITTEN = ("deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation")
# No patch takes this back: the object is made anew.
REPLACED = ("a map is frozen",)


def meaning(api, kind, ns, name):
    """An object without what the server and its controllers write by themselves."""
    found = api.get(kind, ns, name)
    if not found:
        return None
    meta = found["metadata"]
    kept = {key: value for key, value in found.items() if key not in ("metadata", "status")}
    notes = {key: value for key, value in meta.get("annotations", {}).items() if key not in WRITTEN}
    return {**kept, "labels": meta.get("labels"), "notes": notes, "owners": meta.get("ownerReferences")}


@pytest.fixture(scope="module")
def release(api, cluster, bundle_operator):
    """One release for all."""
    from bundles import Bundle

    ns = cluster.new_namespace("drift")
    b = Bundle(api, ns, *every_kind(ns))
    b.wait("Running")
    yield b
    b.delete()
    b.wait_gone()
    api.delete("Namespace", None, ns)


@pytest.mark.parametrize("what", DRIFT)
def test_is_put_back_once(what, api, release, bundle_audit):
    ns = release.ns
    kind, name, patch = DRIFT[what]
    name = name or ns
    release.wait("Running")
    before, old_uid = meaning(api, kind, ns, name), uid(api, kind, ns, name)
    others = {(e["metadata"]["name"]) for e in events(api, ns, "Repaired")}
    mark = bundle_audit.mark()
    api.patch(kind, ns, name, patch)
    wait_for(lambda: meaning(api, kind, ns, name) == before, 15, f"{what}: as it was")
    release.wait("Running")
    told = wait_for(lambda: [e for e in events(api, ns, "Repaired") if e["metadata"]["name"] not in others])
    assert len(told) == 1 and f"{kind} {name}" in told[0]["note"], [e["note"] for e in told]
    assert (uid(api, kind, ns, name) == old_uid) == (what not in REPLACED)
    done = [w for w in bundle_audit.writes(mark) if w["resource"] != "bundles" and w["code"] < 300]
    writes = [w for w in done if w["name"] == name]
    assert [w["verb"] for w in writes] == (["delete", "create"] if what in REPLACED else ["patch"]), writes
    assert records(api, ns) == [("bundle", 1, "deployed")]


def test_secrets_are_not_told(api, release):
    """What was in the Secret, rendered or changed, is neither in an event nor in the status."""
    api.patch("Secret", release.ns, "secret", {"stringData": {"a": "shibboleth"}})
    told = wait_for(lambda: [e for e in events(api, release.ns, "Repaired") if "data.a changed" in e["note"]])
    assert "shibboleth" not in str(told) and "c2hpYmJvbGV0aA" not in str(told)
    assert "shibboleth" not in str(release.status())


def test_claim_that_has_grown_is_left(api, ns, bundle, bundle_audit):
    api.create(obj("storage.k8s.io/v1", "StorageClass", f"{ns}-grows", provisioner="example.com/none",
                   allowVolumeExpansion=True))
    b = bundle(claim(storageClassName=f"{ns}-grows"), config_map())
    wait_for(lambda: records(api, ns) == [("bundle", 1, "deployed")])
    api.create(obj("v1", "PersistentVolume", ns, spec={
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": f"{ns}-grows",
        "hostPath": {"path": "/tmp/none"}, "claimRef": {"namespace": ns, "name": "x"},
    }))
    wait_for(lambda: api.get("PersistentVolumeClaim", ns, "x").get("status", {}).get("phase") == "Bound")
    api.patch("PersistentVolumeClaim", ns, "x", {"spec": {"resources": {"requests": {"storage": "2Gi"}}}})
    api.patch("ConfigMap", ns, "x", {"data": {"drift": "1"}})
    wait_for(lambda: not api.get("ConfigMap", ns, "x").get("data"))
    stays(lambda: b.condition("Stalled").get("status") == "False", 0.5)
    b.ask(claim(storageClassName=f"{ns}-grows"), config_map(a="2"))
    wait_for(lambda: records(api, ns)[-1] == ("bundle", 2, "deployed"))
    stays(lambda: b.condition("Stalled").get("status") == "False", 0.5)
    assert api.get("PersistentVolumeClaim", ns, "x")["spec"]["resources"]["requests"]["storage"] == "2Gi"
    api.delete("StorageClass", None, f"{ns}-grows")
    api.delete("PersistentVolume", None, ns)



def test_somebody_fights(api, ns, bundle, bundle_audit):
    """Who changes an object again and again does not keep the operator busy."""
    b = bundle(config_map(a="1"))
    b.wait("Running")
    mark, end, changes = bundle_audit.mark(), time.monotonic() + 5, 0
    while time.monotonic() < end:
        if api.get("ConfigMap", ns, "x")["data"] == {"a": "1"}:
            api.patch("ConfigMap", ns, "x", {"data": {"a": str(changes)}})
            changes += 1
    assert 2 <= changes <= 8
    assert len(bundle_audit.requests(mark, ns)) < 60
    wait_for(lambda: api.get("ConfigMap", ns, "x")["data"] == {"a": "1"})


def notes(api, ns, reason):
    return [e["note"] for e in api.list("Event", ns) if e["reason"] == reason]


def test_drift_is_only_told(api, ns, bundle):
    b = bundle(config_map(a="1"), service(), kind="WarnBundle")
    b.wait("Running")
    api.patch("ConfigMap", ns, "x", {"data": {"a": "9", "b": "8"}})
    wait_for(lambda: b.condition("Drifted").get("message") == "ConfigMap x: data.a changed, data.b added")
    api.delete("Service", ns, "x")
    both = "ConfigMap x: data.a changed, data.b added; Service x: missing"
    wait_for(lambda: b.condition("Drifted").get("message") == both)
    assert b.condition("Drifted")["status"] == "True" and b.condition("Ready")["status"] == "True"
    # What has nothing to do with it changes nothing of it.
    api.patch("WarnBundle", ns, "bundle", {"metadata": {"labels": {"a": "b"}}})
    stays(lambda: api.get("ConfigMap", ns, "x")["data"] == {"a": "9", "b": "8"} and not uid(api, "Service", ns, "x"), 1)
    assert b.condition("Drifted")["message"] == both and len(notes(api, ns, "Drifted")) == 2
    # Somebody puts one back; the other comes with the next change.
    api.patch("ConfigMap", ns, "x", {"data": {"a": "1", "b": None}})
    wait_for(lambda: b.condition("Drifted").get("message") == "Service x: missing")
    b.ask(config_map(a="2"), service())
    wait_for(lambda: not b.condition("Drifted") and uid(api, "Service", ns, "x"))
    wait_for(lambda: records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")])


def test_drift_makes_the_release_anew(api, ns, bundle):
    b = bundle(config_map(a="1"), deployment(), service(), claim(), kind="RedeployBundle")
    b.wait("Running")
    kinds = ("ConfigMap", "Deployment", "Service", "PersistentVolumeClaim")
    before = {kind: uid(api, kind, ns, "x") for kind in kinds}
    api.patch("ConfigMap", ns, "x", {"data": {"a": "9"}})
    wait_for(lambda: records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")])
    b.wait("Running")
    after = {kind: uid(api, kind, ns, "x") for kind in kinds}
    assert [kind for kind in kinds if before[kind] == after[kind]] == ["PersistentVolumeClaim"]
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "1"}
    # Sizes, and what a redeploy keeps, are patched.
    api.patch("Deployment", ns, "x", {"spec": {"replicas": 3}})
    wait_for(lambda: api.get("Deployment", ns, "x")["spec"]["replicas"] == 1)
    api.patch("PersistentVolumeClaim", ns, "x", {"metadata": {"labels": {"app.kubernetes.io/managed-by": "me"}}})
    label = lambda: api.get("PersistentVolumeClaim", ns, "x")["metadata"]["labels"]["app.kubernetes.io/managed-by"]
    wait_for(lambda: label() == "Helm")
    stays(lambda: records(api, ns)[-1] == ("bundle", 2, "deployed"), 0.5)
    api.delete("Service", ns, "x")
    wait_for(lambda: records(api, ns)[-1] == ("bundle", 3, "deployed"))
    assert uid(api, "Service", ns, "x")


def test_drift_is_of_no_interest(api, ns, bundle):
    b = bundle(config_map(a="1"), service(), kind="LooseBundle")
    b.wait("Running")
    api.patch("ConfigMap", ns, "x", {"data": {"a": "9"}})
    api.delete("Service", ns, "x")
    stays(lambda: api.get("ConfigMap", ns, "x")["data"] == {"a": "9"} and not uid(api, "Service", ns, "x"), 1)
    assert not b.condition("Drifted")


# Defaults wherever the API has some.
def many(count):
    for n in range(count):
        yield from (
            service(f"s{n}"),
            deployment(f"d{n}", **{**pods(f"d{n}"), "replicas": 0}),
            obj("networking.k8s.io/v1", "Ingress", f"i{n}", spec={"rules": [{"http": {"paths": [{
                "path": "/", "pathType": "Prefix", "backend": {"service": {"name": f"s{n}", "port": {"number": 80}}},
            }]}}]}),
            obj("batch/v1", "CronJob", f"c{n}", spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {
                "spec": {"restartPolicy": "Never", "containers": [{**CONTAINER, "livenessProbe": PROBE}]}}}}}),
            obj("autoscaling/v2", "HorizontalPodAutoscaler", f"h{n}", spec={
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"d{n}"}, "maxReplicas": 3}),
            claim(f"p{n}"),
        )


def test_idle_passes_write_nothing(api, ns, bundle, bundle_operator, bundle_audit):
    """A thousand passes over 204 objects that the server has filled with defaults."""
    b = bundle(*many(34))
    wait_for(lambda: records(api, ns) == [("bundle", 1, "deployed")], 60)
    wait_for(lambda: len(b.status().get("release", {}).get("objects", [])) == 204, 60)
    done = lambda: bundle_operator.metric('controller_runtime_reconcile_total{result="success"}')
    stays(lambda: True, 3)
    mark, start, n = bundle_audit.mark(), done(), 0
    while done() < start + 1000:
        n += 1
        api.patch("Bundle", ns, "bundle", {"metadata": {"labels": {"n": str(n)}}})
    asked = [r for r in bundle_audit.requests(mark, ns) if r["verb"] != "watch"]
    assert asked == [], asked[:10]
    assert not notes(api, ns, "Repaired")
