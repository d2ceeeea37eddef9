"""Captures what the unit test of drift reads, from a real API server.

    bin=$(sh tests/devcluster/build.sh) && $(sh tests/setup/venv.sh) tests/unit/release/live/capture.py $bin

Creates what rendered.yaml says as the operator does, and writes what the server has then to objects/. Then edits them
one at a time as edits.yaml says, as other people and programs do, and writes what that left to edits/. With names of
files in both behind the binary, only those are written.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import yaml

HERE = pathlib.Path(__file__).resolve().parent
NS = "drift"
# In place of the uid that the owner has on the cluster of a capture.
OWNER = "00000000-0000-4000-8000-000000000001"
MANAGER = "devmachine-operator"


class Cluster:
    def __init__(self, binary, directory):
        self.binary = pathlib.Path(binary).resolve()
        self.directory = directory
        self.known = {}
        self.env = {**os.environ, "KUBECONFIG": f"{directory}/kubeconfig"}

    def run(self, *args, text=None, **env):
        done = subprocess.run(args, input=text, env={**self.env, **env}, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{args}: {done.stdout}{done.stderr}")
        return done.stdout

    def kubectl(self, *args, text=None, **env):
        return self.run(self.binary.parent / "kubectl", "-n", NS, *args, text=text, **env)

    def devcluster(self, *args):
        return self.run(self.binary, *args, "--dir", self.directory)

    def names(self):
        """What the API calls each kind: {(apiVersion, kind): (plural, in a namespace)}."""
        found = {}
        for line in self.kubectl("api-resources", "--no-headers").splitlines():
            *_, plural, version, namespaced, kind = [line.split()[0], *line.split()[-3:]]
            found[version, kind] = plural, namespaced == "true"
        return found

    def path(self, obj):
        version, kind = obj["apiVersion"], obj["kind"]
        if not any(k == kind for _, k in self.known):
            self.known = self.names()
        names = self.known
        # An older version of a kind is not listed.
        plural, namespaced = names.get((version, kind)) or next(
            n for (v, k), n in names.items() if k == kind and v.split("/")[0] == version.split("/")[0]
        )
        start = f"/apis/{version}" if "/" in version else f"/api/{version}"
        return start + (f"/namespaces/{NS}" if namespaced else "") + f"/{plural}"

    def create(self, obj):
        path = f"{self.path(obj)}?fieldManager={MANAGER}&fieldValidation=Strict"
        return json.loads(self.kubectl("create", "--raw", path, "-f", "-", text=json.dumps(obj)))

    def get(self, obj):
        return json.loads(self.kubectl("get", "--raw", f"{self.path(obj)}/{obj['metadata']['name']}"))

    def settled(self, obj, still_s=1.5):
        """The object, when nothing has written it for a while."""
        last, since = self.get(obj), time.monotonic()
        while time.monotonic() - since < still_s:
            time.sleep(0.3)
            now = self.get(obj)
            if now["metadata"]["resourceVersion"] != last["metadata"]["resourceVersion"]:
                last, since = now, time.monotonic()
        return last


def stamped(obj, owner, namespaced):
    """As owner_stamp() in operator/release/owner.c, but for pod templates."""
    meta = obj["metadata"]
    meta.setdefault("labels", {}).update(
        {"app.kubernetes.io/managed-by": "Helm", "helm.sdk.operatorframework.io/chart": "drift"}
    )
    meta.setdefault("annotations", {}).update(
        {
            "meta.helm.sh/release-name": "drift",
            "meta.helm.sh/release-namespace": NS,
            "ide.example.com/revision": "1",
        }
    )
    if namespaced:
        meta["namespace"] = NS
        meta["ownerReferences"] = [owner]
    return obj


def word(obj):
    return f"{obj['kind'].lower()}-{obj['metadata']['name']}"


class Writer:
    """Writes all files, or those that are asked for."""

    def __init__(self, names):
        self.names = names
        self.owner = ""

    def wants(self, name):
        return not self.names or name in self.names

    def write(self, folder, name, value):
        if not self.wants(name):
            return
        (HERE / folder).mkdir(exist_ok=True)
        text = json.dumps(value, separators=(",", ":")).replace(self.owner, OWNER)
        (HERE / folder / f"{name}.json").write_text(text + "\n")
        print(folder, name, flush=True)


def edit(cluster, row):
    if "patch" in row:
        cluster.kubectl(
            *("patch", row["object"], "--type", row.get("type", "merge"), "-p", json.dumps(row["patch"])),
            *(["--field-manager", row["manager"]] if "manager" in row else []),
        )
    elif "apply" in row:
        version, kind = row["apply"]["apiVersion"], row["apply"]["kind"]
        assert version and kind
        cluster.kubectl(
            *("apply", "--server-side", "--force-conflicts", "--field-manager", row["manager"], "-f", "-"),
            text=json.dumps(row["apply"]),
        )
    elif "edit" in row:
        cluster.kubectl("edit", row["object"], KUBE_EDITOR=f"sed -i '{row['edit']}'")
    else:
        for line in row["kubectl"]:
            cluster.kubectl(*line)


def capture_objects(cluster, writer):
    owner = cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner", "namespace": NS}})
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    writer.owner = reference["uid"]
    reference |= {"controller": True, "blockOwnerDeletion": True}
    made = {}
    for obj in yaml.safe_load_all((HERE / "rendered.yaml").read_text()):
        if obj["kind"] == "Gizmo":  # its definition is served a moment later
            time.sleep(3)
        want = stamped(obj, reference, "/namespaces/" in cluster.path(obj))
        made[word(want)] = {"want": want, "created": cluster.create(want)}
    time.sleep(5)
    for name, each in made.items():
        each["live"] = cluster.settled(each["want"], 0.5)
        writer.write("objects", name, each)
    return made


def capture_edits(cluster, writer, made):
    for row in yaml.safe_load((HERE / "edits.yaml").read_text()):
        if not writer.wants(row["name"]):
            continue
        want = made[row["object"].replace("/", "-", 1)]["want"]
        kind, name = want["kind"], want["metadata"]["name"]
        group, _, version = want["apiVersion"].rpartition("/")
        target = f"{kind}.{version}.{group}" if group else kind
        row = {**row, "object": f"{target.lower()}/{name}"}
        cluster.kubectl("delete", row["object"], "--cascade=background", "--ignore-not-found")
        if kind == "CustomResourceDefinition":
            time.sleep(1)
        cluster.create(want)
        cluster.settled(want, 0.7)
        edit(cluster, row)
        writer.write("edits", row["name"], cluster.settled(want))


def main():
    binary, *names = sys.argv[1:]
    writer = Writer(names)
    with tempfile.TemporaryDirectory() as directory:
        cluster = Cluster(binary, directory)
        cluster.devcluster("up", "--detach")
        try:
            cluster.kubectl("create", "namespace", NS)
            made = capture_objects(cluster, writer)
            capture_edits(cluster, writer, made)
        finally:
            cluster.devcluster("down")


main()
