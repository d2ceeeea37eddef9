"""Mustache engines of PyPI: main.py ENGINE DATA; the protocol is in ../README.md."""

import importlib.metadata
import json
import pathlib
import sys
import time

PARTIALS = ("labels", "probes", "resources")


def read(path):
    return path.read_text(encoding="utf-8")


def chevron(source, partials):
    """Parses at every render: what it keeps is the list of tags of a text."""
    import chevron.renderer

    chevron.renderer._html_escape = str  # no option turns escaping off
    chevron.renderer.g_token_cache.clear()
    return lambda values: chevron.renderer.render(source, values, partials_dict=partials)


def pystache(source, partials):
    """The template is parsed once, a partial at every use."""
    import pystache

    renderer = pystache.Renderer(escape=str, partials=partials)
    parsed = pystache.parse(source)
    return lambda values: renderer.render(parsed, values)


def run(call, seconds):
    start = now = time.perf_counter()
    count = 0
    while now - start < seconds:
        call()
        count += 1
        now = time.perf_counter()
    return f"{count} {now - start}"


def main():
    name, data = sys.argv[1], pathlib.Path(sys.argv[2])
    text, source = read(data / "values.json"), read(data / "deployment.mustache")
    partials = {each: read(data / "partials" / f"{each}.mustache") for each in PARTIALS}
    engine = {"chevron": chevron, "pystache": pystache}[name]
    values, render = json.loads(text), engine(source, partials)
    cases = {
        "render": lambda: render(values),
        "cold": lambda: engine(source, partials)(json.loads(text)),
    }
    if name == "pystache":
        cases["compile"] = lambda: engine(source, partials)
    print("ready", importlib.metadata.version(name), *cases, flush=True)
    for line in sys.stdin:
        command, argument, *seconds = line.split()
        if command == "run":
            print(run(cases[argument], float(seconds[0])), flush=True)
        else:
            pathlib.Path(argument).write_text(render(values), encoding="utf-8")
            print("ok", flush=True)


main()
