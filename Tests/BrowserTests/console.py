# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of the console share: the browser, sign-in by one click, and a look at everything the browser complains of.

Environment: CERTWAY_DEMO holds the line that `certway demo --serve --output json` prints; CERTWAY_SCREENSHOTS names a folder,
CERTWAY_PROGRAM the program, whose commands the console names.
"""
import json
import os
import sys
import time
import urllib.request
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

demo = json.loads(os.environ["CERTWAY_DEMO"])
base = demo["console"].rsplit("/console", 1)[0]
pictures = os.environ.get("CERTWAY_SCREENSHOTS", "")
problems = []
# How much longer a busy machine may take than an idle one: waiting costs only where something is wrong.
patience = 6

roles = ["administrator", "helpdesk", "integrator", "keyRecoveryAgent", "auditor", "requester"]


def check(condition, sentence):
    """Notes a fault and goes on: one run tells all of them."""
    if not condition:
        problems.append(sentence)
        print(f"FAULT {sentence}", flush=True)
    return bool(condition)


def finish():
    print(json.dumps({"problems": problems}))
    sys.exit(1 if problems else 0)


def api(path, role="administrator", body=None, method=None, text=False):
    """Asks the API as a program does."""
    headers = {"Authorization": f"Bearer {demo['tokens'][role]}", "Content-Type": "application/json", "Accept": "application/json"}
    if body is not None:
        headers["Idempotency-Key"] = str(uuid.uuid4())
    request = urllib.request.Request(
        f"{demo['api']}{path}", None if body is None else json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=30 * patience) as answer:
        return answer.read().decode() if text else json.load(answer)


def control(path, body=None):
    """Changes the sandbox's world."""
    request = urllib.request.Request(
        f"{demo['control']}{path}", None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30 * patience) as answer:
        return json.load(answer)


@contextmanager
def browser():
    with sync_playwright() as playwright:
        # Never a browser of Playwright's own: Debian's, which bootstrap installs.
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield started
        finally:
            started.close()


class Watch:
    """Collects what a page must not do: errors, violations of the policy, requests to other hosts."""

    def __init__(self, page, name):
        self.name = name
        self.errors = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" and "status of" not in message.text else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self.request)
        page.on("response", self.response)

    def response(self, answer):
        # That is how the console learns that nobody has signed in yet.
        isStranger = answer.status == 401 and urlsplit(answer.url).path == "/api/v1/session"
        # The demo has a CA that does not answer: what it offers cannot be asked, and the page says so.
        isAway = answer.status == 503 and urlsplit(answer.url).path == "/api/v1/backend-cas/old-ca/products"
        if answer.status >= 400 and not isStranger and not isAway:
            self.errors.append(f"{answer.status} {answer.url}")

    def request(self, request):
        host = urlsplit(request.url).netloc
        own = urlsplit(base).netloc
        if host and host != own and request.resource_type != "document" and "/oauth2/" not in request.url and not request.url.startswith(("data:", "blob:")):
            self.errors.append(f"asks another host: {request.url}")

    def tell(self, where):
        for error in self.errors:
            # A reading call that a test provokes on purpose says its status; everything else is a fault.
            check("allowed" in where and error.startswith("4"), f"{self.name} at {where}: {error[:300]}")
        self.errors.clear()


def context_of(browser, **options):
    options.setdefault("viewport", {"width": 1280, "height": 900})
    options.setdefault("locale", "en-GB")
    context = browser.new_context(timezone_id="Europe/Zurich", **options)
    context.set_default_timeout(30_000 * patience)
    return context


def sign_in(page, role):
    """Signs in by one click at the sandbox tenant, as a person does."""
    # As people come: without a page in mind.
    page.goto(f"{base}/")
    # By its address: the words change while the page learns which language it is in.
    page.locator("a[href*='/auth/start']").first.click()
    word = role[0].upper() + role[1:]
    page.locator(f"a:has(strong:text-matches('{word}', 'i'))").first.click()
    page.wait_for_url(lambda url: url.startswith(base) and "/signin" not in url and "/auth/" not in url)
    settle(page)


_words = {}


def words(page):
    """The console's own words in the page's language."""
    language = page.evaluate("document.documentElement.lang") or "en"
    if language not in _words:
        place = os.path.join(os.path.dirname(__file__), "../../Sources/WebConsole/Resources/i18n", f"{language}.json")
        with open(place, encoding="utf-8") as file:
            _words[language] = json.load(file)
    return _words[language]


def settle(page):
    """Until the page is drawn: its heading is there and nothing is a skeleton any more."""
    page.locator("h1:not(:empty)").first.wait_for(timeout=20_000 * patience)
    # By the locator, not by a function: the policy of the console lets nobody evaluate text.
    busy = page.locator(".skeleton, [aria-busy=true]")
    check(retry(15, lambda: busy.count() == 0), f"{page.url}: still loading")


def open_page(page, path):
    page.goto(base + path)
    settle(page)


def attempt(name, task):
    """Runs a task and tells how long it took; what it dies of is a finding. Returns whether it came to its end."""
    begun = time.time()
    try:
        task()
        return True
    except Exception as error:
        check(False, f"{name}: {type(error).__name__}: {str(error)[:400]}")
        return False
    finally:
        print(f"{name}: {time.time() - begun:.1f} s", flush=True)


def retry(seconds, condition):
    """Until the condition holds, for as many seconds as an idle machine needs at most."""
    end = time.time() + seconds * patience
    while time.time() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    return None


def as_commands(page):
    """What "As command" shows of a page; the dialog is there a moment before its lines."""
    page.get_by_role("button", name=words(page)["frame.asCommand"]).first.click()
    lines = page.locator("dialog[open] cw-copy code")
    retry(1, lambda: lines.count() > 0)
    texts = lines.all_inner_texts()
    page.keyboard.press("Escape")
    return texts
