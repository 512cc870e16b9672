# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Faults that a test orders strike the next calls of one operation, before or after the work was done."""
from common import *

ca = DigiCert()
graph = Graph()
_, request = csr()


def strikes(operation, fault, call, **more):
    control("faults", {"operation": operation, "fault": fault, **more})
    try:
        return call()
    except requests.RequestException as error:
        return type(error).__name__


def orders():
    return control("state")["orders"]


def place(email):
    return lambda: ca.call("POST", "/order/certificate/secure_email_mailbox", json=ca.mailbox(email, request))


equal(strikes("digicert.enroll", "cut-before", place("a@sandbox.example")), "ConnectionError", "cut before")
equal(orders(), 0, "nothing was ordered")
equal(strikes("digicert.enroll", "cut-after", place("b@sandbox.example")), "ConnectionError", "cut after")
equal(orders(), 1, "the order was taken")
equal(control("orders")["orders"][0]["comments"], "gw-b@sandbox.example", "and can be found")
equal(strikes("digicert.enroll", "unavailable-after", place("c@sandbox.example")).status_code // 100, 5, "5xx after")
equal(orders(), 2, "taken too")
answer = strikes("digicert.enroll", "status", place("d@sandbox.example"), status=500, count=2)
equal((answer.status_code, place("d@sandbox.example")().status_code, place("d@sandbox.example")().status_code),
      (500, 500, 201), "twice, then not")
throttled = strikes("digicert.orders", "throttled", lambda: ca.call("GET", "/order/certificate"))
equal((throttled.status_code, throttled.headers.get("Retry-After")), (429, None), "throttled")
broken = strikes("digicert.orders", "truncated", lambda: ca.call("GET", "/order/certificate"))
# Older versions of requests hand out what came instead of raising.
is_short = broken != "ChunkedEncodingError" and len(broken.content) < int(broken.headers["Content-Length"])
equal(broken == "ChunkedEncodingError" or is_short, True, "truncated")
group = f"/v1.0/groups/{TENANT['groups']['smime']}/members"
busy = strikes("graph.members", "throttled", lambda: graph.call("GET", group))
equal((busy.status_code, busy.json()["error"]["code"]), (429, "TooManyRequests"), "Graph throttles")
text = strikes("token", "throttled", token_request)
equal((text.status_code, text.text, text.headers["Retry-After"]), (429, "Too Many Requests", "1"), "plain text")
counts = control("state")["requests"]
check(counts["faults.cut-after"] == 1 and counts["digicert.enroll"] == 6, f"counted: {counts}")
