# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""CMC (RFC 5272) with asn1crypto and a schema of its own; `openssl cms` verifies every signature."""
import functools
import os
import subprocess
import tempfile

from asn1crypto import cms, core, csr as asn1csr, x509 as asn1x509
from cryptography.hazmat.primitives.asymmetric import padding

from common import *

ARC = "1.3.6.1.5.5.7.7."
STATUS, TRANSACTION, SENDER, RECIPIENT = ARC + "1", ARC + "5", ARC + "6", ARC + "7"
REVOKE, REGINFO, RESPONSEINFO, QUERY = ARC + "17", ARC + "18", ARC + "19", ARC + "21"
CONFIRM, STATUSV2 = ARC + "24", ARC + "25"
PKIDATA, PKIRESPONSE = "1.3.6.1.5.5.7.12.2", "1.3.6.1.5.5.7.12.3"


class Values(core.SetOf):
    _child_spec = core.Any


class Control(core.Sequence):
    _fields = [("id", core.Integer), ("type", core.ObjectIdentifier), ("values", Values)]


class Controls(core.SequenceOf):
    _child_spec = Control


class Anys(core.SequenceOf):
    _child_spec = core.Any


class CertificationRequestPart(core.Sequence):
    _fields = [("id", core.Integer), ("request", asn1csr.CertificationRequest)]


class Request(core.Choice):
    _alternatives = [("tcr", CertificationRequestPart, {"implicit": 0})]


class Requests(core.SequenceOf):
    _child_spec = Request


class PKIData(core.Sequence):
    _fields = [("controls", Controls), ("requests", Requests), ("infos", Anys), ("others", Anys)]


class PKIResponse(core.Sequence):
    _fields = [("controls", Controls), ("infos", Anys), ("others", Anys)]


class Integers(core.SequenceOf):
    _child_spec = core.Integer


class StatusInfo(core.Sequence):
    _fields = [("status", core.Integer), ("ids", Integers), ("text", core.UTF8String, {"optional": True}),
               ("info", core.Any, {"optional": True})]


class PendInfo(core.Sequence):
    _fields = [("token", core.OctetString), ("time", core.GeneralizedTime)]


class Reason(core.Enumerated):
    _map = {n: str(n) for n in (0, 1, 2, 3, 4, 5, 6, 8, 9, 10)}


class RevokeRequest(core.Sequence):
    _fields = [("issuer", asn1x509.Name), ("serial", core.Integer), ("reason", Reason),
               ("date", core.GeneralizedTime, {"optional": True}), ("secret", core.OctetString, {"optional": True}),
               ("comment", core.UTF8String, {"optional": True})]


class IssuerAndSerial(core.Sequence):
    _fields = [("issuer", asn1x509.Name), ("serial", core.Integer)]


def control_(number, oid, value):
    return Control({"id": number, "type": oid, "values": Values([core.Any(value)])})


def pki_data(controls, requests=()):
    """controls: (id, oid, value); requests: (id, DER of a PKCS #10)."""
    return PKIData({
        "controls": Controls([control_(*c) for c in controls]),
        "requests": Requests([Request("tcr", CertificationRequestPart({
            "id": number, "request": asn1csr.CertificationRequest.load(der)})) for number, der in requests]),
        "infos": Anys([]), "others": Anys([])}).dump()


@functools.lru_cache
def credential(bundle):
    return (serialization.load_pem_private_key(bundle.encode(), None), x509.load_pem_x509_certificate(bundle.encode()))


