# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""People signing in to the tenant: authorize, code and PKCE, ID tokens and their keys, groups, sign-out; then Microsoft's msal does the
same. Tokens are verified by PyJWT, which is another's (wire/entra-oidc.md)."""
import base64
import hashlib
import html
import re
import secrets
import time
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import msal

from common import *

LOGIN = f"{TENANT['login']}/{TENANT['id']}"
CLIENT = TENANT["clientID"]
PEOPLE = TENANT["signIn"]["people"]
BACK = "http://localhost:4711/auth/callback"
ISSUER = f"{LOGIN}/v2.0"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser(requests.Session):
    """Follows nothing by itself."""

    def get(self, url, **more):
        return super().get(url, allow_redirects=False, timeout=TIMEOUT, **more)

    def ask(self, **changes):
        self.verifier = b64(secrets.token_bytes(32))
        fields = {"client_id": CLIENT, "response_type": "code", "redirect_uri": BACK, "response_mode": "query",
                  "scope": "openid profile", "state": "s1", "nonce": "n1", "code_challenge_method": "S256",
                  "code_challenge": b64(hashlib.sha256(self.verifier.encode()).digest())}
        fields.update(changes)
        fields = {name: value for name, value in fields.items() if value is not None}
        return self.get(f"{LOGIN}/oauth2/v2.0/authorize?{urlencode(fields)}")

    def choose(self, page, who):
        """Clicks on the link of somebody."""
        for address, text in re.findall(r'href="([^"]*)">(.*?)</a>', page.text):
            if who in html.unescape(text) or (who == "Cancel" and text == "Cancel"):
                return self.get(TENANT["login"] + html.unescape(address))
        check(False, f"nobody on the page is {who}")

    def code(self, who=PEOPLE["Certway.Administrator"], **changes):
        answer = self.choose(self.ask(**changes), who)
        equal(answer.status_code, 302, f"sign-in {answer.text}")
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def redeem(self, code, **changes):
        form = {"client_id": CLIENT, "client_secret": TENANT["clientSecret"], "grant_type": "authorization_code",
                "code": code, "redirect_uri": BACK, "code_verifier": self.verifier}
        form.update(changes)
        return self.post(f"{LOGIN}/oauth2/v2.0/token", data=form, timeout=TIMEOUT)

    def tokens(self, who=PEOPLE["Certway.Administrator"], **changes):
        answer = self.redeem(self.code(who, **changes)["code"])
        equal(answer.status_code, 200, f"redeeming {answer.text}")
        return answer.json()


def keys():
    found = requests.get(f"{LOGIN}/discovery/v2.0/keys", timeout=TIMEOUT).json()["keys"]
    return {key["kid"]: key for key in found}


def claims(token, audience=CLIENT, issuer=ISSUER):
    header = jwt.get_unverified_header(token)
    key = jwt.PyJWK(keys()[header["kid"]], algorithm="RS256").key
    return jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=issuer, leeway=300)


def refused(answer, number, what):
    equal(answer.json().get("error_codes"), [number], f"{what}: {answer.text}")


# Discovery names what is there.
configuration = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=TIMEOUT).json()
equal(configuration["issuer"], ISSUER, "issuer")
check(len(keys()) >= 2, "several keys are published")
check(all("alg" not in key and key["issuer"].endswith("/{tenantid}/v2.0") for key in keys().values()), "keys as they are published")

# A sign-in, with what the token says.
browser = Browser()
back = browser.code()
equal(back["state"], "s1", "state comes back")
check(len(back["code"]) > 1000, "codes are long")
answer = browser.redeem(back["code"])
token = answer.json()
check("refresh_token" not in token, "no refresh token without offline_access")
person = claims(token["id_token"])
equal((person["ver"], person["nonce"], person["tid"], person["sid"]), ("2.0", "n1", TENANT["id"], back["session_state"]), "claims")
equal(person["preferred_username"], PEOPLE["Certway.Administrator"], "name")
equal(person["roles"], ["Certway.Administrator"], "app role")
check(TENANT["groups"]["smime"] in person["groups"] and TENANT["groups"]["nested"] in person["groups"], "groups, nested too")
for name in ("oid", "sub", "name", "auth_time", "login_hint", "uti"):
    check(name in person, f"{name} is there")

