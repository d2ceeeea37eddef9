"""What is to come of a request that the API server refuses: it answers 422, which is for good, or 403."""

import re

from world import differences, without_revisions

# The operator gives up nothing: it comes to the same end all by itself.
GOES_ON = "goes on"
# It leaves everything as it is and says so, until its period is over or something changes.
WAITS = "waits"
# It records that the revision has failed, puts back what was deployed, and tries again when ten minutes are over.
FAILS = "fails"

# It takes the object away and makes it again: a patch that is invalid would never be taken.
MADE_ANEW = "made anew"

CHANGES = r".*(redeploy|redeploy-stopped|template|rollback)"

# The first row whose expressions fit the code, the scenario and the request: what comes of it, and why that is right.
ENDS = (
    (".*", ".*", "create events", GOES_ON, "an event is told to people; one that is lost must not hold up anything"),
    (".*", ".*", "get ", GOES_ON, "who asks for an object has not said anything that could be wrong with it"),
    (".*", ".*", "patch (devmachines|bundles)/status", GOES_ON, "people must not go by an old status until something changes"),
    ("422", ".*uninstall", "patch (devmachines|bundles)", GOES_ON,
     "the patch that takes the finalizer off tests where it stands: 422 says that others have changed the list"),
    ("422", ".*(drift|drift-replaced)", "patch .*, dry run", MADE_ANEW,
     "drift that no patch puts back is put back by another object, which the server has judged by then"),
    ("422", ".*", ".*, dry run", WAITS, "a dry-run tells before anything is deleted that the new specification will not do"),
    ("422", ".*", "(create|patch|delete) records", WAITS, "a record is no part of the chart: another revision would not help"),
    ("422", ".*", "patch (devmachines|bundles)", WAITS, "without finalizer and name nothing may be created"),
    ("422", ".*", "patch statefulsets", WAITS, "before claims are known to stay, nothing is deleted; nor is a size new"),
    ("422", ".*", "delete ", WAITS, "what cannot be deleted is in the way of everything that would follow"),
    ("422", ".*(repair|drift|drift-replaced|stop|start)", "(create|patch) ", WAITS,
     "what is deployed was accepted once: there is nothing to go back to"),
    ("422", ".*install|" + CHANGES, "(create|patch) ", FAILS,
     "the chart makes something that the API server does not take, and will not take the next time"),
    ("403", ".*", "(.*, dry run|(create|patch|delete) records|patch (devmachines|bundles)|delete )", GOES_ON,
     "somebody may grant it, or make room in a quota: nothing tells when, so that it is tried again and again"),
    ("403", ".*", "patch statefulsets", GOES_ON, "as above: claims are not known to stay yet"),
    ("403", CHANGES, "(create|patch) ", FAILS, "what was there is gone: nobody is to wait until somebody makes room"),
    ("403", ".*", "(create|patch) ", GOES_ON, "as above; nothing was there that could be put back"),
)


def end_of(case):
    """(what is to come of the case's request, why)"""
    if not case.request:
        return GOES_ON, "this time it was not asked for"
    request = case.request.split(" #")[0]
    for code, scenario, what, end, why in ENDS:
        if re.fullmatch(code, case.fault) and re.fullmatch(scenario, case.word) and re.match(what, request):
            return end, why
    raise AssertionError(f"no row of ENDS is about {case}")


def comparable(end, world):
    """A world without the uids of what should still be there, when it may be another object."""
    return {key: value for key, value in world.items() if key != "kept" or end != MADE_ANEW}


def is_stalled(world):
    return world.get("status", {}).get("conditions", {}).get("Stalled", [None])[0] == "True"


def failed(world):
    return [status for _, status, _ in world["records"]].count("failed")


def interim(case, world, wanted):
    """What is wrong with a case after the refusal and before anybody has done anything."""
    end, why = end_of(case)
    wanted, world = comparable(end, wanted), comparable(end, world)
    done = not differences(wanted, world)
    if end == FAILS and failed(world) != 1:
        return [f"the record should have failed: {world['records']} ({why})"]
    if end != FAILS and failed(world) > failed(wanted):
        return [f"nothing should have failed: {world['records']} ({why})"]
    if end == WAITS and not done and not is_stalled(world):
        return [f"the status should say that something must change: {world.get('status')} ({why})"]
    if end in (GOES_ON, MADE_ANEW) and not done:
        return [f"should be done ({why})", *differences(wanted, world)]
    return []


def final(case, world, wanted):
    """What is wrong with it when it was tried again."""
    end, _ = end_of(case)
    if end != FAILS:
        return differences(comparable(end, wanted), comparable(end, world))
    history = [status for _, status, _ in wanted["records"]]
    expected = [*history[:-1], "failed", *history[-1:]]
    found = [status for _, status, _ in world["records"]]
    lines = [] if found == expected else [f"records: expected {expected}, found {found}"]
    return lines + differences(without_revisions(wanted), without_revisions(world))
