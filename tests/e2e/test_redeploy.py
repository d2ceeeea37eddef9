"""Redeploys that the API server will not have, and some that only look so."""

import pytest

from bundles import claim, config_map, deployment, obj, service, uid
from state import events, records
from wait import stays, wait_for
from webhook import Webhook


def all_uids(api, ns, objects):
    return {(o["kind"], o["metadata"]["name"]): uid(api, o["kind"], ns, o["metadata"]["name"]) for o in objects}


GOOD = (config_map(a="1"), service(), deployment(), claim())
BETTER = (config_map(a="2"), service(), deployment(), claim())

# What is asked for instead: objects, reason, texts that the message must have.
BAD = {
    "unknown enum": ((config_map(a="2"), service(type="Sideways")), "InvalidObject",
                     ["Service", "/x", "spec.type", "Sideways"]),
    "wrong type": ((config_map(a="2"), deployment(replicas="many")), "InvalidObject",
                   ["Deployment", "/x", "replicas"]),
    "unknown field": ((config_map(a="2"), deployment(replica=2)), "InvalidObject",
                      ["Deployment", "/x", "spec.replica"]),
    "immutable field of what is kept": ((config_map(a="2"), claim(storageClassName="other")), "InvalidObject",
                                        ["PersistentVolumeClaim", "/x", "spec"]),
    "a claim that would shrink": ((config_map(a="2"), claim(storage="1Mi")), "InvalidObject",
                                  ["PersistentVolumeClaim", "/x", "spec.resources.requests.storage"]),
    "a selector that does not fit": ((deployment(selector={"matchLabels": {"a": "b"}}),), "InvalidObject",
                                     ["Deployment", "/x", "spec.template.metadata.labels"]),
}


@pytest.mark.parametrize("what", BAD)
def test_refused_before_anything_is_deleted(what, api, bundle, ns):
    objects, reason, texts = BAD[what]
    b = bundle(*GOOD)
    b.wait("Running")
    before = all_uids(api, ns, GOOD)
    b.ask(*objects)
    stalled = b.wait_stalled(reason)
    for text in texts:
        assert text in stalled["message"], stalled
    assert all_uids(api, ns, GOOD) == before
    assert records(api, ns) == [("bundle", 1, "deployed")]
    assert b.status()["phase"] == "Running", "what runs goes on running"
    told = wait_for(lambda: events(api, ns, reason))
    assert len(told) == 1 and told[0]["note"] == stalled["message"]
    b.ask(*BETTER)
    b.wait("Running")
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"}
    assert records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")]


def test_quota_of_objects(api, bundle, ns):
    b = bundle(*GOOD)
    b.wait("Running")
    api.create(obj("v1", "ResourceQuota", "few", spec={"hard": {"count/services": "1"}}), ns)
    wait_for(lambda: api.get("ResourceQuota", ns, "few").get("status", {}).get("used"))
    before = all_uids(api, ns, GOOD)
    b.ask(*GOOD, service("y"))
    stalled = b.wait_stalled("Forbidden")
    assert "exceeded quota: few" in stalled["message"], stalled
    assert all_uids(api, ns, GOOD) == before
    # One that takes the place of another is within the quota.
    b.ask(config_map(a="2"), service("z"), deployment(), claim())
    b.wait("Running")
    assert uid(api, "Service", ns, "z") and not uid(api, "Service", ns, "x")


def test_quota_of_storage(api, bundle, ns):
    b = bundle(*GOOD)
    b.wait("Running")
    api.create(obj("v1", "ResourceQuota", "few", spec={"hard": {"requests.storage": "1Gi"}}), ns)
    wait_for(lambda: api.get("ResourceQuota", ns, "few").get("status", {}).get("used"))
    before = all_uids(api, ns, GOOD)
    b.ask(config_map(a="2"), service(), deployment(), claim(), claim("y"))
    stalled = b.wait_stalled("Forbidden")
    assert "requests.storage" in stalled["message"], stalled
    assert all_uids(api, ns, GOOD) == before


@pytest.fixture
def policy(api, ns):
    """Refuses ConfigMaps with a key "bad" in the test's namespace, and those with "late" unless they are only tried."""
    name = f"no-bad-{ns}"
    api.create(obj("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", name, spec={
        "matchConstraints": {"resourceRules": [{
            "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"],
        }]},
        "validations": [
            {"expression": "!('bad' in object.data)", "message": "nothing bad here"},
            {"expression": "!('late' in object.data) || has(request.dryRun) && request.dryRun", "message": "too late"},
        ],
    }))
    api.create(obj("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", name, spec={
        "policyName": name,
        "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": ns}}},
    }))

    def enforced():
        try:
            api.request("POST", api.path("ConfigMap", ns), config_map("probe", bad="1"), query=[("dryRun", "All")])
        except Exception as e:
            return "nothing bad here" in str(e.body)

    wait_for(enforced)
    yield
    api.delete("ValidatingAdmissionPolicyBinding", None, name)
    api.delete("ValidatingAdmissionPolicy", None, name)


