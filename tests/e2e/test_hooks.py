"""Hooks of charts: when they run, in which order, what becomes of their objects, and what happens when they fail."""

import concurrent.futures
import itertools
import json
import re

import pytest

from bundles import ACCOUNT, Bundle, claim, config_map, deployment, obj, service, uid
from cluster import KINDS
from state import Machine, events, record, records
from wait import stays, wait_for


def hook(name, at, fault=None, weight=None, policy=None, **annotations):
    """A Job that succeeds, or has that fault."""
    texts = {"helm.sh/hook": at, "helm.sh/hook-weight": weight, "helm.sh/hook-delete-policy": policy, **annotations}
    labels = {"devcluster.test/fault": fault} if fault else {}
    return obj("batch/v1", "Job", name, metadata={"annotations": {k: v for k, v in texts.items() if v}}, spec={
        "backoffLimit": 0,
        "template": {
            "metadata": {"labels": labels},
            "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "example.com/image:1"}]},
        },
    })


def hook_map(name, at, **annotations):
    return obj("v1", "ConfigMap", name, metadata={"annotations": {"helm.sh/hook": at, **annotations}})


def runs(api, ns, revision):
    """How the hooks of a revision went, as its record tells."""
    secret = api.get("Secret", ns, f"sh.helm.release.v1.bundle.v{revision}")
    return secret["metadata"]["annotations"].get(HOOKS, "")


HOOKS = "ide.example.com/hooks"
FAILS, HANGS = "crash", "no-such-fault"


@pytest.fixture
def done(cluster, ns):
    """done(): what was created and deleted in the namespace, as ["create Job/a", …], without records and events."""
    return lambda: requests(cluster, ns)


def requests(cluster, ns):
    kinds = {plural: kind for kind, (_, plural, _) in KINDS.items()}
    found = []
    with open(cluster.directory / "audit.log", "rb") as f:
        for line in f:
            if ACCOUNT.encode() not in line or f'"{ns}"'.encode() not in line or not line.endswith(b"\n"):
                continue
            entry = json.loads(line)
            ref = entry.get("objectRef", {})
            if (entry["verb"] in ("create", "delete") and ref.get("namespace") == ns and "dryRun=" not in entry["requestURI"]
                    and entry["responseStatus"].get("code") in (200, 201) and ref["resource"] not in ("events", "secrets")):
                found.append(f"{entry['verb']} {kinds[ref['resource']]}/{ref['name']}")
    return found


GOOD = (config_map(a="1"), deployment())
BETTER = (config_map(a="2"), deployment())


def test_order(api, bundle, ns, done):
    b = bundle(
        *GOOD, hook("c", "pre-install"), hook("b", "pre-install"), hook("z", "pre-install", weight="-5"),
        hook_map("y", "pre-install,post-install", **{"helm.sh/hook-weight": "-6"}),
        hook("w", "post-install", weight="2"), hook("v", "pre-upgrade,post-upgrade"), hook("t", "test"),
    )
    b.wait("Running")
    created = ["ConfigMap/y", "Job/z", "Job/b", "Job/c", "ConfigMap/x", "Deployment/x"]
    assert done() == [f"create {o}" for o in created] + ["delete ConfigMap/y", "create ConfigMap/y", "create Job/w"]
    b.ask(*BETTER, hook("v", "pre-upgrade,post-upgrade"), hook("w", "post-upgrade", weight="2"))
    b.wait("Running")
    assert done()[9:] == [
        "create Job/v", "delete Deployment/x", "delete ConfigMap/x", "create ConfigMap/x", "create Deployment/x",
        "delete Job/v", "create Job/v", "delete Job/w", "create Job/w",
    ]
    assert records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")]


