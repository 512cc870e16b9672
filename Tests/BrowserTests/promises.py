# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Further points of docs/console-acceptance.md: what is shown is what is there, secrets, sign-out, empty and loading lists, copies, commands, views,
tasks in the search, runs that are opened again, summer time, words that employees never meet, hostile texts, and framing."""
import glob
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from console import api, as_commands, attempt, base, browser, check, context_of, demo, finish, open_page, patience, retry, settle, sign_in, words
from hostile import file_name, framing, texts
from screens import screens

lists = {"certificates": "certificates", "people": "people", "orders": "orders", "templates": "templates", "backend-cas": "backend-cas",
         "connectors": "connectors", "incidents": "incidents"}
main_text = "document.querySelector('#page').innerText"


def same_as_reloaded(page, context):
    """Point 4: ten seconds after the last event nothing shown differs from a page that is loaded anew."""
    certificate = next(one for one in api("/certificates?limit=50&status=active")["items"]
                       if next(action for action in one["actions"] if action["name"] == "revoke")["allowed"])
    watched = ["/console/overview", f"/console/certificates/{certificate['number']}", "/console/waiting", "/console/certificates?status=active"]
    reading = lambda: api(f"/certificates/{certificate['number']}/delivery")["reading"]
    before = reading()
    tabs = [context.new_page() for _ in watched]
    for tab, path in zip(tabs, watched):
        open_page(tab, path)
    open_page(page, f"/console/certificates/{certificate['number']}")
    press(page, "revoke")
    page.locator("dialog[open] button[type=submit]").click()
    page.wait_for_timeout(10_000)
    # What nobody was looking at when it changed waits for a click: rows do not move under the pointer.
    for tab in tabs:
        news = tab.locator(".note button.link")
        if news.count():
            news.first.click()
            settle(tab)
    page.wait_for_timeout(1500)
    # What devices have reported is read every so often; that is no event, and the page says when it was read.
    if reading() != before:
        open_page(tabs[1], watched[1])
    fresh = context.new_page()
    for tab, path in zip(tabs, watched):
        open_page(fresh, path)
        same = retry(6, lambda: plain(tab) == plain(fresh) or (settle(fresh), False)[1])
        check(same, f"{path} differs from a reload: {difference(plain(tab), plain(fresh))}")
        tab.close()
    fresh.close()


def plain(page):
    """The text without what a clock changes, and without when the next try is: it is put off by each try, which is no news."""
    clock = r"\d+ (second|minute|hour)s? ago|in \d+ (second|minute|hour)s?|just now|in a moment|\d+ (sec|min|hr)s?\b|again at \d+ \w+ \d+, [\d:]+"
    return re.sub(clock, "~", page.evaluate(main_text))


def until(page, seconds, condition):
    """As `retry`, for what the browser must tell meanwhile, such as another address."""
    end = time.time() + seconds
    while not condition():
        if time.time() > end:
            return False
        page.wait_for_timeout(50)
    return True


def difference(one, other):
    lines = [(a, b) for a, b in zip(one.split("\n"), other.split("\n")) if a != b]
    return str(lines[:3])[:400]


def press(page, action):
    page.locator(f"main button[data-action={action}]:not([aria-disabled=true])").first.click()
    page.locator("dialog[open]").wait_for()


def no_secret(page, context):
    """Point 10: tokens, cookies, passwords and keys of the demo stand in no page, address, title or storage."""
    home = next(re.search(r"(/\S+)/sealing\.key", one["text"]).group(1) for one in api("/services")["findings"] if "sealing.key" in one["text"])
    secrets = dict((f"token of {role}", token) for role, token in demo["tokens"].items())
    for path in glob.glob(f"{os.path.dirname(home)}/*") + glob.glob(f"{home}/*.key"):
        if os.path.isfile(path) and os.path.getsize(path) < 20_000:
            text = open(path, "rb").read().decode("utf-8", "replace").strip()
            body = re.search(r"PRIVATE KEY-----\s+(\S{40,})", text)
            if body:
                secrets[os.path.basename(path)] = body.group(1)
            elif re.fullmatch(r"\S{12,200}", text):
                secrets[os.path.basename(path)] = text
    for cookie in context.cookies():
        if cookie["httpOnly"]:
            secrets[f"cookie {cookie['name']}"] = cookie["value"]
    check(len(secrets) > len(demo["tokens"]) + 1, f"the demo has too few secrets to look for: {sorted(secrets)}")
    for name, path in screens().items():
        open_page(page, path)
        everything = page.content() + page.evaluate("JSON.stringify([location.href, document.title, {...localStorage}, {...sessionStorage}, performance.getEntries().map((one) => one.name)])")
        for which, secret in secrets.items():
            check(secret not in everything, f"{name} shows a secret: {which}")


def sign_out_everywhere(started):
    """Point 17: signing out in one tab ends all others within five seconds, and what they showed is gone."""
    context = context_of(started)
    pages = [context.new_page() for _ in range(3)]
    sign_in(pages[0], "helpdesk")
    for one in pages[1:]:
        open_page(one, "/console/people")
    pages[0].locator("header .person summary").last.click()
    pages[0].get_by_role("button", name=words(pages[0])["session.signOut"]).first.click()
    for one in pages:
        gone = until(one, 5, lambda: "/console/" not in one.url)
        check(gone, f"a tab stays at {one.url} after signing out")
    check(all("@" not in (one.locator("body").inner_text() if one.url.startswith(base) else "") for one in pages[1:]), "a tab shows people after signing out")
    context.close()


def empty_and_loading(page):
    """Point 47: an empty list says what will be here; one that loads shows that it does, and keeps what was there."""
    for name, call in lists.items():
        page.route(re.compile(f"/api/v1/{call}(\\?|$)"), lambda route: route.fulfill(
            status=200, content_type="application/json", body='{"items":[],"next":null,"matches":{"count":0,"exact":true}}'))
        page.goto(f"{base}/console/{name}")
        settle(page)
        check(retry(5, lambda: page.locator("main .empty").count() == 1), f"the empty list {name} says nothing")
        check(page.locator("main table tbody tr").count() == 0, f"the empty list {name} has rows")
        page.unroute_all()
        held = []
        page.route(re.compile(f"/api/v1/{call}(\\?|$)"), lambda route: held.append(route))
        page.goto(f"{base}/console/{name}")
        check(retry(5, lambda: page.locator("main .skeleton").count() > 0), f"the list {name} shows nothing while it loads for the first time")
        check(retry(5, lambda: page.locator("#busy:not([hidden])").count() > 0), f"the list {name} does not say that it loads")
        release(page, held)
        check(retry(10, lambda: page.locator("tbody tr").count() > 0), f"the list {name} does not come")
    open_page(page, "/console/certificates")
    rows = page.locator("tbody tr").count()
    held = []
    page.route(re.compile(r"/api/v1/certificates\?"), lambda route: held.append(route))
    page.locator("main .presets button").nth(1).click()
    check(retry(5, lambda: held and page.locator("#busy:not([hidden])").count() > 0), "a list that is read again does not say so")
    check(page.locator("tbody tr").count() == rows, "old rows go while new ones are loaded")
    release(page, held)


def release(page, held):
    """Lets calls go on that were held up, and those that follow."""
    for one in held:
        one.continue_()
    page.unroute_all()
    settle(page)


def summer_time(page):
    """Point 51: moments around the change of the clocks, in a browser in Zurich."""
    open_page(page, "/console/about")
    module = page.evaluate("document.querySelector('script[src$=\"/app/main.js\"]').src").replace("main.js", "format.js")
    shown = page.evaluate("""async (module) => {
      const { dateTime, exact, relative, date } = await import(module);
      const noon = Date.parse('2026-03-28T11:00:00Z');
      return {
        before: dateTime('2026-03-29T00:59:59Z'), after: dateTime('2026-03-29T01:00:00Z'),
        first: dateTime('2026-10-25T00:30:00Z'), second: dateTime('2026-10-25T01:30:00Z'),
        zones: [exact('2026-10-25T00:30:00Z'), exact('2026-10-25T01:30:00Z')],
        // The day with 23 hours is a day all the same, and midnight stays midnight.
        tomorrow: relative('2026-03-29T11:00:00Z', noon), midnight: date('2026-03-29T22:00:00Z'),
      };
    }""", module)
    check("01:59" in shown["before"] and "03:00" in shown["after"], f"the clocks do not go forward: {shown}")
    check("02:30" in shown["first"] and "02:30" in shown["second"], f"the clocks do not go back: {shown}")
    check("GMT+02:00" in shown["zones"][0] and "GMT+01:00" in shown["zones"][1], f"two moments of one reading are not told apart by their zone: {shown}")
    check(shown["tomorrow"] == "tomorrow" and shown["midnight"].startswith("30"), f"days are counted wrong around the change: {shown}")


def copies_say_so(page, context):
    """Point 53: serial, fingerprint, reference, link and answer come to the clipboard whole, and a toast says so."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    certificate = api("/certificates?limit=1&status=active")["items"][0]
    open_page(page, f"/console/certificates/{certificate['number']}")
    copied = []
    for button in page.locator("main cw-copy button").all():
        page.evaluate("navigator.clipboard.writeText('')")
        button.click()
        said = retry(3, lambda: words(page)["copy.done"] in " ".join(page.locator(".toast").all_inner_texts()))
        check(said, "a copy does not say so")
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    for name in ["serialNumber", "sha256Fingerprint"]:
        check(certificate[name] in copied, f"{name} is not copied whole: {copied}")
    page.get_by_role("button", name=words(page)["frame.copyLink"]).click()
    check(retry(3, lambda: page.evaluate("navigator.clipboard.readText()") == page.url), "the link is not copied")
    open_page(page, f"/console/people/{quote(certificate['userPrincipalName'])}")
    page.get_by_role("button", name=words(page)["action.copyAnswer"]).first.click()
    text = retry(3, lambda: next(iter(re.findall(r".*" + re.escape(certificate["userPrincipalName"]) + r".*|.{20,}", page.evaluate("navigator.clipboard.readText()"))), None))
    check(text and text != page.url, "the answer for the ticket is not copied")


