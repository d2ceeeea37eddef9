"""The engines: what they are, how they are built, and each as a process that measures itself."""

import os
import pathlib
import selectors
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE / "data"

# What an engine is: the language its program is written in, the folder of peers/ that builds it ("" for ours), seconds
# of warm-up, and what a reader of its figures must know.
_JIT, _NONE = 5, 0.3
ENGINES = {
    "ours": ("C", "", _NONE, "text, one thread"),
    "ours-threads": ("C", "", _NONE, "two threads, one compiled set"),
    "ours-chart": ("C", "", _NONE, "to typed JSON, by a shape that is kept"),
    "ours-chart-miss": ("C", "", _NONE, "to typed JSON, no shape is kept"),
    "ours-yaml": ("C", "", _NONE, "no engine: libyaml events of what a miss parses"),
    "mustache.js": ("JavaScript", "node", 2, "parsed once"),
    "wontache": ("JavaScript", "node", 2, "compiled to functions"),
    "hogan.js": ("JavaScript", "node", 2, "compiled to JavaScript; indents a partial behind a partial twice"),
    "handlebars": ("JavaScript", "node", 2, "no mustache, yet its compat mode renders this template"),
    "chevron": ("Python", "python", _NONE, "interprets tags; prints True for true"),
    "pystache": ("Python", "python", _NONE, "parses partials each time; prints True for true"),
    "ramhorns": ("Rust", "rust", _NONE, "no spec engine: no indentation, standalone lines stay; typed values, dots rewritten"),
    "rust-mustache": ("Rust", "rust", _NONE, "crate mustache; indents standalone lines wrongly; escapes; a text for true"),
    "jmustache": ("Java", "java", _JIT, "indents a partial behind a partial twice"),
    "mustache.java": ("Java", "java", _JIT, "does not indent partials"),
    "cbroglie": ("Go", "go", _NONE, "parses partials each time"),
    "text/template": ("Go", "go", _NONE, "Helm's engine, its own template with include and indent"),
    "kainjow": ("C++", "native", _NONE, "does not indent partials; a text for true"),
    "mstch": ("C++", "native", _NONE, "parses each time; indents a partial behind a partial twice"),
    "libyaml-events": ("C", "native", _NONE, "no engine: parses the rendered text to events"),
    "libyaml-document": ("C", "native", _NONE, "no engine: parses the rendered text to nodes"),
    "memcpy": ("C", "native", _NONE, "no engine: copies the rendered text"),
}
NO_ENGINES = ("ours-yaml", "libyaml-events", "libyaml-document", "memcpy")


class Skipped(Exception):
    """An engine that this machine cannot run, and why."""


class Failed(Exception):
    """An engine that ran and ended, or gave no answer."""


def built(folder, cache={}):
    """The program of a folder of peers/; Skipped when this machine lacks what it takes."""
    if folder not in cache:
        with tempfile.TemporaryFile("w+") as log:
            done = subprocess.run(
                ["sh", str(HERE / "peers/build.sh"), folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, text=True,
            )
            log.seek(0)
            cache[folder] = done.returncode, done.stdout.strip(), log.read().strip()
    code, out, said = cache[folder]
    if code != 0:
        raise Skipped(said.splitlines()[-1] if said else f"building ended with {code}")
    return f"{out}/peer"


class Process:
    """One engine, alive during all rounds; peers/README.md has what it is asked and answers."""

    def __init__(self, name, ours):
        self.name = name
        folder = ENGINES[name][1]
        self.log = tempfile.TemporaryFile("w+")
        self.pending = b""
        self.shares = []  # of a processor, in each run
        try:
            self.process = subprocess.Popen(
                [built(folder) if folder else ours, name, str(DATA)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            )
        except OSError as e:
            raise Failed(str(e)) from None
        try:
            ready = self.answer(60).split()
        except Failed as e:
            if self.process.wait() == 3:
                raise Skipped(str(e)) from None
            raise
        self.version, self.cases = ready[1], ready[2:]

    def said(self):
        self.log.seek(0)
        lines = self.log.read().strip().splitlines()
        return lines[-1] if lines else f"it ended with {self.process.wait()}"

    def answer(self, timeout):
        end = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self.pending:
                if not selector.select(max(0, end - time.monotonic())):
                    self.process.kill()
                    raise Failed(f"no answer within {timeout} s")
                data = os.read(self.process.stdout.fileno(), 4096)
                if not data:
                    self.process.wait()
                    raise Failed(self.said())
                self.pending += data
        line, self.pending = self.pending.split(b"\n", 1)
        return line.decode()

    def ask(self, command, timeout=60):
        try:
            self.process.stdin.write(f"{command}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self.said()) from None
        return self.answer(timeout)

    def run(self, case, seconds):
        """Renders (or compilations) per second."""
        before = self.processor_seconds()
        count, elapsed = self.ask(f"run {case} {seconds}", 60 + 10 * seconds).split()
        if before is not None:
            self.shares.append((self.processor_seconds() - before) / float(elapsed))
        return int(count) / float(elapsed)

    def processor_seconds(self):
        """What it has used so far, of all processors; None where /proc does not tell."""
        try:
            stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return None
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def output(self):
        with tempfile.NamedTemporaryFile() as f:
            self.ask(f"write {f.name}")
            return pathlib.Path(f.name).read_bytes()

    def peak_kib(self):
        """The most memory it ever had resident; None where /proc does not tell."""
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        except OSError:
            return None
        peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(peaks[0]) if peaks else None

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