def test_recorded_as_helm_does(api, bundle, ns, helm):
    b = bundle(*GOOD, hook("a", "pre-install,post-upgrade"), hook("t", "test"))
    b.wait("Running")
    hooks = {h["name"]: h for h in record(api, ns, "bundle", 1)["hooks"]}
    assert set(hooks) == {"a", "t"}
    assert hooks["a"]["last_run"]["phase"] == "Succeeded"
    assert hooks["a"]["last_run"]["started_at"] <= hooks["a"]["last_run"]["completed_at"]
    assert hooks["a"]["events"] == ["pre-install", "post-upgrade"]
    assert hooks["t"]["last_run"]["phase"] == ""
    said = helm.text(ns, "get", "hooks", "bundle")
    assert "helm.sh/hook: pre-install,post-upgrade" in said and "name: t" in said
    assert "helm.sh/hook" not in helm.text(ns, "get", "manifest", "bundle")


def test_while_it_runs(api, bundle, ns):
    b = bundle(*GOOD, hook("a", "pre-install", HANGS))
    wait_for(lambda: b.status().get("message") == "pre-install hook Job a is running")
    assert b.status()["phase"] == "Provisioning" and not uid(api, "ConfigMap", ns, "x")
    # Its end brings the pass back: it is no pod of the release, whatever becomes of it.
    pod = wait_for(lambda: api.list("Pod", ns))[0]["metadata"]["name"]
    api.patch("Pod", ns, pod, {"metadata": {"labels": {"devcluster.test/fault": None}}})
    b.wait("Running")


def test_only_where_helm_has_them(api, bundle, ns, done):
    every = "pre-install,post-install,pre-upgrade,post-upgrade,pre-rollback,post-rollback"
    b = bundle(*GOOD)
    b.wait("Running")
    before = done()
    # A chart whose hooks alone differ deploys nothing.
    b.ask(*GOOD, hook("a", every))
    b.wait("Running")
    b.edit(stopped=True)
    b.wait("Stopped")
    b.edit(stopped=False)
    b.wait("Running")
    api.delete("ConfigMap", ns, "x")
    wait_for(lambda: uid(api, "ConfigMap", ns, "x"))
    b.wait("Running")
    assert done()[len(before):] == ["create ConfigMap/x"]


def test_delete_policies(api, bundle, ns, done):
    b = bundle(
        *GOOD, hook("a", "pre-install", policy="hook-succeeded"),
        hook("b", "pre-install", policy="before-hook-creation,hook-succeeded"), hook("c", "pre-install"),
        hook("d", "post-install", policy="hook-failed"), hook_map("e", "post-install"),
    )
    b.wait("Running")
    assert not uid(api, "Job", ns, "a") and not uid(api, "Job", ns, "b")
    assert uid(api, "Job", ns, "c") and uid(api, "Job", ns, "d") and uid(api, "ConfigMap", ns, "e")
    # In the way of its next run, since it does not say before-hook-creation.
    b.ask(*BETTER, hook("d", "pre-upgrade", policy="hook-failed"))
    stalled = b.wait_stalled("HookFailed")
    assert "pre-upgrade hook Job d is there already" in stalled["message"], stalled
    b.ask(*BETTER, hook("f", "post-upgrade", FAILS, policy="hook-failed"))
    b.wait_stalled("HookFailed")
    assert "create Job/f" in done() and not uid(api, "Job", ns, "f")


