# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""What every sandbox CA has in common: the ready line, TLS, published CRLs, and one control API."""
import socket
import ssl
from urllib.parse import urlsplit

from common import *

SWITCHES = {"pendingPolls": 2, "manualApproval": True, "rejectNext": "no", "expireCredentials": True,
            "tokenLifetime": 5, "limit": {"requests": 3, "seconds": 9}}
NEUTRAL = {"pendingPolls": None, "manualApproval": False, "rejectNext": None, "expireCredentials": False,
           "tokenLifetime": None, "limit": None, "disobey": []}

check(len(READY["cas"]) >= 2, "several CAs run")
lies = set()
for name, ca in sorted(READY["cas"].items()):
    root = x509.load_pem_x509_certificate(ca["rootPEM"].encode())
    check(root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca, f"{name}: root")
    check(isinstance(ca["settings"], dict) and ca["settings"], f"{name}: settings")
    check(ca["products"] and all(isinstance(p, str) for p in ca["products"]), f"{name}: products")
    url = urlsplit(ca["endpoint"])
    equal(url.scheme == "https", "tlsRootPEM" in ca, f"{name}: tlsRootPEM goes with https")
    if url.scheme == "https":
        context = ssl.create_default_context(cadata=ca["tlsRootPEM"])
        for host in ["localhost", "127.0.0.1"]:
            with socket.create_connection(("127.0.0.1", url.port), timeout=TIMEOUT) as line:
                with context.wrap_socket(line, server_hostname=host) as tls:
                    check(tls.version() in ("TLSv1.2", "TLSv1.3"), f"{name}: {tls.version()}")
    path = f"cas/{name}"
    state = control(path)
    equal({k: state["settings"][k] for k in NEUTRAL}, NEUTRAL, f"{name}: switches at first")
    equal(state["orders"], [], f"{name}: orders at first")
    told = state["disobediences"]
    lies.update(told)
    for switch, value in SWITCHES.items():
        equal(control(path, {switch: value})[switch], value, f"{name}: {switch}")
    for lie in told:
        equal(control(path, {"disobey": [lie]})["disobey"], [lie], f"{name}: {lie}")
    equal({k: v for k, v in control(path, NEUTRAL).items() if k in NEUTRAL}, NEUTRAL, f"{name}: neutral again")
    equal(control(path + "/orders/all", {"decision": "approve"}), {"decided": 0}, f"{name}: nothing waits")
    untold = {"missing-sid", "token-never-accepted"} - set(told)
    check(untold, f"{name}: there is always a lie that it cannot tell")
    for wrong in [{"disobey": ["nothing"]}, {"disobey": [untold.pop()]}, {"pendingPolls": "x"}, {"no-such-switch": 1}]:
        answer = requests.post(f"{CONTROL}/control/{path}", json=wrong, timeout=TIMEOUT)
        equal(answer.status_code, 400, f"{name}: {wrong}")
    answer = requests.post(f"{CONTROL}/control/{path}/orders/1", json={"decision": "approve"}, timeout=TIMEOUT)
    equal(answer.status_code, 404, f"{name}: unknown order")
check(len(lies) >= 30, "lies")
equal(sorted(control("state")["cas"]), sorted(READY["cas"]), "state names every CA")
