"""Caches: a kind that helm-operator looked after before, whose releases stand as it leaves them behind."""

import yaml

import bundles
from cluster import KINDS, ROOT
from state import Machine

KINDS.update({"Cache": ("/apis/test.example.com/v1", "caches", True)})
WATCHES = [{"group": "test.example.com", "version": "v1", "kind": "Cache", "chart": "tests/e2e/charts/cache"}]
SDK = "helm.sdk.operatorframework.io"
FINALIZER, OLD_FINALIZER = f"{SDK}/uninstall-release", "uninstall-helm-release"
OBJECTS = ("ConfigMap", "Deployment", "PodDisruptionBudget", "Service", "ServiceAccount")


class Cache(Machine):
    """A Cache."""

    def __init__(self, api, ns, name="cache", annotations=None, finalizers=(), **spec):
        super().__init__(api, ns, name, "Cache")
        api.create({
            "apiVersion": "test.example.com/v1", "kind": "Cache", "spec": spec,
            "metadata": {"name": name, "annotations": annotations or {}, "finalizers": list(finalizers)},
        }, ns)

    def objects(self):
        """What there is of its release, by kind."""
        found = {kind: self.api.get(kind, self.ns, self.name) for kind in OBJECTS}
        return {kind: obj for kind, obj in found.items() if obj}

    def uids(self):
        return {kind: obj["metadata"]["uid"] for kind, obj in self.objects().items()}

    def versions(self):
        """Each object's generation, where it counts them, and the metadata that somebody may have written."""
        return {
            kind: (obj["metadata"].get("generation"), obj["metadata"]["labels"], obj["metadata"].get("annotations"))
            for kind, obj in self.objects().items()
        }


def prepare(api):
    api.create(bundles.definition("Cache"))
    bundles.wait_served(api, "Cache")


def install(helm, cache, finalizer=FINALIZER):
    """What helm-operator does for a Cache: a release of the chart in Go templates, whose objects are the Cache's."""
    cr = cache.get()
    values = helm.directory / f"{cache.ns}-{cache.name}.yaml"
    values.write_text(yaml.safe_dump(cr["spec"]))
    helm.text(cache.ns, "install", cache.name, str(ROOT / "tests/e2e/charts/cache-go"), "-f", str(values))
    owner = {
        "apiVersion": "test.example.com/v1", "kind": "Cache", "name": cache.name, "uid": cr["metadata"]["uid"],
        "blockOwnerDeletion": True, "controller": True,
    }
    # Objects of hooks among them.
    for kind, name in [*((kind, cache.name) for kind in cache.objects()), ("ConfigMap", f"{cache.name}-seed")]:
        cache.api.patch(kind, cache.ns, name, {
            "metadata": {"labels": {f"{SDK}/chart": "cache"}, "ownerReferences": [owner]},
        })
    cache.api.patch("Cache", cache.ns, cache.name, {"metadata": {"finalizers": [finalizer]}})
    manifest = helm.text(cache.ns, "get", "manifest", cache.name)
    path = cache.api.path("Cache", cache.ns, cache.name) + "/status"
    cache.api.request("PATCH", path, {"status": {
        "conditions": [
            {"type": "Initialized", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
            {"type": "Deployed", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z",
             "reason": "InstallSuccessful", "message": "notes"},
        ],
        "deployedRelease": {"name": cache.name, "manifest": manifest},
    }}, "application/merge-patch+json")
