# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""An independent judge: counts and opens what a run left behind, with Python and openssl only.

usage: judge.py DATABASE AGENT_CERTIFICATE AGENT_KEY PFX_JSON INTUNE_KEY ROOT
"""
import base64, json, os, sqlite3, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import pkcs12

database, agent_certificate, agent_key, pfx_json, intune_key, root = sys.argv[1:7]
problems = []
folder = tempfile.TemporaryDirectory()


def spki(public_key):
    return public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def open_archive(row):
    reference, cms, der = row
    with tempfile.NamedTemporaryFile() as record:
        record.write(cms)
        record.flush()
        done = subprocess.run(
            ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", record.name, "-recip", agent_certificate,
             "-inkey", agent_key, "-binary"], capture_output=True)
    if done.returncode != 0:
        return f"{reference}: openssl cannot open the archive record: {done.stderr.decode()[:200]}"
    key = serialization.load_der_private_key(done.stdout, None)
    certificate = x509.load_der_x509_certificate(der)
    if spki(key.public_key()) != spki(certificate.public_key()):
        return f"{reference}: the archived key is not the certificate's"
    return None


def open_pfx(entity, key):
    name = entity["userPrincipalName"]
    digest = {"oaepsha256": hashes.SHA256, "oaepsha384": hashes.SHA384, "oaepsha512": hashes.SHA512}[
        entity["paddingScheme"].lower()]
    password = key.decrypt(
        base64.b64decode(entity["encryptedPfxPassword"]),
        padding.OAEP(mgf=padding.MGF1(digest()), algorithm=digest(), label=None))
    private, certificate, _ = pkcs12.load_key_and_certificates(base64.b64decode(entity["encryptedPfxBlob"]), password)
    if spki(private.public_key()) != spki(certificate.public_key()):
        return f"{name}: key and certificate in the PFX differ"
    if certificate.fingerprint(hashes.SHA1()).hex() != entity["thumbprint"]:
        return f"{name}: the record's thumbprint is not the certificate's"
    return judged_by_openssl(name, base64.b64decode(entity["encryptedPfxBlob"]), password, certificate)


def judged_by_openssl(name, pfx, password, certificate):
    """openssl opens the PFX, too, and the certificates in it lead to the root."""
    def file(kind, content):
        path = os.path.join(folder.name, f"{certificate.serial_number:x}.{kind}")
        with open(path, "wb") as out:
            out.write(content)
        return path
    opened = subprocess.run(
        ["openssl", "pkcs12", "-nokeys", "-in", file("pfx", pfx), "-passin", "stdin"], input=password,
        capture_output=True)
    if opened.returncode != 0:
        return f"{name}: openssl cannot open the PFX: {opened.stderr.decode()[:200]}"
    verified = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", file("chain.pem", opened.stdout),
         file("pem", certificate.public_bytes(serialization.Encoding.PEM))], capture_output=True)
    if verified.returncode != 0:
        return f"{name}: openssl verify: {verified.stderr.decode()[:200]}"
    return None


def archive():
    # What a server's own client has printed.
    if database.endswith(".tsv"):
        with open(database) as file:
            lines = [line.split("\t") for line in file.read().splitlines()]
        return [(reference, bytes.fromhex(cms), bytes.fromhex(der)) for reference, cms, der in lines]
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    for (word,) in connection.execute("PRAGMA integrity_check"):
        if word != "ok":
            problems.append(f"database: {word}")
    return connection.execute(
        "SELECT o.reference, a.cms, c.der FROM archived_keys a JOIN certificates c ON c.id = a.certificate_id "
        "JOIN orders o ON o.id = a.order_id").fetchall()


rows = archive()
with ThreadPoolExecutor(2) as pool:
    verdicts = list(pool.map(open_archive, rows))
problems += [verdict for verdict in verdicts if verdict]
with open(intune_key, "rb") as file:
    key = serialization.load_pem_private_key(file.read(), None)
with open(pfx_json) as file:
    entities = json.load(file)


def judged(entity):
    try:
        return open_pfx(entity, key)
    except Exception as error:  # whatever is wrong with one record is a finding, not the end of the judge
        return f"{entity['userPrincipalName']}: {error!r}"


with ThreadPoolExecutor(2) as pool:
    pfx_problems = [problem for problem in pool.map(judged, entities) if problem]
problems += pfx_problems
print(json.dumps({
    "archived": len(rows), "archivedOpened": sum(1 for verdict in verdicts if verdict is None),
    "pfx": len(entities), "pfxOpened": len(entities) - len(pfx_problems), "problems": problems[:20]}))