# Codes: once, with the right verifier and address, by the right client, in time.
refused(browser.redeem(back["code"]), 54005, "a code a second time")
refused(browser.redeem(browser.code()["code"], code_verifier="x" * 43), 501481, "another verifier")
refused(browser.redeem(browser.code()["code"], redirect_uri=BACK + "/"), 500112, "another address")
refused(browser.redeem("nonsense"), 9002313, "no code")
refused(browser.redeem(browser.code()["code"], client_secret="wrong"), 7000215, "wrong secret")
answer = requests.post(f"{LOGIN}/oauth2/v2.0/token", data={"grant_type": "authorization_code", "client_id": CLIENT,
                       "client_secret": TENANT["clientSecret"], "code": "x", "redirect_uri": BACK},
                       headers={"Origin": "http://localhost"}, timeout=TIMEOUT)
refused(answer, 9002326, "a browser's redemption")
old = browser.code()["code"]
control("clock", {"advance": 700})
refused(browser.redeem(old), 70008, "a code after its time")
control("clock", {"resume": True})

# Pages without a way back, and refusals with one.
for changes, number in (({"client_id": "c0ffee"}, 700016), ({"redirect_uri": "https://evil.example/auth/callback"}, 50011),
                        ({"redirect_uri": BACK.replace("callback", "Callback")}, 50011)):
    page = browser.ask(**changes)
    check(page.status_code == 400 and f"AADSTS{number}" in page.text and "Location" not in page.headers, f"{changes}: {page.text}")
refusal = dict(parse_qsl(urlsplit(browser.ask(response_type="token").headers["Location"]).query))
equal((refusal["error"], refusal["state"]), ("unsupported_response_type", "s1"), "another flow")
refusal = dict(parse_qsl(urlsplit(browser.choose(browser.ask(), "Cancel").headers["Location"]).query))
equal((refusal["error"], refusal["error_subcode"]), ("access_denied", "cancel"), "cancelled")
silent = dict(parse_qsl(urlsplit(Browser().ask(prompt="none").headers["Location"]).query))
equal(silent["error"], "login_required", "nobody is signed in")
check("code" in parse_qs(urlsplit(browser.ask(prompt="none").headers["Location"]).query), "somebody is signed in")
posted = browser.choose(browser.ask(response_mode="form_post"), PEOPLE["Certway.Auditor"]).text
check(f'action="{BACK}"' in posted and 'name="code"' in posted and 'name="state" value="s1"' in posted, "form_post")

# Each role is one click away, and somebody without one.
page = browser.ask().text
for role, name in PEOPLE.items():
    check(f"<strong>{role.split('.')[1]}</strong>" in page and name in page, f"the page offers {role}")
    equal(claims(Browser().tokens(name)["id_token"])["roles"], [role], f"role {role}")
check("<strong>Employee</strong>" in page, "the page offers an employee")

# Too many groups for a token, no groups at all.
control("tenant", {"groupLimit": 1})
overage = claims(browser.tokens()["id_token"])
check("groups" not in overage and overage["_claim_names"] == {"groups": "src1"}, f"overage {overage}")
check(overage["_claim_sources"]["src1"]["endpoint"].startswith("https://graph.windows.net/"), "the retired directory")
control("tenant", {"groupLimit": 200, "groupClaims": False})
check("groups" not in claims(browser.tokens()["id_token"]), "no groups")
control("tenant", {"groupClaims": True, "assignments": {PEOPLE["Certway.Auditor"]: ["Other"]}})
equal(claims(Browser().tokens(PEOPLE["Certway.Auditor"])["id_token"])["roles"], ["Other"], "another app role")
control("tenant", {"assignments": {PEOPLE["Certway.Auditor"]: ["Certway.Auditor"]}})

