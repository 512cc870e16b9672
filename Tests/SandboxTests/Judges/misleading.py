# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Answers that mislead: the order was made and the answer says otherwise, or is no HTTP; waits, numbers and pages as well."""
import email.utils
import re
import socket
import time
import urllib.parse

from common import *

ca = DigiCert()
graph = Graph()
_, request = csr()
ORDER = "/order/certificate/secure_email_mailbox"
WIDE = 2 ** 53


def fault(operation, name, **more):
    return control("faults", {"operation": operation, "fault": name, **more})


def place(email):
    return ca.call("POST", ORDER, json=ca.mailbox(email, request), allow_redirects=False)


def raw(email):
    """Everything that comes back on the wire, up to the end of the connection."""
    address = urllib.parse.urlsplit(ca.endpoint)
    body = json.dumps(ca.mailbox(email, request)).encode()
    head = [f"POST {address.path}{ORDER} HTTP/1.1", f"Host: {address.netloc}", "Content-Type: application/json", "Connection: close",
            f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in ca.headers.items()), "", ""]
    with socket.create_connection((address.hostname, address.port), TIMEOUT) as connection:
        connection.sendall("\r\n".join(head).encode() + body)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def orders():
    return control("state")["orders"]


# The order is made, whatever the answer says.
for count, (name, status) in enumerate(
        [("status-after", 303), ("status-after", 409), ("proxy-after", 307), ("proxy-after", 408), ("proxy-after", 425)], 1):
    fault("digicert.enroll", name, status=status)
    answer = place(f"s{count}@sandbox.example")
    equal(answer.status_code, status, name)
    equal("Location" in answer.headers, status < 400, f"{status} points somewhere")
    equal(orders(), count, f"{name} {status}: the order was made")
    equal("proxy" in answer.text, name == "proxy-after", f"whose words: {answer.text}")
before = orders()
for count, (form, start) in enumerate([("body-only", b"{"), ("version", b"HTTP/9.9 201 "), ("status", b"HTTP/1.1 abc\r\n"),
                                       ("alert", b"\x15\x03\x03\x00\x02\x02\x50")], 1):
    fault("digicert.enroll", "garbled-after", form=form)
    received = raw(f"g{count}@sandbox.example")
    check(received.startswith(start), f"{form}: {received[:60]!r}")
    equal(orders(), before + count, f"{form}: the order was made")
check(raw("fine@sandbox.example").startswith(b"HTTP/1.1 201 "), "an ordinary answer for comparison")

# Over TLS such bytes travel as TLS records.
sectigo = READY["cas"]["sectigo-scm"]
login = {"customerUri": sectigo["settings"]["customerURI"], "login": sectigo["settings"]["login"],
         "password": sectigo["settings"]["password"]}
fault("sectigo.types", "garbled-after", form="version")
try:
    requests.get(sectigo["endpoint"] + "/smime/v2/types", headers=login, verify=False, timeout=TIMEOUT)
    check(False, "HTTP/9.9 was understood")
except requests.exceptions.SSLError as error:
    check(False, f"broken TLS instead of broken HTTP: {error}")
except requests.RequestException:
    pass

# Waits.
for name, text in [("throttled", "0"), ("unavailable", "Wed, 21 Oct 2015 07:28:00 GMT"), ("unavailable", "315360000"),
                   ("unavailable-after", "soon")]:
    fault("digicert.enroll", name, retryAfter=text)
    equal(place("w@sandbox.example").headers["Retry-After"], text, name)

# A clock that jumped, and a fault that is taken back.
for seconds in (-31536000, 7200):
    fault("digicert.orders", "wrong-date", seconds=seconds)
    answer = ca.call("GET", "/order/certificate")
    off = email.utils.parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    check(abs(off - seconds) < 60 and answer.ok, f"{seconds}: {answer.status_code}, off by {off}")
fault("digicert.orders", "unavailable", count=3)
equal(ca.call("GET", "/order/certificate").status_code // 100, 5, "struck once")
fault("digicert.orders", "none")
check(ca.call("GET", "/order/certificate").ok, "the rest is dropped")

# Numbers beyond 2^53, side by side, as JSON numbers with all their digits.
control("cas/digicert-certcentral", {"firstOrderID": str(WIDE + 1_000_001)})
ids = []
for number in range(4):
    text = place(f"n{number}@sandbox.example").text
    found = re.search(r'"id": ?(\d+)', text)
    check(found, text)
    ids.append(json.loads(text)["id"])
check(all(id > WIDE for id in ids) and len({float(id) for id in ids}) < 4, f"a double cannot tell them apart: {ids}")
equal([ca.get(f"/order/certificate/{id}")["id"] for id in ids], ids, "each is found by its number")
equal([row["id"] for row in ca.get("/order/certificate?sort=-order_id&limit=4")["orders"]][::-1], ids, "in the list, too")
held = {order["id"] for order in control("cas/digicert-certcentral")["orders"]}
check(set(ids) <= held, f"in the control API, too: {held}")

# Pages that lead round, and pages without end: for as many requests as were ordered.
group = f"/v1.0/groups/{TENANT['groups']['smime']}/members?$top=10"
honest = len(graph.pages(group))
check(honest == 3, f"pages: {honest}")
fault("graph.members", "circling-page", count=7)
links, link = [], group
while link:
    link = graph.get(link).get("@odata.nextLink")
    links.append(link)
check(len(links) > honest + 3 and len(set(links)) < len(links), f"round and round: {len(links)} of {len(set(links))}")
fault("graph.members", "endless-page", count=9)
links, link = [], group
while link:
    link = graph.get(link).get("@odata.nextLink")
    links.append(link)
check(len(links) >= 9 and len(set(links)) == len(links), f"ever new links: {len(links)} of {len(set(links))}")
delta = "/v1.0/users/delta?$select=id"
fault("graph.usersDelta", "circling-page", count=3)
page = graph.get(delta)
for _ in range(3):
    check("@odata.deltaLink" not in page, "a round without end")
    page = graph.get(page["@odata.nextLink"])
check("@odata.deltaLink" in page, "and then one")
fault("digicert.orders", "endless-page", count=3)
for offset in (0, 1000, 2000):
    page = ca.get(f"/order/certificate?limit=1000&offset={offset}")
    equal(len(page["orders"]), 1000, "a full page")
    check(page["page"]["total"] > offset + 1000, f"and more: {page['page']}")
fault("digicert.orders", "circling-page")
first = ca.get("/order/certificate?limit=2&offset=2")["orders"]
equal(first, ca.get("/order/certificate?limit=2")["orders"], "the first page in place of the second")
