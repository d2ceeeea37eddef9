"""An admission webhook of our own: an HTTPS server that allows, or refuses, what the API server asks it about."""

import base64
import http.server
import json
import ssl
import threading

from cluster import check


class Webhook:
    """Answers on 127.0.0.1 until it is stopped; `judge` gets a request and says why it is refused: (code, message)."""

    def __init__(self, directory, judge):
        key, self.certificate = directory / "webhook.key", directory / "webhook.crt"
        check(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=webhook"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate),
        )
        self.asked = []  # whether it was only tried, and the name, of all that it was asked about

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(handler):
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                review = json.loads(body)
                request = review["request"]
                self.asked.append((request["dryRun"], request["object"]["metadata"]["name"]))
                refusal = judge(request)
                answer = {"uid": request["uid"], "allowed": not refusal}
                if refusal:
                    answer["status"] = {"code": refusal[0], "message": refusal[1]}
                text = json.dumps({**review, "request": None, "response": answer}).encode()
                handler.send_response(200)
                handler.send_header("Content-Type", "application/json")
                handler.send_header("Content-Length", str(len(text)))
                handler.end_headers()
                handler.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configuration(self, name, ns):
        """A ValidatingWebhookConfiguration for ConfigMaps that are created in one namespace."""
        return {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": name},
            "webhooks": [{
                "name": "judge.example.com",
                "clientConfig": {
                    "url": f"https://127.0.0.1:{self.server.server_port}/",
                    "caBundle": base64.b64encode(self.certificate.read_bytes()).decode(),
                },
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
                           "resources": ["configmaps"]}],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": ns}},
                "admissionReviewVersions": ["v1"],
                "sideEffects": "NoneOnDryRun",
            }],
        }

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