def commands_everywhere(page):
    """Point 54: on every screen the calls that "As command" shows, pasted into a shell, are answered, and the commands exist."""
    calls, commands = {}, {}
    for name, path in screens().items():
        if not path.startswith("/console/"):
            continue
        open_page(page, path)
        for line in as_commands(page):
            (calls if line.startswith("curl") else commands).setdefault(line, name)
    commands = {line for line in commands if line.startswith("certway ")}
    check(len(calls) > 20 and len(commands) > 15, f"few screens show a command: {len(calls)} calls, {len(commands)} commands")

    def run(line):
        return subprocess.run(["sh", "-c", line.replace("curl", "curl -sS", 1)], capture_output=True, text=True, timeout=30 * patience,
                              env={**os.environ, "CERTWAY_TOKEN": demo["tokens"]["administrator"]})

    program = os.environ.get("CERTWAY_PROGRAM")
    with ThreadPoolExecutor(4) as pool:
        for line, done in zip(calls, pool.map(run, calls)):
            try:
                answer = json.loads(done.stdout)
            except ValueError:
                answer = None
            check(done.returncode == 0 and answer is not None and "code" not in answer or "text/" in line,
                  f"{calls[line]}: {line} is answered {done.stdout[:200]} {done.stderr[:200]}")
        if program:
            # What stands before the first option or value is the command.
            named = {re.match(r"certway(?: [a-z]+(?:-[a-z]+)*(?= |$))+", line) for line in commands}
            helps = lambda words: subprocess.run([program, *words, "--help"], capture_output=True, text=True, timeout=30 * patience)
            for found in named:
                name = found.group(0).split()[1:] if found else []
                # A value may look like a word of the command: it is none if the rest of the words is a command.
                done = next((one for one in (helps(name[:count]) for count in range(len(name), 0, -1)) if one.returncode == 0), None) if name else helps([])
                check(done, f"there is no command certway {' '.join(name)}")


