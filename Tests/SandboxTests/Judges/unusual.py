# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The people that --unusual adds to the counted ones."""
from common import *

graph = Graph()
smime = TENANT["groups"]["smime"]
people = graph.get(f"/v1.0/groups/{smime}/members?$select=id,mail,proxyAddresses,accountEnabled,userPrincipalName,userType")
names = {person["userPrincipalName"].split("@")[0]: person for person in people["value"]}
equal(len(people["value"]), 9, "three and six")
check(not names["disabled"]["accountEnabled"], "disabled")
check(names["nomail"]["mail"] is None and names["nomail"]["proxyAddresses"] == [], "without mailbox")
check(all(a.endswith("onmicrosoft.com") for a in names["cloudonly"]["proxyAddresses"]), "only the initial domain")
check({"smtp:", "smtp:Twice@Sandbox.Example"} <= set(names["twice"]["proxyAddresses"]), "odd addresses")
guest = names["gerd_partner.example#EXT#"]
equal(guest["userType"], "Guest", "guest")
equal(graph.get(f"/v1.0/users/{guest['userPrincipalName'].replace('#', '%23')}")["id"], guest["id"], "encoded name")
control("tenant", {"roles": ["User.Read.All", "MailboxSettings.Read"]})
graph = Graph()
equal(graph.get("/v1.0/users/info@sandbox.example/mailboxSettings/userPurpose")["value"], "shared", "shared mailbox")
equal(graph.get("/v1.0/users/nomail@sandbox.example/mailboxSettings/userPurpose", expected=404)["error"]["code"],
      "MailboxNotEnabledForRESTAPI", "no mailbox")
