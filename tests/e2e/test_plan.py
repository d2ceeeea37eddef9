"""What would be done: `diff`, and the annotation that holds a resource back. Nothing changes."""

import json
import pathlib

import pytest
import yaml

from bundles import claim, config_map, deployment, obj, service, uid
from cluster import run
from process import OPERATOR
from state import events, records
from wait import stays, wait_for

OBJECTS = (config_map(a="1", b="2"), service(), deployment(), claim(),
           obj("v1", "Secret", "x", stringData={"token": "shibboleth"}))
PLAN = {"metadata": {"annotations": {"ide.example.com/plan": "true"}}}


@pytest.fixture
def diff(cluster, directory, bundle_operator, ns, tmp_path):
    """Runs diff for a Bundle of objects: (exit code, text)."""

    def call(*objects, kind="Bundle", output="text"):
        path = tmp_path / "cr.yaml"
        path.write_text(yaml.safe_dump({
            "apiVersion": "test.example.com/v1", "kind": kind, "metadata": {"name": "bundle"},
            "spec": {"objects": list(objects)},
        }))
        done = run(
            *(OPERATOR, "diff", "-f", path, "-n", ns, "-o", output),
            *("--kubeconfig", cluster.admin, "--watches-file", directory / "bundles.yaml"),
            cwd=pathlib.Path(__file__).parents[2],
        )
        return done.returncode, done.stdout + done.stderr

    return call


def versions(api, ns):
    return {o["kind"]: api.get(o["kind"], ns, "x")["metadata"]["resourceVersion"] for o in OBJECTS}


@pytest.fixture
def running(bundle):
    b = bundle(*OBJECTS)
    b.wait("Running")
    return b


def test_diff_of_what_is_not_there(api, ns, diff):
    code, text = diff(*OBJECTS)
    assert code == 3 and text.splitlines()[0] == "install, revision 1", text
    assert sorted(text.splitlines()[1:]) == sorted(f"+ {o['kind']} {ns}/x: create" for o in OBJECTS)
    assert not api.get("Bundle", ns, "bundle") and not uid(api, "ConfigMap", ns, "x")


def test_diff_of_what_is_there(api, ns, diff, running):
    before = versions(api, ns)
    assert diff(*OBJECTS) == (0, "nothing, revision 1\n")

    code, text = diff(config_map(a="9", c="3"), deployment(), claim(), OBJECTS[4])
    lines = text.splitlines()
    assert code == 3 and lines[0] == "redeploy, revision 2", text
    at = lines.index(f"~ ConfigMap {ns}/x: recreate")
    assert sorted(lines[at + 1:at + 4]) == ['    + data.c: "3"', '    - data.b: "2"', '    ~ data.a: "1" -> "9"']
    assert f"- Service {ns}/x: delete" in lines and not [x for x in lines if "PersistentVolumeClaim" in x]

    code, text = diff(*OBJECTS[:2], deployment(replicas=0), *OBJECTS[3:])
    assert (code, text) == (3, f"scale, revision 1\n~ Deployment {ns}/x: scale\n    ~ spec.replicas: 1 -> 0\n")
    assert versions(api, ns) == before and records(api, ns) == [("bundle", 1, "deployed")]


def test_diff_keeps_secrets(ns, diff, running):
    other = obj("v1", "Secret", "x", stringData={"token": "sesame"})
    for output in ("text", "json"):
        code, text = diff(*OBJECTS[:4], other, output=output)
        assert code == 3 and "data.token" in text and "***" in text
        for secret in ("shibboleth", "sesame", "c2hpYmJvbGV0aA", "c2VzYW1l"):
            assert secret not in text
    found = json.loads(text)
    [secret] = [o for o in found["objects"] if o["kind"] == "Secret"]
    assert secret["fields"] == [{"path": "data.token", "change": "changed", "from": "***", "to": "***"}]


def test_diff_tells_what_waits_and_what_is_refused(api, ns, diff, bundle):
    b = bundle(*OBJECTS, kind="LooseBundle")
    b.wait("Running")
    code, text = diff(*OBJECTS[:3], claim(storage="2Gi"), OBJECTS[4], kind="LooseBundle")
    # The class of the simulated volumes cannot grow: that holds nothing up.
    assert (code, text.splitlines()[1]) == (3, f"~ PersistentVolumeClaim {ns}/x: grow"), text
    code, text = diff(service(type="Sideways"), kind="LooseBundle")
    assert code == 3 and "spec.type" in text.splitlines()[-1] and "Sideways" in text


@pytest.mark.parametrize("kind, words", [("Nobody", ["no entry", "test.example.com/v1 Nobody"])])
def test_diff_of_another_kind(diff, kind, words):
    code, text = diff(kind=kind)
    assert code == 1 and all(word in text for word in words), text


def test_held_back(api, ns, running):
    before = versions(api, ns)
    api.patch("Bundle", ns, "bundle", PLAN)
    wait_for(lambda: running.status().get("plan", {}).get("action") == "nothing")
    running.ask(config_map(a="9"), *OBJECTS[1:4])
    wait_for(lambda: running.status()["plan"]["action"] == "redeploy")
    plan = running.status()["plan"]
    assert plan["revision"] == 2
    changes = {o["kind"]: o["change"] for o in plan["objects"]}
    assert changes == {"ConfigMap": "recreate", "Service": "recreate", "Deployment": "recreate", "Secret": "delete"}
    [fields] = [o["fields"] for o in plan["objects"] if o["kind"] == "ConfigMap"]
    assert {"path": "data.a", "change": "changed", "from": '"1"', "to": '"9"'} in fields
    assert running.condition("Reconciling")["reason"] == "Planned" and running.status()["phase"] == "Running"
    told = wait_for(lambda: [e for e in events(api, ns, "Planned") if e["note"].startswith("redeploy")])
    assert len(told) == 1 and "~ ConfigMap" in told[0]["note"]
    stays(lambda: versions(api, ns) == before and records(api, ns) == [("bundle", 1, "deployed")], 1)
    assert "shibboleth" not in str(running.status()) + str(told)

    # Refused, then good: it is told as well.
    running.ask(service(type="Sideways"))
    wait_for(lambda: "Sideways" in running.status()["plan"].get("refused", ""))
    running.ask(config_map(a="9"), *OBJECTS[1:])
    wait_for(lambda: not running.status()["plan"].get("refused"))

    api.patch("Bundle", ns, "bundle", {"metadata": {"annotations": {"ide.example.com/plan": None}}})
    wait_for(lambda: records(api, ns) == [("bundle", 1, "superseded"), ("bundle", 2, "deployed")])
    running.wait("Running")
    assert "plan" not in running.status()
    assert api.get("ConfigMap", ns, "x")["data"] == {"a": "9"}


def test_held_back_and_deleted(api, ns, running):
    api.patch("Bundle", ns, "bundle", PLAN)
    wait_for(lambda: running.status().get("plan"))
    running.delete()
    running.wait_gone()
    assert not uid(api, "ConfigMap", ns, "x")
