"""What is left of custom resources in a namespace, in a form that can be compared."""

import base64
import gzip
import hashlib
import json
import re

import yaml

from state import MACHINE_KINDS, RECORD_TYPE

# What the cluster decides, or what differs from one namespace to the next.
CHOSEN = {
    "Service": (("spec", "clusterIP"), ("spec", "clusterIPs")),
    "PersistentVolumeClaim": (("spec", "volumeName"),),
    "Secret": (("data", "password"),),
}
KINDS = (*MACHINE_KINDS, "ConfigMap", "StatefulSet")
OWNERS = ("DevMachine", "Bundle")
# Their names end in digests and random text.
MADE = ("Pod", "ReplicaSet")
CHART_LABEL = "helm.sdk.operatorframework.io/chart"
# Each custom resource's name has a part like this, and so have the names of all that belongs to it.
TOKEN = re.compile(r"c\d{4}")


def token(name):
    found = TOKEN.search(name)
    return found and found[0]


def common(obj, ns, name):
    """Text of JSON without the names that differ between two that were made in the same way."""
    return json.dumps(obj).replace(name, "NAME").replace(ns, "NAMESPACE")


def normal(obj, ns, name):
    """An object without what differs between two that were made in the same way."""
    obj = json.loads(common(obj, ns, name))
    obj.pop("status", None)
    for key in ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"):
        obj["metadata"].pop(key, None)
    for reference in obj["metadata"].get("ownerReferences", []):
        reference.pop("uid")
    annotations = obj["metadata"].get("annotations", {})
    for key in [k for k in annotations if re.match(r"(pv|volume(\.beta)?)\.kubernetes\.io/", k)]:
        annotations.pop(key)
    for path in CHOSEN.get(obj["kind"], ()):
        at = obj
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = "chosen"
    return obj


def said_by(cr, ns):
    """What a custom resource says, without times and names that are made up."""
    status = cr.get("status", {})
    failed = "ReleaseFailed" in [c["type"] for c in status.get("conditions", [])]
    found = {
        "phase": status.get("phase"),
        "about": status.get("observedGeneration") == cr["metadata"]["generation"],
        "conditions": {c["type"]: (c["status"], c["reason"]) for c in status.get("conditions", [])},
        "stalled": next((c["message"] for c in status.get("conditions", []) if c["type"] == "Stalled"), None),
        "finalizers": cr["metadata"].get("finalizers"),
        "release": {key: status.get("release", {}).get(key) for key in ("name", "revision")},
        "names": {key: value for key, value in status.items() if key.endswith("Name") and key != "podName"},
        "url": status.get("url"),
        # What has failed is not compared with anything: then nobody needs the digests.
        "objects": {
            f"{o['kind']}/{o['name']}": {key: bool(o.get(key)) for key in ("uid", "digest")[: 1 if failed else 2]}
            for o in status.get("release", {}).get("objects", [])
        },
    }
    return json.loads(common(found, ns, cr["metadata"]["name"]))


def phase_of(cr):
    """Empty while the status is about an older specification."""
    status = cr.get("status", {})
    return status.get("phase") if status.get("observedGeneration") == cr["metadata"]["generation"] else ""


class Record:
    """A release record: what Helm reads in it, and the objects that it names."""

    def __init__(self, secret):
        labels = secret["metadata"]["labels"]
        self.secret = secret["metadata"]["name"]
        self.revision, self.status = int(labels["version"]), labels["status"]
        packed = base64.b64decode(base64.b64decode(secret["data"]["release"]))
        self.manifest = json.loads(gzip.decompress(packed))["manifest"]

    def digest(self, ns, name):
        text = self.manifest.replace(name, "NAME").replace(ns, "NAMESPACE")
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def objects(self):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return {f"{o['kind']}/{o['metadata']['name']}" for o in yaml.load_all(self.manifest, loader) if o}


