# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""A client of the web pages of a Microsoft CA: requests and patterns of those that exist (certsrv 2.1.1, Certipy)."""
import os
import re
import struct
import subprocess
import tempfile

import requests
from asn1crypto import core, x509 as asn1x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from common import READY, TIMEOUT, Graph, check, control, equal

CA = READY["cas"]["adcs"]
OTHER = CA["otherSettings"]
SETTINGS = CA["settings"]
ROOT = x509.load_pem_x509_certificate(CA["rootPEM"].encode())
MOZILLA = "Mozilla/5.0 (X11; Linux x86_64) judge"

tls = tempfile.NamedTemporaryFile("w", suffix=".pem")
tls.write(CA["tlsRootPEM"])
tls.flush()


class Client:
    """What certsrv 2.1.1 does: the same requests, the same patterns, the same comparison of content types."""

    def __init__(self, user=SETTINGS["user"], password=SETTINGS["password"], agent=MOZILLA, endpoint=CA["endpoint"],
                 headers=None):
        self.endpoint = endpoint
        self.session = requests.Session()
        self.session.verify = tls.name
        self.session.trust_env = False
        self.session.headers.update({"User-Agent": agent, **(headers or {})})
        if user:
            self.session.auth = (user, password)

    def get(self, page, **query):
        return self.session.get(f"{self.endpoint}/{page}", params=query, timeout=TIMEOUT)

    def submit(self, request, template="CertwayUser", attributes="", **fields):
        form = {"Mode": "newreq", "CertRequest": request,
                "CertAttrib": (f"CertificateTemplate:{template}\r\n" if template else "") + attributes,
                "FriendlyType": "Saved-Request Certificate", "TargetStoreFlags": "0", "SaveCert": "yes",
                "ThumbPrint": "", **fields}
        answer = self.session.post(f"{self.endpoint}/certfnsh.asp", data=form, timeout=TIMEOUT)
        equal(answer.status_code, 200, "certfnsh.asp")
        check(answer.headers["Content-Type"].startswith("text/html"), "certfnsh.asp is HTML")
        return answer.content.decode("cp1252")

    def issued(self, request, template="CertwayUser", attributes=""):
        page = self.submit(request, template, attributes)
        found = re.search(r"certnew.cer\?ReqID=(\d+)&", page)
        check(found, "issued: " + page)
        return int(found.group(1))

    def certificate(self, number, encoding="b64"):
        answer = self.get("certnew.cer", ReqID=number, Enc=encoding)
        equal(answer.headers["Content-Type"], "application/pkix-cert", f"type of certificate {number}: {answer.text[:300]}")
        if encoding == "bin":
            return x509.load_der_x509_certificate(answer.content)
        check(b"\r\n" in answer.content and b"\n" not in answer.content.replace(b"\r\n", b""), "PEM lines end in CRLF")
        return x509.load_pem_x509_certificate(answer.content)

    def trouble(self, number):
        """Disposition and LastStatus of an error page, as certsrv and Certipy find them."""
        answer = self.get("certnew.cer", ReqID=number, Enc="b64")
        equal(answer.status_code, 200, "an error page is 200")
        check(answer.headers["Content-Type"] != "application/pkix-cert", "an error page is no certificate")
        text = answer.content.decode("cp1252")
        disposition = re.search(r"Disposition message:[^\t]+\t\t([^\r\n]+)", text)
        last = re.search(r"LastStatus:[^\t]+\t\t([^\r\n]+)", text)
        code = re.search(r"(0x[0-9A-Fa-f]+) \(", last.group(1)) if last else None
        return disposition and disposition.group(1), code and int(code.group(1), 16)


def csr(key=None, subject="Anna Muster", emails=(), upn=None, sid=None, uris=()):
    key = key or ec.generate_private_key(ec.SECP256R1())
    names = [x509.RFC822Name(email) for email in emails] + [x509.UniformResourceIdentifier(uri) for uri in uris]
    if upn:
        names.append(x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), core.UTF8String(upn).dump()))
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, subject)] if subject else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if sid:
        builder = builder.add_extension(x509.UnrecognizedExtension(
            x509.ObjectIdentifier("1.3.6.1.4.1.311.25.2"), sid_extension(sid)), critical=False)
    return key, builder.sign(key, hashes.SHA256())


def length(count):
    return bytes([count]) if count < 128 else bytes([0x81, count]) if count < 256 else b"\x82" + struct.pack(">H", count)


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + length(len(content)) + content


def sid_extension(sid):
    """GeneralNames with one otherName; its value is tagged [0] once more."""
    return tlv(0x30, tlv(0xA0, core.ObjectIdentifier("1.3.6.1.4.1.311.25.2.1").dump(), tlv(0xA0, tlv(0x04, sid.encode()))))


def pem(request):
    return request.public_bytes(serialization.Encoding.PEM).decode()


def der(thing):
    return thing.public_bytes(serialization.Encoding.DER)


def spki(key):
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def verified(certificate, chain):
    """openssl agrees that the certificate leads to the root the sandbox printed."""
    with tempfile.TemporaryDirectory() as folder:
        def file(name, text):
            with open(os.path.join(folder, name), "w") as out:
                out.write(text)
            return os.path.join(folder, name)
        as_pem = lambda c: c.public_bytes(serialization.Encoding.PEM).decode()
        run = subprocess.run(
            ["openssl", "verify", "-CAfile", file("root.pem", CA["rootPEM"]), "-untrusted",
             file("chain.pem", "".join(map(as_pem, chain))), file("leaf.pem", as_pem(certificate))],
            capture_output=True, text=True)
        check(run.returncode == 0, "openssl verify: " + run.stdout + run.stderr)


def san(certificate):
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def upns(certificate):
    return [core.UTF8String.load(name.value).native for name in san(certificate)
            if isinstance(name, x509.OtherName) and name.type_id.dotted_string == "1.3.6.1.4.1.311.20.2.3"]


def sids(certificate):
    found = [e.value.value for e in certificate.extensions if e.oid.dotted_string == "1.3.6.1.4.1.311.25.2"]
    return [asn1x509.GeneralNames.load(value)[0].chosen["value"].parsed.native.decode() for value in found]