def sign(content, bundle, content_type=PKIDATA, more=()):
    """SignedData with an RSA key; `more` are further signed attributes in DER."""
    key, certificate = credential(bundle)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(content)
    attributes = cms.CMSAttributes([
        cms.CMSAttribute({"type": "content_type", "values": [content_type]}),
        cms.CMSAttribute({"type": "message_digest", "values": [digest.finalize()]})]
        + [cms.CMSAttribute.load(attribute) for attribute in more])
    parsed = asn1x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    signer = cms.SignerInfo({
        "version": "v1", "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber({
            "issuer": parsed.issuer, "serial_number": parsed.serial_number})),
        "digest_algorithm": {"algorithm": "sha256"}, "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_rsa"},
        "signature": key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())})
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData({
        "version": "v3", "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": content_type, "content": core.ParsableOctetString(content)},
        "certificates": [parsed], "signer_infos": [signer]})}).dump()


def openssl(*words, data=b""):
    return subprocess.run(["openssl", *words], input=data, capture_output=True)


def certificates_in(der):
    """Those of a SignedData; openssl reads what is BER."""
    if der[1] == 0x80:
        found = openssl("pkcs7", "-inform", "DER", "-print_certs", data=der).stdout
        return [x509.load_pem_x509_certificate(b"-----BEGIN" + part.split(b"-----END")[0] + b"-----END CERTIFICATE-----\n")
                for part in found.split(b"-----BEGIN")[1:]]
    bag = cms.ContentInfo.load(der)["content"]["certificates"]
    return [x509.load_der_x509_certificate(choice.chosen.dump()) for choice in bag]


class Answer:
    """A response, opened by openssl and read by asn1crypto."""

    def __init__(self, der, responder, root, good=True):
        self.der = der
        with tempfile.TemporaryDirectory() as folder:
            def path(name, data=b""):
                with open(os.path.join(folder, name), "wb") as out:
                    out.write(data)
                return os.path.join(folder, name)
            self.certificates = certificates_in(der)
            found = b"".join(c.public_bytes(serialization.Encoding.PEM) for c in self.certificates)
            self.verification = openssl(
                "cms", "-verify", "-binary", "-inform", "DER", "-in", path("message", der), "-CAfile",
                path("root.pem", root.encode()), "-certfile", path("all.pem", found + responder.encode()),
                "-purpose", "any", "-out", path("body"), "-signer", path("signer.pem"))
            self.verified = self.verification.returncode == 0
            if good:
                check(self.verified, "openssl cms: " + self.verification.stderr.decode())
            with open(os.path.join(folder, "body"), "rb") as file:
                self.body = file.read()
            with open(os.path.join(folder, "signer.pem"), "rb") as file:
                self.signer = file.read().decode()
        if good:
            equal(x509.load_pem_x509_certificate(self.signer.encode()),
                  x509.load_pem_x509_certificate(responder.encode()), "the responder signed")
        self.read()

    def read(self):
        self.controls = {}
        self.statuses = []
        if not self.body:
            return
        for item in PKIResponse.load(self.body, strict=True)["controls"]:
            equal(len(item["values"]), 1, "one value")
            oid, value = item["type"].dotted, item["values"][0].dump()
            self.controls.setdefault(oid, []).append(value)
            if oid in (STATUS, STATUSV2):
                self.statuses.append(Status(oid, value))

    def octets(self, oid):
        return core.OctetString.load(self.controls[oid][0]).native if oid in self.controls else None

    @property
    def status(self):
        equal(len(self.statuses), 1, f"one status: {[vars(s) for s in self.statuses]}")
        return self.statuses[0]

    def certificate(self, key):
        wanted = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        for certificate in self.certificates:
            if certificate.public_key().public_bytes(
                    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo) == wanted:
                return certificate
        return None


class Status:
    def __init__(self, oid, der):
        info = StatusInfo.load(der, strict=True)
        self.oid, self.code = oid, info["status"].native
        self.ids, self.text = info["ids"].native, info["text"].native
        self.fail = self.token = self.time = None
        other = info["info"].dump() if info["info"].native is not None else b""
        if other[:1] == b"\x02":
            self.fail = core.Integer.load(other).native
        elif other[:1] == b"\x30":
            pending = PendInfo.load(other, strict=True)
            self.token, self.time = pending["token"].native, pending["time"].native
