# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""A careful client gets everything done in a hostile sandbox: nothing fails for ever, nothing happens twice."""
import concurrent.futures
import time

from common import *

tokens = {"text": None}


def send(method, url, repeats=True, **rest):
    """Repeats what may be repeated; None when a request that may not be ended without a clear answer."""
    for attempt in range(12):
        try:
            answer = requests.request(method, url, timeout=TIMEOUT, allow_redirects=False, **rest)
            if answer.ok and answer.content and "json" in answer.headers.get("Content-Type", ""):
                answer.json()
        except requests.RequestException:
            if not repeats:
                return None
            continue
        if answer.status_code == 429:
            time.sleep(0.1)
            continue
        if answer.status_code >= 500 or misleading(answer):
            if not repeats:
                return None
            continue
        return answer
    check(False, f"{method} {url} failed for ever")


def graph(method, path, repeats=True, **rest):
    for _ in range(3):
        if tokens["text"] is None:
            form = {"client_id": TENANT["clientID"], "grant_type": "client_credentials",
                    "scope": "https://graph.microsoft.com/.default", "client_secret": TENANT["clientSecret"]}
            tokens["text"] = send("POST", f"{TENANT['login']}/{TENANT['id']}/oauth2/v2.0/token", data=form).json()[
                "access_token"]
        used = tokens["text"]
        headers = {"Authorization": "Bearer " + used, **EVENTUAL}
        answer = send(method, path if path.startswith("http") else TENANT["graph"] + path, repeats, headers=headers, **rest)
        if answer is None or answer.status_code != 401:
            return answer
        if tokens["text"] == used:
            tokens["text"] = None
    check(False, "401 three times")


people, link = [], (f"/v1.0/groups/{TENANT['groups']['smime']}/members/microsoft.graph.user"
                    "?$select=id,mail,userPrincipalName&$top=20&$count=true")
sizes = []
while link:
    page = graph("GET", link).json()
    sizes.append(len(page["value"]))
    people += page["value"]
    link = page.get("@odata.nextLink")
equal(len({person["id"] for person in people}), 40, "everybody")
check(len(sizes) > 2, f"short pages: {sizes}")

ca = DigiCert()
endpoint, headers = ca.endpoint, ca.headers
_, request = csr()
blob = json.loads((__import__("pathlib").Path(os.environ["CERTWAY_FIXTURES"]) / "intune/post-body.json").read_text())


def enroll(person):
    email = person["mail"]
    while True:
        listed = send("GET", f"{endpoint}/order/certificate?filters[email]={requests.utils.quote(email)}", headers=headers)
        orders = listed.json().get("orders")
        if orders:
            break
        send("POST", f"{endpoint}/order/certificate/secure_email_mailbox", repeats=False, headers=headers,
             json=ca.mailbox(email, request))
    polls = 0
    while True:
        info = send("GET", f"{endpoint}/order/certificate/{orders[0]['id']}", headers=headers).json()
        if info["status"] == "issued":
            break
        polls += 1
        check(info["status"] in ("pending", "processing") and polls < 10, f"{email} waits for ever: {info['status']}")
    thumbprint = info["certificate"]["thumbprint"].lower()
    entity = f"/beta/deviceManagement/userPfxCertificates/{person['id'].replace('-', '')}-{thumbprint}"
    while graph("GET", entity).status_code == 404:
        graph("POST", "/beta/deviceManagement/userPfxCertificates", repeats=False,
              json={**blob, "userPrincipalName": person["userPrincipalName"], "thumbprint": thumbprint})
    return polls


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    polls = list(pool.map(enroll, people))
state = control("state")
equal((state["orders"], state["certificates"], state["pfx"]), (40, 40, 40), "exactly once each")
check(sum(polls) > 0, "some orders were pending for a while")
for fault in ("delay", "throttled", "unavailable", "cut-before", "cut-after", "proxy-after", "garbled-after", "wrong-date"):
    check(state["requests"].get("faults." + fault, 0) > 0, f"no {fault}: {state['requests']}")
ca_state = control("cas/digicert-certcentral")
is_wide = ca_state["settings"]["firstOrderID"] is not None
equal({int(order["id"]) > 2 ** 53 for order in ca_state["orders"]}, {is_wide}, "numbers as the seed has them")
