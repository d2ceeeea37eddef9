"""A person's helm, version 3 and 4, on releases that the operator made."""

import yaml

from cluster import load
from state import events, objects, record, records, uids
from wait import wait_for

NAME = "my-devmachine"


def missing(want, have, path=""):
    """What of the wanted is not there, as [path: wanted, found]; what is there besides is not looked at."""
    if isinstance(want, dict) and isinstance(have, dict):
        return [m for key, v in want.items() for m in missing(v, have.get(key), f"{path}.{key}")]
    if isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        return [m for i, v in enumerate(want) for m in missing(v, have[i], f"{path}[{i}]")]
    # A quantity is a number in the template and a text in the API server.
    return [] if want == have or str(want) == have else [f"{path}: {want!r}, {have!r}"]


def manifest_is_live(helm, api, ns, *args):
    manifest, live = helm.objects(ns, NAME, *args), objects(api, ns)
    assert manifest.keys() == live.keys()
    for key, obj in manifest.items():
        for field in set(obj) - {"apiVersion", "data", "metadata"}:
            assert missing(obj[field], live[key][field], key) == []
        labels = obj["metadata"].get("labels", {})
        assert missing(labels, live[key]["metadata"]["labels"], key) == []
        # What is put on every object when it is sent is not told, as in Helm.
        assert "app.kubernetes.io/managed-by" not in labels and "ownerReferences" not in obj["metadata"], key


def reads(helm, api, m, history):
    """All commands that read, of a machine whose history is [(revision, status, description)]."""
    ns, cr, chart = m.ns, m.get(), load("charts/devmachine/Chart.yaml")
    revision, status, description = history[-1]
    notes = m.status()["url"]

    assert helm.history(ns, NAME) == history
    [listed] = helm.list(ns)
    assert listed.pop("updated").startswith("20")
    assert listed == {
        "name": NAME, "namespace": ns, "revision": str(revision), "status": status,
        "chart": f"devmachine-{chart['version']}", "app_version": chart["appVersion"],
    }
    assert helm.json(ns, "list", "--deployed")[0]["name"] == NAME

    found = helm.json(ns, "status", NAME)
    assert (found["name"], found["namespace"], found["version"]) == (NAME, ns, revision)
    assert (found["info"]["status"], found["info"]["description"]) == (status, description)
    assert found["info"]["first_deployed"] <= found["info"]["last_deployed"]
    assert notes in found["info"]["notes"] and "hooks" not in found

    assert helm.json(ns, "get", "values", NAME) == cr["spec"]
    everything = helm.json(ns, "get", "values", NAME, "--all")
    assert missing(cr["spec"], everything) == [] and everything.keys() > cr["spec"].keys()
    assert notes in helm.text(ns, "get", "notes", NAME)
    assert helm.text(ns, "get", "hooks", NAME).strip() == ""
    metadata = helm.json(ns, "get", "metadata", NAME)
    assert missing({
        "name": NAME, "namespace": ns, "revision": revision, "status": status,
        "chart": "devmachine", "version": chart["version"], "appVersion": chart["appVersion"],
    }, metadata) == []
    manifest_is_live(helm, api, ns)
    text = helm.text(ns, "get", "all", NAME)
    for part in (f"REVISION: {revision}", "USER-SUPPLIED VALUES:", "COMPUTED VALUES:", "MANIFEST:", "NOTES:", notes):
        assert part in text, part