# Keys rotate, and tokens can be wrong in every way.
before = set(keys())
control("tenant", {"rotateSigningKeys": True})
check(before < set(keys()), "the new key is published beside the old ones")
equal(jwt.get_unverified_header(browser.tokens()["id_token"])["kid"] in before, False, "the new one signs")
control("tenant", {"rotateSigningKeys": "drop"})
equal(len(keys()), 1, "only the newest is left")
for fault, error in (("wrongAudience", jwt.InvalidAudienceError), ("wrongIssuer", jwt.InvalidIssuerError),
                     ("expired", jwt.ExpiredSignatureError), ("future", jwt.ImmatureSignatureError),
                     ("badSignature", jwt.InvalidSignatureError), ("unknownKey", KeyError)):
    control("tenant", {"tokenFault": fault})
    bad = browser.tokens()["id_token"]
    try:
        claims(bad)
        check(False, f"{fault} was accepted")
    except error:
        pass
for fault, algorithm in (("unsigned", "none"), ("hs256", "HS256")):
    control("tenant", {"tokenFault": fault})
    equal(jwt.get_unverified_header(browser.tokens()["id_token"])["alg"], algorithm, fault)
control("tenant", {"tokenFault": None})

# Programs: a token for the gateway's API, with app roles and without, in both versions.
automation = TENANT["signIn"]["automation"]


def program(**changes):
    form = {"grant_type": "client_credentials", "client_id": automation["clientID"], "client_secret": automation["clientSecret"],
            "scope": automation["scope"]}
    form.update(changes)
    return requests.post(f"{LOGIN}/oauth2/v2.0/token", data=form, timeout=TIMEOUT).json()["access_token"]


found = claims(program())
equal((found["roles"], found["idtyp"], found["azp"], found["oid"]), (["Certway.Auditor"], "app", automation["clientID"], found["sub"]), "app")
control("tenant", {"applicationRoles": []})
check("roles" not in claims(program()), "a program without a role gets a token all the same")
control("tenant", {"applicationRoles": ["Certway.Auditor"], "tokenVersion": 1})
found = claims(program(), audience=f"api://{CLIENT}", issuer=f"https://sts.windows.net/{TENANT['id']}/")
equal((found["ver"], found["appid"]), ("1.0", automation["clientID"]), "version 1.0")
control("tenant", {"tokenVersion": 2})

# Signing out tells each application, with sid alone.
session = claims(browser.tokens()["id_token"])["sid"]
page = browser.get(f"{LOGIN}/oauth2/v2.0/logout?post_logout_redirect_uri={BACK}")
equal([html.unescape(address) for address in re.findall(r'iframe hidden src="([^"]*)"', page.text)],
      [f"http://localhost:4711/auth/frontchannel?sid={session}"], "frames")
silent = dict(parse_qsl(urlsplit(browser.ask(prompt="none").headers["Location"]).query))
equal(silent["error"], "login_required", "signed out")

# Microsoft's own client does the same, by a browser that is ours.
control("tenant", {"redirectURIs": ["http://localhost/msal"]})
application = msal.ConfidentialClientApplication(
    CLIENT, client_credential=TENANT["clientSecret"], authority=LOGIN, instance_discovery=False)
flow = application.initiate_auth_code_flow([f"api://{CLIENT}/access_as_user"], redirect_uri="http://localhost:4711/msal")
answer = browser.choose(browser.get(flow["auth_uri"]), PEOPLE["Certway.Helpdesk"])
result = application.acquire_token_by_auth_code_flow(flow, dict(parse_qsl(urlsplit(answer.headers["Location"]).query)))
check("error" not in result, f"msal: {result}")
equal(result["id_token_claims"]["preferred_username"], PEOPLE["Certway.Helpdesk"], "msal knows who it is")
delegated = claims(result["access_token"])
equal((delegated["scp"], delegated["roles"]), ("access_as_user", ["Certway.Helpdesk"]), "a person's token for the API")
