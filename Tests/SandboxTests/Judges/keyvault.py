# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft's own Key Vault client against the sandbox's vault over TLS, unpatched, and the refusals of the wire sheet."""
import base64
import subprocess

from common import *
from microsoft_proxy import SANDBOX, proxy, reached

os.environ["HTTPS_PROXY"] = proxy()

from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys._shared import HttpChallengeCache
from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm, KeyWrapAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding

VAULT = "https://kv1.vault.azure.net"
credential = ClientSecretCredential(TENANT["id"], TENANT["clientID"], TENANT["clientSecret"])
client = KeyClient(VAULT, credential, retry_total=2)
OAEP256 = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
OAEP1 = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)


def public_key(key):
    number = lambda value: int.from_bytes(value, "big")
    return rsa.RSAPublicNumbers(number(key.key.e), number(key.key.n)).public_key()


def refused(action, kind, status, word):
    try:
        action()
    except kind as refusal:
        equal(refusal.status_code, status, f"{refusal}")
        check(word in str(refusal), f"expected {word}: {refusal}")
        return
    check(False, f"{word} was expected")


key = client.get_key("kra-sandbox")
equal((key.name, key.key_type), ("kra-sandbox", "RSA-HSM"), "the key of the tenant")
check(key.id.startswith(f"{VAULT}/keys/kra-sandbox/") and len(key.properties.version) == 32, key.id)
check(not key.key.d, "nothing private is shown")
content_key = os.urandom(32)
for name, scheme in ((KeyWrapAlgorithm.rsa_oaep_256, OAEP256), (KeyWrapAlgorithm.rsa_oaep, OAEP1)):
    wrapped = public_key(key).encrypt(content_key, scheme)
    crypto = CryptographyClient(key, credential)
    equal(crypto.unwrap_key(name, wrapped).key, content_key, f"{name} made by cryptography")
    equal(crypto.decrypt(EncryptionAlgorithm(name.value), wrapped).plaintext, content_key, f"decrypt {name}")
    other = KeyWrapAlgorithm.rsa_oaep if name is KeyWrapAlgorithm.rsa_oaep_256 else KeyWrapAlgorithm.rsa_oaep_256
    refused(lambda: crypto.unwrap_key(other, wrapped), HttpResponseError, 400, "BadParameter")

# A version stays when a newer one is there; the current one is another key then.
newer = client.create_rsa_key("kra-sandbox", size=2048, hardware_protected=True)
check(newer.properties.version != key.properties.version, "a new version")
wrapped = public_key(key).encrypt(content_key, OAEP256)
equal(CryptographyClient(key.id, credential).unwrap_key(KeyWrapAlgorithm.rsa_oaep_256, wrapped).key, content_key, "by version")
refused(lambda: CryptographyClient(client.get_key("kra-sandbox"), credential).unwrap_key(
    KeyWrapAlgorithm.rsa_oaep_256, wrapped), HttpResponseError, 400, "BadParameter")
equal(client.get_key("KRA-Sandbox").properties.version, newer.properties.version, "names in any case")

# A key from outside, and what openssl has encrypted for its certificate.
own = rsa.generate_private_key(65537, 2048)
pem = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
control("vault", {"key": {"name": "from-outside", "privateKeyPEM": pem.decode()}})
numbers = client.get_key("from-outside")
equal(public_key(numbers).public_numbers(), own.public_key().public_numbers(), "the key that was given")

# Refusals.
refused(lambda: client.get_key("nobody"), ResourceNotFoundError, 404, "KeyNotFound")
control("vault", {"key": {"name": "from-outside", "operations": ["wrapKey"]}})
# By id, so that the client asks the vault and not its own copy of key_ops.
blocked = CryptographyClient(client.get_key("kra-sandbox"), credential)
session = requests.Session()
session.trust_env = False
session.verify = os.environ["REQUESTS_CA_BUNDLE"]
token_of = lambda scope: token_request(scope=scope).json()["access_token"]
good = token_of("https://vault.azure.net/.default")


def raw(method, path, token=good, query="?api-version=7.4", body=None):
    headers = {} if token is None else {"Authorization": "Bearer " + token}
    return session.request(method, TENANT["vault"]["url"] + path + query, headers=headers, json=body, timeout=TIMEOUT)


def error(answer, status, code, inner=None):
    equal(answer.status_code, status, answer.text)
    equal(answer.json()["error"]["code"], code, answer.text)
    if inner:
        equal(answer.json()["error"]["innererror"]["code"], inner, answer.text)


challenge = raw("GET", "/keys/kra-sandbox", None)
error(challenge, 401, "Unauthorized")
equal(challenge.headers["WWW-Authenticate"],
      f'Bearer authorization="{TENANT["login"]}/{TENANT["id"]}", resource="https://vault.azure.net"', "the challenge")
