# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Each lie of the shared core, seen from outside through one face."""
import concurrent.futures
import datetime

from sectigo import *

LIES = set(control("cas/sectigo-scm")["disobediences"])


def lie(*names):
    for name in names:
        LIES.discard(name)
    control("cas/sectigo-scm", {"disobey": list(names)})


def issued(number, **changes):
    key, request = csr()
    email = f"person{number}@sandbox.example"
    order = enroll(email, request, **changes)
    return key, email, order, collect(order)


def same_key(key, certificate):
    return certificate.public_key().public_numbers() == key.public_key().public_numbers()


key, email, honest, honest_chain = issued(0)
check(same_key(key, honest_chain[0]) and openssl_verify(honest_chain).returncode == 0, "honest at first")

lie("wrong-key")
key, email, _, chain = issued(1)
check(not same_key(key, chain[0]) and sans(chain[0]) == [email], "wrong key, right names")
lie("other-persons-certificate")
key, email, _, chain = issued(2)
check(not same_key(key, chain[0]) and email not in sans(chain[0]), "other person")
lie("missing-address")
equal(sans(issued(3, secondaryEmails=["more3@sandbox.example"])[3][0]), ["person3@sandbox.example"], "missing address")
lie("extra-address")
equal(len(sans(issued(4)[3][0])), 2, "extra address")
lie("wrong-common-name")
names = issued(5)[3][0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)
equal([n.value for n in names], ["Somebody Else"], "common name")
lie("missing-upn")
names = issued(6, upn="u@sandbox.example")[3][0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
equal(names.get_values_for_type(x509.OtherName), [], "no UPN")
lie("wrong-usage")
purposes = issued(7)[3][0].extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
equal([p.dotted_string for p in purposes], ["1.3.6.1.5.5.7.3.3"], "usage")
for word, days in [("short-validity", 1), ("long-validity", 3 * 365)]:
    lie(word)
    leaf = issued(8)[3][0]
    equal((leaf.not_valid_after - leaf.not_valid_before).days, days, word)
lie("expired-certificate")
check(issued(9)[3][0].not_valid_after < datetime.datetime.utcnow(), "expired")
lie("missing-intermediate")
chain = issued(10)[3]
equal(len(chain), 2, "missing intermediate")
check(openssl_verify(chain).returncode != 0, "openssl finds no path")
lie("foreign-root")
chain = issued(11)[3]
check(ROOT not in chain and openssl_verify(chain).returncode != 0, "foreign root")

lie("duplicate-orders")
key, email, order, chain = issued(12)
lie()
equal(len(call("GET", "/smime/v2", params={"email": email}).json()), 2, "one application, two orders")
lie("forgets-orders")
order = enroll("person13@sandbox.example")
expect(call("GET", f"/smime/v1/collect/{order}"), 400, -1104)
equal(call("GET", "/smime/v2").json(), [], "forgotten")
expect(call("POST", f"/smime/v1/revoke/order/{honest}", json={"reason": "x"}), 400, -1104)
lie("never-issues")
order = enroll("person14@sandbox.example")
for _ in range(4):
    expect(call("GET", f"/smime/v1/collect/{order}"), 400)
lie("issues-what-was-rejected")
control("cas/sectigo-scm", {"rejectNext": "a good reason"})
collect(enroll("person16@sandbox.example"))
collect(enroll("person16@elsewhere.example"))
lie("unknown-order-is-issued")
collect("424242")
lie("renew-refused")
expect(call("POST", f"/smime/v1/renew/order/{honest}"), 400, -37)
lie("mixes-orders")
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    requests_ = [csr() for _ in range(40)]
    orders = list(pool.map(lambda n: enroll(f"crowd{n}@sandbox.example", requests_[n][1]), range(40)))
    mixed = sum(not same_key(requests_[n][0], collect(orders[n])[0]) for n in range(40))
check(mixed > 10, f"{mixed} of 40 mixed")

lie("revocation-unpublished")
_, _, order, chain = issued(20)
expect(call("POST", f"/smime/v1/revoke/order/{order}", json={"reasonCode": 1, "reason": "x"}), 204)
check(chain[0].serial_number not in revocations(chain[0]), "not published")
lie("wrong-revocation-reason")
_, _, order, chain = issued(21)
expect(call("POST", f"/smime/v1/revoke/order/{order}", json={"reasonCode": 1, "reason": "x"}), 204)
entry = revocations(chain[0])[chain[0].serial_number]
equal(entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.name, "cessation_of_operation", "reason")
lie("revokes-another")
_, _, order, chain = issued(22)
before = set(revocations(chain[0]))
expect(call("POST", f"/smime/v1/revoke/order/{order}", json={"reasonCode": 1, "reason": "x"}), 204)
added = set(revocations(chain[0])) - before
check(len(added) == 1 and chain[0].serial_number not in added, "another one is revoked")

lie()
rows = call("GET", "/smime/v2").json()
lie("inventory-incomplete")
dropped = call("GET", "/smime/v2").json()
check(0 < len(dropped) < len(rows), "rows are missing")
check(rows[-1]["backendCertId"] not in [r["backendCertId"] for r in dropped], "the newest is missing")
lie("inventory-repeats")
pages = [call("GET", "/smime/v2", params={"position": p, "size": 4}).json() for p in [0, 4]]
equal(pages[0], pages[1], "the same page again")
equal(pages[0][0], pages[0][1], "the same row twice")
lie("inventory-wrong-serial")
serials = {r["backendCertId"]: r["serialNumber"] for r in rows}
changed = call("GET", "/smime/v2").json()
check(all(r["serialNumber"] != serials[r["backendCertId"]] for r in changed if r["serialNumber"]), "serial numbers")

lie("accepts-any-credentials")
expect(call("GET", "/organization/v1", headers={"login": "nobody"}), 200)
expect(call("GET", "/organization/v1", headers={"Authorization": "Bearer nothing"}), 200)
lie("token-never-accepted")
oauth = CA["otherSettings"]["oauth2"]
form = {"grant_type": "client_credentials", "client_id": oauth["clientID"], "client_secret": oauth["clientSecret"]}
answer = requests.post(oauth["tokenURL"], data=form, verify=TRUST, timeout=TIMEOUT).json()
bearer = {"Authorization": "Bearer " + answer["access_token"]}
expect(call("GET", "/organization/v1", headers=bearer), 401)
lie("throttles-always")
expect(call("GET", "/organization/v1"), 429)
expect(call("GET", f"/smime/v1/collect/{honest}"), 429)
lie()
collect(honest)
equal(LIES, set(), "lies that nobody tried")
