# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Signing in to a running gateway as a browser does it, with cookies and redirects of its own, against the sandbox tenant; then with the
tokens that programs have. Written from the wire sheet and the console's design, with no code of the gateway."""
import base64
import html
import json
import os
import re
import sys
import time
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import msal
import requests

CONSOLE = os.environ["CERTWAY_CONSOLE"]
READY = json.loads(os.environ["CERTWAY_SANDBOX"])
TENANT = READY["tenant"]
LOGIN = f"{TENANT['login']}/{TENANT['id']}"
PEOPLE = TENANT["signIn"]["people"]
GROUP = os.environ["CERTWAY_GROUP"]
ROOTS = os.environ["REQUESTS_CA_BUNDLE"]
ROLES = {"Certway.Administrator": ("administrator", "/console/overview"), "Certway.Helpdesk": ("helpdesk", "/console/people"),
         "Certway.KeyRecoveryAgent": ("keyRecoveryAgent", "/console/recovery"), "Certway.Auditor": ("auditor", "/console/audit"),
         "Certway.Requester": ("requester", "/console/requests")}


def check(condition, message):
    if not condition:
        print("FAILED:", message)
        sys.exit(1)


def equal(found, expected, message):
    check(found == expected, f"{message}: found {found!r}, expected {expected!r}")


def control(path, body):
    answer = requests.post(f"{READY['control']}/control/{path}", json=body, timeout=20)
    check(answer.ok, f"control {path}: {answer.text}")
    return answer.json()


class Browser(requests.Session):
    def __init__(self):
        super().__init__()
        self.verify = ROOTS

    def go(self, url, **more):
        return self.get(urljoin(CONSOLE, url), allow_redirects=False, timeout=30, **more)

    def begin(self, **query):
        answer = self.go("/auth/start" + ("?" + urlencode(query) if query else ""))
        equal(answer.status_code, 302, f"start: {answer.text}")
        return answer.headers["Location"]

    def pick(self, authorize, who):
        """At the tenant: the address that it sends the browser back to."""
        page = self.go(authorize)
        for address, text in re.findall(r'href="([^"]*)">(.*?)</a>', page.text):
            if who in html.unescape(text):
                answer = self.go(urljoin(TENANT["login"], html.unescape(address)))
                return answer.headers.get("Location") or check(False, f"{who}: {answer.text}")
        check(False, f"{who} is not on the page of the tenant: {page.text[:2000]}")

    def choose(self, authorize, name):
        """The same for somebody who need not stand on the page."""
        answer = self.go(authorize.replace("/authorize?", "/choose?") + "&person=" + quote(name))
        return answer.headers.get("Location") or check(False, f"{name}: {answer.status_code} {answer.text}")

    def sign_in(self, name, **query):
        answer = self.go(self.choose(self.begin(**query), name))
        equal(answer.status_code, 302, f"sign-in of {name}: {answer.text}")
        return answer

    def api(self, path, method="GET", **more):
        return self.request(method, f"{CONSOLE}/api/v1{path}", timeout=30, **more)

    def session(self):
        answer = self.api("/session")
        return answer.json() if answer.ok else answer.status_code

    def change(self, path, method="POST", **more):
        """As a page of the console does it."""
        headers = {"X-CSRF-Token": self.session()["csrfToken"], "Origin": CONSOLE, **more.pop("headers", {})}
        return self.request(method, CONSOLE + path, headers=headers, timeout=30, **more)


