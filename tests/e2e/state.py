"""Ways to look at the state of the world: objects, releases, machines, and who asked for what."""

import base64
import gzip
import json

from cluster import ACCOUNT
from wait import wait_for

OPERATOR_USER = f"system:serviceaccount:{ACCOUNT[0]}:{ACCOUNT[1]}"
RECORD_TYPE = "helm.sh/release.v1"

# The kinds of a machine's seven objects.
MACHINE_KINDS = (
    "Deployment", "Ingress", "NetworkPolicy", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount",
)
WRITES = ("create", "update", "patch", "delete", "deletecollection")


def is_from_cluster(obj):
    """Whether every namespace has such an object."""
    return obj["kind"] == "ServiceAccount" and obj["metadata"]["name"] == "default"


def objects(api, ns):
    """All objects of a namespace of the kinds above, as {"Kind/name": object}, without release records."""
    return {
        f"{kind}/{obj['metadata']['name']}": obj
        for kind in MACHINE_KINDS
        for obj in api.list(kind, ns)
        if not is_from_cluster(obj) and obj.get("type") != RECORD_TYPE
    }


def uids(api, ns):
    return {key: obj["metadata"]["uid"] for key, obj in objects(api, ns).items()}


def records(api, ns):
    """The release records of a namespace, as [(release, revision, status)], oldest first."""
    labels = [s["metadata"]["labels"] for s in api.list("Secret", ns) if s.get("type") == RECORD_TYPE]
    return sorted((l["name"], int(l["version"]), l["status"]) for l in labels)


def record(api, ns, release, revision):
    """What Helm reads in a record."""
    secret = api.get("Secret", ns, f"sh.helm.release.v1.{release}.v{revision}")
    inner = base64.b64decode(base64.b64decode(secret["data"]["release"]))
    return json.loads(gzip.decompress(inner))


def password(api, ns, name):
    return base64.b64decode(api.get("Secret", ns, f"{name}-auth")["data"]["password"]).decode()


def events(api, ns, reason):
    kinds = ("Bundle", "Cache", "Definer", "DevMachine", "RedeployBundle", "ThriftyBundle", "WarnBundle")
    return [e for e in api.list("Event", ns) if e["reason"] == reason and e["regarding"]["kind"] in kinds]


class Machine:
    """A custom resource, by default a DevMachine."""

    def __init__(self, api, ns, name, kind="DevMachine"):
        self.api, self.ns, self.name, self.kind = api, ns, name, kind

    def get(self):
        return self.api.get(self.kind, self.ns, self.name)

    def status(self):
        return (self.get() or {}).get("status", {})

    def condition(self, kind):
        for condition in self.status().get("conditions", []):
            if condition["type"] == kind:
                return condition
        return {}

    def edit(self, **spec):
        return self.api.patch(self.kind, self.ns, self.name, {"spec": spec})

    def delete(self):
        self.api.delete(self.kind, self.ns, self.name)

    def is_in(self, phase):
        """Whether the status says so about the spec as it is now."""
        cr = self.get()
        assert cr, f"{self.kind} {self.ns}/{self.name} is not there"
        status = cr.get("status", {})
        assert status.get("phase") == phase, f"phase is not {phase}: {json.dumps(status, indent=1)}"
        seen, wanted = status.get("observedGeneration"), cr["metadata"]["generation"]
        assert seen == wanted, f"phase {phase} is about generation {seen} of {wanted}"
        return cr

    def wait(self, phase, timeout=30):
        return wait_for(lambda: self.is_in(phase), timeout, f"{self.ns}/{self.name} is {phase}")

    def wait_stalled(self, reason, timeout=30):
        def stalled():
            found, cr = self.condition("Stalled"), self.get()
            assert found.get("status") == "True", json.dumps(cr.get("status"), indent=1)
            assert found["reason"] == reason, json.dumps(found)
            return found["observedGeneration"] == cr["metadata"]["generation"] and found

        return wait_for(stalled, timeout, f"{self.ns}/{self.name} is Stalled for {reason}")

    def wait_gone(self, timeout=30):
        wait_for(lambda: self.get() is None, timeout, f"{self.ns}/{self.name} is gone")


class Audit:
    """An operator's requests in the API server's audit log, which has each before it is answered."""

    def __init__(self, directory, user=OPERATOR_USER):
        self.path, self.user = directory / "audit.log", user

    def mark(self):
        """The place up to which the log is written now."""
        return self.path.stat().st_size

    def requests(self, since=0, ns=None):
        """
        [{verb, resource, subresource, name, ns, code}] of the operator since a mark, discovery and dry-runs left out.
        """
        found = []
        with open(self.path, "rb") as f:
            f.seek(since)
            for line in f:
                if self.user.encode() not in line or not line.endswith(b"\n"):
                    continue
                entry = json.loads(line)
                ref = entry.get("objectRef", {})
                if entry["user"]["username"] != self.user or not ref:
                    continue
                if ns and ref.get("namespace") != ns:
                    continue
                # What is only asked about changes nothing.
                if "dryRun=" in entry["requestURI"]:
                    continue
                found.append({
                    "verb": entry["verb"],
                    "resource": ref["resource"],
                    "subresource": ref.get("subresource", ""),
                    "name": ref.get("name", ""),
                    "ns": ref.get("namespace", ""),
                    "as": entry.get("impersonatedUser", {}).get("username", ""),
                    "code": entry.get("responseStatus", {}).get("code"),
                })
        return found

    def writes(self, since=0, ns=None):
        return [r for r in self.requests(since, ns) if r["verb"] in WRITES]
