# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""SSL.com: buy, complete, validate, read, list and revoke, in the order of steps that the service demands."""
import datetime

from cas import *

ca = CA("ssl-com")
KEYS = {"account_key": ca.settings["accountKey"], "secret_key": ca.settings["secretKey"]}
session = ca.session()


def call(method, path, expected=200, query=(), keys=KEYS, **body):
    in_query = method == "GET"
    answer = session.request(method, ca.endpoint + path, timeout=TIMEOUT, params={**(keys if in_query else {}), **dict(query)},
                             json=None if in_query else {**keys, **body})
    equal(answer.status_code, expected, f"{method} {path} {body}: {answer.text[:400]}")
    return answer.json() if "json" in answer.headers["Content-Type"] else answer.text


def buy(product="300", number="gw-1", period="365"):
    return call("POST", "/certificates", product=product, period=period, external_order_number=number)


CONTACT = {"contacts": {"all": {"first_name": "Ada", "last_name": "Example", "email": "ada@sandbox.example", "country": "AT"}}}


def domains(*emails):
    return {"domains": {f"email:{email}": {"dcv": email} for email in emails}}


def load(order):
    end = "-----END CERTIFICATE-----\n"
    return [x509.load_pem_x509_certificate((part + end).encode()) for part in order["certificates"].split(end)[:-1]]


def issue(emails=("ada@sandbox.example",), names=None, product="300", number="gw-1", **more):
    ref = buy(product, number)["ref"]
    key, csr = request(emails, names=names or emails[:1])
    call("PUT", f"/certificate/{ref}", csr=pem(csr), **CONTACT, **more)
    call("PUT", f"/certificate/{ref}", **domains(*emails))
    return key, call("GET", f"/certificate/{ref}")


# Keys: in the query or in the body; wrong ones.
wrong = {**KEYS, "secret_key": "0"}
login = {"errors": {"login": ["unable to find an account with these credentials"]}}
equal(call("GET", "/certificates", 401, keys=wrong), login, "wrong keys")
equal(call("POST", "/certificates", 401, keys={}), login, "no keys")
equal(call("GET", "/certificates", query={"per_page": 1, "page": 1}), [], "good keys")
in_query = session.post(ca.endpoint + "/certificates", params=KEYS, json={"product": 300, "period": 365}, timeout=TIMEOUT)
equal(in_query.status_code, 200, "keys in the query, numbers as numbers")

# Step by step; the state is prose.
bought = buy("600", "gw-step")
check(bought["ref"].startswith("co-") and "unused" in bought["order_status"] and bought["certificates"] is None, "bought")
ref = bought["ref"]
emails = ["ada@sandbox.example", "ada@alias.sandbox.example"]
key, csr = request(emails, names=["ada@sandbox.example"])
equal(call("PUT", f"/certificate/{ref}", 500, csr=pem(csr).replace("\n", "\r\n")), "<html><body><h1>server error</h1></body></html>", "CR LF")
check(call("PUT", f"/certificate/{ref}", 400, csr="nonsense")["errors"]["csr"] == ["csr has problems"], "no CSR")
state = call("PUT", f"/certificate/{ref}", csr=pem(csr))["order_status"]
check("waiting on registrant information" in state, state)
answer = call("PUT", f"/certificate/{ref}", organization="Beispiel GmbH", country="AT", state_or_providence="Wien", **CONTACT)
check("waiting on validation from customer" in answer["order_status"], answer["order_status"])
equal(answer["registrant"]["state_or_province"], "Wien", "both spellings are taken")
equal(set(answer["validations"]), {"email:" + email for email in emails}, "items")
check(call("PUT", f"/certificate/{ref}", 400, **domains("bob@sandbox.example"))["errors"]["domains"], "not an item")
check("waiting on validation" in call("PUT", f"/certificate/{ref}", **domains(emails[0]))["order_status"], "one is missing")
check("validating" in call("PUT", f"/certificate/{ref}", **domains(*emails))["order_status"], "mails are out")
order = call("GET", f"/certificate/{ref}")
equal((order["order_status"], order["external_order_number"]), ("issued", "gw-step"), "issued")
leaf, issuing = load(order)
ca.check_certificate(leaf, [issuing, ca.root], key, emails)
subject = {a.rfc4514_attribute_name: a.value for a in leaf.subject}
equal((subject["O"], subject["C"], subject["CN"]), ("Beispiel GmbH", "AT", "ada@sandbox.example"), "organization")
equal(order["validations"]["email:ada@sandbox.example"]["status"], "validated", "validated")
# The same request again changes nothing, another one is a rekey.
equal(load(call("PUT", f"/certificate/{ref}", csr=pem(csr)))[0], leaf, "same request")
second, csr = request(emails, names=["ada@sandbox.example"])
rekeyed = load(call("PUT", f"/certificate/{ref}", csr=pem(csr)))[0]
equal(rekeyed.public_key().public_numbers(), second.public_key().public_numbers(), "rekey")

