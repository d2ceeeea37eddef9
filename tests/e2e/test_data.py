"""Data: whatever is done to a release, volumes and claims keep their uids until somebody asks for their end."""

from bundles import claim, config_map, deployment, obj, stateful_set, uid
from state import objects, records, uids
from wait import stays, wait_for


def all_claims(api, ns):
    return {c["metadata"]["name"]: (c["metadata"]["uid"], c["spec"].get("volumeName")) for c in
            api.list("PersistentVolumeClaim", ns)}


def bound(api, ns, name):
    found = api.get("PersistentVolumeClaim", ns, name)
    return found and found.get("status", {}).get("phase") == "Bound"


def volume(name, ns, of):
    """Bound to one claim from the start."""
    return obj("v1", "PersistentVolume", name, spec={
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "",
        "persistentVolumeReclaimPolicy": "Retain", "hostPath": {"path": "/tmp/none"},
        "claimRef": {"namespace": ns, "name": of},
    })


def everything(ns, text="1"):
    reaping = stateful_set()
    return (
        obj("v1", "Namespace", f"{ns}-data"),
        volume(f"{ns}-volume", ns, "static"),
        claim("static", storageClassName="", volumeName=f"{ns}-volume"),
        obj("v1", "PersistentVolumeClaim", "there", metadata={"namespace": f"{ns}-data"}, spec=claim()["spec"]),
        claim("home"),
        config_map(text=text),
        deployment(),
        reaping,
    )


def data(api, ns):
    return {
        "namespace": uid(api, "Namespace", None, f"{ns}-data"),
        "volume": uid(api, "PersistentVolume", None, f"{ns}-volume"),
        "there": all_claims(api, f"{ns}-data"),
        "here": all_claims(api, ns),
    }


def test_soak(api, ns, bundle, cluster):
    """Redeploys, stops, starts, drift, a refused change, an operator's view of a lost record: the same volumes."""
    b = bundle(*everything(ns))
    b.wait("Running", 60)
    wait_for(lambda: bound(api, ns, "static") and bound(api, ns, "home") and bound(api, f"{ns}-data", "there"))
    wait_for(lambda: len(all_claims(api, ns)) == 3 and all(v for _, v in all_claims(api, ns).values()), 30)
    before = data(api, ns)
    assert before["namespace"] and before["volume"] and all(v for _, v in before["here"].values())

    for n in range(2, 5):
        b.ask(*everything(ns, text=str(n)))
        wait_for(lambda: records(api, ns)[-1] == ("bundle", n, "deployed"), 60)
        b.wait("Running", 60)
        assert data(api, ns) == before
        b.edit(stopped=True)
        b.wait("Stopped", 60)
        assert data(api, ns) == before
        b.edit(stopped=False)
        b.wait("Running", 60)
        assert data(api, ns) == before

    b.ask(*everything(ns, text="refused"), deployment("bad", replica=1))
    b.wait_stalled("InvalidObject")
    assert data(api, ns) == before
    b.ask(config_map(text="all but data has left"))
    wait_for(lambda: records(api, ns)[-1] == ("bundle", 5, "deployed"), 60)
    b.wait("Running", 60)
    assert data(api, ns) == before, "what left the chart is kept"
    api.delete("Secret", ns, "sh.helm.release.v1.bundle.v5")
    b.ask(*everything(ns, text="6"))
    b.wait("Running", 60)
    stays(lambda: data(api, ns) == before, 1)

    b.delete()
    b.wait_gone(60)
    # An uninstall takes what the chart has made, but claims of a StatefulSet are its controller's.
    wait_for(lambda: not uid(api, "PersistentVolume", None, f"{ns}-volume"), 60)
    wait_for(lambda: "static" not in all_claims(api, ns) and "home" not in all_claims(api, ns), 60)
    api.delete("Namespace", None, f"{ns}-data")


def test_retain_policy_is_switched(api, operator, machine):
    """The claim is patched, never replaced; what counts at the end is the last word."""
    m = machine(name="m", ingressDomain=None, storage={"size": "1Gi", "retainPolicy": "Delete"})
    m.wait("Running")
    disk = "PersistentVolumeClaim/m-home"
    before = uids(api, m.ns)[disk]
    for policy, owners in (("Retain", 0), ("Delete", 1), ("Retain", 0)):
        m.edit(storage={"size": "1Gi", "retainPolicy": policy})

        def switched():
            claim = objects(api, m.ns)[disk]
            assert len(claim["metadata"].get("ownerReferences", [])) == owners, claim["metadata"]
            keeps = claim["metadata"]["annotations"].get("helm.sh/resource-policy") == "keep"
            return keeps == (policy == "Retain")

        wait_for(switched, what=f"the disk's policy is {policy}")
        m.wait("Running")
        assert uids(api, m.ns)[disk] == before
        m.edit(stopped=True)
        m.wait("Stopped")
        m.edit(stopped=False)
        m.wait("Running")
        assert uids(api, m.ns)[disk] == before
    m.delete()
    m.wait_gone()
    stays(lambda: uids(api, m.ns).get(disk) == before, 1)
