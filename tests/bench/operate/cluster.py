"""A devcluster for one subject, and what its audit log says of that subject's requests."""

import collections
import json
import os
import pathlib
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
USER = "system:serviceaccount:default:subject"
# What a program asks to keep what it has: neither is about any object of its work.
RENEWALS = ("watch", "leases")


class Failed(Exception):
    """Something of the benchmark itself did not work."""


def check(*args, **options):
    """Runs a program to its end, which must be a good one; returns what it printed."""
    options = {"timeout": 600, **options}
    done = subprocess.run([str(a) for a in args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, args))} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def processor_seconds(pid):
    """What a process has used so far, of all processors."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class Cluster:
    """Fresh, with the kind of crd.yaml and the account of cluster.yaml."""

    def __init__(self, binary, directory, nodes):
        self.binary, self.directory = pathlib.Path(binary), pathlib.Path(directory) / "cluster"
        self.admin = self.directory / "admin.json"
        self.subject = self.directory / "subject.json"
        check(
            *(self.binary, "up", "--dir", self.directory, "--detach", "--crds", HERE / "crd.yaml"),
            *("--nodes", nodes),
        )
        yaml = self.directory / "subject.kubeconfig"
        self.kubectl("apply", "-f", HERE / "cluster.yaml")
        check(
            *(self.binary, "kubeconfig", "--dir", self.directory, "--ttl", "12h"),
            *("--service-account", "default/subject", "-o", yaml),
        )
        for source, target in ((self.directory / "kubeconfig", self.admin), (yaml, self.subject)):
            text = self.kubectl("config", "view", "--raw", "--flatten", "-o", "json", kubeconfig=source)
            target.write_text(text, encoding="utf-8")

    def kubectl(self, *args, kubeconfig=None):
        env = {**os.environ, "KUBECONFIG": str(kubeconfig or self.directory / "kubeconfig")}
        return check(self.binary.parent / "kubectl", *args, env=env)

    def processor_seconds(self):
        """Of all its components together."""
        total = 0.0
        for file in self.directory.glob("*.pid"):
            try:
                total += processor_seconds(int(file.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                pass  # one that is being started again
        return total

    def down(self):
        subprocess.run([str(self.binary), "down", "--dir", str(self.directory)], capture_output=True, check=False)


class Audit:
    """The subject's requests, each read once. A request is in the log before it is answered."""

    def __init__(self, cluster):
        self.file = open(cluster.directory / "audit.log", "rb")
        self.rest = b""

    def read(self):
        """The entries since the last time."""
        data = self.rest + self.file.read()
        lines = data.split(b"\n")
        self.rest = lines.pop()
        wanted = [json.loads(line) for line in lines if USER.encode() in line]
        return [e for e in wanted if e["user"]["username"] == USER]

    def read_until_quiet(self, seconds=1.0, limit=30.0):
        """Entries until there was none but renewals for so long; whether it came to that within the limit."""
        found, end = [], time.monotonic() + limit
        quiet_since = time.monotonic()
        while time.monotonic() < end:
            new = self.read()
            found += new
            if any(not is_renewal(e) for e in new):
                quiet_since = time.monotonic()
            if time.monotonic() - quiet_since >= seconds:
                return found, True
            time.sleep(0.1)
        return found, False


def is_renewal(entry):
    return entry["verb"] in RENEWALS or entry.get("objectRef", {}).get("resource") in RENEWALS


def counts(entries):
    """{"verb resource/subresource": how many} without renewals; discovery and dry-runs say that they are that."""
    found = collections.Counter()
    for e in entries:
        if is_renewal(e):
            continue
        ref = e.get("objectRef")
        if not ref:
            found["get (discovery)"] += 1
            continue
        key = f"{e['verb']} {ref['resource']}"
        if ref.get("subresource"):
            key += f"/{ref['subresource']}"
        if "dryRun=" in e["requestURI"]:
            key += " (dry-run)"
        if e.get("responseStatus", {}).get("code", 0) >= 400:
            key += f" -> {e['responseStatus']['code']}"
        found[key] += 1
    return dict(sorted(found.items()))


def unpaged(entries):
    """The URIs of lists that asked for everything at once."""
    return sorted({e["requestURI"] for e in entries if e["verb"] == "list" and "limit=" not in e["requestURI"]})