def refused(answer, status, *parts):
    """A page that says why, and no session."""
    equal(answer.status_code, status, answer.text)
    for part in parts:
        check(part in html.unescape(answer.text), f"{part!r} is not on the page: {answer.text}")
    check(not any("certway-session=" in value and "Max-Age=0" not in value for value in [answer.headers.get("Set-Cookie", "")]),
          f"a session began: {answer.headers}")
    check("frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], "framing")
    equal(answer.headers["Cache-Control"], "no-store", "cache")


# The gateway reads its directory meanwhile.
others = [person["userPrincipalName"] for person in
          requests.get(f"{READY['control']}/control/people", timeout=20).json()["people"]
          if person["isMember"] and person["userPrincipalName"] not in PEOPLE.values() and person["userType"] == "Member"
          and person["accountEnabled"]]
deadline = time.monotonic() + 120
while True:
    browser = Browser()
    if browser.go(browser.choose(browser.begin(), others[0])).status_code == 302:
        break
    check(time.monotonic() < deadline, "an employee is not known after two minutes")
    time.sleep(1)

# Who has no role but is in the directory is an employee, and begins with the own certificates.
answer = Browser().sign_in(others[0])
equal(answer.headers["Location"], "/my", "landing of an employee")

# Each role, from the tenant's page to the console's.
for value, (role, landing) in ROLES.items():
    browser = Browser()
    equal(browser.session(), 401, "nobody is signed in")
    back = browser.pick(browser.begin(), PEOPLE[value])
    answer = browser.go(back)
    equal((answer.status_code, answer.headers["Location"]), (302, landing), f"landing of {role}")
    me = browser.session()
    equal((me["name"], me["roles"], me["landing"]), (PEOPLE[value], sorted([role, "employee"]), landing), f"session of {role}")
    check(value in me["origin"] and me["csrfToken"] and me["expiresAt"], f"origin: {me}")
    # The same answer once more is nobody's.
    refused(browser.go(back), 400, "This sign-in was not begun here")

# Cookies: what the attempt leaves, and what the session is.
secure = CONSOLE.startswith("https")
browser = Browser()
begun = browser.go("/auth/start")
attempt = begun.headers["Set-Cookie"]
done = browser.go(browser.choose(begun.headers["Location"], PEOPLE["Certway.Auditor"]))
cookies = done.raw.headers.getlist("Set-Cookie")
session_cookie = next(value for value in cookies if "certway-session=" in value)
for value in [attempt, session_cookie]:
    check("HttpOnly" in value and "SameSite=Lax" in value and "Path=/" in value and "Domain" not in value, value)
    equal("Secure" in value and value.startswith("__Host-"), secure, f"over TLS the name says it: {value}")
check(any("certway-attempt" in value and "Max-Age=0" in value for value in cookies), "the attempt is forgotten")

# Links of others lead nowhere else.
for path in ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/console", "/%2Fevil.example",
             "/%5Cevil.example", "/console/..//evil.example", "javascript:alert(1)"]:
    answer = Browser().sign_in(PEOPLE["Certway.Auditor"], **{"return": path})
    equal(answer.headers["Location"], "/console/overview", f"return={path}")
answer = Browser().sign_in(PEOPLE["Certway.Auditor"], **{"return": "/console/orders?stage=held&after=x"})
equal(answer.headers["Location"], "/console/orders?stage=held&after=x", "a page of ours")

# A session that somebody planted is worth nothing; neither is an answer to another browser's question.
thief, victim = Browser(), Browser()
thief.sign_in(PEOPLE["Certway.Requester"])
name = next(cookie.name for cookie in thief.cookies if cookie.name.endswith("certway-session"))
planted = thief.cookies[name]
victim.cookies.set(name, planted, domain=urlsplit(CONSOLE).hostname, path="/", secure=secure)
victim.sign_in(PEOPLE["Certway.Administrator"])
check([cookie.value for cookie in victim.cookies if cookie.name == name][-1] != planted, "a new name at sign-in")
equal(thief.session(), 401, "the planted one is over")
answer = Browser().go(thief.choose(thief.begin(), PEOPLE["Certway.Requester"]))
refused(answer, 400, "This sign-in was not begun here")
for text in ["", "?code=x", "?code=x&state=y", "?state=" + "a" * 43]:
    refused(Browser().go("/auth/callback" + text), 400)

# What the tenant refuses, the person reads.
browser = Browser()
authorize = browser.begin()
page = browser.go(authorize)
cancel = html.unescape(re.search(r'id="cancel" href="([^"]*)"', page.text)[1])
refused(browser.go(browser.go(urljoin(TENANT["login"], cancel)).headers["Location"]), 403, "cancelled or is not permitted", "AADSTS65004")

# Tokens that are wrong: each is refused with its own sentence.
for fault, part in [("wrongAudience", "the token is for"), ("wrongTenant", "the token is of tenant"), ("wrongIssuer", "was issued by"),
                    ("expired", "was valid until"), ("future", "one of the clocks is wrong"), ("noNonce", "belongs to another sign-in"),
                    ("wrongNonce", "belongs to another sign-in"), ("noObjectID", "lacks oid"), ("wrongVersion", 'of version "3.0"'),
                    ("unsigned", "is not signed"), ("hs256", "signs with RS256 only"), ("badSignature", "signature of the token"),
                    ("unknownKey", "has no key")]:
    control("tenant", {"tokenFault": fault})
    browser = Browser()
    refused(browser.go(browser.choose(browser.begin(), PEOPLE["Certway.Administrator"])), 403, part)
    equal(browser.session(), 401, fault)
control("tenant", {"tokenFault": None})

