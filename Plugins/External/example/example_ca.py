#!/usr/bin/env python3
# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""A small CA behind the protocol of ../README.md: the whole of a connector, in one file.

It keeps a root, an issuing CA and every order in the folder of setting `folder`. Copy it, keep the loop at the end, and
call your CA where this one signs by itself.
"""
import datetime
import fcntl
import json
import os
import re
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

USAGES = {
    "smime": (True, True, [ExtendedKeyUsageOID.EMAIL_PROTECTION]),
    "smimeEncryption": (False, True, [ExtendedKeyUsageOID.EMAIL_PROTECTION]),
    "smimeSigning": (True, False, [ExtendedKeyUsageOID.EMAIL_PROTECTION]),
    "clientAuthentication": (True, False, [ExtendedKeyUsageOID.CLIENT_AUTH]),
}


class Refused(Exception):
    """The CA says no for good."""


class ExampleCA:
    def __init__(self, settings):
        self.folder = settings["folder"]
        self.domains = settings.get("domains", "").split()
        os.makedirs(self.path("orders"), mode=0o700, exist_ok=True)
        # Several programs may run at a time: only one of them makes the CA, or writes the list of revocations.
        self.lock = open(self.path("lock"), "w")
        with self.locked():
            if not os.path.exists(self.path("root.pem")):
                self.create()
        self.certificate = x509.load_pem_x509_certificate(self.read("issuing.pem"))
        self.key = serialization.load_pem_private_key(self.read("issuing.key"), None)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, data):
        """Replaces a file as a whole, so that a kill leaves the old one or the new one."""
        temporary = self.path(f"{name}.{os.getpid()}")
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self.path(name))

    def locked(self):
        ca = self

        class Lock:
            def __enter__(self):
                fcntl.flock(ca.lock, fcntl.LOCK_EX)

            def __exit__(self, *_):
                fcntl.flock(ca.lock, fcntl.LOCK_UN)

        return Lock()

    def create(self):
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = self.authority("Example Root", root_key.public_key(), "Example Root", root_key, 3650)
        issuing = self.authority("Example Issuing CA", key.public_key(), "Example Root", root_key, 1825)
        pem = serialization.Encoding.PEM
        self.write("issuing.key", key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        self.write("issuing.pem", issuing.public_bytes(pem))
        self.write("revoked.json", b"{}")
        self.write("root.pem", root.public_bytes(pem))

    @staticmethod
    def authority(name, public_key, issuer, issuer_key, days):
        now = datetime.datetime.utcnow()
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(public_key).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .sign(issuer_key, hashes.SHA256()))

    # What the gateway asks. Each method returns the answer's members.

    def check(self, _):
        orders = len(os.listdir(self.path("orders")))
        return {"account": {"name": "Example CA", "facts": {"folder": self.folder, "orders": orders},
                            "issuers": [self.read(name).decode() for name in ("issuing.pem", "root.pem")]}}

    def listProducts(self, _):
        return {"products": {"list": [{"id": "smime", "title": "S/MIME"}, {"id": "logon", "title": "Logon"}]}}

    def enroll(self, call):
        request = call["request"]
        if not re.fullmatch("[a-z0-9-]{1,64}", request["reference"]):
            return {"rejected": {"reason": "a reference is 1 to 64 characters of [a-z0-9-]"}}
        with self.locked():
            # The same reference again is the same order: nothing is bought twice.
            found = self.find(request["reference"])
            if found:
                return found
            try:
                leaf = self.sign(request)
            except Refused as refusal:
                return {"rejected": {"reason": str(refusal)}}
            self.write(f"orders/{request['reference']}", leaf.public_bytes(serialization.Encoding.PEM))
            return self.find(request["reference"])

    def renew(self, call):
        return self.enroll(call)

    def findByReference(self, call):
        return self.find(call["request"]["reference"]) or {"absent": {}}

    def revoke(self, call):
        serial = call["revocation"]["serialNumber"]
        with self.locked():
            revoked = json.loads(self.read("revoked.json"))
            revoked.setdefault(serial, [call["revocation"]["reasonName"], datetime.datetime.utcnow().isoformat()])
            self.write("revoked.json", json.dumps(revoked).encode())
            self.publish(revoked)
        return {"revoked": {}}

    def inventory(self, call):
        names = sorted(name for name in os.listdir(self.path("orders")) if name > (call.get("cursor") or ""))
        revoked = json.loads(self.read("revoked.json"))
        entries = []
        for name in names[:100]:
            leaf = x509.load_pem_x509_certificate(self.read(f"orders/{name}"))
            serial = f"{leaf.serial_number:X}"
            entries.append({
                "orderID": name, "serialNumber": serial if len(serial) % 2 == 0 else "0" + serial,
                "status": "revoked" if serial in revoked or "0" + serial in revoked else "issued",
                "validTill": leaf.not_valid_after.isoformat()})
        return {"page": {"entries": entries, "next": names[99] if len(names) > 100 else None}}

    def find(self, reference):
        try:
            leaf = self.read(f"orders/{reference}").decode()
        except FileNotFoundError:
            return None
        return {"issued": {"orderID": reference, "chain": [leaf, self.read("issuing.pem").decode()]}}

    def sign(self, request):
        csr = x509.load_pem_x509_csr(request["csr"]["pem"].encode())
        if not csr.is_signature_valid:
            raise Refused("the request is not signed by its key")
        names = request["names"]
        for address in names.get("emails") or []:
            if self.domains and address.rpartition("@")[2] not in self.domains:
                raise Refused(f"{address} is in no domain of this account")
        subject = [
            x509.NameAttribute(oid, names[key])
            for key, oid in (("commonName", NameOID.COMMON_NAME), ("givenName", NameOID.GIVEN_NAME),
                             ("surname", NameOID.SURNAME), ("organization", NameOID.ORGANIZATION_NAME))
            if names.get(key)]
        alternatives = [x509.RFC822Name(address) for address in names.get("emails") or []]
        if names.get("userPrincipalName"):
            text = names["userPrincipalName"].encode()
            alternatives.append(x509.OtherName(
                x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), bytes([0x0C, len(text)]) + text))
        signs, enciphers, purposes = USAGES[request["purpose"]]
        elliptic = isinstance(csr.public_key(), ec.EllipticCurvePublicKey)
        now = datetime.datetime.utcnow()
        builder = (
            x509.CertificateBuilder().subject_name(x509.Name(subject)).issuer_name(self.certificate.subject)
            .public_key(csr.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(days=request.get("validityDays") or 365))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(
                digital_signature=signs, content_commitment=False, key_encipherment=enciphers and not elliptic,
                data_encipherment=False, key_agreement=enciphers and elliptic, key_cert_sign=False, crl_sign=False,
                encipher_only=False, decipher_only=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False))
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def publish(self, revoked):
        now = datetime.datetime.utcnow()
        builder = (
            x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
            .last_update(now).next_update(now + datetime.timedelta(days=7)))
        for serial, (reason, date) in revoked.items():
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(int(serial, 16))
                .revocation_date(datetime.datetime.fromisoformat(date))
                .add_extension(x509.CRLReason(x509.ReasonFlags(reason)), critical=False).build())
        self.write("issuing.crl", builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))


def main():
    ca = None
    for line in sys.stdin:
        call = json.loads(line)
        operation = call["operation"]
        try:
            if operation == "start":
                ca, answer = ExampleCA(call["settings"]), {"ready": {}}
            elif operation.startswith("_") or not hasattr(ca, operation):
                answer = {"error": {"kind": "configuration", "message": f"there is no operation {operation}"}}
            else:
                answer = getattr(ca, operation)(call)
        except OSError as error:
            # The disk may be full after the order was written down: who cannot be sure says so.
            kind = "outcomeUnknown" if operation in ("enroll", "renew") else "transient"
            answer = {"error": {"kind": kind, "message": str(error)}}
        answer["call"] = call["call"]
        print(json.dumps(answer), flush=True)


main()
