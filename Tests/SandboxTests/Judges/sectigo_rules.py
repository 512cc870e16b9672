# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Logging in and every refusal of the Sectigo sandbox; persons; waiting orders."""
import base64

from sectigo import *

# Two front doors, three ways in.
good = {"login": SETTINGS["login"], "password": SETTINGS["password"], "customerUri": SETTINGS["customerURI"]}
expect(call("GET", "/organization/v1", headers={k.upper(): v for k, v in good.items()}), 200)
for change, code in [({"password": "wrong"}, -970), ({"login": "nobody"}, -16), ({"customerUri": "other"}, -410)]:
    expect(call("GET", "/organization/v1", headers={**good, **change}), 401, code)
answer = expect(call("GET", "/organization/v1", headers={}), 401, -16)
oauth = CA["otherSettings"]["oauth2"]
check(oauth["tokenURL"] in answer.headers["WWW-Authenticate"], "the 401 names the token endpoint")


def token(**changes):
    form = {"grant_type": "client_credentials", "client_id": oauth["clientID"], "client_secret": oauth["clientSecret"]}
    return requests.post(oauth["tokenURL"], data={**form, **changes}, verify=TRUST, timeout=TIMEOUT)


answer = expect(token(), 200).json()
equal((answer["expires_in"], answer["token_type"]), (300, "Bearer"), "token")
bearer = {"Authorization": "Bearer " + answer["access_token"]}
for path in ["/organization/v1", "/smime/v1/types", "/smime/v2/types", "/person/v2"]:
    expect(call("GET", path, headers=bearer), 200)
equal(expect(token(client_secret="wrong"), 401).json()["error"], "invalid_client", "wrong client")
expect(token(grant_type="password"), 400)
expect(call("GET", "/organization/v1", headers={"Authorization": "Bearer nothing"}), 401, -16)
control("cas/sectigo-scm", {"expireTokens": True})
expect(call("GET", "/organization/v1", headers=bearer), 401, -16)
control("cas/sectigo-scm", {"tokenLifetime": 1})
short = expect(token(), 200).json()
equal(short["expires_in"], 1, "shorter life")
control("clock", {"advance": 2})
expect(call("GET", "/organization/v1", headers={"Authorization": "Bearer " + short["access_token"]}), 401)
control("clock", {"resume": True})
control("cas/sectigo-scm", {"tokenLifetime": None})

# The private door: a certificate in place of the password.
door = CA["otherSettings"]["certificate"]
named = {"login": door["login"], "customerUri": door["customerURI"]}
private = lambda **rest: call("GET", "/smime/v1/types", headers=named, endpoint=door["endpoint"], **rest)
expect(private(cert=file("valid.pem", door["clientCertificate"])), 200)
expect(private(), 401, -970)
expect(private(cert=file("expired.pem", door["expiredCertificate"])), 401, -970)
expect(private(cert=file("foreign.pem", door["foreignCertificate"])), 401, -970)
control("cas/sectigo-scm", {"expireCredentials": True})
expect(call("GET", "/organization/v1"), 401, -970)
expect(private(cert=file("valid.pem", door["clientCertificate"])), 401, -970)
expect(token(), 401)
control("cas/sectigo-scm", {"expireCredentials": False})
expect(call("GET", "/organization/v1"), 200)

# What an enrollment may not be.
key, request = csr()
email = "grace@sandbox.example"
weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
odd = ec.generate_private_key(ec.SECP521R1())
for changes, code in [
    ({"orgId": ...}, -7), ({"certType": ...}, -7), ({"term": ...}, -7), ({"csr": ...}, -7), ({"email": ...}, -7),
    ({"email": ""}, -7), ({"csr": ""}, -7), ({"firstName": None, "lastName": ""}, -7),
    ({"orgId": 5}, -1023), ({"certType": 1}, -111), ({"certType": 599}, -172), ({"certType": 503, "orgId": 78}, -172),
    ({"term": 366}, -36), ({"csr": "*** no base64 ***"}, -9), ({"csr": "AAAA"}, -10),
    ({"csr": csr(weak)[1]}, -13), ({"csr": csr(odd)[1]}, -194), ({"csr": request, "certType": 504, "term": 730}, -194),
    ({"email": "no address"}, -1601), ({"email": "x@" + "y" * 130 + ".example"}, -1601),
    ({"email": "a@elsewhere.example"}, -737), ({"secondaryEmails": ["a@elsewhere.example"]}, -737),
    ({"firstName": "x" * 60}, -1601), ({"commonName": "x" * 65}, -1601), ({"comments": "x" * 1025}, -1601),
    ({"secondaryEmails": "a@sandbox.example"}, -1002), ({"term": "365"}, -1002), ({"email": ["a"]}, -1002),
    ({"surprise": 1}, -1002), ({"customFields": [{"name": "Cost centre"}]}, -1002),
    ({"customFields": [{"name": "Unknown", "value": "x"}]}, -1601),
]:
    expect(call("POST", "/smime/v1/enroll", json=application(email, request, **changes)), 400, code)
