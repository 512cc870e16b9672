# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""GlobalSign Atlas: login over mTLS, policy, orders, lists and revocation as the wire sheet says."""
import time

from cas import *

ca = CA("globalsign-atlas")
JSON = {"Content-Type": "application/json;charset=utf-8"}
KEY = rsa_key()


class Client:
    def __init__(self, settings=ca.settings):
        self.settings = settings
        self.session = ca.session(settings["clientCertificate"])
        self.session.headers.update(JSON)
        self.log_in()

    def log_in(self):
        answer = self.session.post(ca.endpoint + "/login", timeout=TIMEOUT, json={
            "api_key": self.settings["apiKey"], "api_secret": self.settings["apiSecret"]}, headers=JSON)
        equal((answer.status_code, list(answer.json())), (200, ["access_token"]), f"login {answer.text}")
        self.session.headers["Authorization"] = "Bearer " + answer.json()["access_token"]

    def call(self, method, path, expected=200, **rest):
        rest.setdefault("headers", JSON)
        answer = self.session.request(method, ca.endpoint + path, timeout=TIMEOUT, **rest)
        equal(answer.status_code, expected, f"{method} {path}: {answer.text[:500]}")
        if answer.status_code >= 400:
            equal(answer.headers["Content-Type"], "application/problem+json;charset=utf-8", "type of a problem")
            check(answer.json()["description"], "description")
        return answer

    def order(self, body, expected=201):
        answer = self.call("POST", "/certificates", expected, json=body)
        if expected != 201:
            return answer.json()
        equal((answer.content, answer.headers["Content-Length"]), (b"", "0"), "201 without a body")
        check(answer.headers["Location"].startswith("/v2/certificates/"), "host-relative Location")
        return answer.headers["Location"].split("/")[-1]


def body(email="ada@sandbox.example", key=None, **changes):
    _, csr = request(key=key or KEY)
    value = {"validity": {"not_before": int(time.time()), "not_after": 0},
             "subject_dn": {"common_name": "Ada Lovelace", "given_name": "Ada", "surname": "Lovelace",
                            "organizational_unit": []},
             "san": {"emails": [email],
                     "other_names": [{"type": "1.3.6.1.4.1.311.20.2.3", "value": email}]},
             "custom_extensions": {}, "public_key": pem(csr).rstrip("\n")}
    value.update(changes)
    return value


# Without, with a foreign and with an expired client certificate; with a wrong secret.
credentials = {"api_key": ca.settings["apiKey"], "api_secret": ca.settings["apiSecret"]}
others = ca.ready["otherSettings"]
for bundle in [None, others["expired"]["clientCertificate"], others["foreign"]["clientCertificate"]]:
    refused = ca.session(bundle).post(ca.endpoint + "/login", json=credentials, headers=JSON, timeout=TIMEOUT)
    equal((refused.status_code, refused.json()["description"]), (401, "Unauthorized"), "client certificate")
good = ca.session(ca.settings["clientCertificate"])
for change, status in [({"api_secret": "0" * 40}, 401), ({"api_secret": ""}, 422), ({"more": 1}, 422)]:
    refused = good.post(ca.endpoint + "/login", json={**credentials, **change}, headers=JSON, timeout=TIMEOUT)
    equal(refused.status_code, status, f"login with {change}")
equal(good.post(ca.endpoint + "/login", data="{", headers=JSON, timeout=TIMEOUT).status_code, 400, "no JSON")
equal(good.post(ca.endpoint + "/login", data="{}", headers={"Content-Type": "text/plain"}, timeout=TIMEOUT).status_code, 415,
      "wrong type")
equal(good.get(ca.endpoint + "/validationpolicy", timeout=TIMEOUT).status_code, 401, "no token")

