"""A machine from nothing to its end, each step seen from outside."""

import itertools
import string

import pytest
from kubernetes import client, watch

from state import Machine, MACHINE_KINDS, events, objects, password, record, records, uids
from wait import wait_for

SAMPLE = "config/samples/devmachine.yaml"
NAME = "my-devmachine"
FINALIZER = "helm.sdk.operatorframework.io/uninstall-release"


def phases_until(api, ns, version, last):
    """The phases that a watch from a version on shows, each once, up to the last."""
    stream = watch.Watch().stream(
        client.CustomObjectsApi(api.client).list_namespaced_custom_object,
        *("ide.example.com", "v1alpha1", ns, "devmachines"),
        resource_version=version,
        timeout_seconds=30,
    )
    seen = []
    for event in stream:
        seen.append(event["object"].get("status", {}).get("phase"))
        if seen[-1] == last:
            break
    return [phase for phase, _ in itertools.groupby(seen)]


def kept(before, after, *kinds):
    """Asserts that exactly the objects of these kinds have the uid that they had."""
    assert before.keys() == after.keys()
    same = {key.split("/")[0] for key in before if before[key] == after[key]}
    assert same == set(kinds)


@pytest.fixture
def running(cluster, api, operator, ns):
    cluster.kubectl("apply", "-n", ns, "-f", SAMPLE)
    m = Machine(api, ns, NAME)
    m.wait("Running")
    return m


def test_create_shows_its_phases(cluster, api, operator, ns):
    version = api.request("GET", api.path("DevMachine", ns))["metadata"]["resourceVersion"]
    cluster.kubectl("apply", "-n", ns, "-f", SAMPLE)
    assert phases_until(api, ns, version, "Running") == ["Pending", "Provisioning", "Running"]


def test_running_machine(api, running):
    ns, status = running.ns, running.status()
    cr = running.get()
    found = objects(api, ns)

    assert set(found) == {
        *(f"{kind}/{NAME}" for kind in MACHINE_KINDS if kind not in ("Secret", "PersistentVolumeClaim")),
        f"Secret/{NAME}-auth",
        f"PersistentVolumeClaim/{NAME}-home",
    }
    for key, obj in found.items():
        meta = obj["metadata"]
        assert meta["labels"]["app.kubernetes.io/managed-by"] == "Helm", key
        assert meta["labels"]["app.kubernetes.io/instance"] == NAME, key
        assert meta["labels"]["helm.sdk.operatorframework.io/chart"] == "devmachine", key
        assert meta["annotations"]["meta.helm.sh/release-name"] == NAME, key
        assert meta["annotations"]["meta.helm.sh/release-namespace"] == ns, key
        assert meta["annotations"]["ide.example.com/revision"] == "1", key
        if obj["kind"] == "PersistentVolumeClaim":
            # It outlives the machine, so the garbage collector must not see an owner.
            assert "ownerReferences" not in meta
            assert meta["annotations"]["operator-sdk/primary-resource"] == f"{ns}/{NAME}"
            assert meta["annotations"]["operator-sdk/primary-resource-type"] == "DevMachine.ide.example.com"
        else:
            assert meta["ownerReferences"] == [{
                "apiVersion": "ide.example.com/v1alpha1",
                "kind": "DevMachine",
                "name": NAME,
                "uid": cr["metadata"]["uid"],
                "controller": True,
                "blockOwnerDeletion": True,
            }], key

    pods = api.list("Pod", ns)
    assert status["podName"] == pods[0]["metadata"]["name"] and len(pods) == 1
    assert status["url"] == "http://mydev.example.com/"
    assert status["pvcName"] == f"{NAME}-home"
    assert status["serviceName"] == NAME
    assert status["secretName"] == f"{NAME}-auth"
    assert status["release"]["name"] == NAME and status["release"]["revision"] == 1
    assert status["startedAt"]
    conditions = {c["type"]: c["status"] for c in status["conditions"]}
    assert conditions == {
        "Ready": "True", "Reconciling": "False", "Stalled": "False", "Initialized": "True", "Deployed": "True",
    }
    assert cr["metadata"]["finalizers"] == [FINALIZER]
    wait_for(lambda: len(events(api, ns, "Installed")) == 1)

    text = password(api, ns, NAME)
    assert len(text) == 24 and set(text) <= set(string.ascii_letters + string.digits + "-_")
    assert records(api, ns) == [(NAME, 1, "deployed")]
    body = record(api, ns, NAME, 1)
    assert body["chart"]["metadata"]["name"] == "devmachine"
    assert body["config"] == cr["spec"]
    assert body["manifest"].count("\nkind: ") == 7
    assert text not in str(body), "the password is nowhere but in its Secret"