# What the service does not take.
call("POST", "/certificates", 500, product="300", period="365", csr=pem(csr), **CONTACT)
check("product" in call("POST", "/certificates", 400, product="9", period="365")["errors"], "product")
check("period" in call("POST", "/certificates", 400, product="300", period="30")["errors"], "period")
check("colour" in call("POST", "/certificates", 400, product="300", period="365", colour="red")["errors"], "unknown member")
check("colour" in call("GET", "/certificates", 400, query={"colour": "red"})["errors"], "unknown parameter")
equal(call("GET", "/certificate/co-0", 404), {"errors": {"ref": ["not found"]}}, "unknown order")
foreign = buy()["ref"]
call("PUT", f"/certificate/{foreign}", csr=pem(request(["ada@elsewhere.example"])[1]), **CONTACT)
call("PUT", f"/certificate/{foreign}", 400, **domains("ada@elsewhere.example"))
ca.switch(deposit=0)
check("funding_source" in call("POST", "/certificates", 402, product="300", period="365")["errors"], "no money")
ca.switch(deposit=1000, errorsWith200=True)
check("errors" in call("GET", "/certificate/co-0", 200), "errors with status 200")
ca.switch(errorsWith200=False, limit={"requests": 0, "seconds": 60})
throttled = session.get(ca.endpoint + "/certificates", params=KEYS, timeout=TIMEOUT)
equal((throttled.status_code, "Retry-After" in throttled.headers), (429, True), "throttled")
ca.switch(limit=None)

# Validation that takes its time, that a person must do, a CA that waits and refuses.
ca.switch(validationPolls=1)
ref = issue(["bob@sandbox.example"])[1]["ref"]
check("issued" == call("GET", f"/certificate/{ref}")["order_status"], "second question")
ca.switch(validationPolls=0, manualValidation=True)
_, order = issue(["bob@sandbox.example"])
check("validating" in order["order_status"], "waits for a person")
check("validating" in call("POST", f"/certificate/{order['ref']}/retry_domain_validation")["order_status"], "still")
ca.decide(order["ref"])
equal(call("GET", f"/certificate/{order['ref']}")["order_status"], "issued", "the link was pressed")
ca.switch(manualValidation=False, manualApproval=True)
_, order = issue(["bob@sandbox.example"])
equal(order["order_status"], "pending issuance", "people look at it")
ca.decide(order["ref"], "reject", reason="no such person")
check("rejected" in call("GET", f"/certificate/{order['ref']}")["order_status"], "rejected")
check("no certificate" in call("DELETE", f"/certificate/{order['ref']}", 400)["errors"]["ref"][0], "nothing to revoke")
ca.switch(manualApproval=False)

# Revocation with each reason, seen in the CRL.
for reason, number in {"unspecified": 0, "keyCompromise": 1, "affiliationChanged": 3, "superseded": 4,
                       "cessationOfOperation": 5, "privilegeWithdrawn": 9, "bored": 0}.items():
    _, order = issue(number="gw-revoke")
    cert = load(order)[0]
    serial = f"{cert.serial_number:x}"
    equal(call("DELETE", f"/certificate/{order['ref']}", reason=reason, serials=[serial]), {"status": "revoked"}, "revoked")
    equal(crl_reason(cert), number, reason)
    equal(call("GET", f"/certificate/{order['ref']}")["order_status"], "revoked", "state")
equal(call("DELETE", f"/certificate/{order['ref']}", 400)["errors"], {"serials": ["already revoked"]}, "again")
equal(call("DELETE", f"/certificate/{ref}", 400, serials=["1"])["errors"], {"serials": ["not found"]}, "serial of another")
check("revoked" in ca.verify(cert, load(order)[1:], crl(cert)).stderr, "openssl sees it")

# The list: newest first, pages, days, search, members.
rows, page = [], 1
while True:
    found = call("GET", "/certificates", query={"per_page": 4, "page": page})
    rows += found
    if len(found) < 4:
        break
    page += 1
refs = [row["ref"] for row in rows]
check(len(set(refs)) == len(refs) > 12 and refs[0] == order["ref"] and "certificates" not in rows[0], "pages")
equal(len(call("GET", "/certificates", query={"search": "gw-revoke"})), 7, "search")
today = datetime.datetime.utcnow().strftime("%m-%d-%Y")
equal(len(call("GET", "/certificates", query={"start": today, "end": today, "per_page": 1000})), len(rows), "days")
equal(call("GET", "/certificates", query={"end": "01-01-2020"}), [], "before")
call("GET", "/certificates", 400, query={"start": "2026-01-01"})
check(all("unused" in row["order_status"] for row in call("GET", "/certificates", query={"filter": "vouchers"})), "vouchers")
equal(set(call("GET", "/certificates", query={"fields": "ref,order_status"})[0]), {"ref", "order_status"}, "fields")
ca.switch(listLag=60)
equal(call("GET", "/certificates"), [], "a list that lags")