expect(call("POST", "/smime/v1/enroll", data="{", headers={**good, "Content-Type": "application/json"}), 400, -1002)
equal(control("cas/sectigo-scm")["orders"], [], "nothing was ordered")
broken = bytearray(x509.load_pem_x509_csr(request.encode()).public_bytes(serialization.Encoding.DER))
broken[-1] ^= 1
expect(call("POST", "/smime/v1/enroll", json=application(email, base64.b64encode(broken).decode())), 400, -138)
nulls = application(email, request, secondaryEmails=None, middleName=None, upn=None, phone=None, customFields=None)
expect(call("POST", "/smime/v2/enroll", json=nulls), 200)

# The sandbox's own knobs.
control("cas/sectigo-scm", {"maximumPerPerson": 1})
expect(call("POST", "/smime/v1/enroll", json=application(email, request)), 400, -188)
control("cas/sectigo-scm", {"maximumPerPerson": None, "errorCode": -1023})
expect(call("POST", "/smime/v1/enroll", json=application(email, request)), 400, -1023)
control("cas/sectigo-scm", {"errorCode": None, "mandatoryCustomField": True})
expect(call("POST", "/smime/v1/enroll", json=application(email, request)), 400, -62)
control("cas/sectigo-scm", {"mandatoryCustomField": False})

# Waiting: 400 and -183 until so many polls are over.
control("cas/sectigo-scm", {"pendingPolls": 3})
order = enroll("slow@sandbox.example", request)
row = call("GET", "/smime/v2", params={"backendCertId": order}).json()[0]
equal((row["state"], row["serialNumber"], row["expires"]), ("requested", "", None), "a waiting row")
expect(call("POST", f"/smime/v1/revoke/order/{order}", json={"reason": "x"}), 400, -102)
expect(call("POST", f"/smime/v1/renew/order/{order}"), 400, -102)
for code in [-183, -183, -1400]:
    expect(call("GET", f"/smime/v1/collect/{order}"), 400, code)
collect(order)
control("cas/sectigo-scm", {"pendingPolls": None, "manualApproval": True})
first, second = enroll("one@sandbox.example"), enroll("two@sandbox.example")
for _ in range(4):
    expect(call("GET", f"/smime/v1/collect/{first}"), 400)
control(f"cas/sectigo-scm/orders/{first}", {"decision": "approve"})
collect(first)
control("cas/sectigo-scm/orders/all", {"decision": "reject", "reason": "not an employee"})
answer = expect(call("GET", f"/smime/v1/collect/{second}"), 400, -169)
check("administrator" in answer.json()["description"], "whom to ask is told, and no reason")
equal(call("GET", "/smime/v2", params={"state": "rejected"}).json()[0]["orderNumber"], 0, "a rejected row")
control("cas/sectigo-scm", {"manualApproval": False, "rejectNext": "blocked name"})
rejected = enroll("three@sandbox.example")
expect(call("GET", f"/smime/v1/collect/{rejected}"), 400, -169)
collect(enroll("four@sandbox.example"))

# Limits.
control("cas/sectigo-scm", {"limit": {"requests": 2, "seconds": 600}})
statuses = [call("GET", "/organization/v1").status_code for _ in range(3)]
equal(statuses, [200, 200, 429], "limit")
check(int(call("GET", "/organization/v1").headers["Retry-After"]) > 0, "Retry-After")
control("cas/sectigo-scm", {"limit": None})
expect(call("GET", "/nothing"), 404)

# The control API refuses what it does not know.
for body in [{"pendingPolls": "two"}, {"disobey": ["everything"]}, {"unknown": 1}, {"limit": {"requests": 1}}]:
    answer = requests.post(f"{CONTROL}/control/cas/sectigo-scm", json=body, timeout=TIMEOUT)
    equal(answer.status_code, 400, f"control {body}")
equal(requests.get(f"{CONTROL}/control/cas/nobody", timeout=TIMEOUT).status_code, 404, "unknown CA")

# Persons.
person = {"firstName": "Ada", "middleName": "", "lastName": "Person", "email": "ada.person@sandbox.example",
          "organizationId": 77, "validationType": "HIGH", "phone": "+49 (30) 123", "secondaryEmails": [],
          "commonName": "Ada Person", "eppn": "", "upn": None}
answer = expect(call("POST", "/person/v1", json=person), 201)
equal(answer.content, b"", "201 has no body")
location = answer.headers["Location"]
identity = location.rsplit("/", 1)[1]
equal(requests.get(location, headers=good, verify=TRUST, timeout=TIMEOUT).json()["email"], person["email"], "Location")
expect(call("PUT", f"/person/v1/{identity}", json={**person, "lastName": "Other", "ada.person": 1}), 200)
equal(call("GET", f"/person/v2/{identity}").json()["lastName"], "Other", "changed")
rows = call("GET", "/person/v1", params={"name": "Other", "size": 5})
equal((rows.headers["X-Total-Count"], len(rows.json())), ("1", 1), "list of persons")
for name in ["firstName", "lastName", "email", "validationType", "organizationId"]:
    expect(call("POST", "/person/v1", json={n: v for n, v in person.items() if n != name}), 400, -7)
expect(call("POST", "/person/v1", json={**person, "email": "x@sandbox.example", "phone": "call me"}), 400, -1601)
expect(call("DELETE", f"/person/v1/{identity}"), 200)
expect(call("GET", f"/person/v1/{identity}"), 404, -105)
expect(call("GET", "/person/v1/id/byEmail/nobody%40sandbox.example"), 404, -105)
