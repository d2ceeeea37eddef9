"""Releases that helm-operator has left behind: taken over as they are, changed, deleted."""

import pytest

import bundles
import takeover
from state import events, record, records
from takeover import FINALIZER, OLD_FINALIZER, SDK, Cache
from wait import stays, wait_for

NAME = "cache"


@pytest.fixture(scope="module")
def caches(api, bundle_operator):
    takeover.prepare(api)


@pytest.fixture
def launch(cluster, directory, operators, caches, ns):
    """Starts an operator of Caches in the namespace."""

    def start(*args):
        watches = directory / f"caches-{ns}.yaml"
        operator = bundles.launch(cluster, watches, takeover.WATCHES, *args, env={"WATCH_NAMESPACE": ns})
        operators.started.append(operator)
        return operator.wait_ready()

    return start


@pytest.fixture
def helm3(helms):
    return helms[0]


@pytest.fixture
def left(api, ns, caches, helm3):
    """Makes a Cache whose release helm-operator has installed: left(finalizer, **spec)."""

    def make(finalizer=FINALIZER, **spec):
        cache = Cache(api, ns, **spec)
        takeover.install(helm3, cache, finalizer)
        # What was written within the last second may be somebody's who is not done yet.
        stays(lambda: True, 1.5)
        return cache

    return make


def adopted(cache):
    assert cache.is_in("Running")
    return cache.status()["release"]["name"] == NAME


def is_gone(cache):
    wait_for(lambda: cache.get() is None, what="the Cache is gone")
    wait_for(lambda: cache.objects() == {} and records(cache.api, cache.ns) == [], what="its objects and records are gone")


@pytest.mark.parametrize("finalizer", [FINALIZER, OLD_FINALIZER])
def test_as_it_is(api, ns, left, launch, helm3, bundle_audit, finalizer):
    cache = left(finalizer, replicas=1)
    uids, versions, since = cache.uids(), cache.versions(), bundle_audit.mark()
    launch()
    wait_for(lambda: adopted(cache), what="the release is ours")
    assert (cache.uids(), cache.versions()) == (uids, versions)
    writes = [(w["verb"], w["resource"], w["subresource"]) for w in bundle_audit.writes(since, ns)]
    # Our claim, the record, the status; nothing to an object.
    assert writes.count(("patch", "caches", "")) == 1 and writes.count(("patch", "secrets", "")) == 1
    assert {w[1:] for w in writes} == {("caches", ""), ("secrets", ""), ("events", ""), ("caches", "status")}
    assert helm3.history(ns, NAME) == [(1, "deployed", "Install complete")]
    assert helm3.json(ns, "get", "values", NAME) == {"replicas": 1}
    [told] = wait_for(lambda: events(api, ns, "Adopted"))
    assert "revision 1" in told["note"]
    # What may hold Secrets is told no longer.
    assert cache.status()["deployedRelease"] == {"name": NAME}
    assert cache.condition("Deployed")["message"] == f"{NAME} answers at {NAME}.{ns}:11211\n"
    assert cache.condition("Deployed")["lastTransitionTime"] == "2026-01-01T00:00:00Z"
    assert FINALIZER in cache.get()["metadata"]["finalizers"]

    # From here on it is like any other.
    since = bundle_audit.mark()
    cache.edit(memory="128Mi")
    wait_for(lambda: records(api, ns)[-1] == (NAME, 2, "deployed"), what="the change is deployed")
    cache.wait("Running")
    assert cache.objects()["ConfigMap"]["data"] == {"memory": "128Mi"}
    assert all(uids[kind] != uid for kind, uid in cache.uids().items())
    cache.delete()
    is_gone(cache)


def test_drift_is_put_back_when_it_is_ours(api, ns, left, launch):
    cache = left()
    uids = cache.uids()
    launch()
    wait_for(lambda: adopted(cache))
    api.patch("ConfigMap", ns, NAME, {"data": {"memory": "1Gi"}})
    wait_for(lambda: cache.objects()["ConfigMap"]["data"] == {"memory": "64Mi"}, what="the drift is put back")
    assert cache.uids() == uids


def test_what_has_drifted_before_is_put_back(api, ns, left, launch):
    """Of a release that differs from its own record only that is mended."""
    cache = left()
    api.patch("ConfigMap", ns, NAME, {"data": {"memory": "1Gi"}})
    uids = cache.uids()
    stays(lambda: True, 1.5)
    launch()
    wait_for(lambda: cache.objects()["ConfigMap"]["data"] == {"memory": "64Mi"}, what="the drift is put back")
    wait_for(lambda: adopted(cache))
    assert cache.uids() == uids