def test_pre_upgrade_fails(api, bundle, ns, done):
    b = bundle(*GOOD, service())
    b.wait("Running")
    before = {(o["kind"], "x"): uid(api, o["kind"], ns, "x") for o in (*GOOD, service())}
    b.ask(*BETTER, service(), hook("ok", "pre-upgrade", weight="-1"), hook("migrate", "pre-upgrade", FAILS),
          hook("never", "pre-upgrade", weight="1"), hook("nor", "pre-rollback"))
    stalled = b.wait_stalled("HookFailed")
    assert "pre-upgrade hook Job migrate failed: BackoffLimitExceeded" in stalled["message"], stalled
    assert "the revision before runs" in stalled["message"], stalled
    assert {(o["kind"], "x"): uid(api, o["kind"], ns, "x") for o in (*GOOD, service())} == before
    assert b.status()["phase"] == "Running", "what runs goes on running"
    assert records(api, ns) == [("bundle", 1, "deployed"), ("bundle", 2, "failed")]
    assert done()[3:] == ["create Job/ok", "create Job/migrate"]
    phases = {h["name"]: h["last_run"]["phase"] for h in record(api, ns, "bundle", 2)["hooks"]}
    assert phases == {"ok": "Succeeded", "migrate": "Failed", "never": "", "nor": ""}
    told = wait_for(lambda: events(api, ns, "HookFailed"))
    assert len(told) == 1 and told[0]["note"] == stalled["message"] and told[0]["type"] == "Warning"
    b.ask(*BETTER, service(), hook("migrate", "pre-upgrade"))
    b.wait("Running")
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"}
    assert records(api, ns)[-1] == ("bundle", 3, "deployed")


def test_another_mind_while_it_runs(api, bundle, ns, done):
    """Before anything is deleted what is wanted may change, and is judged as ever."""
    b = bundle(*GOOD)
    b.wait("Running")
    before = uid(api, "Deployment", ns, "x")
    b.ask(*BETTER, hook("migrate", "pre-upgrade", HANGS))
    wait_for(lambda: b.status().get("message") == "pre-upgrade hook Job migrate is running")
    b.ask(*BETTER, deployment("y", replica=1), hook("migrate", "pre-upgrade"))
    b.wait_stalled("InvalidObject")
    assert b.status()["phase"] == "Running" and uid(api, "Deployment", ns, "x") == before
    # Other hooks alone are another try, too.
    b.ask(*BETTER, hook("migrate", "pre-upgrade", HANGS, weight="1"))
    wait_for(lambda: b.status().get("message") == "pre-upgrade hook Job migrate is running")
    b.ask(*BETTER, hook("migrate", "pre-upgrade"))
    b.wait("Running")
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "2"} and uid(api, "Deployment", ns, "x") != before
    assert records(api, ns)[-1] == ("bundle", 4, "deployed")


def test_refused_before_anything_is_done(api, bundle, ns, done):
    b = bundle(*GOOD)
    b.wait("Running")
    bad = hook("a", "post-upgrade")
    bad["spec"]["backof"] = 1
    before = done()
    b.ask(*BETTER, bad)
    stalled = b.wait_stalled("InvalidObject")
    assert "Job" in stalled["message"] and "spec.backof" in stalled["message"], stalled
    assert done() == before and records(api, ns) == [("bundle", 1, "deployed")]


def test_install_hook_is_refused(api, bundle, ns):
    bad = hook("a", "post-install")
    bad["spec"]["backof"] = 1
    b = bundle(*GOOD, bad)
    stalled = b.wait_stalled("HookFailed")
    assert "post-install hook Job a was refused" in stalled["message"] and "spec.backof" in stalled["message"], stalled
    wait_for(lambda: not uid(api, "ConfigMap", ns, "x"))
    assert records(api, ns) == [("bundle", 1, "failed")]


def test_post_install_fails(api, bundle, ns):
    b = bundle(*GOOD, hook("seed", "post-install", FAILS))
    stalled = b.wait_stalled("HookFailed")
    assert "post-install hook Job seed failed: BackoffLimitExceeded" in stalled["message"], stalled
    wait_for(lambda: not uid(api, "ConfigMap", ns, "x") and not uid(api, "Deployment", ns, "x"))
    assert records(api, ns) == [("bundle", 1, "failed")]
    assert uid(api, "Job", ns, "seed"), "it tells what went wrong"
    b.ask(*GOOD, hook("seed", "post-install"))
    b.wait("Running")
    assert records(api, ns) == [("bundle", 1, "failed"), ("bundle", 2, "deployed")]