def views(page, started):
    """Point 55: a view is saved, renamed, shared, made the start page, deleted, and comes back by Undo."""
    own = lambda: [one for one in api("/views")["items"]]
    path = "/console/certificates?status=active&template=smime"
    open_page(page, path)
    text = words(page)

    def menu():
        page.locator("summary", has_text=text["views.title"]).first.click()

    menu()
    page.get_by_role("button", name=text["views.save"]).click()
    dialog = page.locator("dialog[open]")
    dialog.locator("input[name=name]").fill("Mail, in use")
    dialog.locator("input[name=shared]").check()
    dialog.locator("button[type=submit]").click()
    check(retry(5, lambda: dialog.count() == 0), "a view is not saved")
    menu()
    page.locator(f"button[aria-label=\"{text['views.rename'].replace('{name}', 'Mail, in use')}\"]").click()
    dialog.locator("input[name=name]").fill("Mail certificates")
    dialog.locator("input[name=startPage]").check()
    dialog.locator("button[type=submit]").click()
    check(retry(5, lambda: dialog.count() == 0), "a view is not renamed")
    page.goto(f"{base}/console")
    check(until(page, 10, lambda: page.url == base + path), f"the start page is {page.url}, not the view")
    settle(page)
    other = context_of(started)
    second = other.new_page()
    sign_in(second, "helpdesk")
    open_page(second, "/console/certificates")
    second.locator("summary", has_text=text["views.title"]).first.click()
    check(retry(5, lambda: second.get_by_text("Mail certificates").count() == 1), "a shared view is not seen by others")
    check(second.locator("button[aria-label*='Mail certificates']").count() == 0, "others can change a shared view")
    other.close()
    menu()
    page.locator(f"button[aria-label=\"{text['views.delete'].replace('{name}', 'Mail certificates')}\"]").click()
    page.locator(".toast button").first.click()
    menu()
    check(retry(5, lambda: page.get_by_text("Mail certificates").count() == 1), "Undo does not bring a view back")
    page.locator(f"button[aria-label=\"{text['views.delete'].replace('{name}', 'Mail certificates')}\"]").click()
    page.wait_for_timeout(300)


