# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Enrolling, collecting in every format, lists, revoking and renewing at the Sectigo sandbox."""
import datetime

from sectigo import *

# Types: what the organization may order, what nobody can.
types = call("GET", "/smime/v1/types", params={"organizationId": 77}).json()
equal([t["id"] for t in types], [501, 502, 503, 504, 505], "types of the organization")
equal([str(t["id"]) for t in types], CA["products"], "products of the ready line")
equal([t["id"] for t in call("GET", "/smime/v2/types", params={"organizationId": 78}).json()], [501, 502], "department")
check(599 in [t["id"] for t in call("GET", "/smime/v1/types").json()], "types without organization")
equal(types[0]["keyTypes"], {"RSA": ["2048", "3072", "4096"], "EC": ["P-256", "P-384"]}, "key types")
equal(call("GET", "/smime/v1/customFields").json(), [{"id": 58, "name": "Cost centre", "mandatory": False}], "fields")
equal(call("GET", "/organization/v1").json()[0]["departments"][0]["id"], 78, "departments")
equal(call("GET", "/organization/v1/77").json()["clientCertsApiEnabled"], True, "organization")

# One order, everything about it.
key, request = csr(rsa_key())
email = "Ada.Example@sandbox.example"
order = enroll(email, request, secondaryEmails=["b.second@alias.sandbox.example", "a.first@sandbox.example"],
               upn="ada@sandbox.example", commonName="Ada Lovelace-Müller",
               customFields=[{"name": "Cost centre", "value": "42"}])
chain = collect(order)
leaf = chain[0]
equal(leaf.public_key().public_numbers(), key.public_key().public_numbers(), "key of the CSR")
equal(leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value, "Ada Lovelace-Müller", "common name")
equal(sans(leaf), sorted([email, "a.first@sandbox.example", "b.second@alias.sandbox.example"]), "addresses")
others = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.OtherName)
equal([o.type_id.dotted_string for o in others], ["1.3.6.1.4.1.311.20.2.3"], "UPN")
check(b"ada@sandbox.example" in others[0].value, "UPN")
equal(len(chain), 4, "two intermediates and the root")
equal(chain[-1], ROOT, "root")
verified = openssl_verify(chain, "-purpose", "smimesign")
equal(verified.returncode, 0, f"openssl {verified.stderr}")
days = (leaf.not_valid_after - leaf.not_valid_before).days
equal(days, 365, "term")

# Formats.
equal(collect(order, "x509CO"), [leaf], "x509CO")
equal(collect(order, "pemco"), [leaf], "pemco")
equal(collect(order, "pem"), chain, "pem")
equal(collect(order, "x509IOR"), chain[1:], "x509IOR")
equal(collect(order, "x509IO"), list(reversed(chain[1:])), "x509IO")
equal(collect(order, "x509R"), list(reversed(chain)), "x509R")
equal(collect(order, "pemia"), chain[:2], "pemia")
answer = expect(call("GET", f"/smime/v2/collect/{order}"), 200)
equal(answer.headers["Content-Type"], "application/octet-stream", "type of the download")
equal(answer.headers["Content-Disposition"], 'attachment; filename="Ada_Example_sandbox_example.p7b"', "file name")
check(answer.text.startswith("-----BEGIN PKCS7-----"), "base64 is the default")
equal(set(pkcs7.load_pem_pkcs7_certificates(answer.content)), set(chain), "base64")
answer = call("GET", f"/smime/v1/collect/{order}", params={"format": "bin"})
equal(set(pkcs7.load_der_pkcs7_certificates(answer.content)), set(chain), "bin")
printed = subprocess.run(["openssl", "pkcs7", "-inform", "DER", "-print_certs", "-noout"], input=answer.content,
                         capture_output=True)
equal(printed.stdout.count(b"subject="), 4, "openssl pkcs7")
expect(call("GET", f"/smime/v1/collect/{order}", params={"format": "zip"}), 400, -1450)
expect(call("GET", "/smime/v1/collect/1"), 400, -1104)

# List, count, details; three handles.
rows = call("GET", "/smime/v2", params={"email": email, "size": 10})
equal(rows.headers["X-Total-Count"], "1", "X-Total-Count")
row = rows.json()[0]
equal((row["state"], row["backendCertId"], row["comments"]), ("issued", order, "gw-" + email), "row")
equal(int(row["serialNumber"].replace(":", ""), 16), leaf.serial_number, "serial number")
equal(row["serialNumber"], row["serialNumber"].upper(), "upper case")
equal(row["expires"], leaf.not_valid_after.strftime("%Y-%m-%d"), "expires")
head = expect(call("HEAD", "/smime/v2", params={"email": email}), 200)
equal((head.headers["X-Total-Count"], head.content), ("1", b""), "HEAD")
equal(sorted(call("GET", "/smime/v1").json()[0]), ["certificateDetails", "id", "state"], "list v1")
for value in [row["serialNumber"], row["serialNumber"].replace(":", "").lower()]:
    equal(len(call("GET", "/smime/v2", params={"serialNumber": value}).json()), 1, "by serial number")