def test_post_upgrade_fails(api, bundle, ns, done):
    """What was deployed is put back, with its own hooks of a rollback, which do not hold it up."""
    b = bundle(*GOOD, hook("down", "pre-rollback", FAILS), hook("up", "post-rollback"))
    b.wait("Running")
    before = done()
    b.ask(*BETTER, hook("smoke", "post-upgrade", FAILS))
    stalled = b.wait_stalled("HookFailed")
    assert "post-upgrade hook Job smoke failed" in stalled["message"], stalled
    wait_for(lambda: uid(api, "Job", ns, "up"))
    wait_for(lambda: b.status()["phase"] == "Running")
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "1"}
    assert done()[len(before):] == [
        "delete Deployment/x", "delete ConfigMap/x", "create ConfigMap/x", "create Deployment/x", "create Job/smoke",
        "create Job/down", "delete Deployment/x", "delete ConfigMap/x", "create ConfigMap/x", "create Deployment/x",
        "create Job/up",
    ]
    assert records(api, ns) == [("bundle", 1, "deployed"), ("bundle", 2, "failed")]
    notes = wait_for(lambda: len(events(api, ns, "HookFailed")) == 2 and [e["note"] for e in events(api, ns, "HookFailed")])
    assert any("pre-rollback hook Job down failed" in n for n in notes), notes
    settled = done()
    stays(lambda: done() == settled, 2)


def test_uninstall(api, bundle, ns, done):
    b = bundle(*GOOD, hook("backup", "pre-delete"), hook("bye", "post-delete", policy="hook-succeeded"))
    b.wait("Running")
    before = done()
    # The record tells of the hooks, not the chart as it is now.
    api.patch("Bundle", ns, "bundle", {"metadata": {"annotations": {"ide.example.com/paused": "true"}}})
    b.edit(objects=list(GOOD))
    b.delete()
    b.wait_gone()
    assert done()[len(before):] == [
        "create Job/backup", "delete Deployment/x", "delete ConfigMap/x", "create Job/bye", "delete Job/bye",
    ]
    assert uid(api, "Job", ns, "backup"), "as with Helm: its policy does not say that it goes"
    assert records(api, ns) == []


def test_pre_delete_fails(api, bundle, ns, done):
    b = bundle(*GOOD, hook("backup", "pre-delete", FAILS))
    b.wait("Running")
    before = done()
    b.delete()
    stalled = b.wait_stalled("HookFailed")
    assert "pre-delete hook Job backup failed: BackoffLimitExceeded" in stalled["message"], stalled
    assert "nothing was deleted" in stalled["message"] and "uninstall-disable-hooks" in stalled["message"], stalled
    assert b.status()["phase"] == "Terminating" and uid(api, "Deployment", ns, "x")
    assert done()[len(before):] == ["create Job/backup"]
    first = uid(api, "Job", ns, "backup")
    stays(lambda: uid(api, "Job", ns, "backup") == first, 2)
    # A change has it run again, and so do ten minutes; the annotation leaves it out.
    b.edit(unknown="1")
    second = wait_for(lambda: uid(api, "Job", ns, "backup") not in (first, None) and uid(api, "Job", ns, "backup"))
    wait_for(lambda: "Failed" in runs(api, ns, 1) and '"tries":1' in runs(api, ns, 1))
    earlier = re.sub(r'"completed_at":"[^"]*"', '"completed_at":"2026-01-01T00:00:00Z"', runs(api, ns, 1))
    api.patch("Secret", ns, "sh.helm.release.v1.bundle.v1", {"metadata": {"annotations": {HOOKS: earlier}}})
    wait_for(lambda: uid(api, "Job", ns, "backup") not in (second, None))
    b.wait_stalled("HookFailed")
    assert uid(api, "Deployment", ns, "x")
    api.patch("Bundle", ns, "bundle", {"metadata": {"annotations": {
        "helm.sdk.operatorframework.io/uninstall-disable-hooks": "true"}}})
    b.wait_gone()
    assert not uid(api, "Deployment", ns, "x") and records(api, ns) == []