atlas = Client()
policy = atlas.call("GET", "/validationpolicy/").json()
equal(policy["subject_dn"]["common_name"]["presence"], "REQUIRED", "policy")
key = rsa_key()
serial = atlas.order(body(key=key))
answer = atlas.call("GET", "/certificates/" + serial).json()
equal(answer["status"], "ISSUED", "status")
leaf = x509.load_pem_x509_certificate(answer["certificate"].encode())
check(answer["certificate"].endswith("END CERTIFICATE-----\n"), "one newline at the end")
equal(int(serial, 16), leaf.serial_number, "the location is the serial number")
chain = [x509.load_pem_x509_certificate(c.encode()) for c in atlas.call("GET", "/trustchain").json()]
equal(chain[-1], ca.root, "root last")
ca.check_certificate(leaf, chain, key, ["ada@sandbox.example"])
names = {a.rfc4514_attribute_name: a.value for a in leaf.subject}
equal((names["CN"], names["O"], names["C"]), ("Ada Lovelace", "Sandbox GmbH", "DE"), "static names are filled in")
# Serial numbers: any case, without leading zeros.
for form in [serial.lower(), serial.lstrip("0"), "000" + serial]:
    equal(atlas.call("GET", "/certificates/" + form).json()["certificate"], answer["certificate"], f"serial {form}")
atlas.call("GET", "/certificates/1234", 404)
atlas.call("GET", "/certificates/nonsense", 404)

# The policy: fixed fields must be left out, the rest must match.
for change, member in [
        ({"subject_dn": {"common_name": "A", "organization": "Sandbox GmbH"}}, "subject_dn.organization"),
        ({"subject_dn": {}}, "subject_dn.common_name"),
        ({"subject_dn": {"common_name": "A", "email": "ada@sandbox.example"}}, "subject_dn.email"),
        ({"subject_dn": {"common_name": "A", "shoe_size": "44"}}, "subject_dn.shoe_size"),
        ({"san": {"emails": ["ada@elsewhere.example"]}}, "san.emails"), ({"san": {}}, "san.emails"),
        ({"key_usages": {"digital_signature": True}}, "key_usages.digital_signature"),
        ({"extended_key_usages": ["1.3.6.1.5.5.7.3.4"]}, "extended_key_usages"),
        ({"signature": {"hash_algorithm": "MD5"}}, "signature.hash_algorithm"),
        ({"validity": {"not_before": int(time.time()) - 86400}}, "validity.not_before"),
        ({"validity": {"not_before": int(time.time()), "not_after": int(time.time()) + 10**9}}, "validity.not_after"),
        ({"public_key": "nonsense"}, "public_key"), ({"public_key_signature": "AAAA"}, "public_key_signature"),
        ({"colour": "red"}, "colour")]:
    check(member in atlas.order(body(**change), 422)["errors"], f"{member} is named")
equal(atlas.order(body(key=ec.generate_private_key(ec.SECP256R1())), 422)["errors"], {
    "public_key": "EC P-256 does not match policy"}, "key type")

# The other credential: curve, bare key, signature over it.
curve = Client(others["ecdsa"])
key = ec.generate_private_key(ec.SECP384R1())
spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
proof = base64.b64encode(key.sign(spki, ec.ECDSA(hashes.SHA256()))).decode()
check("public_key_signature" in curve.order(body(public_key=public), 422)["errors"], "signature needed")
other = curve.order(body(public_key=public, public_key_signature=proof))
bare = x509.load_pem_x509_certificate(curve.call("GET", "/certificates/" + other).json()["certificate"].encode())
ca.check_certificate(bare, chain, key, ["ada@sandbox.example"])

# Rekey: same names, same end, another key.
key = rsa_key()
public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
rekeyed = atlas.call("POST", f"/certificates/{serial}/rekey", 201, json={"public_key": public}).headers["Location"]
new = x509.load_pem_x509_certificate(atlas.call("GET", rekeyed.removeprefix("/v2")).json()["certificate"].encode())
equal((new.subject, new.not_valid_after), (leaf.subject, leaf.not_valid_after), "rekeyed")