def deeds(page):
    """Point 56: the search reaches the tasks by their words."""
    open_page(page, "/console/overview")
    for typed, path in [("no certificate", "/console/people"), ("needs me", "/console/overview"), ("resend", "/console/waiting"), ("held", "/console/waiting"),
                        ("ends soon", "/console/certificates"), ("revoke a", "/console/certificates"), ("approve", "/console/plan"), ("switch", "/console/templates"),
                        ("add a ca", "/console/backend-cas-new"), ("deadline", "/console/incidents")]:
        page.keyboard.press("Control+k")
        page.locator("dialog[open] input").fill(typed)
        entry = page.locator("dialog[open] [role=option]", has_text=words(page)["kind.deed"]).first
        if check(retry(3, lambda: entry.count() == 1), f"the search knows no task by '{typed}'"):
            entry.click()
            check(retry(5, lambda: page.evaluate("location.pathname") == path), f"'{typed}' leads to {page.url}")
            settle(page)
        else:
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")


def run_opened_again(page):
    """Point 33: a conformance run shows how far it is, and whoever opens its address again sees it go on."""
    state = {"done": 3}
    running = lambda: {"id": "run-1", "state": "running" if state["done"] < 79 else "done", "done": state["done"], "of": 79, "problem": None,
                       "result": {"passed": 79, "failed": 0} if state["done"] >= 79 else None, "createdAt": "2026-11-28T09:00:00Z", "updatedAt": "2026-11-28T09:00:00Z"}
    answer = lambda route, status=200: route.fulfill(status=status, content_type="application/json", body=json.dumps(running()))
    page.route("**/api/v1/operations/run-1", lambda route: answer(route))
    page.route("**/api/v1/backend-cas/old-ca/conformance-runs", lambda route: answer(route, 202))

    def allowed(route):
        found = route.fetch()
        body = found.json()
        body["actions"] = [{**one, "allowed": True, "reason": None} if one["name"] == "runConformance" else one for one in body["actions"]]
        route.fulfill(response=found, json=body)

    page.route("**/api/v1/backend-cas/old-ca", allowed)
    open_page(page, "/console/backend-cas/old-ca")
    press(page, "runConformance")
    page.locator("dialog[open] button[type=submit]").click()
    bar = page.locator("main [role=progressbar]")
    check(retry(5, lambda: bar.count() == 1 and bar.get_attribute("aria-valuenow") == "4"), "a run does not show how far it is")
    check("run=run-1" in page.url, f"the address does not remember the run: {page.url}")
    state["done"] = 41
    page.reload()
    check(retry(5, lambda: bar.count() == 1 and bar.get_attribute("aria-valuenow") == "52"), "a run that is opened again does not go on")
    state["done"] = 79
    check(retry(5, lambda: bar.count() == 0 and "79" in page.locator("main").inner_text()), "the end of a run is not shown")
    page.unroute_all()


