# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Orders that break a rule of wire/digicert-certcentral.md section 4 are refused, all problems at once."""
from common import *

ca = DigiCert()
_, request = csr()
mailbox = ca.mailbox("ada@sandbox.example", request)
sponsor = ca.sponsor("ada@sandbox.example", request, "Ada", "Lovelace")


def changed(body, path, value):
    copy = json.loads(json.dumps(body))
    target = copy
    *parents, last = path.split(".")
    for name in parents:
        target = target[name]
    if value is None:
        target.pop(last, None)
    else:
        target[last] = value
    return copy


def refused(product, body, *expected):
    equal(sorted(codes(ca.order(product, body, expected=400))), sorted(expected), f"{product} {expected}")


small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
MB, SP = "secure_email_mailbox", "secure_email_sponsor"
for product, body, path, value, code in [
    (MB, mailbox, "certificate.emails", None, "missing_field|certificate.emails"),
    (MB, mailbox, "certificate.emails", [], "missing_field|certificate.emails"),
    (MB, mailbox, "certificate.emails", ["nobody"], "invalid_field|certificate.emails"),
    (MB, mailbox, "certificate.emails", ["a@b.example", "A@B.example"], "invalid_field|certificate.emails"),
    (MB, mailbox, "certificate.signature_hash", "sha1", "invalid_field|certificate.signature_hash"),
    (MB, mailbox, "certificate.signature_hash", None, "missing_field|certificate.signature_hash"),
    (MB, mailbox, "certificate.csr", "-----BEGIN nonsense", "csr_invalid_cannot_parse"),
    (MB, mailbox, "certificate.csr", csr(small)[1], "invalid_field|certificate.csr"),
    (MB, mailbox, "certificate.usage_designation", None, "missing_field|certificate.usage_designation"),
    (MB, mailbox, "certificate.usage_designation.primary_usage", "all",
     "invalid_field|certificate.usage_designation.primary_usage"),
    (MB, mailbox, "certificate.profile_type", "strict", "invalid_field|certificate.usage_designation.additional_usages"),
    (MB, mailbox, "order_validity", None, "missing_field|order_validity"),
    (MB, mailbox, "order_validity", {"years": 3}, "invalid_field|order_validity"),
    (MB, mailbox, "order_validity", {"custom_expiration_date": "2001-01-01"}, "invalid_field|order_validity"),
    (MB, mailbox, "organization", {"id": ca.organization}, "invalid_field|organization"),
    (MB, mailbox, "payment_method", "gold", "invalid_field|payment_method"),
    (MB, mailbox, "coments", "typing error", "invalid_field|coments"),
    (MB, mailbox, "skip_approval", "yes", "invalid_field|skip_approval"),
    (SP, sponsor, "certificate.individual", None, "missing_field|certificate.individual"),
    (SP, sponsor, "certificate.individual.last_name", None, "missing_field|certificate.individual.last_name"),
    (SP, sponsor, "certificate.common_name_indicator", None, "missing_field|certificate.common_name_indicator"),
    (SP, sponsor, "certificate.common_name_indicator", "pseudonym", "invalid_field|certificate.common_name_indicator"),
    (SP, sponsor, "organization", None, "missing_field|organization"),
    (SP, sponsor, "organization.id", 5, "invalid_field|organization.id"),
]:
    if path == "certificate.individual":
        refused(product, changed(body, path, value), code, "invalid_field|certificate.common_name_indicator")
    elif path == "certificate.individual.last_name":
        refused(product, changed(body, path, value), code)
    else:
        refused(product, changed(body, path, value), code)

legacy = changed(changed(mailbox, "certificate.profile_type", "legacy"),
                 "certificate.usage_designation.additional_usages", [])
refused(MB, legacy, "invalid_field|certificate.profile_type")
refused(MB, {}, "missing_field|certificate", "missing_field|order_validity")
equal(codes(ca.order("secure_email_individual", mailbox, expected=404)), ["not_found|product"], "no such product")
equal(codes(ca.order(MB, changed(mailbox, "renewal_of_order_id", 5), expected=404)), ["not_found|order"], "renewal")
for data in ("{", "[]", '"text"'):
    answer = requests.post(f"{ca.endpoint}/order/certificate/{MB}", data=data, timeout=TIMEOUT,
                           headers={**ca.headers, "Content-Type": "application/json"})
    equal((answer.status_code, codes(answer.json())), (400, ["bad_request_format"]), data)
equal(ca.get("/order/certificate")["page"]["total"], 0, "nothing was ordered")

# What the rules allow.
for change in [("order_validity", {"days": 825 - 1}), ("organization.id", str(ca.organization)),
               ("certificate.common_name_indicator", "email_address"), ("custom_fields", [{"metadata_id": 12, "value": "x"}]),
               ("certificate.individual", {"first_name": "A", "last_name": "B", "pseudonym": "C"})]:
    check("certificate_chain" in ca.order(SP, changed(sponsor, *change)), str(change))
without = ca.order(MB, changed(mailbox, "certificate.csr", None))
equal(ca.get(f"/order/certificate/{without['id']}")["status"], "waiting_pickup", "key made in a browser")
equal(codes(ca.get("/nothing", expected=404)), ["not_found|route"], "no such route")