def test_change_redeploys_and_keeps_what_is_kept(api, running):
    ns = running.ns
    before, secret = uids(api, ns), password(api, ns, NAME)
    old_pod = running.status()["podName"]

    running.edit(cpu=3)
    running.wait("Running")

    kept(before, uids(api, ns), "PersistentVolumeClaim", "Secret", "Ingress")
    assert password(api, ns, NAME) == secret
    container = objects(api, ns)[f"Deployment/{NAME}"]["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["limits"]["cpu"] == "3"
    assert records(api, ns) == [(NAME, 1, "superseded"), (NAME, 2, "deployed")]
    assert record(api, ns, NAME, 2)["config"]["cpu"] == 3
    assert running.status()["release"]["revision"] == 2
    assert [p["metadata"]["name"] for p in api.list("Pod", ns)] == [running.status()["podName"]] != [old_pod]
    wait_for(lambda: len(events(api, ns, "Redeployed")) == 1)


def test_stop_and_start(api, running):
    ns = running.ns
    before, secret = uids(api, ns), password(api, ns, NAME)

    running.edit(stopped=True)
    running.wait("Stopped")
    assert api.list("Pod", ns) == []
    assert running.condition("Ready")["status"] == "False"
    assert running.status()["podName"] == ""
    assert uids(api, ns) == before
    assert objects(api, ns)[f"Deployment/{NAME}"]["spec"]["replicas"] == 0
    assert records(api, ns) == [(NAME, 1, "deployed")]
    assert record(api, ns, NAME, 1)["config"]["stopped"] is True

    running.edit(stopped=False)
    running.wait("Running")
    assert running.condition("Ready")["status"] == "True"
    assert len(api.list("Pod", ns)) == 1
    assert uids(api, ns) == before and password(api, ns, NAME) == secret
    assert records(api, ns) == [(NAME, 1, "deployed")]


def test_stopped_from_the_start(api, operator, machine):
    m = machine(stopped=True)
    m.wait("Stopped")
    assert api.list("Pod", m.ns) == []
    assert len(objects(api, m.ns)) == 7
    m.edit(stopped=False)
    m.wait("Running")


def test_change_while_stopped(api, running):
    ns = running.ns
    before = uids(api, ns)
    running.edit(stopped=True, memory="5Gi")
    running.wait("Stopped")
    assert api.list("Pod", ns) == []
    kept(before, uids(api, ns), "PersistentVolumeClaim", "Secret", "Ingress")
    running.edit(stopped=False)
    running.wait("Running")
    assert records(api, ns) == [(NAME, 1, "superseded"), (NAME, 2, "deployed")]


def test_delete_keeps_the_disk_and_a_new_machine_takes_it(api, running, machine):
    ns = running.ns
    before, secret = uids(api, ns), password(api, ns, NAME)

    running.delete()
    running.wait_gone()
    assert uids(api, ns) == {f"PersistentVolumeClaim/{NAME}-home": before[f"PersistentVolumeClaim/{NAME}-home"]}
    assert records(api, ns) == []
    wait_for(lambda: api.list("Pod", ns) == [])

    again = machine()
    again.wait("Running")
    after = uids(api, ns)
    kept(before, after, "PersistentVolumeClaim")
    assert password(api, ns, NAME) != secret
    assert records(api, ns) == [(NAME, 1, "deployed")]
    assert again.status()["pvcName"] == f"{NAME}-home"


def test_delete_takes_the_disk_when_asked_to(api, operator, machine):
    m = machine(storage={"size": "20Gi", "retainPolicy": "Delete"})
    m.wait("Running")
    claim = objects(api, m.ns)[f"PersistentVolumeClaim/{NAME}-home"]
    assert claim["metadata"]["ownerReferences"][0]["kind"] == "DevMachine"
    m.delete()
    m.wait_gone()
    wait_for(lambda: objects(api, m.ns) == {})
    assert records(api, m.ns) == []
    wait_for(lambda: api.list("Pod", m.ns) == [])


def test_delete_while_it_is_being_made(api, operator, machine):
    m = machine()
    m.delete()
    m.wait_gone()
    wait_for(lambda: set(objects(api, m.ns)) <= {f"PersistentVolumeClaim/{NAME}-home"})
    assert records(api, m.ns) == []


def test_namespace_goes(api, running):
    api.delete("Namespace", None, running.ns)
    running.wait_gone(60)
    # The namespace itself takes the cluster half a minute, whatever was in it.
    wait_for(lambda: objects(api, running.ns) == {} and records(api, running.ns) == [], 60)


def test_changes_in_a_row(api, running):
    """Each may come while the one before is under way."""
    for cpu in (3, 4, 5, 6):
        running.edit(cpu=cpu)
    running.wait("Running")
    container = objects(api, running.ns)[f"Deployment/{NAME}"]["spec"]["template"]["spec"]["containers"][0]
    assert container["resources"]["limits"]["cpu"] == "6"
    history = records(api, running.ns)
    assert history[0] == (NAME, 1, "superseded") and history[-1][2] == "deployed" and len(history) <= 5
    assert all(status in ("superseded", "failed") for _, _, status in history[:-1])
    assert len(api.list("Pod", running.ns)) == 1


def test_disk_grows(api, running):
    before = uids(api, running.ns)
    running.edit(storage={"size": "30Gi"})
    running.wait("Running")

    def grown():
        claim = api.get("PersistentVolumeClaim", running.ns, f"{NAME}-home")
        assert claim["spec"]["resources"]["requests"]["storage"] == "30Gi"
        return claim["status"]["capacity"]["storage"] == "30Gi"

    wait_for(grown)
    assert uids(api, running.ns)[f"PersistentVolumeClaim/{NAME}-home"] == before[f"PersistentVolumeClaim/{NAME}-home"]


def test_deleted_object_comes_back_alone(api, running):
    ns = running.ns
    before = uids(api, ns)
    api.delete("Service", ns, NAME)
    wait_for(lambda: uids(api, ns).keys() == before.keys(), what="the Service is there again")
    after = uids(api, ns)
    assert {key for key in before if before[key] != after[key]} == {f"Service/{NAME}"}
    assert records(api, ns) == [(NAME, 1, "deployed")]


def test_many_at_once(api, operator, machine):
    machines = [machine(name=f"many-{i}", ingressDomain=f"m{i}.example.com") for i in range(12)]
    for m in machines:
        m.wait("Running", 60)
    assert len(objects(api, machines[0].ns)) == 12 * 7
    assert records(api, machines[0].ns) == sorted((m.name, 1, "deployed") for m in machines)


def test_jupyter(cluster, api, operator, ns):
    cluster.kubectl("apply", "-n", ns, "-f", "config/samples/devmachine-jupyter.yaml")
    m = Machine(api, ns, "my-notebook")
    m.wait("Running")
    found = objects(api, ns)
    # Without a host there is no Ingress and no address.
    assert set(found) == {
        "Deployment/my-notebook", "NetworkPolicy/my-notebook", "PersistentVolumeClaim/my-notebook-home",
        "Secret/my-notebook-auth", "Service/my-notebook", "ServiceAccount/my-notebook",
    }
    assert "url" not in m.status()
    container = found["Deployment/my-notebook"]["spec"]["template"]["spec"]["containers"][0]
    assert container["env"][0]["name"] == "JUPYTER_TOKEN"
    assert container["resources"]["limits"]["cpu"] == "1500m"
    assert len(password(api, ns, "my-notebook")) == 24
