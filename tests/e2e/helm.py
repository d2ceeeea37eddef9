"""A person's helm, as an administrator."""

import json

import yaml

from cluster import run


class Helm:
    """One major version of helm; what it keeps goes into a directory of its own."""

    def __init__(self, binary, number, kubeconfig, directory):
        self.binary, self.number, self.directory = binary, number, directory
        self.env = {
            "PATH": "/usr/bin:/bin", "HOME": str(directory), "KUBECONFIG": str(kubeconfig), "TZ": "UTC",
            **{f"HELM_{kind}_HOME": str(directory / f"helm{number}-{kind}") for kind in ("CACHE", "CONFIG", "DATA")},
        }

    def run(self, ns, *args):
        return run(self.binary, *args, "--namespace", ns, env=self.env)

    def text(self, ns, *args):
        """What it printed; it must succeed."""
        done = self.run(ns, *args)
        assert done.returncode == 0, f"helm{self.number} {args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, ns, *args):
        return json.loads(self.text(ns, *args, "-o", "json"))

    def list(self, ns):
        """All releases, whatever their status, which is what Helm 4 shows without being asked."""
        return self.json(ns, "list", *(["-a"] if self.number == 3 else []))

    def objects(self, ns, name, *args):
        """`get manifest` as {"Kind/name": object}."""
        docs = [d for d in yaml.safe_load_all(self.text(ns, "get", "manifest", name, *args)) if d]
        return {f"{d['kind']}/{d['metadata']['name']}": d for d in docs}

    def history(self, ns, name):
        """[(revision, status, description)], oldest first."""
        return [(r["revision"], r["status"], r["description"]) for r in self.json(ns, "history", name)]