def test_policy(api, bundle, ns, policy):
    b = bundle(*GOOD)
    b.wait("Running")
    before = all_uids(api, ns, GOOD)
    b.ask(config_map(bad="1"), service(), deployment(), claim())
    stalled = wait_for(lambda: b.condition("Stalled").get("status") == "True" and b.condition("Stalled"))
    assert "nothing bad here" in stalled["message"] and "ConfigMap" in stalled["message"], stalled
    assert all_uids(api, ns, GOOD) == before


@pytest.fixture
def webhook(api, ns, tmp_path):
    """A webhook for the test's ConfigMaps that has nothing to say to a dry-run, in the API server's own words."""

    def judge(request):
        if request["dryRun"]:
            return 400, "does not support dry run"
        return (403, "never") if "never" in request["object"].get("data", {}) else None

    webhook = Webhook(tmp_path, judge)
    made = webhook.configuration(f"judge-{ns}", ns)
    api.create(made)

    def refuses_dry_runs():
        try:
            api.request("POST", api.path("ConfigMap", ns), config_map("probe"), query=[("dryRun", "All")])
        except Exception as e:
            return "does not support dry run" in str(e.body)

    wait_for(refuses_dry_runs)
    yield webhook
    api.delete("ValidatingWebhookConfiguration", None, made["metadata"]["name"])
    webhook.stop()


def test_webhook_without_dry_run(api, bundle, ns, webhook):
    """It cannot be asked before; what it does not mind goes through, and what it refuses is rolled back."""
    b = bundle(*GOOD)
    b.wait("Running")
    b.ask(*BETTER)
    wait_for(lambda: records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")])
    b.wait("Running")
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"}
    assert webhook.asked.count((False, "x")) == 2 and (True, "x") in webhook.asked
    b.ask(config_map(never="1"), service(), deployment(), claim())
    stalled = b.wait_stalled("InvalidObject", 60)
    assert "revision 3 failed" in stalled["message"] and "never" in stalled["message"], stalled
    wait_for(lambda: (api.get("ConfigMap", ns, "x") or {}).get("data") == {"a": "2"})
    assert records(api, ns)[-2:] == [("bundle", 2, "deployed"), ("bundle", 3, "failed")]


def test_object_of_somebody_else(api, bundle, ns):
    b = bundle(*GOOD)
    b.wait("Running")
    before = all_uids(api, ns, GOOD)
    theirs = api.create(config_map("theirs", a="b"), ns)
    b.ask(*BETTER, config_map("theirs", a="c"))
    stalled = b.wait_stalled("OwnedByAnother")
    assert "ConfigMap" in stalled["message"] and "theirs" in stalled["message"], stalled
    assert all_uids(api, ns, GOOD) == before
    after = api.get("ConfigMap", ns, "theirs")
    assert after["metadata"]["resourceVersion"] == theirs["metadata"]["resourceVersion"]
    # It recovers by itself when they have taken it away.
    api.delete("ConfigMap", ns, "theirs")
    wait_for(lambda: (api.get("ConfigMap", ns, "theirs") or {}).get("data") == {"a": "c"}, 60)
    b.wait("Running")


def test_quota_of_several_objects(api, bundle, ns):
    """Each of three services would fit."""
    b = bundle(*GOOD)
    b.wait("Running")
    api.create(obj("v1", "ResourceQuota", "few", spec={"hard": {
        "count/services": "2", "requests.storage": "3Gi"}}), ns)
    wait_for(lambda: api.get("ResourceQuota", ns, "few").get("status", {}).get("used"))
    before = all_uids(api, ns, GOOD)
    b.ask(config_map(a="2"), service("p"), service("q"), service("r"), claim())
    stalled = b.wait_stalled("Forbidden")
    assert "exceeded quota: ResourceQuota" in stalled["message"] and "count/services" in stalled["message"], stalled
    assert all_uids(api, ns, GOOD) == before and records(api, ns) == [("bundle", 1, "deployed")]
    b.ask(config_map(a="2"), claim(), claim("y", storage="2Gi"), claim("z", storage="1Gi"))
    stalled = wait_for(lambda: "requests.storage" in b.condition("Stalled")["message"] and b.condition("Stalled"))
    assert all_uids(api, ns, GOOD) == before
    # One goes, two come.
    b.ask(config_map(a="2"), service("p"), service("q"), claim())
    b.wait("Running")
    assert records(api, ns)[-1] == ("bundle", 2, "deployed")


def test_rolled_back(api, bundle, ns, policy):
    """What no dry-run foretells: a create fails when all is deleted already."""
    b = bundle(*GOOD)
    b.wait("Running")
    kept = uid(api, "PersistentVolumeClaim", ns, "x")
    b.ask(config_map(late="2"), service("p"), service("q"), service("r"), deployment("y"), claim())
    stalled = b.wait_stalled("InvalidObject", 60)
    assert "revision 2 failed" in stalled["message"] and "too late" in stalled["message"], stalled
    wait_for(lambda: b.status()["phase"] == "Running")
    assert records(api, ns) == [("bundle", 1, "deployed"), ("bundle", 2, "failed")]
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "1"}
    assert uid(api, "Deployment", ns, "x") and not uid(api, "Deployment", ns, "y")
    assert [s["metadata"]["name"] for s in api.list("Service", ns)] == ["x"]
    assert uid(api, "PersistentVolumeClaim", ns, "x") == kept
    wait_for(lambda: len(events(api, ns, "RolledBack")) == 1)
    version = api.get("Bundle", ns, "bundle")["metadata"]["resourceVersion"]
    stays(lambda: api.get("Bundle", ns, "bundle")["metadata"]["resourceVersion"] == version, 3)
    b.ask(*BETTER)
    b.wait("Running")
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"}
    assert records(api, ns)[-1] == ("bundle", 3, "deployed")


