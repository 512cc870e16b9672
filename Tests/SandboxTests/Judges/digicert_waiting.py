# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Orders that wait for a person: links in mails, approval, cancelling; and links that nobody can click."""
from common import *

ca = DigiCert()
_, request = csr()
MB = "secure_email_mailbox"


def status(order):
    return ca.get(f"/order/certificate/{order}")["status"]


order = ca.order(MB, ca.mailbox("ada@sandbox.example", request, certificate={
    "emails": ["ada@sandbox.example", "second@sandbox.example"]}))
check("certificate_chain" not in order, "waits")
info = ca.get(f"/order/certificate/{order['id']}")
check(info["status"] == "pending" and "serial_number" not in info["certificate"], "nothing issued yet")
equal(codes(ca.get(f"/certificate/download/order/{order['id']}/format/pem_all", expected=404)),
      ["not_found|certificate"], "download too early")


def emails():
    return {e["email"]: e["status"] for e in ca.get(f"/order/certificate/{order['id']}/email-validation")["emails"]}


equal(set(emails().values()), {"unvalidated"}, "addresses")
equal(ca.call("PUT", f"/order/certificate/{order['id']}/resend-emails").status_code, 204, "resend")
tokens = control("orders")["orders"][0]["validationTokens"]
equal(ca.call("PUT", "/email-validation/wrong?email=ada@sandbox.example").status_code, 404, "wrong token")
click = ca.call("PUT", f"/email-validation/{tokens['ada@sandbox.example']}?email=ada@sandbox.example")
equal(click.status_code, 204, "link")
equal(emails(), {"ada@sandbox.example": "validated", "second@sandbox.example": "unvalidated"}, "one of two")
equal(status(order["id"]), "pending", "one link is missing")
control("validate", {"email": "second@sandbox.example"})
equal(status(order["id"]), "issued", "both links clicked")
check("certificate_chain" in ca.order(MB, ca.mailbox("ada@sandbox.example", request)), "control is proven already")

# Nobody can prove an address of Microsoft's own domain.
never = ca.order(MB, ca.mailbox("ada@certwaysandbox.onmicrosoft.com", request))
control("validate", {"orderID": never["id"]})
equal(status(never["id"]), "pending", "onmicrosoft.com")
cancel = {"status": "CANCELED", "note": "cannot be validated", "send_emails": False}
equal(ca.call("PUT", f"/order/certificate/{never['id']}/status", json={"status": "CANCELED"}).status_code, 400, "no note")
equal(ca.call("PUT", f"/order/certificate/{never['id']}/status", json={**cancel, "status": "canceled"}).status_code, 400,
      "case matters")
equal(ca.call("PUT", f"/order/certificate/{never['id']}/status", json=cancel).status_code, 204, "cancel")
equal(status(never["id"]), "canceled", "canceled")
equal(ca.call("PUT", f"/order/certificate/{order['id']}/status", json=cancel).status_code, 400, "issued orders stay")

# A validated domain replaces the links.
domain = ca.call("POST", "/domain", json={"name": "partner.example", "organization": {"id": ca.organization},
                                          "validations": [{"type": "smime"}], "dcv_method": "dns-txt-token"})
equal(domain.status_code, 201, "domain")
waiting = ca.order(MB, ca.mailbox("x@partner.example", request))
ca.call("PUT", f"/domain/{domain.json()['id']}/dcv/validate-token")
equal(status(waiting["id"]), "issued", "validated domain")

# Approval.
asked = ca.order(MB, ca.mailbox("ada@sandbox.example", request, skip_approval=False))
equal((asked["requests"][0]["status"], status(asked["id"])), ("pending", "needs_approval"), "approval")
decide = f"/request/{asked['requests'][0]['id']}/status"
equal(ca.call("PUT", decide, json={"status": "approved"}).status_code, 204, "approve")
equal(status(asked["id"]), "issued", "approved order")
equal(ca.call("PUT", decide, json={"status": "approved"}).status_code, 400, "approve twice")
limited = DigiCert(READY["cas"]["digicert-certcentral"]["otherKeys"]["withoutApproval"])
asked = limited.order(MB, ca.mailbox("ada@sandbox.example", request))
equal(status(asked["id"]), "needs_approval", "a key that cannot skip the approval")
control("approve", {"orderID": asked["id"], "reject": True})
equal(status(asked["id"]), "rejected", "rejected order")
control(f"orders/{order['id']}", {"status": "denied"})
equal(status(order["id"]), "denied", "status on order")
