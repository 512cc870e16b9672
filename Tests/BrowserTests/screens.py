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
        "requests": "/console/requests", "services": "/console/services", "connectors": "/console/connectors",
        "connector": f"/console/connectors/{api('/connectors')['items'][0]['connector']}", "costs": "/console/costs",
        "jobs": "/console/advanced?part=jobs", "settings": "/console/advanced?part=settings", "tokens": "/console/advanced?part=tokens",
        "about": "/console/about", "set-up": "/console/set-up", "configuration": "/console/configuration", "my": "/my", "status": "/status", "manual": "/manual/administrator",
    }
    if incidents:
        found["incident"] = f"/console/incidents/{quote(incidents[0]['incident']['name'])}"
    return found
