# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""A client of Sectigo Certificate Manager, written from the wire sheet, and what the judges of a CA compare."""
import atexit
import subprocess
import tempfile

from cryptography.hazmat.primitives.serialization import pkcs7

from common import *

CA = READY["cas"]["sectigo-scm"]
SETTINGS = CA["settings"]
FOLDER = tempfile.TemporaryDirectory()
atexit.register(FOLDER.cleanup)


def file(name, text):
    path = f"{FOLDER.name}/{name}"
    with open(path, "w" if isinstance(text, str) else "wb") as target:
        target.write(text)
    return path


TRUST = file("tls.pem", CA["tlsRootPEM"])
ROOT = x509.load_pem_x509_certificate(CA["rootPEM"].encode())


def call(method, path, headers=None, endpoint=CA["endpoint"], **rest):
    if headers is None:
        headers = {"login": SETTINGS["login"], "password": SETTINGS["password"],
                   "customerUri": SETTINGS["customerURI"]}
    return requests.request(method, endpoint + path, headers=headers, verify=TRUST, timeout=TIMEOUT, **rest)


def expect(answer, status, code=None):
    equal(answer.status_code, status, f"{answer.request.method} {answer.url}: {answer.text[:400]}")
    if code is not None:
        equal(answer.json()["code"], code, f"{answer.request.method} {answer.url}: {answer.text[:400]}")
    return answer


def application(email, request, /, **changes):
    body = {"orgId": SETTINGS["organizationID"], "certType": 501, "term": 365, "csr": request, "email": email,
            "secondaryEmails": [], "firstName": "Ada", "middleName": "", "lastName": "Example", "commonName": "",
            "phone": "", "eppn": "", "upn": "", "comments": "gw-" + email}
    body.update(changes)
    return {name: value for name, value in body.items() if value is not ...}


def enroll(email, request=None, /, **changes):
    request = request or csr()[1]
    answer = expect(call("POST", "/smime/v1/enroll", json=application(email, request, **changes)), 200).json()
    equal(str(answer["orderNumber"]), answer["backendCertId"], "order number")
    return answer["backendCertId"]


def pem_all(data):
    end = b"-----END CERTIFICATE-----"
    return [x509.load_pem_x509_certificate(part + end) for part in data.split(end)[:-1]]


def collect(order, form="x509"):
    return pem_all(expect(call("GET", f"/smime/v1/collect/{order}", params={"format": form}), 200).content)


def revocations(certificate):
    """The CRL that the certificate names, checked by openssl, as a dictionary from serial number to entry."""
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    data = requests.get(points[0].full_name[0].value, timeout=TIMEOUT).content
    return {entry.serial_number: entry for entry in x509.load_der_x509_crl(data)}


def openssl_verify(chain, *options):
    """Whether openssl builds a path from the first to the root of the ready line."""
    text = [certificate.public_bytes(serialization.Encoding.PEM).decode() for certificate in chain]
    return subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", file("root.pem", CA["rootPEM"]), "-untrusted",
         file("chain.pem", "".join(text[1:]) or text[0]), *options, file("leaf.pem", text[0])],
        capture_output=True, text=True)


def sans(certificate):
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return sorted(names.get_values_for_type(x509.RFC822Name))
