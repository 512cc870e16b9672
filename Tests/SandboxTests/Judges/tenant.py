# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Token endpoint, members, users, delta, batch: the rules of wire/entra-oauth.md and wire/graph-directory.md."""
import base64
import hashlib
import time

from cryptography.hazmat.primitives.asymmetric import padding

from common import *

PEOPLE = 25


def error(answer, status, code, name):
    equal(answer.status_code, status, f"status of {code}: {answer.text}")
    body = answer.json()
    equal((body["error_codes"], body["error"]), ([code], name), "AADSTS")
    check(body["error_description"].startswith(f"AADSTS{code}:"), "description")


# --- the secret ---
answer = token_request()
check(isinstance(answer.json()["expires_in"], int), "expires_in is a number")
equal(answer.headers["Cache-Control"], "no-store, no-cache", "cache control")
error(token_request(client_secret="wrong"), 401, 7000215, "invalid_client")
error(token_request(client_secret=None), 400, 7000218, "invalid_request")
error(token_request(client_id=str(uuid.uuid4())), 400, 700016, "unauthorized_client")
error(token_request(grant_type="password"), 400, 70003, "unsupported_grant_type")
error(token_request(scope=None), 400, 900144, "invalid_request")
error(token_request(scope="User.Read"), 400, 1002012, "invalid_scope")
error(token_request(scope="https://graph.microsoft.com/.default https://vault.azure.net/.default"), 400, 28000,
      "invalid_scope")
error(token_request(scope="https://nobody.example/.default"), 400, 500011, "invalid_resource")
url = f"{TENANT['login']}/{TENANT['id']}/oauth2/v2.0/token"
error(requests.post(url, json={"grant_type": "client_credentials"}), 400, 900144, "invalid_request")
error(requests.post(url.replace(TENANT["id"], str(uuid.uuid4())), data={"a": "b"}), 400, 90002, "invalid_request")
basic = requests.post(
    url, data={"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"},
    auth=tuple(requests.utils.quote(part, safe="") for part in (TENANT["clientID"], TENANT["clientSecret"])))
equal(basic.status_code, 200, "secret by HTTP Basic")
control("tenant", {"secretExpired": True})
error(token_request(), 401, 7000222, "invalid_client")
control("tenant", {"secretExpired": False})

# --- the certificate ---
certificate = x509.load_pem_x509_certificate(TENANT["certificate"]["certificatePEM"].encode())
key = serialization.load_pem_private_key(TENANT["certificate"]["privateKeyPEM"].encode(), None)
der = certificate.public_bytes(serialization.Encoding.DER)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def assertion(alg="PS256", signer=key, thumbprint=None, salt=32, header=None, **claims):
    now = int(time.time())
    head = header or {"alg": alg, "typ": "JWT", "x5t#S256": b64(hashlib.sha256(der).digest())}
    if thumbprint:
        head = {"alg": alg, "typ": "JWT", "x5t": thumbprint}
    body = {"aud": url, "iss": TENANT["clientID"], "sub": TENANT["clientID"], "jti": str(uuid.uuid4()),
            "nbf": now - 60, "iat": now, "exp": now + 600, **claims}
    text = ".".join(b64(json.dumps(part).encode()) for part in (head, body))
    pad = padding.PKCS1v15() if alg == "RS256" else padding.PSS(padding.MGF1(hashes.SHA256()), salt)
    return text + "." + b64(signer.sign(text.encode(), pad, hashes.SHA256()))


