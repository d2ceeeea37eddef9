"""A devcluster, and access to its API: objects are plain dictionaries."""

import itertools
import json
import os
import pathlib
import subprocess

import yaml
from kubernetes import client, config

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = ("devmachine-system", "devmachine-operator")

# kind: (path of its group and version, plural, whether it is in a namespace)
KINDS = {
    "ClusterRole": ("/apis/rbac.authorization.k8s.io/v1", "clusterroles", False),
    "ClusterRoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings", False),
    "CustomResourceDefinition": ("/apis/apiextensions.k8s.io/v1", "customresourcedefinitions", False),
    "Deployment": ("/apis/apps/v1", "deployments", True),
    "DevMachine": ("/apis/ide.example.com/v1alpha1", "devmachines", True),
    "DevMachineTemplate": ("/apis/ide.example.com/v1alpha1", "devmachinetemplates", False),
    "Event": ("/apis/events.k8s.io/v1", "events", True),
    "Gadget": ("/apis/test.example.com/v1", "gadgets", True),
    "Ingress": ("/apis/networking.k8s.io/v1", "ingresses", True),
    "Namespace": ("/api/v1", "namespaces", False),
    "NetworkPolicy": ("/apis/networking.k8s.io/v1", "networkpolicies", True),
    "PersistentVolumeClaim": ("/api/v1", "persistentvolumeclaims", True),
    "Pod": ("/api/v1", "pods", True),
    "ReplicaSet": ("/apis/apps/v1", "replicasets", True),
    "Secret": ("/api/v1", "secrets", True),
    "Service": ("/api/v1", "services", True),
    "ServiceAccount": ("/api/v1", "serviceaccounts", True),
}


def run(*args, **options):
    """Runs a program to its end; its output is text. Never hangs."""
    options = {"capture_output": True, "text": True, "timeout": 120, **options}
    return subprocess.run([str(a) for a in args], **options)


def check(*args, **options):
    """The same, and the program must succeed; returns what it printed."""
    done = run(*args, **options)
    assert done.returncode == 0, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def load(path):
    """The only document of a YAML file; relative to the repository."""
    return yaml.safe_load((ROOT / path).read_text())


class Api:
    """Requests as an administrator. Any thread."""

    def __init__(self, kubeconfig):
        self.client = config.new_client_from_config(str(kubeconfig))

    def request(self, method, path, body=None, content_type="application/json", query=()):
        answer = self.client.call_api(
            path,
            method,
            query_params=list(query),
            header_params={"Accept": "application/json", "Content-Type": content_type},
            body=body,
            auth_settings=["BearerToken"],
            _preload_content=False,
            _return_http_data_only=True,
            _request_timeout=30,
        )
        return json.loads(answer.data)

    @staticmethod
    def path(kind, ns=None, name=None):
        group, plural, namespaced = KINDS[kind]
        parts = [group]
        if namespaced and ns:
            parts += ["namespaces", ns]
        parts += [plural] + ([name] if name else [])
        return "/".join(parts)

    def get(self, kind, ns, name):
        """None when there is no such object."""
        try:
            return self.request("GET", self.path(kind, ns, name))
        except client.ApiException as e:
            if e.status == 404:
                return None
            raise

    def list(self, kind, ns=None):
        items = self.request("GET", self.path(kind, ns))["items"]
        return [{**item, "kind": kind} for item in items]

    def create(self, obj, ns=None):
        return self.request("POST", self.path(obj["kind"], ns), obj)

    def patch(self, kind, ns, name, patch):
        """JSON merge patch."""
        return self.request("PATCH", self.path(kind, ns, name), patch, "application/merge-patch+json")

    def delete(self, kind, ns, name):
        try:
            self.request("DELETE", self.path(kind, ns, name))
        except client.ApiException as e:
            if e.status != 404:
                raise


class Cluster:
    """One devcluster in a directory, with our kinds and the operator's rights."""

    def __init__(self, binary, directory):
        self.binary = pathlib.Path(binary)
        self.directory = directory
        self.admin = directory / "kubeconfig"
        self.operator = directory / "operator.kubeconfig"
        self.api = None
        self.numbers = itertools.count(1)

    def up(self, *options):
        crds = [f"--crds={path}" for path in sorted((ROOT / "crd").glob("*.yaml"))]
        check(self.binary, "up", "--dir", self.directory, "--detach", *crds, *options)
        self.api = Api(self.admin)
        self.kubectl("apply", "-f", "config/manager/namespace.yaml")
        self.kubectl("apply", "-f", "config/rbac")
        check(
            *(self.binary, "kubeconfig", "--dir", self.directory, "--ttl", "6h"),
            *("--service-account", "/".join(ACCOUNT), "-o", self.operator),
        )

    def down(self):
        run(self.binary, "down", "--dir", self.directory)

    def outage(self, seconds):
        check(self.binary, "outage", "--dir", self.directory, "--seconds", seconds)

    def kubectl(self, *args, **options):
        """As an administrator; paths are relative to the repository."""
        env = {**os.environ, "KUBECONFIG": str(self.admin)}
        return check(self.binary.parent / "kubectl", *args, cwd=ROOT, env=env, **options)

    def new_namespace(self, word):
        name = f"{word[:40]}-{next(self.numbers)}"
        self.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        return name