def test_post_delete_fails(api, bundle, ns):
    b = bundle(*GOOD, hook("bye", "post-delete", FAILS))
    b.wait("Running")
    b.delete()
    b.wait_gone()
    assert uid(api, "Job", ns, "bye") and not uid(api, "Deployment", ns, "x")
    assert "post-delete hook Job bye failed" in wait_for(lambda: events(api, ns, "HookFailed"))[0]["note"]


def test_namespace_is_being_terminated(api, bundle, ns):
    b = bundle(*GOOD, hook("backup", "pre-delete"), hook("bye", "post-delete"))
    b.wait("Running")
    api.delete("Namespace", None, ns)
    b.wait_gone()


def test_hook_of_somebody_else(api, bundle, ns):
    theirs = api.create(hook_map("theirs", "pre-install"), ns)
    b = bundle(*GOOD, hook_map("theirs", "pre-install"))
    stalled = b.wait_stalled("OwnedByAnother")
    assert "ConfigMap" in stalled["message"] and "theirs" in stalled["message"], stalled
    assert uid(api, "ConfigMap", ns, "theirs") == theirs["metadata"]["uid"]
    api.delete("ConfigMap", ns, "theirs")
    b.wait("Running", 60)


def test_left_by_helm(api, bundle, ns, done):
    """Helm and the helm-operators mark objects of hooks in no way; the record of the release lists them."""
    b = bundle(*GOOD, hook("a", "pre-install,pre-upgrade"))
    b.wait("Running")
    job = api.get("Job", ns, "a")["metadata"]
    ours = {key: None for key in job["annotations"] if not key.startswith("helm.sh/")}
    api.patch("Job", ns, "a", {"metadata": {
        "annotations": ours, "labels": {key: None for key in job["labels"]}, "ownerReferences": None}})
    b.ask(*BETTER, hook("a", "pre-upgrade"))
    b.wait("Running")
    assert uid(api, "Job", ns, "a") not in (job["uid"], None)


def test_hook_becomes_an_object(api, bundle, ns):
    data = claim("data")
    b = bundle(config_map(a="1"), {**data, "metadata": {"name": "data", "annotations": {"helm.sh/hook": "pre-install"}}},
               hook_map("m", "pre-install"))
    b.wait("Running")
    kept = uid(api, "PersistentVolumeClaim", ns, "data")
    b.ask(config_map(a="2"), data, config_map("m", b="1"))
    b.wait("Running")
    wait_for(lambda: api.get("ConfigMap", ns, "m").get("data") == {"b": "1"})
    assert uid(api, "PersistentVolumeClaim", ns, "data") == kept
    assert "ide.example.com/hook-run" not in api.get("PersistentVolumeClaim", ns, "data")["metadata"]["annotations"]
    settled = api.get("PersistentVolumeClaim", ns, "data")["metadata"]["resourceVersion"]
    b.edit(nothing="1")
    b.wait("Running")
    assert api.get("PersistentVolumeClaim", ns, "data")["metadata"]["resourceVersion"] == settled


def test_what_a_hook_has_made_of_data_stays(api, bundle, ns):
    b = bundle(*GOOD, {**claim("data"), "metadata": {"name": "data", "annotations": {"helm.sh/hook": "pre-install"}}})
    b.wait("Running")
    kept = uid(api, "PersistentVolumeClaim", ns, "data")
    b.delete()
    b.wait_gone()
    stays(lambda: uid(api, "PersistentVolumeClaim", ns, "data") == kept, 3)


