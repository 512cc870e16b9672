# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""100,000 people: every page of the first listing, a full delta round, and a change afterwards."""
from common import *

PEOPLE = 100_000
graph = Graph()
smime = TENANT["groups"]["smime"]
path = f"/v1.0/groups/{smime}/members/microsoft.graph.user?$select=id,userPrincipalName,mail,proxyAddresses&$top=999&$count=true"
ids, names = set(), set()
for page in graph.pages(path, EVENTUAL):
    for person in page["value"]:
        ids.add(person["id"])
        names.add(person["userPrincipalName"])
equal((len(ids), len(names)), (PEOPLE, PEOPLE), "everybody once")
pages = graph.pages(f"/v1.0/groups/delta?$select=id,members&$filter=id eq '{smime}'")
equal(sum(len(group["members@delta"]) for page in pages for group in page["value"]), PEOPLE, "delta round")
last = sorted(names)[-1]
control("people", {"action": "leave", "person": last})
changed = graph.get(pages[-1]["@odata.deltaLink"])["value"]
equal(len(changed[0]["members@delta"]), 1, "one change")
equal(graph.get(f"/v1.0/users/{last}?$select=id")["id"], changed[0]["members@delta"][0]["id"], "the one who left")