def test_changed_while_nobody_looked(api, ns, left, launch):
    cache = left()
    cache.edit(memory="128Mi")
    launch()
    wait_for(lambda: records(api, ns)[-1] == (NAME, 2, "deployed"), what="the change is deployed")
    cache.wait("Running")
    assert record(api, ns, NAME, 2)["config"] == {"memory": "128Mi"}
    assert cache.objects()["ConfigMap"]["data"] == {"memory": "128Mi"}


@pytest.mark.parametrize("finalizer", [FINALIZER, OLD_FINALIZER])
def test_deleted_while_nobody_looked(left, launch, finalizer):
    cache = left(finalizer)
    cache.delete()
    assert cache.get()["metadata"]["deletionTimestamp"]
    launch()
    is_gone(cache)


def delete_objects(cache):
    for kind in cache.objects():
        cache.api.delete(kind, cache.ns, cache.name)
    wait_for(lambda: cache.objects() == {})


def test_its_objects_are_gone(api, ns, left, launch):
    """Nothing but the Cache says whose the record is."""
    cache = left()
    delete_objects(cache)
    launch()
    wait_for(lambda: adopted(cache), what="the release is installed again")
    assert len(cache.objects()) == len(takeover.OBJECTS)


def test_deleted_after_its_objects(left, launch):
    cache = left()
    delete_objects(cache)
    cache.delete()
    launch()
    is_gone(cache)


def test_a_release_of_somebody_else(api, ns, caches, launch, helm3):
    """The same chart and name, but nothing says that it is the Cache's."""
    cache = Cache(api, ns)
    helm3.text(ns, "install", NAME, "tests/e2e/charts/cache-go")
    uids = cache.uids()
    launch()
    cache.wait_stalled("ReleaseNameTaken")
    assert cache.uids() == uids
    cache.delete()
    wait_for(lambda: cache.get() is None)
    assert cache.uids() == uids and records(api, ns) == [(NAME, 1, "deployed")]


def test_finalizers_of_others_stay(api, ns, left, launch):
    cache = left()
    launch()
    wait_for(lambda: adopted(cache))
    both = ["example.com/a", OLD_FINALIZER, "example.com/b", FINALIZER, "example.com/c"]
    api.patch("Cache", ns, NAME, {"metadata": {"finalizers": both}})
    cache.delete()
    wait_for(lambda: cache.get()["metadata"]["finalizers"] == ["example.com/a", "example.com/b", "example.com/c"])
    assert records(api, ns) == []
    api.patch("Cache", ns, NAME, {"metadata": {"finalizers": []}})
    is_gone(cache)


def test_annotations(api, ns, caches, launch, helm3):
    cache = Cache(api, ns, annotations={
        f"{SDK}/install-description": "as ticket 7 asks", f"{SDK}/upgrade-description": "as ticket 8 asks",
        f"{SDK}/uninstall-wait": "perhaps", f"{SDK}/upgrade-force": "true",
    })
    launch()
    cache.wait("Running")
    assert helm3.history(ns, NAME) == [(1, "deployed", "as ticket 7 asks")]
    warning = cache.condition("Warning")
    assert warning["reason"] == "InvalidAnnotation" and f"[{SDK}/uninstall-wait]: wants true or false" in warning["message"]
    [told] = wait_for(lambda: events(api, ns, "InvalidAnnotation"))
    assert (told["type"], told["note"]) == ("Warning", warning["message"])
    api.patch("Cache", ns, NAME, {"metadata": {"annotations": {f"{SDK}/uninstall-wait": None}}})
    wait_for(lambda: cache.condition("Warning") == {}, what="the warning is gone")
    cache.edit(memory="1Gi")
    wait_for(lambda: records(api, ns)[-1] == (NAME, 2, "deployed"))
    assert helm3.history(ns, NAME)[-1] == (2, "deployed", "as ticket 8 asks")


def passes(operator):
    return operator.metric('controller_runtime_reconcile_total{result="success"}')


def test_period(api, ns, caches, launch):
    cache = Cache(api, ns)
    operator = launch()
    cache.wait("Running")

    def ask(period):
        api.patch("Cache", ns, NAME, {"metadata": {"annotations": {f"{SDK}/reconcile-period": period}}})

    ask("100ms")
    before = passes(operator)
    wait_for(lambda: passes(operator) >= before + 4, 15, "a pass each second")
    ask("0s")
    stays(lambda: True, 1)
    before = passes(operator)
    stays(lambda: passes(operator) == before, 2.5)
