"""The subjects: what they are, how they are started, and each as a process that is looked at from outside."""

import os
import pathlib
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from cluster import HERE, ROOT, Failed, check, processor_seconds

# What a reader of the table must know.
SUBJECTS = {
    "ours": "devmachine-operator; every change is a redeploy, with records that Helm reads",
    "floor": "no operator: the requests that nobody can do without, and nothing else",
    "controller-runtime": "CreateOrUpdate of five objects, owner references; deletes by garbage collection; no records",
    "kopf": "handlers, owner references; deletes by garbage collection; no records",
}


def built(name, cache={}):
    if name not in cache:
        cache[name] = check("sh", HERE / "build.sh", name, timeout=3600).strip()
    return cache[name]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Subject:
    """One subject on one cluster; it can be started again and again."""

    def __init__(self, name, ours, peer, workers, cluster, directory):
        self.name, self.workers, self.cluster = name, workers, cluster
        self.directory = pathlib.Path(directory)
        self.process = None
        self.probes = None
        self.command = {
            "ours": lambda: self.ours(ours),
            "floor": lambda: [built("load"), "floor", f"--kubeconfig={cluster.subject}", f"--workers={workers}"],
            "controller-runtime": self.controller_runtime,
            "kopf": self.kopf,
        }.get(name, lambda: shlex.split(peer))()

    def ours(self, binary):
        self.probes = free_port()
        return [
            *(binary, "run", "--kubeconfig", str(self.cluster.subject)),
            *("--watches-file", str(HERE / "watches.yaml"), "--max-concurrent-reconciles", str(self.workers)),
            *("--health-probe-bind-address", f"127.0.0.1:{self.probes}"),
            *("--metrics-bind-address", f"127.0.0.1:{free_port()}"),
        ]

    def controller_runtime(self):
        self.probes = free_port()
        return [
            *(built(self.name), "--kubeconfig", str(self.cluster.subject), "--workers", str(self.workers)),
            *("--health-probe-bind-address", f"127.0.0.1:{self.probes}"),
            *("--metrics-bind-address", f"127.0.0.1:{free_port()}"),
        ]

    def kopf(self):
        program = pathlib.Path(built(self.name))
        return [str(program), "run", "--all-namespaces", "--quiet", str(program.parents[2] / "machines.py")]

    def binary_bytes(self):
        """Of the program itself; None of one that is a script with a world around it."""
        program = pathlib.Path(self.command[0])
        if self.name == "kopf" or not program.is_file():
            return None
        return program.stat().st_size

    def start(self):
        """Returns the milliseconds until it was ready; None where it cannot be asked."""
        # Nothing of the caller's environment may reach it, least of all a kubeconfig.
        env = {
            "PATH": os.environ["PATH"], "HOME": str(self.directory), "KUBECONFIG": str(self.cluster.subject),
            "WORKERS": str(self.workers),
        }
        began = time.monotonic()
        with open(self.directory / f"{pathlib.Path(self.name).name}.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )
        if not self.probes:
            return None
        while not self.is_ready():
            self.check()
            if time.monotonic() - began > 120:
                raise Failed(f"{self.name} was not ready within 120 s")
            time.sleep(0.002)
        return (time.monotonic() - began) * 1000

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.probes}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def check(self):
        if self.process.poll() is not None:
            log = (self.directory / f"{self.name}.log").read_text(encoding="utf-8", errors="replace")
            raise Failed(f"{self.name} ended with {self.process.returncode}:\n{log[-2000:]}")

    def stop(self):
        if not self.process or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def processor_seconds(self):
        self.check()
        return processor_seconds(self.process.pid)

    def memory(self):
        """(now, most ever) in KiB of resident memory."""
        self.check()
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        found = dict(line.split(":", 1) for line in text.splitlines())
        return tuple(int(found[key].split()[0]) for key in ("VmRSS", "VmHWM"))