# Somebody in too many groups for a token; Graph says which, or nobody gets in.
control("groups", {"id": GROUP, "properties": {"displayName": "CW-Integrators"}})
control("people", {"action": "join", "person": others[1], "group": GROUP})
browser = Browser()
browser.sign_in(others[1])
equal(browser.session()["roles"], ["employee", "integrator"], "by a group")
check(f"by group {GROUP}" in browser.session()["origin"], browser.session()["origin"])
control("tenant", {"groupLimit": 0})
browser = Browser()
browser.sign_in(others[1])
equal(browser.session()["roles"], ["employee", "integrator"], "by a group that Graph knows")
control("faults", {"operation": "graph.checkMemberGroups", "fault": "status", "status": 403, "count": 5})
browser = Browser()
refused(browser.go(browser.choose(browser.begin(), others[1])), 403, "too many groups for a token", others[1])
control("faults", {"operation": "graph.checkMemberGroups", "fault": "none"})
control("tenant", {"groupLimit": 200})

# Nobody here, and somebody of another organisation.
control("people", {"action": "add", "group": None, "properties": {"userPrincipalName": "stranger@sandbox.example"}})
browser = Browser()
refused(browser.go(browser.choose(browser.begin(), "stranger@sandbox.example")), 403, "stranger@sandbox.example", "app role Certway.Auditor (auditor)",
        f"group {GROUP} (integrator)", "ask whoever administers the tenant")
guest = "gerd_partner.example#EXT#@certwaysandbox.onmicrosoft.com"
browser = Browser()
refused(browser.go(browser.choose(browser.begin(), guest)), 403, "account of another organisation")

# What changes something must come from a page of ours.
browser = Browser()
browser.sign_in(PEOPLE["Certway.Administrator"])
token = browser.session()["csrfToken"]
for headers in [{}, {"X-CSRF-Token": token}, {"X-CSRF-Token": token, "Origin": "https://evil.example"}, {"Origin": CONSOLE},
                {"X-CSRF-Token": "x" * len(token), "Origin": CONSOLE}, {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}]:
    equal(browser.api("/session/extensions", "POST", headers=headers).status_code, 403, f"{headers}")
answer = browser.change("/api/v1/session/extensions")
check(answer.ok and answer.json()["expiresAt"] >= browser.session()["expiresAt"][:16], answer.text)
equal(browser.request("POST", CONSOLE + "/auth/logout", timeout=30).status_code, 403, "signing out by another site")
check(browser.session()["name"], "still signed in")

# Tokens of our own: made by an administrator, with rights that the administrator has, shown once, gone when revoked.
made = browser.change("/api/v1/api-tokens", json={"name": "reports", "role": "auditor", "validForSeconds": 3600})
equal(made.status_code, 201, made.text)
secret, number = made.json()["token"], made.json()["id"]
check(re.fullmatch(r"cwt_[A-Za-z0-9]{40}[0-9a-f]{6}", secret), secret)
bearer = {"Authorization": f"Bearer {secret}"}
me = requests.get(f"{CONSOLE}/api/v1/session", headers=bearer, verify=ROOTS, timeout=30).json()
equal((me["roles"], me["csrfToken"], me["name"]), (["auditor"], None, "token reports"), "a token's session")
listed = browser.api("/api-tokens").json()["items"]
check(secret not in json.dumps(listed) and listed[0]["name"] == "reports" and listed[0]["usedAt"], f"{listed}")
equal(browser.change("/api/v1/api-tokens", json={"name": "reports", "role": "helpdesk"}).status_code, 422, "the name is taken")
equal(browser.change("/api/v1/api-tokens", json={"name": "keys", "role": "keyRecoveryAgent"}).status_code, 403, "rights that one lacks")
equal(requests.post(f"{CONSOLE}/api/v1/api-tokens", json={"name": "x", "role": "auditor"}, headers=bearer, verify=ROOTS, timeout=30).status_code, 403,
      "an auditor makes no tokens")
check(browser.change("/api/v1/api-tokens?dryRun=true", json={"name": "dry", "role": "auditor"}).json().get("token") is None, "dry run")
page = Browser()
answer = page.post(f"{CONSOLE}/auth/token", data={"token": secret, "return": "/console/audit"}, allow_redirects=False,
                   headers={"Sec-Fetch-Site": "same-origin"}, timeout=30)
equal((answer.status_code, answer.headers["Location"]), (303, "/console/audit"), "signed in by a token")
equal(page.session()["roles"], ["auditor"], "what the token may")
foreign = Browser().post(f"{CONSOLE}/auth/token", data={"token": secret}, allow_redirects=False, headers={"Sec-Fetch-Site": "cross-site"}, timeout=30)
equal(foreign.status_code, 403, "another site signs nobody in")
equal(browser.change(f"/api/v1/api-tokens/{number}", "DELETE").json()["state"], "revoked", "revoked")
equal(requests.get(f"{CONSOLE}/api/v1/session", headers=bearer, verify=ROOTS, timeout=30).status_code, 401, "the token is worthless")
equal(page.session(), 401, "and what was signed in with it")