def words_for_employees(started):
    """Point 59: neither the page of an employee nor their manual nor its dialogs know the words of those who run it."""
    never = re.compile(r"\b(PFX|CSR|PKCS|X\.509|PEM)\b", re.IGNORECASE)
    for locale in ["en-GB", "de-DE"]:
        context = context_of(started, locale=locale)
        page = context.new_page()
        sign_in(page, "administrator")
        for path in ["/my", "/manual/employee"]:
            open_page(page, path)
            check(page.locator("main .problem").count() == 0, f"{path} shows a problem")
            texts = [page.locator("body").inner_text()]
            for button in page.locator("main .actions button:not([aria-disabled=true])").all():
                button.click()
                dialog = page.locator("dialog[open]")
                if retry(2, lambda: dialog.count() == 1):
                    texts.append(dialog.inner_text())
                    page.keyboard.press("Escape")
            check(not never.search(" ".join(texts)), f"{path} in {locale} says {never.findall(' '.join(texts))}")
        context.close()
    for language in ["en", "de"]:
        place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Sources/WebConsole/Resources/i18n", f"{language}.json")
        with open(place, encoding="utf-8") as file:
            for key, text in json.load(file).items():
                check(not (key.startswith(("my.", "status.", "signin.")) and never.search(text)), f"{language} {key} says: {text}")


with browser() as started:
    context = context_of(started)
    page = context.new_page()
    sign_in(page, "administrator")
    tasks = {"reload": lambda: same_as_reloaded(page, context), "secrets": lambda: no_secret(page, context), "signOut": lambda: sign_out_everywhere(started),
             "lists": lambda: empty_and_loading(page), "summer": lambda: summer_time(page), "copies": lambda: copies_say_so(page, context),
             "commands": lambda: commands_everywhere(page), "views": lambda: views(page, started), "deeds": lambda: deeds(page),
             "run": lambda: run_opened_again(page), "employees": lambda: words_for_employees(started), "hostile": lambda: texts(page), "file": lambda: file_name(page), "framing": lambda: framing(started)}
    for name in sys.argv[1:] or tasks:
        if not attempt(name, tasks[name]):
            page.unroute_all()
    context.close()
finish()
