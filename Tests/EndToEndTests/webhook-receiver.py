# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Receives webhooks over TLS, as docs/manual/webhooks.md tells programs to: the check of the signature is the manual's own. It answers
500 to the first attempt of each event, and writes a line for each attempt."""
import http.server
import json
import re
import ssl
import sys
import urllib.request
from datetime import datetime

folder, manual, control, secret = sys.argv[1:]
exec(re.search(r"```python\n(.*?)```", open(manual, encoding="utf-8").read(), re.S).group(1))
seen = {}


def clock():
    """The tenant's, which a test moves."""
    text = json.load(urllib.request.urlopen(control + "/control/clock"))["now"]
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = json.loads(body)
        genuine = is_genuine(secret.encode(), self.headers["Certway-Signature"], body, clock())
        forged = is_genuine(secret.encode(), self.headers["Certway-Signature"], body + b" ", clock())
        attempts = seen[event["id"]] = seen.get(event["id"], 0) + 1
        status = 401 if not genuine else 500 if attempts == 1 else 204
        with open(f"{folder}/received", "a", encoding="utf-8") as file:
            print(json.dumps({"id": event["id"], "event": event["event"], "genuine": genuine, "forged": forged,
                              "status": status, "values": sorted(event["values"])}), file=file)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{folder}/hook.pem", f"{folder}/hook.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