def test_reads(helms, api, operator, machine):
    m = machine()
    m.wait("Running")
    installed = [(1, "deployed", "Install complete")]
    for helm in helms:
        reads(helm, api, m, installed)

    m.edit(cpu=3)
    m.wait("Running")
    redeployed = [(1, "superseded", "Install complete"), (2, "deployed", "Upgrade complete")]
    for helm in helms:
        reads(helm, api, m, redeployed)
        old = yaml.safe_load(helm.text(m.ns, "get", "values", NAME, "--revision", "1"))
        assert old["cpu"] == 2

    # The same revision tells the new size.
    for stopped, phase in ((True, "Stopped"), (False, "Running")):
        m.edit(stopped=stopped)
        m.wait(phase)
        for helm in helms:
            assert helm.history(m.ns, NAME) == redeployed
            assert helm.json(m.ns, "get", "values", NAME)["stopped"] is stopped
            manifest_is_live(helm, api, m.ns)
            deployment = helm.objects(m.ns, NAME)[f"Deployment/{NAME}"]
            assert deployment["spec"]["replicas"] == (0 if stopped else 1)
    password = api.get("Secret", m.ns, f"{NAME}-auth")["data"]["password"]
    assert password not in str(record(api, m.ns, NAME, 2))


def cpu_of(api, ns):
    container = objects(api, ns)[f"Deployment/{NAME}"]["spec"]["template"]["spec"]["containers"][0]
    return container["resources"]["limits"]["cpu"]


def test_rollback_is_adopted_and_the_machine_applied_again(helm, api, operator, machine):
    """A rollback wins nothing, but it is told; the disk, the password and the address stay."""
    m = machine()
    m.wait("Running")
    m.edit(cpu=3)
    m.wait("Running")
    before = uids(api, m.ns)

    assert "Rollback was a success" in helm.text(m.ns, "rollback", NAME, "1")
    after = [
        (1, "superseded", "Install complete"),
        (2, "superseded", "Upgrade complete"),
        (3, "superseded", "Rollback to 1"),
        (4, "deployed", "Upgrade complete"),
    ]
    wait_for(lambda: helm.history(m.ns, NAME) == after, what="the machine is applied again")
    m.wait("Running")
    reads(helm, api, m, after)
    assert cpu_of(api, m.ns) == "3" and m.status()["release"]["revision"] == 4
    [told] = wait_for(lambda: events(api, m.ns, "Reapplied"))
    assert told["type"] == "Normal" and "revision 3" in told["note"] and "revision 4" in told["note"]
    now = uids(api, m.ns)
    assert {key.split("/")[0] for key in before if before[key] == now[key]} == {
        "PersistentVolumeClaim", "Secret", "Ingress",
    }


def test_rollback_makes_what_the_machine_does_not_want(helm, api, operator, machine):
    """What helm makes anew has neither our label nor our owner, and goes all the same."""
    m = machine()
    m.wait("Running")
    m.edit(ingressDomain=None)
    m.wait("Running")
    assert f"Ingress/{NAME}" not in objects(api, m.ns)

    helm.text(m.ns, "rollback", NAME, "1")
    wait_for(lambda: records(api, m.ns)[-1] == (NAME, 4, "deployed"), what="the machine is applied again")
    m.wait("Running")
    wait_for(lambda: f"Ingress/{NAME}" not in objects(api, m.ns), 15, "the Ingress is gone")


def test_uninstall_is_installed_again(helm, api, operator, machine):
    m = machine()
    m.wait("Running")
    m.edit(cpu=3)
    m.wait("Running")
    before = uids(api, m.ns)

    said = helm.run(m.ns, "uninstall", NAME)
    assert said.returncode == 0, said.stderr
    assert f'release "{NAME}" uninstalled' in said.stdout + said.stderr
    assert f"[PersistentVolumeClaim] {NAME}-home" in said.stdout + said.stderr, "it says what was kept"

    def installed():
        now = uids(api, m.ns)
        assert now.keys() == before.keys() and records(api, m.ns) == [(NAME, 1, "deployed")]
        return {key for key in now if now[key] == before[key]} == {f"PersistentVolumeClaim/{NAME}-home"}

    wait_for(installed, what="the machine is installed again")
    m.wait("Running")
    reads(helm, api, m, [(1, "deployed", "Install complete")])
    assert cpu_of(api, m.ns) == "3"


def test_person_may_look_while_it_is_being_made(helms, api, operator, machine):
    """From its first record on."""
    m = machine()
    wait_for(lambda: records(api, m.ns))
    for helm in helms:
        assert [r["name"] for r in helm.list(m.ns)] == [NAME]
    m.wait("Running")
