# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The few pages of Web Enrollment that a client needs (wire/adcs-http §4, §5), over a CA of Python's cryptography.

Usage: pages.py FOLDER PORT. Trusts the front server: the account is what stands in X-Remote-User. /seen tells who asked
for what, for tests.
"""
import base64
import datetime
import http.server
import json
import pathlib
import sys
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.utcnow()


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, public_key, issuer, issuer_key, is_ca, names=None):
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
        .serial_number(x509.random_serial_number()).not_valid_before(NOW - datetime.timedelta(minutes=5))
        .not_valid_after(NOW + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(is_ca, None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False))
    if names is not None:
        builder = builder.add_extension(names, False)
    if not is_ca:
        takes_rsa = isinstance(public_key, rsa.RSAPublicKey)
        usage = x509.KeyUsage(True, False, takes_rsa, False, not takes_rsa, False, False, False, False)
        builder = builder.add_extension(usage, True).add_extension(
            x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.4")]), False)
    return builder.sign(issuer_key, hashes.SHA256())


class CA:
    def __init__(self, folder):
        root_key, self.key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = certificate(name("Pages Root"), root_key.public_key(), name("Pages Root"), root_key, True)
        self.certificate = certificate(
            name("Pages CA"), self.key.public_key(), self.root.subject, root_key, True)
        (folder / "root.pem").write_bytes(self.root.public_bytes(Encoding.PEM))
        self.issued = {}
        self.seen = []

    def issue(self, text):
        request = x509.load_pem_x509_csr(text.encode())
        try:
            names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            names = None
        number = 61108 + len(self.issued)
        self.issued[number] = certificate(
            request.subject, request.public_key(), self.certificate.subject, self.key, False, names)
        return number

    def crl(self):
        return (
            x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject).last_update(NOW)
            .next_update(NOW + datetime.timedelta(days=7)).add_extension(x509.CRLNumber(7), False)
            .sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER))


ISSUED = """<HTML><BODY><P ID=locPageTitle> <B> Certificate Issued </B></P>
<A HREF="certnew.cer?ReqID={0}&amp;Enc=b64">Download certificate</A>
<A HREF="certnew.cer?ReqID=CACert&amp;Renewal=0&amp;Mode=inst&amp;Enc=b64">CA certificate</A></BODY></HTML>"""
ABSENT = "<DL><DT><B>Disposition message:</B></DT><DD>\r\n\t\tThe requested property value is empty.\r\n</DD>" \
    "<DT><B>LastStatus:</B></DT><DD>\r\n\t\t0x80094004 (-2146877436 CERTSRV_E_PROPERTY_EMPTY)\r\n</DD></DL>"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body, kind="text/html"):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def note(self, size=0):
        ca.seen.append({"method": self.command, "page": self.path.split("?")[0], "size": size,
                        "user": self.headers.get("X-Remote-User"), "authorization": "Authorization" in self.headers})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.note(len(body))
        form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
        self.answer(ISSUED.format(ca.issue(form["CertRequest"])))

    def do_GET(self):
        if self.path == "/seen":
            return self.answer(json.dumps(ca.seen), "application/json")
        self.note()
        page, _, query = self.path.partition("?")
        query = dict(urllib.parse.parse_qsl(query))
        page = page.rpartition("/")[2]
        if page == "certnew.cer":
            number = query["ReqID"]
            found = ca.certificate if number == "CACert" else ca.issued.get(int(number))
            if found is None:
                return self.answer(ABSENT)
            return self.answer(found.public_bytes(Encoding.DER), "application/pkix-cert")
        if page == "certnew.p7b":
            bag = pkcs7.serialize_certificates([ca.root, ca.certificate], Encoding.DER)
            return self.answer(bag, "application/x-pkcs7-certificates")
        if page == "certcrl.crl":
            return self.answer(ca.crl(), "application/pkix-crl")
        if page == "certcarc.asp":
            return self.answer("<script>var nRenewals=0;</script>")
        return self.answer("<HTML><BODY>Microsoft Active Directory Certificate Services</BODY></HTML>")

    def log_message(self, *arguments):
        pass


ca = CA(pathlib.Path(sys.argv[1]))
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
