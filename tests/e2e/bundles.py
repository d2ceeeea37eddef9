"""
Bundles: a kind whose releases are whatever objects its spec holds, Definers, whose chart brings a definition besides,
and their own operator, which may do anything.
"""

import yaml
from kubernetes.client.exceptions import ApiException

from cluster import KINDS, check
from process import Operator
from state import Machine
from wait import wait_for

KINDS.update({
    "ConfigMap": ("/api/v1", "configmaps", True),
    "Crasher": ("/apis/test.example.com/v1", "crashers", True),
    "CronJob": ("/apis/batch/v1", "cronjobs", True),
    "DaemonSet": ("/apis/apps/v1", "daemonsets", True),
    "HorizontalPodAutoscaler": ("/apis/autoscaling/v2", "horizontalpodautoscalers", True),
    "Job": ("/apis/batch/v1", "jobs", True),
    "LimitRange": ("/api/v1", "limitranges", True),
    "PersistentVolume": ("/api/v1", "persistentvolumes", False),
    "PodDisruptionBudget": ("/apis/policy/v1", "poddisruptionbudgets", True),
    "ResourceQuota": ("/api/v1", "resourcequotas", True),
    "Role": ("/apis/rbac.authorization.k8s.io/v1", "roles", True),
    "RoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "rolebindings", True),
    "StatefulSet": ("/apis/apps/v1", "statefulsets", True),
    "StorageClass": ("/apis/storage.k8s.io/v1", "storageclasses", False),
    "ValidatingAdmissionPolicy":
        ("/apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicies", False),
    "ValidatingAdmissionPolicyBinding":
        ("/apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings", False),
    "ValidatingWebhookConfiguration":
        ("/apis/admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", False),
})


def definition(kind, group="test.example.com", plural=None):
    plural = plural or f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": plural[:-1]},
            "versions": [{
                "name": "v1", "served": True, "storage": True, "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }],
        },
    }


def wait_served(api, kind):
    """Until a kind whose definition has just been made is there."""

    def is_served():
        try:
            api.list(kind)
        except ApiException:
            return False
        return True

    return wait_for(is_served)


BUNDLE = "tests/e2e/charts/bundle"
# Kind, chart and other keys of its watch.
CHARTS = {
    "Bundle": (BUNDLE, {}),
    "WarnBundle": (BUNDLE, {"onDrift": "warn"}),
    "RedeployBundle": (BUNDLE, {"onDrift": "redeploy"}),
    "LooseBundle": (BUNDLE, {"onDrift": "off"}),
    "ThriftyBundle": (BUNDLE, {"updateStrategy": "changed"}),
    "Definer": ("tests/e2e/charts/defining", {}),
}
KINDS.update({kind: ("/apis/test.example.com/v1", f"{kind.lower()}s", True) for kind in CHARTS})
WATCHES = [
    {"group": "test.example.com", "version": "v1", "kind": kind, "chart": chart, **keys}
    for kind, (chart, keys) in CHARTS.items()
]
# Bundles whose operators are a test's own.
CRASHERS = [{**WATCHES[0], "kind": "Crasher"}]
ACCOUNT = "bundle-operator"


def prepare(cluster):
    """Their definitions, and an account that may do anything: its kubeconfig."""
    api = cluster.api
    for kind in (*CHARTS, "Crasher"):
        api.create(definition(kind))
        wait_served(api, kind)
    api.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT}}, "default")
    api.create({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": ACCOUNT},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": "default"}],
    })
    kubeconfig = cluster.directory / "bundles.kubeconfig"
    check(
        *(cluster.binary, "kubeconfig", "--dir", cluster.directory, "--ttl", "6h"),
        *("--service-account", f"default/{ACCOUNT}", "-o", kubeconfig),
    )
    return kubeconfig


def start(cluster, directory, operators):
    """An operator of these alone, beside any other."""
    prepare(cluster)
    operator = launch(cluster, directory / "bundles.yaml", WATCHES)
    operators.beside = operator
    return operator.wait_ready()


def launch(cluster, watches, entries, *args, **options):
    """An operator of these entries of watches.yaml, which is written, as that account."""
    watches.write_text(yaml.safe_dump(entries))
    kubeconfig = cluster.directory / "bundles.kubeconfig"
    return Operator(watches.parent, kubeconfig, "--watches-file", watches, *args, **options)


class Bundle(Machine):
    """A custom resource and the objects that it asks for, by "Kind/name"."""

    def __init__(self, api, ns, *objects, name="bundle", kind="Bundle", **spec):
        super().__init__(api, ns, name, kind)
        self.api.create({
            "apiVersion": "test.example.com/v1", "kind": kind, "metadata": {"name": name},
            "spec": {"objects": list(objects), **spec},
        }, ns)

    def ask(self, *objects, **spec):
        return self.edit(objects=list(objects), **spec)


def obj(api_version, kind, name, **fields):
    """An object; metadata in fields goes beside its name."""
    metadata = {"name": name, **fields.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def config_map(name="x", **data):
    return obj("v1", "ConfigMap", name, data=data)


def service(name="x", port=80, **spec):
    return obj("v1", "Service", name, spec={"selector": {"app": name}, "ports": [{"port": port}], **spec})


def pods(name, **pod):
    """selector and template of a workload."""
    return {
        "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": "main", "image": "example.com/image:1"}], **pod},
        },
    }


def deployment(name="x", replicas=1, **spec):
    return obj("apps/v1", "Deployment", name, spec={"replicas": replicas, **pods(name), **spec})


def stateful_set(name="x", image="example.com/image:1", replicas=1, **spec):
    """Its controller deletes its claims when it is deleted or scaled down."""
    made = obj("apps/v1", "StatefulSet", name, spec={
        "replicas": replicas, "serviceName": name, **pods(name),
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Delete"},
        "volumeClaimTemplates": [{
            "metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        }], **spec,
    })
    made["spec"]["template"]["spec"]["containers"][0]["image"] = image
    return made


def claim(name="x", storage="1Gi", **spec):
    return obj("v1", "PersistentVolumeClaim", name, spec={
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}, **spec,
    })


def uid(api, kind, ns, name):
    found = api.get(kind, ns, name)
    return found and found["metadata"]["uid"]