# Waiting, refusing.
ca.switch(pendingPolls=1)
waiting = atlas.order(body())
for _ in range(2):
    answer = atlas.call("GET", "/certificates/" + waiting, 202)
    equal((answer.json()["description"], answer.headers["Content-Type"]), ("Operation in progress", "application/json"), "202")
    atlas.call("PATCH", "/certificates/" + waiting, 409, json={"revocation_reason": "superseded"})
    if atlas.session.get(ca.endpoint + "/certificates/" + waiting, timeout=TIMEOUT).status_code == 200:
        break
ca.switch(pendingPolls=None, rejectNext="the domain is on a list")
rejected = atlas.order(body())
equal(atlas.call("GET", "/certificates/" + rejected, 422).json()["description"], "CA validation error", "refused by the CA")
equal(atlas.call("DELETE", "/certificates/" + rejected, 409).json()["description"], "Cannot revoke a REJECTED certificate",
      "revoke of a rejected one")

# Revocation with each reason, seen in the CRL.
for reason, number in {"unspecified": 0, "keyCompromise": 1, "affiliationChanged": 3, "superseded": 4,
                       "cessationOfOperation": 5, "privilegeWithdrawn": 9}.items():
    it = atlas.order(body())
    cert = x509.load_pem_x509_certificate(atlas.call("GET", "/certificates/" + it).json()["certificate"].encode())
    equal(crl_reason(cert), None, "not revoked yet")
    equal(atlas.call("PATCH", "/certificates/" + it, 204, json={"revocation_reason": reason}).content, b"", "204")
    equal(crl_reason(cert), number, reason)
    equal(atlas.call("GET", "/certificates/" + it).json()["status"], "REVOKED", "revoked is still returned")
atlas.call("PATCH", "/certificates/" + it, 409, json={"revocation_reason": "superseded"})
atlas.call("PATCH", "/certificates/" + serial, 422, json={"revocation_reason": "certificateHold"})
atlas.call("PATCH", "/certificates/" + serial, 415, data="{}", headers={"Content-Type": "text/plain"})
atlas.call("DELETE", "/certificates/" + serial, 204)
check("revoked" in ca.verify(leaf, chain, crl(leaf)).stderr, "openssl sees it")

# Lists: the lag, the window, the pages and their header.
ca.switch(statsLag=0)
rows, page = [], 1
while True:
    answer = atlas.call("GET", f"/stats/issued?page={page}&per_page=3")
    rows += answer.json()
    if 'rel="next"' not in answer.headers["Links"]:
        break
    page += 1
equal(len(rows), int(answer.headers["Total-Count"]), "Total-Count")
check(int(serial, 16) in [int(row["serial_number"], 16) for row in rows], "listed")
equal(len({row["serial_number"] for row in rows}), len(rows), "no row twice")
ca.switch(statsLag=60)
equal(atlas.call("GET", "/stats/issued").json(), [], "lists lag")
ca.switch(statsLag=0)
now = int(time.time())
atlas.call("GET", f"/stats/issued?from={now - 31 * 86400}&to={now}", 422)
atlas.call("GET", "/stats/issued?colour=red", 422)
equal(len(atlas.call("GET", "/stats/revoked?per_page=100").json()), 7, "revoked ones")
equal(atlas.call("GET", f"/stats/expiring?from={now}&to={now + 86400}").json(), [], "nothing expires")
equal(atlas.call("GET", "/counters/certificates/revoked").json(), {"value": 7}, "counter")
control("clock", {"advance": 1200})
equal(atlas.session.get(ca.endpoint + "/stats/issued", timeout=TIMEOUT).status_code, 401, "a token ends after ten minutes")
atlas.log_in()
equal(atlas.call("GET", "/stats/issued").json(), [], "without from and to the window is ten minutes")
control("clock", {"resume": True})

# Quota and throttling.
ca.switch(quota=0)
equal(atlas.order(body(), 402)["description"], "Quota Reached", "quota")
ca.switch(quota=1000, limit={"requests": 1, "seconds": 60})
atlas.call("GET", "/quotas/issuance")
check("Retry-After" not in atlas.call("GET", "/quotas/issuance", 429).headers, "no Retry-After")
ca.switch(limit=None)