def test_killed_anywhere(api, cluster, crashers, new_namespace, capsys):
    """An operator that dies after its first request, its second …, at install, redeploy and uninstall."""
    words = ("install", "upgrade", "delete")
    # Some are awaited, the others are over when they are there.
    hooks = [
        hook("pre-install", "pre-install", policy="before-hook-creation,hook-succeeded"),
        hook_map("post-install", "post-install"), hook_map("pre-upgrade", "pre-upgrade"),
        hook("post-upgrade", "post-upgrade"),
        hook("pre-delete", "pre-delete", policy="before-hook-creation,hook-succeeded"),
        hook_map("post-delete", "post-delete", **{"helm.sh/hook-delete-policy": "hook-succeeded"}),
    ]

    def install(ns):
        Bundle(api, ns, config_map(a="1"), *hooks, kind="Crasher", name="crasher")

    def redeploy(ns):
        api.patch("Crasher", ns, "crasher", {"spec": {"objects": [config_map(a="2"), *hooks]}})

    def uninstall(ns):
        api.delete("Crasher", ns, "crasher")

    def is_over(ns, operation):
        if operation == uninstall:
            return api.get("Crasher", ns, "crasher") is None
        revision = 1 if operation == install else 2
        return [r[1:] for r in records(api, ns)][-1:] == [(revision, "deployed")]

    def ran(ns):
        """The hooks that were created: all have the names of their events."""
        return [r.split("/")[1] for r in requests(cluster, ns) if re.fullmatch("create .*/(pre|post)-.*", r)]

    # Where the garbage collector is slow, as while it learns of new kinds, a Job takes half a minute to go.
    def one(n):
        ns, killed = new_namespace(), False
        for operation in (install, redeploy, uninstall):
            before = len(ran(ns))
            operation(ns)
            with crashers(ns, n) as faulty:
                wait_for(lambda: not faulty.is_running() or is_over(ns, operation), 120, f"{ns}: it dies at {n}")
            killed |= faulty.was_killed()
            with crashers(ns):
                wait_for(lambda: is_over(ns, operation), 120, f"{ns}: {operation.__name__}, after request {n}")
            word = words[(install, redeploy, uninstall).index(operation)]
            assert ran(ns)[before:] == [f"pre-{word}", f"post-{word}"], f"{word}, killed after request {n}"
        # What belonged to the release is the garbage collector's.
        assert not [j["metadata"]["name"] for j in api.list("Job", ns) if j["metadata"]["name"].startswith("pre-")]
        assert not uid(api, "ConfigMap", ns, "post-delete")
        return killed

    numbers, over = itertools.count(1), []

    def work():
        while not over:
            n = next(numbers)
            try:
                if not one(n):
                    over.append(n)
            except BaseException:
                over.append(n)
                raise

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        failures = [str(w.exception()) for w in [pool.submit(work) for _ in range(4)] if w.exception()]
    assert not failures, "\n".join(failures)
    with capsys.disabled():
        print(f" hooks: {next(numbers) - 1} positions,", end="")


def test_left_out_by_annotations(api, ns, bundle_operator, done):
    """As the hybrid helm-operator has it: one annotation each for installs, upgrades and deletions."""
    events_of = {"install": "pre-install,post-install", "upgrade": "pre-upgrade,post-upgrade", "uninstall": "pre-delete"}
    hooks = [hook(name, at, FAILS) for name, at in events_of.items()]
    api.create({
        "apiVersion": "test.example.com/v1", "kind": "Bundle", "spec": {"objects": [config_map(a="0"), *hooks]},
        "metadata": {
            "name": "bundle", "annotations": {f"helm.sdk.operatorframework.io/{name}-disable-hooks": "true" for name in events_of},
        },
    }, ns)
    made = Machine(api, ns, "bundle", "Bundle")
    made.wait("Running")
    made.edit(objects=[config_map(a="1"), *hooks])
    wait_for(lambda: records(api, ns)[-1] == ("bundle", 2, "deployed"), what="the change is deployed")
    made.delete()
    made.wait_gone()
    assert [d for d in done() if "Job/" in d] == []