equal(call("GET", "/smime/v2", params={"state": "revoked"}).json(), [], "by state")
expect(call("GET", "/smime/v2", params={"comments": "x"}), 400, -1601)
details = call("GET", f"/smime/v1/{row['id']}").json()
equal(details["expires"], leaf.not_valid_after.strftime("%m/%d/%Y"), "date as in the US")
equal(details["keyType"], "RSA - 2048", "key type")
equal(details["keyUsages"], ["Digital Signature", "Key Encipherment"], "key usage")
equal(call("GET", f"/smime/v2/{row['id']}?dateFormat=ISO").json()["expires"], row["expires"], "ISO")
expect(call("GET", "/smime/v1/999"), 404, -166)
person = call("GET", "/person/v1/id/byEmail/" + email.replace("@", "%40").replace(".", "%2E")).json()["personId"]
equal(len(call("GET", f"/smime/v2/byPersonId/{person}").json()), 1, "by person")
equal(len(call("GET", f"/smime/v2/byPersonEmail/{email}").json()), 1, "by person's address")

# Renewal keeps the key, is another order, and has no body.
renewed = expect(call("POST", f"/smime/v2/renew/order/{order}"), 200).json()["backendCertId"]
check(renewed != order, "a renewal is another order")
equal(collect(renewed)[0].public_key().public_numbers(), key.public_key().public_numbers(), "renewal keeps the key")
by_serial = expect(call("POST", f"/smime/v2/renew/serial/{row['serialNumber']}"), 200).json()["backendCertId"]
equal(collect(by_serial)[0].subject, leaf.subject, "renewal keeps the names")
expect(call("POST", "/smime/v2/renew/order/77"), 400, -1104)

# Replacement: the same order, another key.
key2, request2 = csr()
expect(call("POST", f"/smime/v2/replace/order/{by_serial}",
            json={"csr": request2, "reason": "key lost", "revoke": True}), 204)
equal(collect(by_serial)[0].public_key().public_numbers(), key2.public_key().public_numbers(), "replacement")

# Revocation: four ways, each reason in the CRL.
serial = row["serialNumber"].replace(":", "").lower()
for code, reason in {0: None, 1: "key_compromise", 3: "affiliation_changed", 4: "superseded",
                     5: "cessation_of_operation"}.items():
    one = enroll(f"reason{code}@sandbox.example")
    certificate = collect(one)[0]
    body = {"reasonCode": str(code) if code == 4 else code, "reason": "test"}
    answer = expect(call("POST", f"/smime/v{1 + code % 2}/revoke/order/{one}", json=body), 204)
    equal(answer.content, b"", "204 has no body")
    expect(call("GET", f"/smime/v1/collect/{one}"), 400, -192)
    entry = revocations(certificate)[certificate.serial_number]
    found = [e.value.reason.name for e in entry.extensions if isinstance(e.value, x509.CRLReason)]
    equal(found, [reason] if reason else [], f"reason {code}")
for code in [2, 6, 8, 9, "9", -1]:
    expect(call("POST", f"/smime/v1/revoke/order/{order}", json={"reasonCode": code, "reason": "x"}), 400, -1601)
expect(call("POST", f"/smime/v1/revoke/serial/{serial}", json={"reason": "left"}), 204)
expect(call("POST", f"/smime/v1/revoke/order/{order}", json={"reason": "left"}), 400, -159)
expect(call("POST", "/smime/v1/revoke/order/12", json={"reason": "left"}), 400, -1104)
expect(call("POST", "/smime/v1/revoke/serial/0123", json={"reason": "left"}), 404, -166)
equal(call("GET", f"/smime/v1/{row['id']}").json()["reasonCode"], 0, "reason in the details")
two = [enroll("two@sandbox.example"), enroll("two@sandbox.example")]
pair = [collect(o)[0] for o in two]
expect(call("POST", "/smime/v1/revoke", json={"email": "two@sandbox.example", "reasonCode": 5, "reason": "left"}), 204)
for certificate in pair:
    check(certificate.serial_number in revocations(certificate), "revoked by address")
expect(call("POST", "/smime/v1/revoke", json={"email": "two@sandbox.example", "reason": "left"}), 400, -1108)
manual = enroll("manual@sandbox.example")
certificate = collect(manual)[0]
identity = call("GET", "/smime/v2", params={"backendCertId": manual}).json()[0]["id"]
expect(call("POST", "/smime/v1/revoke/manual", json={"certId": identity, "reasonCode": 4}), 204)
check(certificate.serial_number not in revocations(certificate), "the CA is not told")
equal(call("GET", f"/smime/v1/{identity}").json()["status"], "revoked", "marked")

# Paging, with a cap on the size.
control("cas/sectigo-scm", {"pageCap": 5})
seen, position = [], 0
while True:
    page = call("GET", "/smime/v2", params={"position": position, "size": 200})
    seen += [r["backendCertId"] for r in page.json()]
    position += len(page.json())
    if len(page.json()) < 5:
        break
equal(len(seen), int(page.headers["X-Total-Count"]), "all rows over all pages")
equal(len(set(seen)), len(seen), "each once")

# Other keys and types.
for name, curve in {"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}.items():
    collect(enroll(f"{name}@sandbox.example", csr(ec.generate_private_key(curve))[1]))
sponsor = collect(enroll("sponsor@sandbox.example", certType=502, term=825))[0]
check(sponsor.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME), "organization of the sponsor")
signing = collect(enroll("sign@sandbox.example", certType=503))[0]
usage = signing.extensions.get_extension_for_class(x509.KeyUsage).value
equal((usage.digital_signature, usage.key_encipherment, usage.key_agreement), (True, False, False), "signing only")