def test_install_that_is_refused(api, bundle, ns):
    b = bundle(claim(), config_map(a="1"), deployment(replica=2))
    stalled = b.wait_stalled("InvalidObject")
    assert "Deployment" in stalled["message"] and "spec.replica" in stalled["message"], stalled
    wait_for(lambda: not uid(api, "ConfigMap", ns, "x"))
    kept = uid(api, "PersistentVolumeClaim", ns, "x")
    assert kept, "what holds data is never taken away"
    assert records(api, ns) == [("bundle", 1, "failed")]
    b.ask(*GOOD)
    b.wait("Running")
    assert records(api, ns) == [("bundle", 1, "failed"), ("bundle", 2, "deployed")]
    assert uid(api, "PersistentVolumeClaim", ns, "x") == kept


def test_own_node_port(api, bundle, ns):
    def ported(text):
        return service(type="NodePort", ports=[{"port": 80, "nodePort": 31234}]), config_map(a=text)

    b = bundle(*ported("1"))
    b.wait("Running")
    b.ask(service(type="NodePort", ports=[{"port": 81, "nodePort": 31234}]), config_map(a="2"))
    b.wait("Running")
    assert api.get("Service", ns, "x")["spec"]["ports"][0]["port"] == 81
    assert records(api, ns)[-1] == ("bundle", 2, "deployed")


def test_namespace_of_the_same_release(api, bundle, ns):
    name = f"{ns}-own"
    own = obj("v1", "Namespace", name)
    b = bundle(config_map(a="1"))
    b.wait("Running")
    b.ask(own, obj("v1", "ConfigMap", "y", metadata={"namespace": name}), config_map(a="2"))
    b.wait("Running")
    assert uid(api, "ConfigMap", name, "y")
    b.delete()
    b.wait_gone()
    wait_for(lambda: not uid(api, "ConfigMap", name, "y"))


def test_claim_grows_in_place(api, bundle, ns):
    b = bundle(*GOOD)
    b.wait("Running")
    before = all_uids(api, ns, GOOD)
    b.ask(config_map(a="1"), service(), deployment(), claim(storage="2Gi"))
    wait_for(lambda: api.get("PersistentVolumeClaim", ns, "x")["spec"]["resources"]["requests"]["storage"] == "2Gi"
             or b.condition("Stalled").get("reason") == "ExpansionNotSupported")
    assert all_uids(api, ns, GOOD) == before
    assert records(api, ns) == [("bundle", 1, "deployed")]


def test_only_a_claim_changes(api, bundle, ns):
    b = bundle(*GOOD)
    b.wait("Running")
    before = all_uids(api, ns, GOOD)
    b.ask(config_map(a="1"), service(), deployment(),
          {**claim(), "metadata": {"name": "x", "labels": {"a": "b"}}})
    wait_for(lambda: api.get("PersistentVolumeClaim", ns, "x")["metadata"]["labels"].get("a") == "b")
    b.ask(*GOOD)
    wait_for(lambda: "a" not in api.get("PersistentVolumeClaim", ns, "x")["metadata"]["labels"])
    assert all_uids(api, ns, GOOD) == before
    b.wait("Running")
    assert records(api, ns)[-1] == ("bundle", 3, "deployed")
