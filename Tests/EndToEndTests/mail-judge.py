# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Opens imported PFX records as the Intune connector does, and reads with each a mail that openssl has encrypted to its
certificate (wire/intune-pfx.md section 8): with openssl, and with NSS, which is what Thunderbird and Evolution read mail with.

usage: mail-judge.py FILE, a JSON object with `key` (PEM, of the connector) and `pfx` (the records as Graph gives them)
"""
import base64
import json
import pathlib
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

given = json.loads(pathlib.Path(sys.argv[1]).read_text())
connector = serialization.load_pem_private_key(given["key"].encode(), None)
PADDING = padding.OAEP(padding.MGF1(hashes.SHA512()), hashes.SHA512(), None)


def read_by_nss(folder, pfx, password, is_rsa):
    """As a mail program does: a store of its own, the file imported with its password, the mail decrypted. Debian's NSS (3.87) reads no
    mail that is encrypted to EC keys; of these it takes the file."""
    (folder / "person.pfx").write_bytes(pfx)
    (folder / "password").write_bytes(password)
    for command in (
        ["certutil", "-N", "--empty-password", "-d", "sql:."],
        ["pk12util", "-i", "person.pfx", "-w", "password", "-K", "", "-d", "sql:."],
        *([["cmsutil", "-D", "-d", "sql:.", "-i", "mail.p7m", "-o", "nss.txt"]] if is_rsa else []),
    ):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return (folder / "nss.txt").read_text() if is_rsa else None


opened = 0
for record in given["pfx"]:
    password = connector.decrypt(base64.b64decode(record["encryptedPfxPassword"]), PADDING)
    pfx = base64.b64decode(record["encryptedPfxBlob"])
    key, leaf, _ = pkcs12.load_key_and_certificates(pfx, password)
    assert leaf.fingerprint(hashes.SHA1()).hex() == record["thumbprint"], "another certificate than the record names"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "leaf.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
        (folder / "key.pem").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        (folder / "mail.txt").write_text(f"for {record['userPrincipalName']}\n")
        subprocess.run(["openssl", "cms", "-encrypt", "-aes256", "-binary", "-outform", "DER", "-in", "mail.txt",
                        "-out", "mail.p7m", "leaf.pem"], cwd=folder, check=True)
        subprocess.run(["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "mail.p7m", "-out",
                        "read.txt", "-inkey", "key.pem", "-recip", "leaf.pem"], cwd=folder, check=True)
        sent = (folder / "mail.txt").read_text()
        assert (folder / "read.txt").read_text() == sent, "the mail says something else"
        is_rsa = isinstance(key, rsa.RSAPrivateKey)
        assert read_by_nss(folder, pfx, password, is_rsa) == (sent if is_rsa else None), "NSS reads something else"
    opened += 1
print(f"opened {opened}")
