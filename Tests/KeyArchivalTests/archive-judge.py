# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Opens an archived key as one of its agents and prints its public half.

Written from RFC 5652, 5083, 5084, 3560 and 5753 over `cryptography` and `asn1crypto`: nothing here knows Certway or OpenSSL's CMS.
usage: archive-judge.py RECORD AGENT-CERTIFICATE AGENT-KEY
"""
import sys

from asn1crypto import cms, core, pem
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF


class Values(core.SequenceOf):
    _child_spec = core.Any


record, certificate, key = (open(name, "rb").read() for name in sys.argv[1:4])
agent = asn1_x509.Certificate.load(pem.unarmor(certificate)[2] if pem.detect(certificate) else certificate)
private = serialization.load_pem_private_key(key, None)

info = Values.load(record, strict=True)
assert core.ObjectIdentifier.load(info[0].dump()).native == "1.2.840.113549.1.9.16.1.23", "AuthEnvelopedData"
inner = Values.load(info[1].contents, strict=True)
version, recipients, content, mac = (inner[index].dump() for index in range(4))
recipients = cms.RecipientInfos.load(recipients)
content = cms.EncryptedContentInfo.load(content)
assert len(inner) == 4 and core.Integer.load(version).native == 0


def is_agent(rid):
    return (rid.name == "issuer_and_serial_number" and rid.chosen["serial_number"].native == agent.serial_number
            and rid.chosen["issuer"] == agent.issuer)


def content_key():
    for recipient in recipients:
        if recipient.name == "ktri" and is_agent(recipient.chosen["rid"]):
            algorithm = recipient.chosen["key_encryption_algorithm"]
            assert algorithm["algorithm"].native == "rsaes_oaep", algorithm.native
            parameters = algorithm["parameters"]
            assert parameters["hash_algorithm"]["algorithm"].native == "sha256"
            assert parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native == "sha256"
            return private.decrypt(recipient.chosen["encrypted_key"].native, padding.OAEP(
                padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
        if recipient.name == "kari":
            agreement = recipient.chosen
            for entry in agreement["recipient_encrypted_keys"]:
                if not is_agent(entry["rid"]):
                    continue
                algorithm = agreement["key_encryption_algorithm"]
                # dhSinglePass-stdDH-sha256kdf-scheme (RFC 5753 section 7.1.4)
                assert algorithm["algorithm"].dotted == "1.3.132.1.11.1", algorithm["algorithm"].dotted
                wrap = cms.KeyEncryptionAlgorithm.load(algorithm["parameters"].dump())
                size = {"aes128_wrap": 16, "aes192_wrap": 24, "aes256_wrap": 32}[wrap["algorithm"].native]
                point = agreement["originator"].chosen["public_key"].native
                if isinstance(point, tuple):
                    bits = "".join(map(str, point))
                    point = int(bits, 2).to_bytes(len(bits) // 8, "big")
                shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(private.curve, point))
                length = core.OctetString((size * 8).to_bytes(4, "big")).dump()
                body = wrap.dump() + b"\xa2" + bytes([len(length)]) + length
                info = b"\x30" + bytes([len(body)]) + body
                kek = X963KDF(hashes.SHA256(), size, info).derive(shared)
                return keywrap.aes_key_unwrap(kek, entry["encrypted_key"].native)
    sys.exit("the record is not for this agent")


algorithm = content["content_encryption_algorithm"]
assert algorithm["algorithm"].dotted == "2.16.840.1.101.3.4.1.46", "AES-256-GCM"
parameters = Values.load(algorithm["parameters"].dump())
nonce = core.OctetString.load(parameters[0].dump()).native
assert core.Integer.load(parameters[1].dump()).native == 16, "tag of 16 bytes"
opened = AESGCM(content_key()).decrypt(
    nonce, content["encrypted_content"].native + core.OctetString.load(mac).native, None)
public = serialization.load_der_private_key(opened, None).public_key()
print(public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode(), end="")
