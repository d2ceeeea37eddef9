"""A minimal idiomatic operator of Machines: handlers, owner references, a status."""

import logging
import os

import kopf
import kubernetes
from kubernetes.client import ApiException

GROUP = ("bench.example.com", "v1", "machines")


@kopf.on.startup()
def configure(settings, memo, **_):
    workers = int(os.environ.get("WORKERS", "4"))
    settings.execution.max_workers = workers
    settings.batching.worker_limit = workers
    # No event for each handler that has succeeded.
    settings.posting.level = logging.WARNING
    kubernetes.config.load_kube_config()
    memo.client = kubernetes.client.ApiClient()  # its connections are kept


def objects(name, spec):
    """The five of a machine, as ../../chart has them, in the order in which they are made."""
    app = {"app": name}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "automountServiceAccountToken": False},
        {"apiVersion": "v1", "kind": "ConfigMap", "data": {"settings": spec["settings"]}},
        {
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": spec["storage"]}}},
        },
        {
            "apiVersion": "v1", "kind": "Service",
            "spec": {"selector": app, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
        },
        {
            "apiVersion": "apps/v1", "kind": "Deployment",
            "spec": {
                "replicas": replicas(spec),
                "strategy": {"type": "Recreate"},
                "selector": {"matchLabels": app},
                "template": {"metadata": {"labels": app}, "spec": pod(name, spec)},
            },
        },
    ]


def pod(name, spec):
    return {
        "serviceAccountName": name,
        "containers": [{
            "name": "ide",
            "image": spec["image"],
            "ports": [{"name": "http", "containerPort": spec["port"]}],
            "envFrom": [{"configMapRef": {"name": name}}],
            "resources": {"limits": {"memory": "1Gi"}, "requests": {"cpu": "10m", "memory": "16Mi"}},
            "readinessProbe": {"httpGet": {"path": "/", "port": "http"}},
            "volumeMounts": [{"name": "home", "mountPath": "/home/ide"}],
        }],
        "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": name}}],
    }


def replicas(spec):
    return 0 if spec.get("stopped") else 1


@kopf.on.create(*GROUP)
def create(name, namespace, spec, meta, patch, memo, **_):
    core, apps = kubernetes.client.CoreV1Api(memo.client), kubernetes.client.AppsV1Api(memo.client)
    makers = {
        "ServiceAccount": core.create_namespaced_service_account,
        "ConfigMap": core.create_namespaced_config_map,
        "PersistentVolumeClaim": core.create_namespaced_persistent_volume_claim,
        "Service": core.create_namespaced_service,
        "Deployment": apps.create_namespaced_deployment,
    }
    for obj in objects(name, spec):
        obj["metadata"] = {"name": name, "labels": {"app": name}}
        kopf.adopt(obj)
        try:
            makers[obj["kind"]](namespace, obj)
        except ApiException as e:
            if e.status != 409:  # made before this handler was interrupted
                raise
    patch.status["observedGeneration"] = meta["generation"]


@kopf.on.update(*GROUP, field="spec")
def update(name, namespace, spec, meta, patch, memo, **_):
    apps = kubernetes.client.AppsV1Api(memo.client)
    deployment = objects(name, spec)[-1]
    apps.patch_namespaced_deployment(name, namespace, {"spec": deployment["spec"]})
    patch.status["observedGeneration"] = meta["generation"]


@kopf.on.event("apps", "v1", "deployments", labels={"app": kopf.PRESENT})
def report(event, name, namespace, body, memo, **_):
    """What the Deployment has come to is the phase of its machine."""
    if event["type"] == "DELETED" or not body["metadata"].get("ownerReferences"):
        return
    want, status = body["spec"]["replicas"], body.get("status", {})
    seen = status.get("observedGeneration", 0) >= body["metadata"]["generation"]
    counted = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "readyReplicas")]
    if not seen or counted != [want] * 3:
        return
    phase = "Running" if want else "Stopped"
    try:
        kubernetes.client.CustomObjectsApi(memo.client).patch_namespaced_custom_object_status(
            *GROUP[:2], namespace, GROUP[2], name, {"status": {"phase": phase}},
        )
    except ApiException as e:
        if e.status != 404:
            raise