def by_certificate(text):
    return token_request(
        client_secret=None, client_assertion=text,
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:jwt-bearer")


sha1 = hashlib.sha1(der).digest()
equal(by_certificate(assertion()).status_code, 200, "PS256 with x5t#S256")
equal(by_certificate(assertion("RS256", thumbprint=b64(sha1))).status_code, 200, "RS256 with x5t")
padded = base64.urlsafe_b64encode(sha1).decode()
equal(padded[-1], "=", "a thumbprint as msal writes it")
equal(by_certificate(assertion(thumbprint=padded)).status_code, 200, "padded x5t")
error(by_certificate(assertion(thumbprint=b64(sha1.hex().encode()))), 401, 700027, "invalid_client")
error(by_certificate(assertion(signer=rsa_key())), 401, 700027, "invalid_client")
error(by_certificate(assertion(salt=222)), 401, 700027, "invalid_client")
error(by_certificate(assertion(header={"alg": "PS256", "typ": "JWT"})), 400, 50027, "invalid_request")
error(by_certificate(assertion(aud="https://elsewhere.example")), 401, 50012, "invalid_client")
error(by_certificate(assertion(nbf=int(time.time()) - 4000, exp=int(time.time()) - 1000)), 401, 700024, "invalid_client")
error(by_certificate("nonsense"), 400, 50027, "invalid_request")

# --- members ---
graph = Graph()
smime, nested = TENANT["groups"]["smime"], TENANT["groups"]["nested"]
SELECT = "id,userPrincipalName,mail,proxyAddresses,displayName,givenName,surname,accountEnabled,employeeId"
cast = f"/v1.0/groups/{smime}/members/microsoft.graph.user?$select={SELECT}&$top=10&$count=true"
equal(graph.get(cast, expected=400)["error"]["code"], "Request_UnsupportedQuery", "cast without header")
pages = graph.pages(cast, EVENTUAL)
equal([len(page["value"]) for page in pages], [10, 10, 5], "pages")
equal([page.get("@odata.count") for page in pages], [PEOPLE, None, None], "count only on the first page")
link = pages[0]["@odata.nextLink"]
check(link.startswith(TENANT["graph"]) and "$skiptoken=" in link, "next link")
equal(graph.get(link, expected=400)["error"]["code"], "Request_UnsupportedQuery", "header missing on page two")
equal(graph.get(link.replace("$select", "%24select"), expected=400, headers=EVENTUAL)["error"]["code"],
      "Directory_ExpiredPageToken", "a link that was encoded again")
people = [person for page in pages for person in page["value"]]
equal(len({person["id"] for person in people}), PEOPLE, "everybody once")
for person in people:
    primary = [a[5:] for a in person["proxyAddresses"] if a.startswith("SMTP:")]
    equal(primary, [person["mail"]], "one primary address")
    check(person["mail"].isascii() and person["accountEnabled"], "can be enrolled")
check(any(not person["displayName"].isascii() for person in people), "umlauts")
check(any(person["userPrincipalName"] != person["mail"] for person in people), "principal name differs from address")
kinds = {a.split(":")[0] for person in people for a in person["proxyAddresses"]}
check({"SMTP", "smtp", "SIP", "X500"} <= kinds, f"kinds of addresses: {kinds}")

mixed = graph.pages(f"/v1.0/groups/{nested}/transitiveMembers?$top=7")
members = [member for page in mixed for member in page["value"]]
equal({member["@odata.type"] for member in members},
      {"#microsoft.graph." + t for t in ("user", "group", "device", "orgContact")}, "types")
users = {m["id"] for m in members if m["@odata.type"].endswith(".user")}
equal(users, {person["id"] for person in people}, "the same people through nested groups")
direct = graph.get(f"/v1.0/groups/{nested}/members")["value"]
check(not any(m["@odata.type"].endswith(".user") for m in direct), "nobody directly")
number = graph.call("GET", f"/v1.0/groups/{nested}/transitiveMembers/microsoft.graph.user/$count", headers=EVENTUAL)
equal((number.text, number.headers["Content-Type"]), (str(PEOPLE), "text/plain"), "count")

# Without User.Read.All the properties are null, silently.
control("tenant", {"roles": ["GroupMember.Read.All"]})
poor = Graph().get(cast, headers=EVENTUAL)["value"][0]
check(poor["id"] and poor["mail"] is None and poor["userPrincipalName"] is None, "null properties")
control("tenant", {"roles": []})
equal(Graph().get(cast, expected=403, headers=EVENTUAL)["error"]["code"], "Authorization_RequestDenied", "no roles")
control("tenant", {"roles": ["User.Read.All", "GroupMember.Read.All", "OrgContact.Read.All",
                             "DeviceManagementConfiguration.ReadWrite.All"]})
bare = requests.get(f"{TENANT['graph']}/v1.0/users", headers={"Authorization": "Bearer x"}, timeout=TIMEOUT)
equal((bare.status_code, bare.json()["error"]["code"]), (401, "InvalidAuthenticationToken"), "foreign token")
equal(graph.get(f"/v1.0/groups/{uuid.uuid4()}", expected=404)["error"]["code"], "Request_ResourceNotFound", "no group")

# --- delta ---
def round_of(path):
    values, link = [], path
    while True:
        page = graph.get(link)
        values += page["value"]
        if "@odata.deltaLink" in page:
            check("@odata.nextLink" not in page, "never both links")
            return values, page["@odata.deltaLink"]
        link = page["@odata.nextLink"]


first, groups_link = round_of(f"/v1.0/groups/delta?$select=id,displayName,members&$filter=id eq '{smime}'")
equal(len([m for g in first for m in g["members@delta"]]), PEOPLE, "members of the initial round")
split = graph.pages(f"/v1.0/groups/delta?$filter=id eq '{smime}'", {"Prefer": "odata.maxpagesize=10"})
equal([len(g["members@delta"]) for page in split for g in page["value"]], [9, 10, 6], "the same group on three pages")
_, users_link = round_of(f"/v1.0/users/delta?$select={SELECT}")
empty, latest = round_of("/v1.0/users/delta?$deltatoken=latest&$select=id,mail")
equal(empty, [], "from now on")
ada, ben, eve = people[:3]
control("people", {"changes": [
    {"action": "change", "person": ada["id"], "properties": {"mail": "new.name@sandbox.example", "displayName": None}},
    {"action": "leave", "person": ben["id"]}, {"action": "delete", "person": eve["id"]},
    {"action": "add", "properties": {"userPrincipalName": "neu@sandbox.example", "displayName": "Neu"}}]})
users, users_link2 = round_of(users_link)
users = {user["id"]: user for user in users}
equal(users[ada["id"]]["mail"], "new.name@sandbox.example", "changed address")
equal(users[eve["id"]]["@removed"]["reason"], "changed", "soft deletion")
check(ben["id"] not in users, "leaving a group is no change of the user")
new = [user for user in users.values() if user.get("userPrincipalName") == "neu@sandbox.example"]
equal(len(new), 1, "added user")
groups, groups_link2 = round_of(groups_link)
references = {m["id"]: m.get("@removed", {}).get("reason") for g in groups for m in g["members@delta"]}
equal(references, {ben["id"]: "deleted", eve["id"]: "deleted", new[0]["id"]: None}, "members@delta")
equal([u["id"] for u in round_of(latest)[0]].count(ada["id"]), 1, "latest link sees the changes too")

# Deleted, found among the deleted, restored, removed for good.
equal(graph.get(f"/v1.0/users/{eve['id']}", expected=404)["error"]["code"], "Request_ResourceNotFound", "deleted user")
deleted = graph.get("/v1.0/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName,deletedDateTime")
equal([u["id"] for u in deleted["value"]], [eve["id"]], "deleted items")
short = graph.get("/v1.0/directory/deletedItems/graph.user?$select=id,userPrincipalName,deletedDateTime")
equal(short["value"], deleted["value"], "deleted items by the short name of the type")
check(deleted["value"][0]["userPrincipalName"].startswith(eve["id"].replace("-", "")), "prefixed principal name")
control("people", {"action": "restore", "person": eve["id"]})
equal(graph.get(f"/v1.0/users/{eve['id']}")["id"], eve["id"], "restored")
check("@removed" not in round_of(users_link2)[0][0], "restored user in the delta")
equal([m for g in round_of(groups_link2)[0] for m in g["members@delta"]],
      [{"@odata.type": "#microsoft.graph.user", "id": eve["id"]}], "restored member")
control("people", {"changes": [{"action": "delete", "person": eve["id"]}, {"action": "remove", "person": eve["id"]}]})
equal(round_of(users_link2)[0][0]["@removed"]["reason"], "deleted", "removed for good")

# Lost links: 410 with a place to begin again, and the other way tenants say it.
control("reset-delta", {})
lost = graph.call("GET", users_link)
equal((lost.status_code, lost.json()["error"]["code"]), (410, "syncStateNotFound"), "reset")
check(lost.headers["Location"].endswith("/v1.0/users/delta?$deltatoken="), "location")
again, link = round_of(lost.headers["Location"])
check(len(again) >= PEOPLE, "full round after the reset")
control("reset-delta", {"status": 400})
equal(graph.get(link, expected=400)["error"]["code"], "resyncRequired", "reset as 400")
control("reset-delta", {})
_, aged = round_of("/v1.0/users/delta?$deltatoken=latest")
control("clock", {"advance": 8 * 86400})
graph = Graph()
equal(graph.call("GET", aged).status_code, 410, "older than seven days")

# --- groups and contacts with addresses ---
ADDRESSES = "$select=id,displayName,mail,proxyAddresses"
links = {kind: round_of(f"/v1.0/{kind}/delta?$deltatoken=latest&{ADDRESSES}")[1] for kind in ("groups", "contacts")}
sales = {"mail": "sales@sandbox.example", "proxyAddresses": ["SMTP:sales@sandbox.example"]}
made = {"groups": control("groups", {"properties": {"displayName": "Sales", **sales}})["id"],
        "contacts": control("contacts", {"properties": {"displayName": "Partner", **sales}})["id"]}
for kind, own in made.items():
    listed = [item for page in graph.pages(f"/v1.0/{kind}?$top=2&{ADDRESSES}") for item in page["value"]]
    for found in ([item for item in listed if item["id"] == own][0], graph.get(f"/v1.0/{kind}/{own}?{ADDRESSES}"),
                  round_of(links[kind])[0][0]):
        equal({name: found[name] for name in sales}, sales, f"addresses of {kind}")
control("contacts", {"id": made["contacts"], "removed": True})
equal(graph.get(f"/v1.0/contacts/{made['contacts']}", expected=404)["error"]["code"], "Request_ResourceNotFound", "gone")
equal(round_of(links["contacts"])[0], [{"id": made["contacts"], "@removed": {"reason": "deleted"}}], "removed contact")
control("tenant", {"roles": ["User.Read.All", "GroupMember.Read.All"]})
equal(Graph().get("/v1.0/contacts", expected=403)["error"]["code"], "Authorization_RequestDenied", "contacts need more")
control("tenant", {"roles": ["User.Read.All", "GroupMember.Read.All", "OrgContact.Read.All",
                             "DeviceManagementConfiguration.ReadWrite.All"]})

# --- one user, quoting, batch ---
equal(graph.get("/v1.0/users/neu@sandbox.example?$select=id,onPremisesSecurityIdentifier")["id"], new[0]["id"], "by name")
equal(graph.get(f"/v1.0/users('{ada['id']}')?$select=id")["id"], ada["id"], "other spelling")
equal(graph.get(f"/v1.0/users/{ada['id']}?$select=nothing", expected=400)["error"]["code"], "BadRequest", "unknown property")
batch = graph.call("POST", "/v1.0/$batch", json={"requests": [
    {"id": "1", "method": "GET", "url": f"/users/{ada['id']}?$select=id,mail"},
    {"id": "2", "method": "GET", "url": "/users/nobody"},
    {"id": "3", "method": "GET", "url": f"/users/{ada['id']}", "dependsOn": ["2"]},
    {"id": "4", "method": "GET", "url": f"{TENANT['graph']}/beta/users/{ada['id']}?$select=id"},
    {"id": "5", "method": "GET", "url": f"{TENANT['graph']}/beta/users/nobody"}]}).json()["responses"]
parts = {part["id"]: part for part in batch}
equal({name: part["status"] for name, part in parts.items()}, {"1": 200, "2": 404, "3": 424, "4": 200, "5": 404}, "batch")
equal(parts["4"]["body"]["id"], ada["id"], "a part by its whole address")
elsewhere = {"requests": [{"id": "1", "method": "GET", "url": "https://elsewhere.example/v1.0/users"}]}
equal(graph.call("POST", "/v1.0/$batch", json=elsewhere).status_code, 400, "a part of another service")
equal(parts["1"]["body"]["mail"], "new.name@sandbox.example", "batch body")
equal(parts["1"]["headers"]["Content-Type"], "application/json", "type of the batch body")
many = {"requests": [{"id": str(n), "method": "GET", "url": "/users"} for n in range(21)]}
equal(graph.call("POST", "/v1.0/$batch", json=many).status_code, 400, "21 requests")

# Tokens that ended; a client that does not keep its token.
control("tenant", {"expireTokens": True})
equal(graph.get("/v1.0/users", expected=401)["error"]["code"], "InvalidAuthenticationToken", "ended token")
control("tenant", {"loopLimit": 3})
equal([token_request().status_code for _ in range(4)], [200, 200, 200, 400], "loop detector")
