# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""What the judges share: the sandbox's ready line, and a client of each part written from the wire sheets."""
import json
import os
import sys
import tempfile
import uuid

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

READY = json.loads(os.environ["CERTWAY_SANDBOX"])
TENANT = READY.get("tenant")
CONTROL = READY["control"]
if TENANT and "tlsRootPEM" in TENANT:
    roots = tempfile.NamedTemporaryFile("w", suffix=".pem")
    roots.write(TENANT["tlsRootPEM"])
    roots.flush()
    os.environ.update(SSL_CERT_FILE=roots.name, REQUESTS_CA_BUNDLE=roots.name)
TIMEOUT = 20


def misleading(answer):
    """Whether a proxy in front answers what may have been executed behind it."""
    return answer.status_code in (303, 307, 408, 409, 425) and "<hr>proxy" in answer.text


def check(condition, message):
    if not condition:
        print("FAILED:", message)
        sys.exit(1)


def equal(found, expected, message):
    check(found == expected, f"{message}: found {found!r}, expected {expected!r}")


def control(path, body=None):
    url = f"{CONTROL}/control/{path}"
    answer = requests.get(url, timeout=TIMEOUT) if body is None else requests.post(url, json=body, timeout=TIMEOUT)
    check(answer.ok, f"control {path}: {answer.status_code} {answer.text}")
    return answer.json()


def token_request(**fields):
    form = {"client_id": TENANT["clientID"], "grant_type": "client_credentials",
            "scope": "https://graph.microsoft.com/.default", "client_secret": TENANT["clientSecret"]}
    form.update(fields)
    form = {name: value for name, value in form.items() if value is not None}
    return requests.post(f"{TENANT['login']}/{TENANT['id']}/oauth2/v2.0/token", data=form, timeout=TIMEOUT)


def token():
    answer = token_request()
    equal(answer.status_code, 200, f"token {answer.text}")
    return answer.json()["access_token"]


class Graph:
    def __init__(self):
        self.headers = {"Authorization": "Bearer " + token(), "client-request-id": str(uuid.uuid4())}

    def call(self, method, path, headers=None, **rest):
        url = path if path.startswith("http") else TENANT["graph"] + path
        return requests.request(method, url, headers={**self.headers, **(headers or {})}, timeout=TIMEOUT, **rest)

    def get(self, path, expected=200, **rest):
        answer = self.call("GET", path, **rest)
        equal(answer.status_code, expected, f"GET {path}: {answer.text[:500]}")
        return answer.json()

    def pages(self, path, headers=None):
        pages = []
        while path:
            page = self.get(path, headers=headers)
            pages.append(page)
            path = page.get("@odata.nextLink")
        return pages


EVENTUAL = {"ConsistencyLevel": "eventual"}


def csr(key=None, names=(("sub", "ignored"),)):
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "must be ignored")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return key, request.public_bytes(serialization.Encoding.PEM).decode()


def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class DigiCert:
    def __init__(self, key=None):
        ca = READY["cas"]["digicert-certcentral"]
        self.root = x509.load_pem_x509_certificate(ca["rootPEM"].encode())
        self.root_pem = ca["rootPEM"]
        self.organization = ca["settings"]["organizationID"]
        self.endpoint = ca["endpoint"]
        self.headers = {"X-DC-DEVKEY": key or ca["settings"]["apiKey"]}

    def call(self, method, path, **rest):
        return requests.request(method, self.endpoint + path, headers=self.headers, timeout=TIMEOUT, **rest)

    def get(self, path, expected=200, **rest):
        answer = self.call("GET", path, **rest)
        equal(answer.status_code, expected, f"GET {path}: {answer.text[:500]}")
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.text

    def mailbox(self, email, request, **changes):
        certificate = {"emails": [email], "csr": request, "signature_hash": "sha256", "profile_type": "multipurpose",
                       "usage_designation": {"primary_usage": "dual_use", "additional_usages": ["client_auth"]}}
        certificate.update(changes.pop("certificate", {}))
        return {"certificate": certificate, "order_validity": {"years": 1}, "skip_approval": True,
                "payment_method": "balance", "comments": "gw-" + email, **changes}

    def sponsor(self, email, request, first, last, **changes):
        body = self.mailbox(email, request, **changes)
        body["certificate"]["individual"] = {"first_name": first, "last_name": last}
        body["certificate"]["common_name_indicator"] = "given_name_surname"
        body["subject"] = {"include_email": False, "include_given_name_surname": True, "include_pseudonym": False}
        body["organization"] = {"id": self.organization}
        return body

    def order(self, product, body, expected=201):
        answer = self.call("POST", f"/order/certificate/{product}", json=body)
        equal(answer.status_code, expected, f"order {product}: {answer.text[:800]}")
        return answer.json()


def codes(answer):
    return [error["code"] for error in answer["errors"]]
