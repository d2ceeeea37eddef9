"""Kinds that a release brings itself: by definitions in its chart's crds/, and by those among its objects."""

import pytest
import yaml

from bundles import Bundle, config_map, definition, obj, uid
from cluster import KINDS, ROOT
from state import events, records
from wait import wait_for

SPROCKETS = "sprockets.parts.example.com"
CHART = ROOT / "tests/e2e/charts/defining"
KINDS["Sprocket"] = ("/apis/parts.example.com/v1", "sprockets", True)


@pytest.fixture
def defined(api, ns, bundle_operator):
    """Makes a Definer of objects. The definition in its chart's crds/ is gone before and afterwards."""
    yield lambda *objects: Bundle(api, ns, *objects, kind="Definer", name="definer")
    # The other way round it would take half a minute: the garbage collector does not know new kinds at once.
    api.delete("CustomResourceDefinition", None, SPROCKETS)
    wait_for(lambda: not crd(api))
    api.delete("Definer", ns, "definer")
    wait_for(lambda: not uid(api, "Definer", ns, "definer"))


def crd(api, name=SPROCKETS):
    return api.get("CustomResourceDefinition", None, name)


def sprocket(**spec):
    return obj("parts.example.com/v1", "Sprocket", "x", spec=spec)


def test_created_first(api, defined, ns):
    d = defined(config_map(a="1"), sprocket(teeth=12))
    d.wait("Running")
    assert api.get("Sprocket", ns, "x")["spec"] == {"teeth": 12}
    # It belongs to nobody, and no change of the release touches it.
    first = crd(api)
    assert not first["metadata"].get("ownerReferences") and not first["metadata"].get("labels")
    d.ask(config_map(a="2"), sprocket(teeth=13))
    d.wait("Running")
    assert api.get("Sprocket", ns, "x")["spec"] == {"teeth": 13}
    assert crd(api)["metadata"]["uid"] == first["metadata"]["uid"]
    assert crd(api)["metadata"]["generation"] == first["metadata"]["generation"]


def is_established(api, name=SPROCKETS):
    conditions = crd(api, name).get("status", {}).get("conditions") or []
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)


def test_what_exists_is_left_alone(api, defined, ns):
    theirs = yaml.safe_load((CHART / "crds/sprockets.yaml").read_text())
    theirs["metadata"]["labels"] = {"whose": "theirs"}
    api.create(theirs)
    wait_for(lambda: is_established(api))
    d = defined(sprocket(teeth=12))
    d.wait("Running")
    assert crd(api)["metadata"]["labels"] == {"whose": "theirs"}
    assert crd(api)["metadata"]["generation"] == 1


def test_only_when_installed(api, defined, ns):
    d = defined(config_map(a="1"))
    d.wait("Running")
    d.delete()
    d.wait_gone()
    assert crd(api), "nothing deletes it"
    d = defined(config_map(a="1"))
    d.wait("Running")
    api.delete("CustomResourceDefinition", None, SPROCKETS)
    wait_for(lambda: not crd(api))
    d.ask(config_map(a="2"))
    d.wait("Running")
    assert not crd(api)


def test_names_of_another(api, defined, ns):
    other = definition("Sprocket", group="parts.example.com", plural="others")
    name = api.create(other)["metadata"]["name"]
    wait_for(lambda: is_established(api, name))
    d = defined(config_map(a="1"))
    stalled = d.wait_stalled("KindNotInstalled")
    assert "crds/sprockets.yaml" in stalled["message"] and "already in use" in stalled["message"], stalled
    assert records(api, ns) == []
    api.delete("CustomResourceDefinition", None, name)
    d.wait("Running", 60)


def own(ns):
    """A definition that only the test of this namespace has, and a kind of it."""
    group = f"{ns}.example.com"
    KINDS[f"Own{ns}"] = (f"/apis/{group}/v1", f"own{ns}s", True)
    return definition(f"Own{ns}", group=group, plural=f"own{ns}s"), lambda **spec: obj(
        f"{group}/v1", f"Own{ns}", "x", spec=spec)


def test_resource_of_the_same_release(api, bundle, ns):
    own_crd, resource = own(ns)
    b = bundle(resource(a="1"), own_crd, config_map(a="1"))
    b.wait("Running")
    assert api.get(f"Own{ns}", ns, "x")["spec"] == {"a": "1"}
    assert records(api, ns) == [("bundle", 1, "deployed")]
    kept = uid(api, "CustomResourceDefinition", None, own_crd["metadata"]["name"])
    b.ask(resource(a="2"), own_crd, config_map(a="1"))
    b.wait("Running")
    assert api.get(f"Own{ns}", ns, "x")["spec"] == {"a": "2"}
    assert uid(api, "CustomResourceDefinition", None, own_crd["metadata"]["name"]) == kept


def test_resource_that_comes_later(api, bundle, ns):
    """A redeploy that brings a definition and a resource of it: nobody can judge that one beforehand."""
    own_crd, resource = own(ns)
    b = bundle(config_map(a="1"))
    b.wait("Running")
    b.ask(config_map(a="2"), own_crd, resource(a="1"))
    b.wait("Running")
    assert api.get(f"Own{ns}", ns, "x")["spec"] == {"a": "1"}


def test_kind_that_nobody_defines(api, bundle, ns):
    own_crd, resource = own(ns)
    b = bundle(resource(a="1"))
    stalled = b.wait_stalled("KindNotInstalled")
    assert f"Own{ns}" in stalled["message"]
    assert records(api, ns) == []
    api.create(own_crd)
    b.wait("Running", 60)
    assert len(events(api, ns, "KindNotInstalled")) == 1
