# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The Exchange admin endpoint as wire/exchange-online.md section 8 says."""
import base64

from common import *

BASE = f"{TENANT['exchange']}/adminapi/beta/{TENANT['id']}/InvokeCommand"
SCOPE = "https://outlook.office365.com/.default"


def bearer():
    return {"Authorization": "Bearer " + token_request(scope=SCOPE).json()["access_token"]}


headers = bearer()


def invoke(cmdlet, parameters, expected=200, url=BASE, page=1000, headers=None):
    answer = requests.post(url, timeout=TIMEOUT, json={"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}},
                           headers={"Prefer": f"odata.maxpagesize={page}", **(headers or globals()["headers"])})
    equal(answer.status_code, expected, f"{cmdlet}: {answer.text[:300]}")
    return answer


# Who may: permission, then role.
control("tenant", {"roles": ["User.Read.All"]})
invoke("Get-Mailbox", {}, 401, headers=bearer())
invoke("Get-Mailbox", {}, 401, headers={"Authorization": "Bearer " + token()})
control("tenant", {"roles": ["User.Read.All", "GroupMember.Read.All", "Exchange.ManageAsApp"]})
control("exchange", {"role": False})
invoke("Get-Mailbox", {}, 403)
control("exchange", {"role": True})

# Pages: the same body to the link, nothing else.
shared = {"RecipientTypeDetails": "SharedMailbox", "ResultSize": "Unlimited"}
found, url = [], BASE
while url:
    page = invoke("Get-Mailbox", shared, url=url, page=2).json()
    check(len(page["value"]) <= 2, "page size")
    found += page["value"]
    url = page.get("@odata.nextLink")
    if url:
        equal(requests.get(url, headers=headers, timeout=TIMEOUT).status_code, 405, "GET of a link")
        invoke("Get-Mailbox", {**shared, "ResultSize": 10}, 400, url=url)
equal([m["PrimarySmtpAddress"] for m in found],
      [f"{name}@sandbox.example" for name in ("support", "accounting", "sales")], "shared mailboxes")
check(not any(m["IsDirSynced"] for m in found), "cloud mailboxes")

# Who may open them.
support, _, sales = [m["ExternalDirectoryObjectId"] for m in found]
rows = invoke("Get-MailboxPermission", {"Identity": support}).json()["value"]
delegates = [row["User"] for row in rows
             if not row["IsInherited"] and not row["Deny"] and row["User"] != "NT AUTHORITY\\SELF"]
equal(len(delegates), 3, f"delegates of {rows}")
check(any(row["Deny"] for row in rows) and any(row["IsInherited"] for row in rows), "rows to be ignored")
team = [row["User"] for row in invoke("Get-MailboxPermission", {"Identity": sales}).json()["value"]][1]
group = invoke("Get-Recipient", {"Identity": team}).json()["value"][0]
equal(group["RecipientTypeDetails"], "MailUniversalSecurityGroup", "a group as a delegate")
senders = invoke("Get-RecipientPermission", {"Identity": support}).json()["value"]
equal([row["Trustee"] for row in senders[1:]], delegates[:1], "send as")
control("mailboxes", {"mailbox": support, "take": [delegates[0]],
                      "rows": [{"User": "S-1-5-21-1-2-3-4", "AccessRights": "FullAccess, ReadPermission"}]})
rows = invoke("Get-MailboxPermission", {"Identity": "SUPPORT@sandbox.example"}).json()["value"]
check(delegates[0] not in [row["User"] for row in rows], "a delegate left")
check("FullAccess, ReadPermission" in [row["AccessRights"] for row in rows], "rights as one text")

# Certificates: three forms, whole and in part, read as they were written.
one, two = base64.b64encode(b"0one").decode(), base64.b64encode(b"0two").decode()


def stored(identity=support):
    return invoke("Get-Mailbox", {"Identity": identity}).json()["value"][0]["UserCertificate"]


def put(value, expected=200, identity=support, name="UserCertificate"):
    return invoke("Set-Mailbox", {"Identity": identity, name: value}, expected)


put([one])
equal(stored(), [one], "base64")
put([list(b"0one"), list(b"0two")])
equal(stored(), [one, two], "numbers")
put({"@odata.type": "#Exchange.GenericHashTable", "remove": [one]})
put({"@odata.type": "#Exchange.GenericHashTable", "add": [one]})
equal(stored(), [two, one], "hashtable")
put(None)
equal(stored(), [], "cleared")
control("exchange", {"refuse": ["base64"], "ignore": ["numbers"]})
check("ParameterBindingException" in put([one], 400).text, "a refused form")
put([list(b"0one")])
equal(stored(), [], "an ignored form")
control("exchange", {"refuse": [], "ignore": []})
warned = put([base64.b64encode(b"0nothing").decode()], name="UserSMimeCertificate").json()
check("@adminapi.warnings" in warned, "a value that is no SignedData")

# Synchronised people are mastered elsewhere.
people = control("people")["people"]
synced = next(p for p in people if p["onPremisesSyncEnabled"])
cloud = next(p for p in people if not p["onPremisesSyncEnabled"])
check("write scope" in put([one], 400, synced["id"]).text, "write scope")
put([one], identity=cloud["id"])
equal(stored(cloud["mail"]), [one], "a person's own")

# Refusals.
check("couldn't be found" in put([one], 404, "nobody@sandbox.example").text, "not found")
check("is not recognized" in invoke("Get-Nothing", {}, 404).text, "unknown cmdlet")
control("exchange", {"hiddenCmdlets": ["Set-Mailbox"]})
check("is not recognized" in put([one], 404).text, "hidden cmdlet")
invoke("Get-Mailbox", {"Colour": "red"}, 400)
control("faults", {"operation": "exchange.Get-Mailbox", "fault": "throttled"})
check(requests.post(
    BASE, headers=headers, json={"CmdletInput": {"CmdletName": "Get-Mailbox"}}, timeout=TIMEOUT).status_code in (429, 500),
    "throttled")