class Snapshot:
    """All that there is in a namespace."""

    def __init__(self, api, ns):
        self.ns = ns
        self.found = {}  # by token: objects
        self.strays = []  # what belongs to no custom resource
        for kind in (*KINDS, *OWNERS, *MADE):
            for obj in api.list(kind, ns):
                self.add(obj)
        for obj in api.list("PersistentVolume"):
            if obj["spec"].get("claimRef", {}).get("namespace") == ns:
                obj["metadata"]["name"] = obj["spec"]["claimRef"]["name"]
                self.add(obj)

    def add(self, obj):
        key = f"{obj['kind']}/{obj['metadata']['name']}"
        if token(key):
            self.found.setdefault(token(key), []).append(obj)
        elif key not in ("ServiceAccount/default", "ConfigMap/kube-root-ca.crt"):
            self.strays.append(key)

    def of(self, name, *kinds):
        return [o for o in self.found.get(token(name), []) if o["kind"] in kinds]

    def objects(self, name):
        """{"Kind/name": object} of a release, and its volumes."""
        return {
            f"{o['kind']}/{o['metadata']['name']}": o
            for o in self.of(name, *KINDS, "PersistentVolume") if o.get("type") != RECORD_TYPE
        }

    def uids(self, name):
        return {key.replace(name, "NAME"): o["metadata"]["uid"] for key, o in self.objects(name).items()}

    def records(self, name):
        """Oldest first."""
        found = [Record(s) for s in self.of(name, "Secret") if s.get("type") == RECORD_TYPE]
        return sorted(found, key=lambda r: r.revision)

    def orphans(self, name):
        """What has our label, and is neither kept nor named by the record of what is deployed."""
        deployed = [r for r in self.records(name) if r.status == "deployed"]
        named = deployed[-1].objects() if deployed else set()
        return sorted(
            key.replace(name, "NAME") for key, o in self.objects(name).items()
            if CHART_LABEL in o["metadata"].get("labels", {}) and key not in named
            and o["metadata"].get("annotations", {}).get("helm.sh/resource-policy") != "keep"
            # A StatefulSet's controller copies labels to the claims that it makes.
            and not o["metadata"]["name"].startswith("data-")
        )

    def world(self, name):
        """All that is left of a custom resource, to compare with differences()."""
        found = {}
        for key, obj in self.objects(name).items():
            if obj["kind"] != "PersistentVolume":
                found[key.replace(name, "NAME")] = normal(obj, self.ns, name)
        for cr in self.of(name, *OWNERS):
            found["status"] = said_by(cr, self.ns)
        found["records"] = [(r.revision, r.status, r.digest(self.ns, name)) for r in self.records(name)]
        found["orphans"] = self.orphans(name)
        for kind in MADE:
            found[kind] = sorted(
                (o["metadata"].get("ownerReferences") or [{"kind": "nobody"}])[0]["kind"] for o in self.of(name, kind)
            )
        return found


def differences(expected, found, path=""):
    """One line for each place where they differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = sorted(expected.keys() | found.keys())
        return [line for key in keys for line in differences(expected.get(key), found.get(key), f"{path} {key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [line for i, pair in enumerate(zip(expected, found)) for line in differences(*pair, f"{path} {i}")]
    if expected == found:
        return []
    text = [f"{json.dumps(value):.300}" for value in (expected, found)]
    return [f"{path.strip()}: expected {text[0]}, found {text[1]}"]


def without_revisions(world):
    """A world without what depends on how often a custom resource was changed: but of its records, what is deployed."""
    text = re.sub(r'"ide.example.com/revision": "\d+"', '"ide.example.com/revision": "any"', json.dumps(world))
    found = json.loads(re.sub(r"revision \d+ failed", "revision any failed", text))
    found["records"] = [digest for _, status, digest in found["records"] if status == "deployed"]
    found.get("status", {}).get("release", {}).pop("revision", None)
    found.get("status", {}).get("conditions", {}).pop("Deployed", None)
    return found
