# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Every screen of the console, with an object that exists in this demo."""
from urllib.parse import quote

from console import api


def screens():
    certificate = api("/certificates?limit=1")["items"][0]
    order = api("/orders?limit=1&sort=-updatedAt")["items"][0]
    record = api("/audit-records?limit=1")["items"][0]
    incidents = api("/incidents")["items"]
    found = {
        "overview": "/console/overview", "certificates": "/console/certificates",
        "certificate": f"/console/certificates/{certificate['number']}", "people": "/console/people",
        "person": f"/console/people/{quote(certificate['userPrincipalName'])}", "waiting": "/console/waiting",
        "order": f"/console/orders/{order['reference']}", "plan": "/console/plan", "templates": "/console/templates",
        "template": "/console/templates/smime", "backend-cas": "/console/backend-cas",
        "backend-ca": "/console/backend-cas/public-ca", "new-backend-ca": "/console/backend-cas-new",
        "incidents": "/console/incidents", "audit": "/console/audit", "audit-record": f"/console/audit/{record['number']}",
        "requests": "/console/requests", "services": "/console/services", "drift": "/console/drift", "connectors": "/console/connectors",
        "connector": f"/console/connectors/{api('/connectors')['items'][0]['connector']}", "costs": "/console/costs",
        "jobs": "/console/advanced?part=jobs", "settings": "/console/advanced?part=settings", "tokens": "/console/advanced?part=tokens",
        "about": "/console/about", "set-up": "/console/set-up", "configuration": "/console/configuration", "my": "/my", "status": "/status", "manual": "/manual/administrator",
    }
    # What has more to show than any other: an offer of hand-over, keys of a mailbox.
    offered = [one for one in api("/certificates?status=active&template=smime&limit=200")["items"] if api(f"/certificates/{one['number']}/hand-overs")["items"]]
    if offered:
        found["certificate-handed-over"] = f"/console/certificates/{offered[0]['number']}"
    boxes = api("/mailboxes")["items"]
    found |= {
        "mailboxes": "/console/mailboxes", "mailbox": "/console/mailboxes/support%40sandbox.example",
        "moving-in": "/console/moving-in", "notifications": "/console/notifications", "notification": "/console/notifications/waiting",
        "outbox": "/console/notifications?part=outbox", "webhooks": "/console/notifications?part=webhooks",
        "will-not-renew": "/console/certificates?willNotRenew=true&sort=notAfter", "on-no-device": "/console/certificates?onNoDevice=true",
    }
    members = [entry for one in boxes if one["keys"] for entry in one["people"]]
    if members:
        found["person-with-keys"] = f"/console/people/{quote(members[0]['userPrincipalName'])}"
    if incidents:
        found["incident"] = f"/console/incidents/{quote(incidents[0]['incident']['name'])}"
    return found
