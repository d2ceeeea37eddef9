"""Pods that do not come up: the machine says why, in words to act on, and recovers."""

import pytest

from state import objects, records, uids
from wait import wait_for

FAULT = "devcluster.test/fault"

# fault: phase, reason, and a text that the message must have.
FAULTS = {
    "image-pull": ("Failed", "ImagePullBackOff", "ghcr.io/devmachine-operator/vscode:0.1.0"),
    "crash": ("Failed", "CrashLoopBackOff", "exit code 1"),
    "oom": ("Failed", "ContainerTerminated", "OOMKilled"),
    "not-ready": ("Provisioning", "Starting", "waiting for the pod to be ready"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_pod(fault, api, operator, machine, template):
    phase, reason, text = FAULTS[fault]
    m = machine(template=template("faulty", podLabels={FAULT: fault}))

    def told():
        cr = m.is_in(phase)
        ready = m.condition("Ready")
        assert ready["status"] == "False" and ready["reason"] == reason, ready
        assert text in ready["message"] and text in cr["status"]["message"], ready
        return True

    wait_for(told)
    pods = api.list("Pod", m.ns)
    assert m.status()["podName"] == pods[0]["metadata"]["name"]
    assert m.condition("Stalled")["status"] == "False", "the release is as it should be"
    # Mended from outside, as a registry that is back: nothing is deployed again.
    before = uids(api, m.ns)
    for pod in pods:
        api.patch("Pod", m.ns, pod["metadata"]["name"], {"metadata": {"labels": {FAULT: None}}})
    m.wait("Running")
    assert uids(api, m.ns) == before and records(api, m.ns) == [("my-devmachine", 1, "deployed")]


def test_mended_by_another_template(api, operator, machine, template):
    m = machine(template=template("faulty", podLabels={FAULT: "crash"}))
    m.wait("Failed")
    before = uids(api, m.ns)
    m.edit(template="vscode-cpu")
    m.wait("Running")
    after = uids(api, m.ns)
    assert after.keys() == before.keys()
    claim = "PersistentVolumeClaim/my-devmachine-home"
    assert after[claim] == before[claim]
    assert len(api.list("Pod", m.ns)) == 1


def test_failing_machine_stops_and_goes(api, operator, machine, template):
    m = machine(template=template("faulty", podLabels={FAULT: "image-pull"}))
    m.wait("Failed")
    m.edit(stopped=True)
    m.wait("Stopped")
    assert api.list("Pod", m.ns) == []
    m.delete()
    m.wait_gone()
    assert records(api, m.ns) == []


def test_slow_to_start(api, operator, machine, template):
    m = machine(template=template("slow", podLabels={FAULT: "slow-start"}))
    m.wait("Provisioning")
    m.wait("Running")


def test_slow_to_stop(api, operator, machine, template):
    """The new pod waits for the old one's end: the disk can be at one only."""
    m = machine(template=template("slow", podLabels={FAULT: "slow-delete"}))
    m.wait("Running")
    old = m.status()["podName"]
    m.edit(cpu=3)

    def never_two():
        pods = [p["metadata"]["name"] for p in api.list("Pod", m.ns)]
        assert len(pods) <= 1, pods
        return pods and pods[0] != old

    wait_for(never_two)
    m.wait("Running")
    m.edit(stopped=True)
    m.wait("Stopping")
    m.wait("Stopped")


def test_no_node_has_room(api, operator, machine, template):
    m = machine(template=template("nowhere", nodeSelector={"example.com/nowhere": "true"}))

    def told():
        ready = m.condition("Ready")
        assert ready.get("reason") == "Unschedulable", ready
        return m.is_in("Provisioning")

    wait_for(told)
    assert "node" in m.status()["message"]


def test_claim_that_is_not_bound(api, operator, machine):
    m = machine(storage={"size": "20Gi", "storageClassName": "nothing"})

    def told():
        ready = m.condition("Ready")
        assert ready.get("reason") in ("ClaimNotBound", "Unschedulable"), ready
        return m.is_in("Provisioning")

    wait_for(told)
    m.delete()
    m.wait_gone()
    assert set(objects(api, m.ns)) == {"PersistentVolumeClaim/my-devmachine-home"}
