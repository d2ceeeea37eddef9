"""The operator as a process: it runs as its own ServiceAccount, never as an administrator."""

import itertools
import os
import pathlib
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request

from cluster import ROOT
from wait import wait_for

OPERATOR = os.environ.get("OPERATOR", str(ROOT / "build/release/devmachine-operator"))
FAULTY = os.environ.get("OPERATOR_FAULT", str(ROOT / "build/fault/devmachine-operator"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Operator:
    """One run of the operator, in a directory cwd. Its log is a file in directory. What is given stands before all."""

    numbers = itertools.count(1)

    def __init__(self, directory, kubeconfig, *args, binary=OPERATOR, env=None, cwd=ROOT, given=()):
        self.probes, self.metrics = free_port(), free_port()
        self.kubeconfig = kubeconfig
        self.log_path = pathlib.Path(directory) / f"operator-{next(self.numbers)}.log"
        command = [
            *(binary, "run", *given, "--kubeconfig", str(kubeconfig), "--log-format", "text"),
            *("--log-level", "debug"),
            *("--health-probe-bind-address", f"127.0.0.1:{self.probes}"),
            *("--metrics-bind-address", f"127.0.0.1:{self.metrics}"),
            *map(str, args),
        ]
        # Nothing of the caller's environment may reach it, least of all a kubeconfig.
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(directory), **(env or {})}
        with open(self.log_path, "wb") as log:
            # A session of its own: Ctrl-C is for pytest, which stops it in order.
            self.process = subprocess.Popen(
                command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def is_running(self):
        return self.process.poll() is None

    def was_killed(self):
        return self.process.poll() == -signal.SIGKILL

    def log(self, offset=0):
        with open(self.log_path, "rb") as f:
            f.seek(offset)
            return f.read().decode(errors="replace")

    def get(self, port, path):
        """(code, text) of a page that it serves; code 0 when it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()
        except OSError:
            return 0, ""

    def readyz(self):
        return self.get(self.probes, "/readyz")[0]

    def metric(self, wanted):
        """The sum of all series of a name, such as x or x{result="success"}: of those that have these labels."""
        name, _, rest = wanted.partition("{")
        labels = [label for label in rest.rstrip("}").split(",") if label]
        text = self.get(self.metrics, "/metrics")[1]
        found = re.findall(rf"^{re.escape(name)}(?:\{{(.*)\}})? (\S+)$", text, re.M)
        assert found, f"{wanted} is not told"
        return sum(float(n) for has, n in found if all(label in has.split(",") for label in labels))

    def wait_ready(self):
        def ready():
            assert self.is_running(), f"the operator ended with {self.process.poll()}:\n{self.log()}"
            return self.readyz() == 200

        wait_for(ready, 60, "/readyz answers 200")
        return self

    def stop(self):
        """SIGTERM, and its exit code; SIGKILL when it does not end in time."""
        if self.is_running():
            self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"SIGTERM did not end the operator:\n{self.log()}") from None
