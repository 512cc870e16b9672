# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""What the judges of the CAs with client certificates and SOAP share; written from the wire sheets."""
import base64
import os
import subprocess
import tempfile

from common import *

FIXTURES = os.environ["CERTWAY_FIXTURES"]
FOLDER = tempfile.TemporaryDirectory()


def path(name, text):
    file = f"{FOLDER.name}/{name}"
    with open(file, "wb") as out:
        out.write(text if isinstance(text, bytes) else text.encode())
    return file


class CA:
    """Address, trust and client certificates of one CA of the ready line."""

    def __init__(self, name):
        self.name = name
        self.ready = READY["cas"][name]
        self.endpoint = self.ready["endpoint"]
        self.settings = self.ready["settings"]
        self.root = x509.load_pem_x509_certificate(self.ready["rootPEM"].encode())

    def session(self, bundle=None):
        session = requests.Session()
        session.trust_env = False
        if "tlsRootPEM" in self.ready:
            session.verify = path("tls-" + self.name + ".pem", self.ready["tlsRootPEM"])
        if bundle:
            session.cert = path(f"client-{self.name}-{abs(hash(bundle))}.pem", bundle)
        return session

    def switch(self, **switches):
        return control("cas/" + self.name, switches)

    def decide(self, order="all", decision="approve", **more):
        return control(f"cas/{self.name}/orders/{order}", {"decision": decision, **more})

    def verify(self, leaf, chain, crl=None):
        """openssl accepts leaf and chain."""
        pem = lambda c: c.public_bytes(serialization.Encoding.PEM)
        command = ["openssl", "verify", "-x509_strict", "-CAfile", path("root.pem", self.ready["rootPEM"]), "-untrusted",
                   path("chain.pem", b"".join(map(pem, chain)))]
        if crl:
            command += ["-crl_check", "-CRLfile", path("crl.pem", pem(crl))]
        return subprocess.run(command + [path("leaf.pem", pem(leaf))], capture_output=True, text=True)

    def check_certificate(self, leaf, chain, key, emails):
        result = self.verify(leaf, [c for c in chain if c != leaf])
        equal(result.returncode, 0, f"openssl verify: {result.stderr}")
        equal(leaf.public_key().public_numbers(), key.public_key().public_numbers(), "key of the request")
        san = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        equal(san.get_values_for_type(x509.RFC822Name), emails, "addresses")


def crl(leaf):
    point = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0].full_name[0].value
    return x509.load_der_x509_crl(requests.get(point, timeout=TIMEOUT).content)


def crl_reason(leaf):
    """None: not on the list; else the number of the reason."""
    entry = crl(leaf).get_revoked_certificate_by_serial_number(leaf.serial_number)
    if entry is None:
        return None
    names = ["unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
             "cessationOfOperation", "certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"]
    reasons = [e.value.reason.value for e in entry.extensions if isinstance(e.value, x509.CRLReason)]
    return names.index(reasons[0]) if reasons else 0


def request(emails=(), key=None, names=()):
    """A CSR with a CN and rfc822Names."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if emails:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.RFC822Name(email) for email in emails]), critical=False)
    return key, builder.sign(key, hashes.SHA256())


def pem(csr):
    return csr.public_bytes(serialization.Encoding.PEM).decode()


def der(csr):
    return csr.public_bytes(serialization.Encoding.DER)


def certificate(der_bytes):
    return x509.load_der_x509_certificate(der_bytes)
