# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Texts of others that want to be more than text, on every screen, and a foreign page that wants to frame the console."""
import http.server
import json
import re
import threading

from playwright.sync_api import Error

from console import base, check, context_of, open_page, retry, sign_in, words
from screens import screens

evil = '\u202e<img src=x onerror="window.hit=1">"\'><script>window.hit=2</script>\u2066{{7*7}}'
# Members whose words come from a directory, a CA, a file or a person. Names that are part of an address stay as they are.
foreign = {"displayName", "detail", "message", "reason", "holdReason", "text", "sentence", "cause", "because", "problem", "problems", "why", "warnings", "subject", "issuer",
           "purpose", "emailAddresses", "addresses", "alarm", "origin", "actor", "object", "help", "meaning", "waitsFor", "whoActs", "byItself", "overLimits", "instead",
           "file", "title", "via", "remedy", "holds", "requestedBy", "passwordFor", "keptBecause", "by", "readBy"}


def poisoned(value, member=""):
    if isinstance(value, dict):
        return {name: inner if name == "permissions" else poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(one, member) for one in value]
    return value + evil if isinstance(value, str) and member in foreign else value


def poison(route):
    try:
        answer = route.fetch()
    except Error:
        return route.abort()
    if "json" not in answer.headers.get("content-type", "") or answer.status != 200:
        return route.fulfill(response=answer)
    return route.fulfill(response=answer, body=json.dumps(poisoned(answer.json())))


def judge(page, where):
    check(page.evaluate("window.hit === undefined && !document.querySelector('main img:not(.picture), main script, dialog img, dialog script, nav img, header img')"),
          f"{where}: a text was taken for markup")
    shown = page.locator("body").inner_text() + page.title()
    check("\u202e" not in shown and "\u2066" not in shown, f"{where}: a character that turns the direction is not made visible")
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    check(width <= 0, f"{where}: a text of others breaks the layout by {width} px")
    return "<img" in shown


def texts(page):
    """Each screen with markup and bidi marks in whatever others may have written; it is seen, and is text."""
    refused = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    page.route(re.compile(r"/api/v1/(?!events|session)"), poison)
    shown = []
    for name, path in screens().items():
        open_page(page, path)
        check(page.locator("main .problem").count() == 0 or "<img" in page.locator("main").inner_text(), f"hostile texts at {name}: the page does not stand them")
        if judge(page, f"hostile texts at {name}"):
            shown.append(name)
    page.unroute_all(behavior="ignoreErrors")
    check(len(shown) > 15, f"hostile texts came to few screens only: {shown}")
    check(not refused, f"hostile texts: only the policy has stopped something: {refused[:2]}")


def file_name(page):
    """A file whose name and content are markup, handed to what takes over certificates and to what validates a profile."""
    open_page(page, "/console/moving-in")
    page.locator("main input[type=file]").set_input_files(
        {"name": '"><img src=x onerror="window.hit=3">.pem', "mimeType": "application/x-pem-file", "buffer": f"-----BEGIN CERTIFICATE-----\n{evil}\n-----END CERTIFICATE-----\n".encode()})
    check(retry(5, lambda: "<img" in page.locator("main textarea").input_value()), "hostile file: its content does not come to the page")
    page.locator("main form button[type=submit]").click()
    check(retry(20, lambda: page.locator("main .problem, main [role=status] .panelled, main .note.wait").count() > 0), "hostile file: nothing is said about it")
    judge(page, "hostile file")
    open_page(page, "/console/connectors")
    page.get_by_role("button", name=words(page)["connectors.validateMore"]).click()
    page.locator("dialog[open] textarea").fill('connector: "<img src=x onerror=window.hit=4>"\n')
    page.get_by_role("button", name=words(page)["connectors.validate"], exact=True).click()
    said = page.locator("dialog[open] .problem, dialog[open] li")
    check(retry(20, lambda: said.count() > 0 and "<img" in " ".join(said.all_inner_texts())), "hostile profile: its words are not told")
    judge(page, "hostile profile")
    page.keyboard.press("Escape")


class Page(http.server.BaseHTTPRequestHandler):
    """A page of another origin: frames of what it is asked for, and one of its own."""
    framed = []

    def do_GET(self):
        own = "<p>may be framed</p>" if self.path == "/own" else "".join(f'<iframe src="{one}"></iframe>' for one in self.framed)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!DOCTYPE html><title>other</title>{own}".encode())

    def log_message(self, *_):
        pass


def framing(started):
    """Point 16: a page of another origin gets no page of the console into a frame, also for whoever is signed in."""
    paths = ["/", "/console/overview", "/console/plan", "/my", "/signin", "/status", "/manual/employee", "/auth/callback?error=x"]
    Page.framed = ["/own"] + [base + path for path in paths]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = context_of(started)
    page = context.new_page()
    sign_in(page, "administrator")
    # By the same host and another port: the cookie of the session comes along, so nothing but the refusal keeps the frame empty.
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    frames = page.frames[1:]
    text = lambda frame: frame.evaluate("document.body ? document.body.innerText : ''")
    check(len(frames) == len(Page.framed) and retry(5, lambda: "may be framed" in text(frames[0])), "framing: even what may be framed is not seen")
    for path, frame in zip(paths, frames[1:]):
        retry(3, lambda: frame.url.startswith("chrome-error:"))
        check(frame.url.startswith("chrome-error:") and "Certway" not in text(frame), f"framing: {path} is shown in a frame of another origin: {frame.url}")
    for path in paths[1:]:
        headers = context.request.get(base + path).headers
        check("frame-ancestors 'none'" in headers.get("content-security-policy", ""), f"framing: {path} does not refuse it: {headers.get('content-security-policy')}")
    context.close()
    server.shutdown()