# Programs with a token of the tenant.
automation = TENANT["signIn"]["automation"]


def program(**changes):
    form = {"grant_type": "client_credentials", "client_id": automation["clientID"], "client_secret": automation["clientSecret"],
            "scope": automation["scope"], **changes}
    return requests.post(f"{LOGIN}/oauth2/v2.0/token", data=form, verify=ROOTS, timeout=20).json()["access_token"]


def shown(token):
    return requests.get(f"{CONSOLE}/api/v1/session", headers={"Authorization": f"Bearer {token}"}, verify=ROOTS, timeout=30)


for version in (2, 1):
    control("tenant", {"tokenVersion": version})
    me = shown(program()).json()
    equal((me["roles"], me["name"]), (["auditor"], f"application {automation['clientID']}"), f"version {version}")
control("tenant", {"tokenVersion": 2, "applicationRoles": []})
answer = shown(program())
check(answer.status_code == 403 and 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"], answer.text)
control("tenant", {"applicationRoles": ["Certway.Auditor"]})
answer = shown(program(scope="https://graph.microsoft.com/.default"))
check(answer.status_code == 401 and 'error="invalid_token"' in answer.headers["WWW-Authenticate"], answer.text)
for fault in ["expired", "wrongAudience", "unsigned"]:
    control("tenant", {"tokenFault": fault})
    equal(shown(program()).status_code, 401, fault)
control("tenant", {"tokenFault": None})

# Microsoft's own client signs somebody in, and the gateway takes the token that it gets.
control("tenant", {"redirectURIs": ["http://localhost/msal"]})
application = msal.ConfidentialClientApplication(
    TENANT["clientID"], client_credential=TENANT["clientSecret"], authority=LOGIN, instance_discovery=False, verify=ROOTS)
flow = application.initiate_auth_code_flow([f"api://{TENANT['clientID']}/access_as_user"], redirect_uri="http://localhost:4711/msal")
back = Browser().pick(flow["auth_uri"], PEOPLE["Certway.Helpdesk"])
result = application.acquire_token_by_auth_code_flow(flow, dict(parse_qsl(urlsplit(back).query)))
check("error" not in result, f"msal: {result}")
me = shown(result["access_token"]).json()
equal((me["name"], me["roles"]), (PEOPLE["Certway.Helpdesk"], ["employee", "helpdesk"]), "msal's token")

# A key that the tenant has made between the question and the answer.
control("tenant", {"rotateSigningKeys": True})
Browser().sign_in(PEOPLE["Certway.Auditor"])

# Signing out: here, everywhere, and in the tenant, which tells us by a frame without cookies.
browser = Browser()
browser.sign_in(PEOPLE["Certway.Administrator"])
answer = browser.change("/auth/logout")
check(answer.json()["address"].startswith(f"{LOGIN}/oauth2/v2.0/logout?post_logout_redirect_uri="), answer.text)
check("logout_hint=" in answer.json()["address"], answer.text)
equal(browser.session(), 401, "signed out")
first, second = Browser(), Browser()
for browser in (first, second):
    browser.sign_in(PEOPLE["Certway.Administrator"])
first.change("/auth/logout?everywhere=true")
equal((first.session(), second.session()), (401, 401), "signed out everywhere")
browser = Browser()
browser.sign_in(PEOPLE["Certway.Auditor"])
check(browser.session()["name"], "signed in")
equal(requests.get(f"{CONSOLE}/auth/frontchannel?sid=unknown", verify=ROOTS, timeout=30).status_code, 200, "an unknown session")
page = browser.go(f"{LOGIN}/oauth2/v2.0/logout")
frames = [html.unescape(address) for address in re.findall(r'iframe hidden src="([^"]*)"', page.text)]
check(frames and frames[0].startswith(f"{CONSOLE}/auth/frontchannel?sid="), f"{frames}")
equal(requests.get(frames[0] + "&iss=https://evil.example", verify=ROOTS, timeout=30).status_code, 200, "another issuer")
check(browser.session()["name"], "another issuer ends nothing")
answer = requests.get(frames[0], verify=ROOTS, timeout=30)
check(answer.status_code == 200 and "frame-ancestors" not in answer.headers["Content-Security-Policy"], "may be framed")
equal(browser.session(), 401, "the tenant's sign-out ends ours")

# Who guesses waits; who is signed in does not.
browser = Browser()
browser.sign_in(PEOPLE["Certway.Auditor"])
codes = [shown("cwt_" + "x" * 46).status_code for _ in range(25)]
check(codes[0] == 401 and codes[-1] == 429, f"{codes}")
check(browser.session()["name"], "a session goes on")
print("passed")
