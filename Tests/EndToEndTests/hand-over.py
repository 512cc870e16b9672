# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""What people do with a link to their certificate for another device: each comes as a browser does, signed in at the sandbox tenant. Prints
one JSON line of what came of each step; the steps come on standard input, one JSON line each."""
import html
import json
import os
import sys
from urllib.parse import quote, urljoin

import requests

CONSOLE = os.environ["CERTWAY_CONSOLE"]
LOGIN = os.environ["CERTWAY_LOGIN"]
browsers = {}


def browser(name):
    """Signed in now; whoever has come before stays signed in."""
    if name not in browsers:
        session = browsers[name] = requests.Session()
        begun = session.get(f"{CONSOLE}/auth/start?prompt=login&return=/my", allow_redirects=False, timeout=30)
        chosen = session.get(begun.headers["Location"].replace("/authorize?", "/choose?") + "&person=" + quote(name),
                             allow_redirects=False, timeout=30)
        back = session.get(urljoin(LOGIN, html.unescape(chosen.headers["Location"])), allow_redirects=False, timeout=30)
        if back.status_code != 302:
            sys.exit(f"sign-in of {name}: {back.status_code} {back.text[:1000]}")
    return browsers[name]


for line in sys.stdin:
    step = json.loads(line)
    session = browser(step["as"]) if step["as"] else requests.Session()
    headers = {"Origin": CONSOLE}
    if step["as"] and step["method"] != "GET":
        headers["X-CSRF-Token"] = session.get(f"{CONSOLE}/api/v1/session", timeout=30).json()["csrfToken"]
    try:
        answer = session.request(step["method"], f"{CONSOLE}/api/v1{step['path']}", json=step.get("body"), headers=headers,
                                 timeout=60)
        try:
            body = answer.json()
        except ValueError:
            body = None
        print(json.dumps({"status": answer.status_code, "body": body}), flush=True)
    except requests.exceptions.ConnectionError:
        print(json.dumps({"status": 0, "body": None}), flush=True)
