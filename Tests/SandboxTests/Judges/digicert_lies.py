# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The lies and switches of the DigiCert sandbox, whose order book is its own."""
from common import *

ca = DigiCert()


def lie(*names):
    control("cas/digicert-certcentral", {"disobey": list(names)})


def place(number, **changes):
    key, request = csr()
    answer = ca.order("secure_email_mailbox", ca.mailbox(f"p{number}@sandbox.example", request, **changes))
    return key, answer


def leaf(answer):
    return x509.load_pem_x509_certificate(answer["certificate_chain"][0]["pem"].encode())


key, first = place(0)
lie("wrong-key")
key, answer = place(1)
check(leaf(answer).public_key().public_numbers() != key.public_key().public_numbers(), "wrong key")
lie("missing-intermediate")
equal(len(place(2)[1]["certificate_chain"]), 2, "missing intermediate")
lie("forgets-orders")
_, answer = place(3)
ca.get(f"/order/certificate/{answer['id']}", expected=404)
check("orders" not in ca.get("/order/certificate"), "forgotten")
lie("unknown-order-is-issued")
equal(ca.get("/order/certificate/424242")["status"], "issued", "unknown is issued")
lie("duplicate-orders")
_, answer = place(4)
lie()
equal(len(ca.get("/order/certificate", params={"filters[email]": "p4@sandbox.example"})["orders"]), 2, "two orders")
lie("never-issues")
check("certificate_id" not in place(5)[1], "never issued")
lie("inventory-incomplete")
rows = ca.get("/order/certificate")["orders"]
lie("inventory-repeats")
check(len(rows) < len(ca.get("/order/certificate")["orders"]), "rows missing, rows repeated")
lie("inventory-wrong-serial")
wrong = {row["certificate"].get("serial_number") for row in ca.get("/order/certificate")["orders"]} - {None}
lie()
check(wrong and not wrong & {row["certificate"].get("serial_number") for row in ca.get("/order/certificate")["orders"]},
      "serial numbers nobody issued")
lie("renew-refused")
answer = ca.order("secure_email_mailbox", ca.mailbox("p0@sandbox.example", csr()[1], renewal_of_order_id=first["id"]), 400)
lie("accepts-any-credentials")
equal(DigiCert("0" * 32).get("/user/me")["status"], "active", "any key")
lie("throttles-always")
equal(ca.call("GET", "/user/me").status_code, 429, "throttled")
lie()

control("cas/digicert-certcentral", {"pendingPolls": 2})
_, answer = place(6)
path = f"/order/certificate/{answer['id']}"
equal([ca.get(path)["status"] for _ in range(3)], ["processing", "processing", "issued"], "two polls")
control("cas/digicert-certcentral", {"pendingPolls": None, "manualApproval": True})
lie("cancel-ignored")
waiting = [place(number)[1]["id"] for number in [7, 8, 9]]
equal(ca.call("PUT", f"/order/certificate/{waiting[0]}/status", json={"status": "CANCELED", "note": "x"}).status_code, 204,
      "cancelled, it says")
lie()
control(f"cas/digicert-certcentral/orders/{waiting[0]}", {"decision": "approve"})
equal(ca.get(f"/order/certificate/{waiting[0]}")["status"], "issued", "approved")
control("cas/digicert-certcentral/orders/all", {"decision": "reject", "reason": "no"})
equal(ca.get(f"/order/certificate/{waiting[1]}")["status"], "rejected", "rejected")
control("cas/digicert-certcentral", {"manualApproval": False, "rejectNext": "no"})
_, answer = place(10)
equal(ca.get(f"/order/certificate/{answer['id']}")["status"], "rejected", "rejected at once")
control("cas/digicert-certcentral", {"expireCredentials": True})
equal(ca.call("GET", "/user/me").status_code, 403, "expired key")
control("cas/digicert-certcentral", {"expireCredentials": False, "limit": {"requests": 1, "seconds": 600}})
equal([ca.call("GET", "/user/me").status_code for _ in range(2)], [200, 429], "limit")
orders = control("cas/digicert-certcentral")["orders"]
equal(orders[0]["reference"], "gw-p0@sandbox.example", "reference in the control API")
