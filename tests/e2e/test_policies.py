"""What a watch may decide about changes: updateStrategy and onChartChange. onDrift: test_drift.py."""

import yaml

from bundles import claim, config_map, deployment, service, uid
from cluster import load
from state import events, objects, records, uids
from wait import stays, wait_for


def test_only_what_changed_is_made_anew(api, ns, bundle):
    b = bundle(config_map(a="1"), config_map("y", a="1"), service(), deployment(), claim(), kind="ThriftyBundle")
    b.wait("Running")
    things = [("ConfigMap", "x"), ("ConfigMap", "y"), ("Service", "x"), ("Deployment", "x"),
              ("PersistentVolumeClaim", "x")]
    before = {thing: uid(api, thing[0], ns, thing[1]) for thing in things}
    b.ask(config_map(a="2"), service(), deployment(replicas=2), claim())
    wait_for(lambda: records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")])
    b.wait("Running")
    after = {thing: uid(api, thing[0], ns, thing[1]) for thing in things}
    changed = {thing for thing in things if before[thing] != after[thing]}
    assert changed == {("ConfigMap", "x"), ("ConfigMap", "y"), ("Deployment", "x")} and not after[("ConfigMap", "y")]
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"}
    b.delete()
    b.wait_gone()
    assert not uid(api, "Service", ns, "x")


def test_template_waits_for_the_user(api, ns, launch, watches, machine, template):
    entries = load("watches.yaml")
    entries[0]["onChartChange"] = "pending"
    launch("--watches-file", watches(yaml.safe_dump(entries)), env={"WATCH_NAMESPACE": ns}).wait_ready()
    name = template()
    m = machine(name="m", template=name, ingressDomain=None)
    m.wait("Running")
    asleep = machine(name="asleep", template=name, ingressDomain=None, stopped=True)
    asleep.wait("Stopped")
    before = uids(api, ns)

    api.patch("DevMachineTemplate", None, name, {"spec": {"values": {"env": [{"name": "HELLO", "value": "world"}]}}})
    wait_for(lambda: m.status().get("pendingRestart") is True)
    assert [e["regarding"]["name"] for e in events(api, ns, "UpdatePending")] == ["m"]
    # Nobody works in the one that is stopped.
    wait_for(lambda: ("asleep", 2, "deployed") in records(api, ns))
    assert not asleep.status().get("pendingRestart")
    running = {key: value for key, value in before.items() if "asleep" not in key}
    stays(lambda: running.items() <= uids(api, ns).items(), 1)

    # Meanwhile what is recorded is looked after.
    api.delete("Service", ns, "m")
    wait_for(lambda: objects(api, ns).get("Service/m"))
    api.patch("Deployment", ns, "m", {"spec": {"replicas": 3}})
    wait_for(lambda: objects(api, ns)["Deployment/m"]["spec"]["replicas"] == 1)
    m.wait("Running")
    assert ("m", 1, "deployed") in records(api, ns) and m.status()["pendingRestart"] is True
    assert uids(api, ns)["Deployment/m"] == before["Deployment/m"]

    m.edit(cpu=3)
    wait_for(lambda: ("m", 2, "deployed") in records(api, ns))
    m.wait("Running")
    assert "pendingRestart" not in m.status()
    [container] = objects(api, ns)["Deployment/m"]["spec"]["template"]["spec"]["containers"]
    assert {"name": "HELLO", "value": "world"} in container["env"]