check("AKV10000" in challenge.text, challenge.text)
wrong = raw("GET", "/keys/kra-sandbox", token())
error(wrong, 401, "Unauthorized")
check("AKV10022" in wrong.text, wrong.text)
error(raw("GET", "/keys/kra-sandbox", query=""), 400, "BadParameter")
error(raw("GET", "/keys/kra-sandbox", query="?api-version=1.0"), 400, "BadParameter")
text = base64.urlsafe_b64encode(public_key(numbers).encrypt(content_key, OAEP256)).decode().rstrip("=")
body = {"alg": "RSA-OAEP-256", "value": text}
error(raw("POST", "/keys/from-outside/unwrapkey", body=body), 403, "Forbidden", "AccessDenied")
control("vault", {"key": {"name": "from-outside", "operations": ["unwrapKey"]}})
answer = raw("POST", "/keys/from-outside//unwrapKey", body=body)
equal(base64.urlsafe_b64decode(answer.json()["value"] + "=="), content_key, "empty version, the other spelling")
check("=" not in answer.json()["value"], "no padding")
error(raw("POST", "/keys/from-outside/unwrapkey", body={**body, "value": text + "=="}), 400, "BadParameter")
error(raw("POST", "/keys/from-outside/unwrapkey", body={**body, "alg": "RSA1"}), 400, "BadParameter")
control("vault", {"key": {"name": "from-outside", "enabled": False}})
error(raw("POST", "/keys/from-outside/unwrapkey", body=body), 403, "Forbidden", "KeyDisabled")
control("vault", {"key": {"name": "from-outside", "enabled": True}, "permissions": ["keys/get", "keys/decrypt"]})
error(raw("POST", "/keys/from-outside/unwrapkey", body=body), 403, "Forbidden", "ForbiddenByRbac")
control("vault", {"permissions": ["keys/get", "keys/unwrapKey", "secrets/get", "secrets/set", "certificates/get"],
                  "firewall": True})
error(raw("GET", "/keys/from-outside"), 403, "Forbidden", "ForbiddenByFirewall")
control("vault", {"firewall": False})

# The client throws a foreign resource out by itself, and understands the other spellings.
control("vault", {"challenge": "foreign"})
HttpChallengeCache.clear()
try:
    KeyClient(VAULT, ClientSecretCredential(TENANT["id"], TENANT["clientID"], TENANT["clientSecret"])).get_key("kra-sandbox")
    check(False, "a foreign resource was taken")
except ValueError as refusal:
    check("resource" in str(refusal), f"{refusal}")
for spelling in ("authorizationURI", "scope", "reordered", "plain"):
    control("vault", {"challenge": spelling})
    HttpChallengeCache.clear()
    fresh = KeyClient(VAULT, ClientSecretCredential(TENANT["id"], TENANT["clientID"], TENANT["clientSecret"]))
    equal(fresh.get_key("kra-sandbox").name, "kra-sandbox", spelling)

# Throttling: the client waits as it was told, or as it thinks best.
control("faults", {"operation": "vault.getKey", "fault": "throttled", "times": 2, "retryAfter": "0"})
equal(client.get_key("kra-sandbox").name, "kra-sandbox", "after throttling")

# Secrets and certificates.
stored = raw("PUT", "/secrets/mail", body={"value": "pass wörd", "contentType": "text/plain"})
equal(raw("GET", "/secrets/mail").json()["value"], "pass wörd", "a secret")
equal(stored.json()["id"], raw("GET", "/secrets/mail").json()["id"], "its version")
error(raw("PUT", "/secrets/mail", body={"value": "x" * 25601}), 413, "RequestEntityTooLarge")
error(raw("GET", "/secrets/nothing"), 404, "SecretNotFound")
shown = raw("GET", f"/certificates/kra-sandbox/{key.properties.version}").json()
certificate = x509.load_der_x509_certificate(base64.b64decode(shown["cer"]))
equal(certificate.public_key().public_numbers(), public_key(key).public_numbers(), "the certificate of that version")
error(raw("GET", "/certificates/nobody"), 404, "CertificateNotFound")

# A message of openssl: its content key is opened here, its content outside.
folder = tempfile.mkdtemp()
open(f"{folder}/kra.pem", "wb").write(certificate.public_bytes(serialization.Encoding.PEM))
subprocess.run(["openssl", "cms", "-encrypt", "-binary", "-aes256", "-outform", "DER", "-out", f"{folder}/m",
                "-recip", f"{folder}/kra.pem", "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"],
               input=b"key", check=True)
der = open(f"{folder}/m", "rb").read()
place = der.index(bytes.fromhex("04820180")) + 4
encrypted = base64.urlsafe_b64encode(der[place:place + 384]).decode().rstrip("=")
opened = raw("POST", f"/keys/kra-sandbox/{key.properties.version}/unwrapkey", body={"alg": "RSA-OAEP-256", "value": encrypted})
equal(len(base64.urlsafe_b64decode(opened.json()["value"] + "==")), 32, "the content key of openssl's message")
check(any(name.startswith("kv1.vault.azure.net") for name in reached), f"{reached}")
