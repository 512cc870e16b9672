# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""A client of SwissSign's CMC service."""
import itertools

from cryptography.hazmat.primitives.asymmetric import ed25519

from cmc import *

CA = READY["cas"]["swisssign"]
SETTINGS, OTHER = CA["settings"], CA["otherSettings"]
RESPONDER = SETTINGS["responderCertificate"]
numbers = itertools.count(1000)

tls = tempfile.NamedTemporaryFile("w", suffix=".pem")
tls.write(CA["tlsRootPEM"])
tls.flush()
session = requests.Session()
session.verify = tls.name
session.trust_env = False


def post(body, content_type="application/pkcs7-mime", good=True, expected=200, **query):
    query = {"account": SETTINGS["account"], "product": "personal-silver", "validity": "1y", **query}
    headers = {"Content-Type": content_type} if content_type else {}
    answer = session.post(CA["endpoint"], data=body, headers=headers, timeout=TIMEOUT,
                          params={name: value for name, value in query.items() if value})
    equal(answer.status_code, expected, f"status: {answer.content[:200]!r}")
    if expected != 200:
        return answer
    check(answer.headers["Content-Type"].startswith("application/pkcs7-mime"), answer.headers["Content-Type"])
    return Answer(answer.content, RESPONDER, CA["rootPEM"], good)


def pkcs10(key=None, email="anna.muster@sandbox.example", name=None, organization=None):
    key = key or ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, name or email or "Anna"))
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    if email:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return key, builder.sign(key, digest).public_bytes(serialization.Encoding.DER)


class Message:
    """One request: transaction id 1, sender nonce 2, and what it asks for."""

    def __init__(self, *controls, requests=(), transaction=None, nonce=None, recipient=None,
                 bundle=SETTINGS["operatorCertificate"]):
        self.transaction = transaction or next(numbers)
        self.nonce = nonce or os.urandom(16)
        head = [(1, TRANSACTION, core.Integer(self.transaction)), (2, SENDER, core.OctetString(self.nonce))]
        if recipient:
            head.append((3, RECIPIENT, core.OctetString(recipient)))
        self.der = sign(pki_data(head + list(controls), requests), bundle)

    def post(self, lenient=False, **rest):
        answer = post(self.der, **rest)
        if rest.get("expected", 200) == 200 and not lenient and answer.controls:
            equal(answer.octets(RECIPIENT), self.nonce, "recipientNonce")
            equal(core.Integer.load(answer.controls[TRANSACTION][0]).native, self.transaction, "transactionId")
            check(len(answer.octets(SENDER)) >= 8, "senderNonce")
        return answer
