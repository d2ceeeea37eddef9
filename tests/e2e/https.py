"""HTTPS pages of an operator, whose certificate nobody has signed."""

import ssl
import urllib.error
import urllib.request

import yaml


def token(kubeconfig):
    return yaml.safe_load(kubeconfig.read_text())["users"][0]["user"]["token"]


def https(port, bearer=None, path="/metrics"):
    """(code, text) of a page, from a server whose certificate nobody has signed."""
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}")
    if bearer:
        request.add_header("Authorization", f"Bearer {bearer}")
    trusting = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(request, timeout=10, context=trusting) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
