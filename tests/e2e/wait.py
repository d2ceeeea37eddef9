"""The only place that sleeps."""

import time


def wait_for(fn, timeout=30, what=None, pause=0.05):
    """
    Calls fn until it returns something true, which is returned; an assertion that fails in it means "not yet". After
    timeout seconds the test fails with what was asserted last. Between calls it pauses for so many seconds.
    """
    end = time.monotonic() + timeout
    while True:
        said = None
        try:
            result = fn()
            if result:
                return result
        except AssertionError as e:
            said = e
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what or fn.__name__}\n{said or ''}")
        time.sleep(pause)


def stays(fn, seconds):
    """Fails when fn is not true at any time within the given seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert fn()
        time.sleep(0.05)
