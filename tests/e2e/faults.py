"""The fault proxy of devcluster: operators behind it, what is to become of their requests, and what they asked for."""

import json
import pathlib
import re
import subprocess
import urllib.request

import yaml


class Faults:
    """The proxy as a process."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.process = subprocess.Popen(
            [cluster.binary, "faults", "--dir", cluster.directory], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        line = self.process.stdout.readline()
        found = re.fullmatch(r"ready url=(\S+) control=(\S+)\n", line)
        assert found, f"the fault proxy says {line!r}"
        self.url, self.control = found.groups()

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Client:
    """One operator's way through the proxy, by a name of its own: a kubeconfig like the one given."""

    def __init__(self, faults, name, kubeconfig):
        self.address = f"{faults.control}/clients/{name}"
        config = yaml.safe_load(kubeconfig.read_text())
        config["clusters"][0]["cluster"]["server"] = f"{faults.url}/{name}"
        self.kubeconfig = pathlib.Path(faults.cluster.directory) / f"{name}.kubeconfig"
        self.kubeconfig.touch(0o600)
        self.kubeconfig.write_text(yaml.safe_dump(config))

    def request(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def set_rules(self, *rules):
        """What is to be done to requests from now on; tests/devcluster/README.md says what a rule is."""
        self.request("PUT", "/rules", rules)

    def log(self, after=0):
        """The requests after that numbered so: [{number, did, rule, code, verb, resource, name, …}]."""
        return json.loads(self.request("GET", f"/log?after={after}")) or []
