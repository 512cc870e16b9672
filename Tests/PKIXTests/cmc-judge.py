# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Reads a full PKI request with asn1crypto by a schema of its own, and says as JSON what is in it."""
import json
import sys

from asn1crypto import cms, core, csr
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding


class Any(core.SetOf):
    _child_spec = core.Any


class Control(core.Sequence):
    _fields = [("id", core.Integer), ("type", core.ObjectIdentifier), ("values", Any)]


class Controls(core.SequenceOf):
    _child_spec = Control


class CertificationRequest(core.Sequence):
    _fields = [("id", core.Integer), ("request", csr.CertificationRequest)]


class Request(core.Choice):
    _alternatives = [("tcr", CertificationRequest, {"implicit": 0})]


class Requests(core.SequenceOf):
    _child_spec = Request


class Rest(core.SequenceOf):
    _child_spec = core.Any


class PKIData(core.Sequence):
    _fields = [("controls", Controls), ("requests", Requests), ("cms", Rest), ("other", Rest)]


with open(sys.argv[1], "rb") as file:
    signed = cms.ContentInfo.load(file.read(), strict=True)["content"]
encapsulated = signed["encap_content_info"]
body_bytes = encapsulated["content"].contents
body = PKIData.load(body_bytes, strict=True)
found = {control["type"].dotted: control["values"][0] for control in body["controls"]}
requests = [request.chosen for request in body["requests"]]

signer = signed["signer_infos"][0]
attributes = {attribute["type"].dotted: attribute["values"][0] for attribute in signer["signed_attrs"]}
digest = hashes.Hash(hashes.SHA256())
digest.update(body_bytes)
certificates = [x509.load_der_x509_certificate(one.chosen.dump()) for one in signed["certificates"]]
mine = [one for one in certificates if one.serial_number == signer["sid"].chosen["serial_number"].native]
to_sign = b"\x31" + signer["signed_attrs"].dump()[1:]
mine[0].public_key().verify(signer["signature"].native, to_sign, padding.PKCS1v15(), hashes.SHA256())

print(
    json.dumps(
        {
            "version": int(signed["version"]),
            "contentType": encapsulated["content_type"].dotted,
            "bodyPartIDs": [c["id"].native for c in body["controls"]] + [r["id"].native for r in requests],
            "transactionId": str(core.Integer.load(found["1.3.6.1.5.5.7.7.5"].dump()).native),
            "regInfo": core.OctetString.load(found["1.3.6.1.5.5.7.7.18"].dump()).native.decode(),
            "proofOfPossession": x509.load_der_x509_csr(requests[0]["request"].dump()).is_signature_valid,
            "signature": attributes["1.2.840.113549.1.9.4"].native == digest.finalize()
            and attributes["1.2.840.113549.1.9.3"].dotted == encapsulated["content_type"].dotted,
        }
    )
)
