# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Opens imported PFX records as the Intune connector does, and reads with each key a mail that openssl has encrypted to its
certificate (wire/intune-pfx.md section 8)."""
import base64
import json
import pathlib
import subprocess
import sys
import tempfile

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import pkcs12

given = json.loads(pathlib.Path(sys.argv[1]).read_text())
connector = serialization.load_pem_private_key(given["key"].encode(), None)
PADDING = padding.OAEP(padding.MGF1(hashes.SHA512()), hashes.SHA512(), None)
opened = 0
for record in given["pfx"]:
    password = connector.decrypt(base64.b64decode(record["encryptedPfxPassword"]), PADDING)
    key, leaf, _ = pkcs12.load_key_and_certificates(base64.b64decode(record["encryptedPfxBlob"]), password)
    assert leaf.fingerprint(hashes.SHA1()).hex() == record["thumbprint"], "another certificate than the record names"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "leaf.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
        (folder / "key.pem").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        (folder / "mail.txt").write_text(f"for {record['userPrincipalName']}\n")
        subprocess.run(["openssl", "cms", "-encrypt", "-aes256", "-binary", "-in", "mail.txt", "-out", "mail.p7m",
                        "leaf.pem"], cwd=folder, check=True)
        subprocess.run(["openssl", "cms", "-decrypt", "-binary", "-in", "mail.p7m", "-out", "read.txt", "-inkey",
                        "key.pem", "-recip", "leaf.pem"], cwd=folder, check=True)
        assert (folder / "read.txt").read_text() == (folder / "mail.txt").read_text(), "the mail says something else"
    opened += 1
print(f"opened {opened}")
