"""/metrics, read by Prometheus itself; and the dashboard's queries, asked of a Prometheus that scrapes an operator."""

import json
import subprocess
import urllib.parse
import urllib.request

import pytest
import yaml

from cluster import ROOT, check
from process import free_port
from state import objects
from wait import wait_for


class Prometheus:
    """A server that scrapes one operator each second."""

    def __init__(self, directory, operator):
        self.address = f"127.0.0.1:{free_port()}"
        config = directory / "prometheus.yml"
        config.write_text(yaml.safe_dump({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [{
                "job_name": "operator", "static_configs": [{"targets": [f"127.0.0.1:{operator.metrics}"]}],
            }],
        }))
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={directory}/prometheus",
             f"--web.listen-address={self.address}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def ask(self, query):
        """What a query finds: [(labels, value)]."""
        url = f"http://{self.address}/api/v1/query?" + urllib.parse.urlencode({"query": query})
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                said = json.load(answer)
        except OSError as e:
            raise AssertionError(f"{query}: {e}") from None
        assert said["status"] == "success", said
        return [(found["metric"], float(found["value"][1])) for found in said["data"]["result"]]


@pytest.fixture
def prometheus(tmp_path, launch, ns):
    operator = launch("--leader-elect", "--leader-election-namespace", ns, env={"WATCH_NAMESPACE": ns})
    found = Prometheus(tmp_path, operator)
    found.operator = operator
    yield found
    found.stop()


def test_format(operator):
    text = operator.get(operator.metrics, "/metrics")[1]
    assert check("promtool", "check", "metrics", input=text) == ""


def test_dashboard(api, ns, cluster, prometheus, machine):
    """Every query of every panel finds something when there was work, failure and drift."""
    leases = "rbac.authorization.k8s.io"
    api.create({"apiVersion": f"{leases}/v1", "kind": "Role", "metadata": {"name": "leases"}, "rules": [
        {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["*"]},
    ]}, ns)
    api.create({
        "apiVersion": f"{leases}/v1", "kind": "RoleBinding", "metadata": {"name": "leases"},
        "roleRef": {"apiGroup": leases, "kind": "Role", "name": "leases"},
        "subjects": [{"kind": "ServiceAccount", "name": "devmachine-operator", "namespace": "devmachine-system"}],
    }, ns)
    m = machine(name="m")
    m.wait("Running", 60)
    api.delete("Service", ns, "m")
    wait_for(lambda: objects(api, ns).get("Service/m"))
    api.patch("Deployment", ns, "m", {"spec": {"paused": True}})
    wait_for(lambda: not objects(api, ns)["Deployment/m"]["spec"].get("paused"))
    machine(name="bad", template="none")
    dashboard = json.loads((ROOT / "config/grafana/dashboard.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(queries) == len(dashboard["panels"]) > 10

    def found(query):
        query = query.replace("$__rate_interval", "20s").replace("$job", "operator")
        result = prometheus.ask(query)
        assert result, f"nothing: {query}"
        return result

    for query in queries:
        for labels, value in wait_for(lambda: found(query), 30, query):
            assert value >= 0 or value != value, (query, labels, value)
    [(_, leads)] = prometheus.ask("leader_election_master_status")
    assert leads == 1
    # The numbers are those of the process.
    [(_, memory)] = prometheus.ask("process_resident_memory_bytes")
    with open(f"/proc/{prometheus.operator.process.pid}/statm") as f:
        assert abs(memory / 4096 / int(f.read().split()[1]) - 1) < 0.5
    assert prometheus.operator.stop() == 0
