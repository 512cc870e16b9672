# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Imported PFX: the published vectors go in and come out as wire/intune-pfx.md says."""
import pathlib

from common import *

fixtures = pathlib.Path(os.environ["CERTWAY_FIXTURES"]) / "intune"
body = json.loads((fixtures / "post-body.json").read_text())
expected = json.loads((fixtures / "expected-get.json").read_text())
PATH = "/beta/deviceManagement/userPfxCertificates"

control("people", {"action": "add", "properties": {
    "id": "5f2c7c1e-0d3b-4a86-9f17-2b6d8e4c9a10", "userPrincipalName": "ada.vector@sandbox.example"}})
control("clock", {"stopAt": expected["createdDateTime"]})
graph = Graph()

created = graph.call("POST", PATH, json=body)
equal(created.status_code, 201, f"create {created.text}")
check("encryptedPfxBlob" in created.json(), "entity in the answer")
for path in (f"{PATH}/{expected['id']}", f"{PATH}('{expected['id']}')", f"{PATH}({expected['id']})"):
    found = graph.get(path)
    found.pop("@odata.context")
    equal(found, expected, "entity")

again = graph.call("POST", PATH, json=body)
equal(again.status_code, 409, "second create")
inner = json.loads(again.json()["error"]["message"])
check("Activity ID" in inner["Message"], "double wrapped error")

stored = control("pfx")["pfx"]
equal(len(stored), 1, "one entity")
for name in ("encryptedPfxBlob", "encryptedPfxPassword"):
    equal(stored[0][name], body[name], f"{name} is kept as sent")


def filtered(text):
    return [e["id"] for e in graph.get(PATH, params={"$filter": text})["value"]]


equal(filtered("tolower(userPrincipalName) eq 'ada.vector@sandbox.example' and tolower(thumbprint) eq '"
               + body["thumbprint"] + "'"), [expected["id"]], "filter")
equal(filtered("tolower(userPrincipalName) eq 'Ada.Vector@sandbox.example'"), [], "the literal is not lowered")
equal(filtered("tolower(userPrincipalName) eq 'o''hara+x#1@sandbox.example'"), [], "doubled quote")
equal(graph.call("GET", PATH, params={"$filter": "startswith(id,'a')"}).status_code, 400, "unsupported filter")

refused = {
    "keyAlgorithm": "rsa", "thumbprint": body["thumbprint"].upper(), "paddingScheme": "pkcs1", "intendedPurpose": "mail",
    "userPrincipalName": "nobody@sandbox.example", "startDateTime": "01/02/2025 00:00", "encryptedPfxPassword": "AAAA",
    "encryptedPfxBlob": "_-_-", "providerName": "", "expirationDateTime": body["startDateTime"], "id": "mine"}
for name, value in refused.items():
    answer = graph.call("POST", PATH, json={**body, name: value})
    equal(answer.status_code, 400, f"{name} = {value!r}")
for name in ("keyName", "encryptedPfxBlob", "paddingScheme"):
    answer = graph.call("POST", PATH, json={key: value for key, value in body.items() if key != name})
    equal(answer.status_code, 400, f"without {name}")
pascal = graph.call("PATCH", f"{PATH}/{expected['id']}", json={**body, "intendedPurpose": "SmimeSigning"})
equal((pascal.status_code, pascal.json()["intendedPurpose"]), (200, "smimeSigning"), "any case in, camel case out")

control("people", {"action": "add", "properties": {"userPrincipalName": "o'hara+x#1@sandbox.example"}})
for number in range(4):
    other = {**body, "userPrincipalName": "O'Hara+x#1@sandbox.example", "thumbprint": f"{number:040x}"}
    equal(graph.call("POST", PATH, json=other).status_code, 201, "another entity")
equal(len(filtered("tolower(userPrincipalName) eq 'o''hara+x#1@sandbox.example'")), 4, "quoted name")
pages = graph.pages(PATH + "?$top=2&$select=id,encryptedPfxBlob")
equal([len(page["value"]) for page in pages], [2, 2, 1], "pages")
equal({e["encryptedPfxBlob"] for page in pages for e in page["value"]}, {"AA=="}, "secrets are write-only")

control("tenant", {"roles": ["DeviceManagementConfiguration.Read.All", "User.Read.All"]})
reader = Graph()
equal(reader.call("GET", PATH).status_code, 200, "reading")
equal(reader.call("DELETE", f"{PATH}/{expected['id']}").status_code, 403, "reader may not delete")
equal(graph.call("DELETE", f"{PATH}/{expected['id']}").status_code, 204, "delete")
equal(graph.call("DELETE", f"{PATH}/{expected['id']}").status_code, 404, "delete again")
control("tenant", {"replaceDuplicatePFX": True})
equal([graph.call("POST", PATH, json=body).status_code for _ in range(2)], [201, 201], "replace")
equal(len(control("pfx")["pfx"]), 5, "replaced, not added")
