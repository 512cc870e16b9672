# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Lists of orders: pages, filters, sorting, changes of status."""
import datetime

from common import *

ca = DigiCert()
_, request = csr()
COUNT = 60
ids = []
for number in range(COUNT):
    email = f"person{number:02}@sandbox.example"
    if number % 3:
        ids.append(ca.order("secure_email_mailbox", ca.mailbox(email, request))["id"])
    else:
        ids.append(ca.order("secure_email_sponsor", ca.sponsor(email, request, "Per", f"Son{number:02}",
                                                               custom_fields=[{"metadata_id": 12, "value": "x"}]))["id"])


def listed(query, expected=200):
    return ca.get(f"/order/certificate?{query}", expected=expected)


found, offset = [], 0
while True:
    page = listed(f"limit=25&offset={offset}&sort=-date_created")
    equal(page["page"], {"total": COUNT, "limit": 25, "offset": offset}, "page")
    found += [order["id"] for order in page["orders"]]
    offset += len(page["orders"])
    if offset >= page["page"]["total"]:
        break
equal(found, sorted(ids, reverse=True), "every order once, newest first")


def count(query):
    return listed(query)["page"]["total"]


equal(count("filters[email]=person07@sandbox.example"), 1, "email")
equal(count("filters[email]=PERSON07@sandbox.example"), 1, "email in another case")
equal(count("filters[email]=person1%25@sandbox.example"), 10, "wildcard")
equal(count("filters[product_name_id]=secure_email_sponsor"), 20, "product")
equal(count("filters[metadata_id]=12"), 20, "custom field")
ca.call("PUT", f"/order/certificate/{ids[0]}/revoke", json={"skip_approval": True})
equal(count("filters[status]=revoked"), 1, "status")
equal(count("filters[status][0]=issued&filters[status][1]=revoked"), COUNT, "several values")
equal(count("filters[status]=issued&filters[product_name_id]=secure_email_sponsor"), 19, "both filters")
serial = ca.get(f"/order/certificate/{ids[1]}")["certificate"]["serial_number"]
equal([o["id"] for o in listed(f"filters[serial_number]={serial}")["orders"]], [ids[1]], "serial number")
today = datetime.datetime.now(datetime.timezone.utc).date()
day = datetime.timedelta(days=1)
equal(count(f"filters[valid_till]=%3E{today + 300 * day}"), COUNT, "comparison")
equal(count(f"filters[date_created]={today - day}...{today}"), COUNT, "range")
equal(count(f"filters[date_created]={today - 3 * day}...{today - 2 * day}"), 0, "earlier range")
equal([o["id"] for o in listed("sort=order_id&limit=2")["orders"]], ids[:2], "ascending")
equal(listed("limit=1001", expected=400) and count("limit=1000"), COUNT, "limit")
equal(codes(listed("filters[colour]=red", expected=400)), ["invalid_field|filters[colour]"], "unknown filter")
row = listed("filters[email]=person00@sandbox.example")["orders"][0]
equal((row["product_name_id"], row["certificate"]["common_name"], row["organization"]["id"]),
      ("secure_email_sponsor", "Per Son00", ca.organization), "row")
row = listed(f"filters[id]={ids[1]}")["orders"][0]
equal(row["certificate"]["serial_number"], serial, "serial number in the row")
equal(listed("filters[email]=nobody@sandbox.example"), {"page": {"total": 0, "limit": 1000, "offset": 0}}, "no rows, no list")

changes = ca.get(f"/order/certificate/status-changes?filters[status_last_updated]={today - day}...{today + day}")["orders"]
equal({c["order_id"]: c["status"] for c in changes}[ids[0]], "revoked", "status change")
equal(len(changes), COUNT, "status changes")
answer = ca.get(f"/order/certificate/status-changes?filters[status_last_updated]={today - 30 * day}...{today}", expected=400)
check(codes(answer), "a month is too long")

# Expired orders show under issued too.
control("clock", {"advance": 400 * 86400})
equal(ca.get(f"/order/certificate/{ids[1]}")["status"], "expired", "expired")
equal(count("filters[status]=issued"), COUNT - 1, "issued includes expired")
equal(count("filters[status]=expired"), COUNT - 1, "expired")
