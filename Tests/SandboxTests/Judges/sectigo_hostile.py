# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Forty people get certificates from the Sectigo sandbox in hostile mode, whatever fails; nothing is ordered twice."""
import concurrent.futures
import time

from sectigo import *

LOST = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.exceptions.ReadTimeout)


def attempt(method, path, **rest):
    """The answer; None when it was lost or is a passing failure."""
    try:
        answer = call(method, path, allow_redirects=False, **rest)
    except LOST:
        return None
    # Older versions of requests do not notice that an answer breaks off.
    if len(answer.content) < int(answer.headers.get("Content-Length", 0)):
        return None
    if answer.status_code == 429:
        time.sleep(0.1)
    return None if answer.status_code in (429, 500, 503) or misleading(answer) else answer


def retry(method, path, **rest):
    for _ in range(30):
        answer = attempt(method, path, **rest)
        if answer is not None:
            return answer
    check(False, f"{method} {path} never succeeds")


def find(reference):
    rows = retry("GET", "/smime/v2", params={"size": 200}).json()
    # A page that never ends repeats its rows.
    return sorted({row["backendCertId"] for row in rows if row["comments"] == reference})


def obtain(number):
    key, request = csr()
    email = f"hostile{number}@sandbox.example"
    order = None
    for _ in range(30):
        answer = attempt("POST", "/smime/v1/enroll", json=application(email, request))
        found = [expect(answer, 200).json()["backendCertId"]] if answer is not None else find("gw-" + email)
        if found:
            equal(len(found), 1, "one order")
            order = found[0]
            break
    for _ in range(40):
        answer = attempt("GET", f"/smime/v1/collect/{order}", params={"format": "x509"})
        if answer is not None and answer.status_code == 200:
            leaf = pem_all(answer.content)[0]
            equal(sans(leaf), [email], "names")
            equal(leaf.public_key().public_numbers(), key.public_key().public_numbers(), "key")
            return
        time.sleep(0.05)
    check(False, f"{email} never got a certificate")


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    list(pool.map(obtain, range(40)))
rows = retry("GET", "/smime/v2", params={"size": 200}).json()
equal(len({row["backendCertId"] for row in rows}), 40, "orders")
counts = control("state")["requests"]
check(sum(count for name, count in counts.items() if name.startswith("faults.")) > 10, f"faults {counts}")
orders = control("cas/sectigo-scm")["orders"]
check(any(order["polls"] > 1 for order in orders), "some waited")
