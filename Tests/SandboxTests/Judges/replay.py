# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Prints how a fixed series of requests goes, without what differs from run to run anyway."""
from common import *


def attempt(method, url, **rest):
    try:
        answer = requests.request(method, url, timeout=TIMEOUT, allow_redirects=False, **rest)
        return f"{answer.status_code} {answer.headers.get('Retry-After', '-')[:2]} {answer.headers.get('Content-Type')}"
    except requests.RequestException as error:
        return type(error).__name__


ca = DigiCert()
_, request = csr()
print(TENANT["id"], TENANT["clientID"], TENANT["groups"])
for number in range(60):
    body = ca.mailbox(f"person{number}@sandbox.example", request)
    print(attempt("POST", ca.endpoint + "/order/certificate/secure_email_mailbox", headers=ca.headers, json=body))
for number in range(30):
    print(attempt("GET", ca.endpoint + "/product", headers=ca.headers))
    print(attempt("POST", f"{TENANT['login']}/{TENANT['id']}/oauth2/v2.0/token", data={}))
    print(attempt("GET", f"{TENANT['graph']}/v1.0/users"))
