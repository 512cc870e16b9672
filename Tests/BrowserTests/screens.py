# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Every screen of the console, with an object that exists in this demo."""
from urllib.parse import quote

from console import api

# The guide from nothing to the first certificate.
steps = ["tenant", "permissions", "intune", "agent", "authority", "template", "plan", "first"]
chapters = ["administrator", "intune", "helpdesk", "recovery", "employee", "hand-over", "integrator", "problems"]


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
        "publication": "/console/publication",
        "will-not-renew": "/console/certificates?willNotRenew=true&sort=notAfter", "on-no-device": "/console/certificates?onNoDevice=true",
    }
    members = [entry for one in boxes if one["keys"] for entry in one["people"]]
    if members:
        found["person-with-keys"] = f"/console/people/{quote(members[0]['userPrincipalName'])}"
    if incidents:
        found["incident"] = f"/console/incidents/{quote(incidents[0]['incident']['name'])}"
    return found


def screens_of_roles():
    """What others see than an administrator, and what an administrator sees beside the screens of the work: by role, nobody by None."""
    certificate = api("/certificates?limit=1&status=active")["items"][0]
    thing, person = f"/console/certificates/{certificate['number']}", f"/console/people/{quote(certificate['userPrincipalName'])}"
    waiting = api("/orders?waitingFor=subscriber&limit=1")["items"]
    order = f"/console/orders/{waiting[0]['reference']}" if waiting else "/console/orders"
    recoveries(certificate["serialNumber"])
    return {
        None: {"sign-in": "/signin", "sign-in-over": "/signin?over=1", "sign-in-refused": "/auth/callback?error=access_denied&state=none",
               "manual-start": "/manual"} | {f"manual-{one}": f"/manual/{one}" for one in chapters},
        "administrator": {f"set-up-{one}": f"/console/set-up?step={one}" for one in steps}
        | {"go-several": f"/console/go/{quote(several())}", "go-nowhere": "/console/go/cw-nobody-has-this", "no-page": "/console/nowhere",
           "orders": "/console/orders", "signed-in": "/console/signed-in", "waiting-in-doubt": "/console/waiting?group=inDoubt",
           "recovery-administrator": "/console/recovery"},
        "helpdesk": {"people": "/console/people", "person": person, "certificates": "/console/certificates", "certificate": thing,
                     "waiting": "/console/waiting", "order": order, "denied": "/console/audit", "my": "/my"},
        "integrator": {"backend-cas": "/console/backend-cas", "backend-ca": "/console/backend-cas/public-ca", "connectors": "/console/connectors",
                       "connector": f"/console/connectors/{api('/connectors')['items'][0]['connector']}", "about": "/console/about"},
        "keyRecoveryAgent": {"recovery": "/console/recovery", "certificate": thing},
        "auditor": {"audit": "/console/audit", "overview": "/console/overview", "certificate": thing, "plan": "/console/plan", "recovery": "/console/recovery",
                    "template": "/console/templates/smime", "configuration": "/console/configuration", "set-up": "/console/set-up",
                    "notification": "/console/notifications/waiting"},
        "requester": {"requests": "/console/requests", "my": "/my"},
        "employee": {"my": "/my", "denied": "/console/people"},
    }


def recoveries(certificate):
    """One that may be fetched and one that was denied, unless there are some already: a list without rows shows little."""
    if api("/recoveries", "keyRecoveryAgent")["items"]:
        return
    for purpose in ["the mail of 2026 for the tax office", "the wrong person was named"]:
        api("/recoveries", "keyRecoveryAgent", {"certificate": certificate, "purpose": purpose})


def several():
    """A name that more than one person has."""
    names = [one["displayName"].split()[-1] for one in api("/people?limit=60")["items"] if one.get("displayName")]
    return next((one for one in sorted(set(names)) if names.count(one) > 1 and len(api(f"/go/{quote(one)}")) > 1), "a")
