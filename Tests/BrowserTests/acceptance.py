# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Points of docs/console-acceptance.md that need a browser and are no task: calls, addresses, states, tabs, a gateway that is away, a session that is over."""
import csv
import json
import os
import re
import subprocess
import sys
import time
from urllib.parse import quote

from console import api, as_commands, attempt, base, browser, check, context_of, demo, finish, open_page, patience, retry, settle, sign_in, words
from screens import screens

lists = ["certificates", "people", "orders", "templates", "backend-cas", "audit"]


def calls_per_screen(page):
    """Point 22: what a screen asks for, beside session, views and what the frame watches."""
    around = re.compile(r"/api/v1/(session|views|incidents|events|overview|orders/waiting|waiting|plan)(\?|$)")

    def asks(path):
        asked = []
        listener = lambda request: asked.append(request.url) if "/api/v1/" in request.url else None
        page.on("request", listener)
        open_page(page, path)
        page.wait_for_timeout(150)
        page.remove_listener("request", listener)
        return [one for one in asked if not around.search(one)]

    for name, path in screens().items():
        # News from the gateway make a screen ask again, so it may be visited three times.
        for _ in range(3):
            own = asks(path)
            if len(own) <= 3:
                break
        check(len(own) <= 3, f"{name} asks {len(own)} times: {own}")


def same_rows_elsewhere(page, started):
    """Point 23: a copied address shows the same rows and chips to somebody else."""
    path = "/console/certificates?status=active&status=superseded&template=smime&sort=notAfter"
    keys = "[...document.querySelectorAll('tbody tr')].map((row) => row.dataset.key)"
    open_page(page, path)
    other = context_of(started)
    second = other.new_page()
    sign_in(second, "helpdesk")
    open_page(second, path)
    check(page.evaluate(keys) == second.evaluate(keys) and page.evaluate(keys), "a copied list address shows other rows")
    chips = lambda one: one.locator(".chip").all_inner_texts()
    check(chips(page) == chips(second) and len(chips(page)) == 3, f"a copied list address shows other chips: {chips(page)} {chips(second)}")
    other.close()


def states_of_lists(page, started):
    """Point 47: filtered to nothing, an error, and what a role may not see; loading is seen while a call is held up."""
    open_page(page, "/console/certificates?text=nobodyhasthisname")
    check(words(page)["list.filtered"] in page.locator("main").inner_text(), "a list that is filtered to nothing does not say so")
    page.locator("main .empty button").first.click()
    check(retry(10, lambda: page.locator("tbody tr").count() > 0), "the filter is not removed by its button")
    for name in lists:
        page.route("**/api/v1/**", lambda route: route.fulfill(status=500, content_type="application/problem+json",
                   body='{"status":500,"code":"store","title":"The database does not answer.","detail":"disk full","actor":"operator","nextStep":"Free some space.","id":"req-1"}')
                   if f"/api/v1/{'audit-records' if name == 'audit' else name}?" in route.request.url or route.request.url.endswith(f"/api/v1/{name}") else route.continue_())
        page.goto(f"{base}/console/{name}")
        shown = retry(10, lambda: page.locator("main .problem").count() > 0)
        text = page.locator("main").inner_text()
        check(shown and "disk full" in text and "Free some space." in text, f"an error of the list {name} does not say cause and next step: {text[:200]}")
        page.unroute_all()


def enormous_answer(page):
    """Point 12: an error of a megabyte of HTML is 500 characters of text, and the layout holds."""
    page.route("**/api/v1/certificates?*", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1><img src=x onerror=alert(1)>" + "x" * 1_000_000))
    page.goto(f"{base}/console/certificates")
    check(retry(10, lambda: page.locator("main .problem").count() > 0), "a foreign error is not shown")
    check(len(page.locator("main").inner_text()) < 3000, "a foreign error is shown at its full length")
    check(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), "a foreign error breaks the layout")
    check(page.locator("main img").count() == 0, "a foreign error was taken for markup")
    page.unroute_all()


def palette(page):
    """Point 56: the palette reaches every page of the navigation."""
    open_page(page, "/console/overview")
    wanted = page.evaluate("[...document.querySelectorAll('nav.side a')].map((a) => [a.getAttribute('href'), a.firstChild.textContent.trim()])")
    for address, name in wanted:
        page.keyboard.press("Control+k")
        field = page.locator("dialog[open] input")
        field.fill(name)
        found = retry(5, lambda: page.locator(f"dialog[open] [href='{address}'], dialog[open] [data-href='{address}']").count() > 0
                      or name in " ".join(page.locator("dialog[open] [role=option], dialog[open] li").all_inner_texts()))
        check(found, f"the palette does not find the page {name}")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")


def tabs(page, context):
    """Point 45: ten tabs hold one event stream, and each answers."""
    streams = []
    context.on("request", lambda request: streams.append(request) if "/api/v1/events" in request.url else None)
    more = [context.new_page() for _ in range(9)]
    for number, one in enumerate(more):
        one.goto(f"{base}/console/{lists[number % len(lists)]}")
    for one in more:
        settle(one)
    check(len(streams) <= 2, f"nine more tabs opened {len(streams)} event streams")
    begun = time.time()
    open_page(more[8], "/console/certificates")
    print(f"the tenth tab showed its list after {time.time() - begun:.2f} s", flush=True)
    for one in more:
        one.close()


def away(page, context):
    """Point 44: content stays when the gateway is away, says so, and recovers by itself."""
    open_page(page, "/console/certificates")
    rows = page.locator("tbody tr").count()
    context.set_offline(True)
    page.locator("nav.side a[href='/console/people']").wait_for()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.locator("main .presets button").first.click()
    said = retry(20, lambda: page.locator(".notes .note.wait").count() > 0)
    check(said, "nothing says that the gateway is away")
    check(page.locator("tbody tr").count() == rows, "the rows went when the gateway was away")
    context.set_offline(False)
    check(retry(30, lambda: page.locator(".notes .note.wait").count() == 0 and page.locator("tbody tr").count() > 0), "the list does not recover by itself")


def session_over(page, context):
    """Point 43: the session is over while somebody types: sign in again in another tab, and what was typed is stored."""
    open_page(page, "/console/configuration")
    field = page.locator("textarea.code")
    typed = field.input_value().replace("superseded: keep", "superseded: keep # kept", 1)
    field.fill(typed)
    cookies = context.cookies()
    context.clear_cookies()
    page.locator("main [data-action=look]").click()
    asked = retry(20, lambda: page.locator("dialog[open]").count() > 0)
    check(asked, "nobody asks for a new sign-in when the session is over")
    check(field.input_value() == typed, "what was typed is lost when the session is over")
    context.add_cookies(cookies)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    check(retry(20, lambda: page.locator("dialog[open]").count() == 0), "the dialog stays after the new sign-in")
    check(retry(20, lambda: page.locator("main .diff, main .problem").count() > 0), "the call is not repeated after the new sign-in")
    check(field.input_value() == typed, "what was typed is lost by the new sign-in")


def two_editors(page, started):
    """Point 36: the second of two editors gets both versions and keeps what was typed."""
    open_page(page, "/console/configuration")
    field = page.locator("textarea.code")
    before = field.input_value()
    other = context_of(started)
    second = other.new_page()
    sign_in(second, "administrator")
    open_page(second, "/console/configuration")
    mine, theirs = before.replace('before: "30d"', 'before: "31d"', 1), before.replace('spread: "14d"', 'spread: "13d"', 1)
    check(before not in (mine, theirs), "the demo's configuration has other templates")
    field.fill(mine)
    second.locator("textarea.code").fill(theirs)
    second.locator("main [data-action=store]").click()
    second.locator("dialog[open] button[type=submit]").click()
    check(retry(20, lambda: second.locator("dialog[open]").count() == 0), "the first editor could not store")
    other.close()
    page.locator("main [data-action=store]").click()
    check(retry(20, lambda: page.locator("main .note.wait .diff").count() == 2), "the second editor is not shown both versions")
    check(field.input_value() == mine, "the second editor lost what was typed")


def loading_times(started):
    """Point 21: cold and warm, at 300 ms and 1.6 Mbit/s; the figures are told, not judged."""
    context = context_of(started)
    page = context.new_page()
    sign_in(page, "administrator")
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 200_000})
    for kind in ["cold", "warm"]:
        if kind == "cold":
            session.send("Network.clearBrowserCache")
        begun = time.time()
        page.goto(f"{base}/console/certificates", wait_until="commit")
        page.locator("tbody tr").first.wait_for()
        data = time.time() - begun
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
        print(f"{kind}: first paint {paint / 1000:.2f} s, rows {data:.2f} s", flush=True)
    context.close()


def as_command(page):
    """Point 54: the call that "As command" shows, pasted into a shell, gives the rows that are shown."""
    open_page(page, "/console/certificates?status=active&template=smime&sort=notAfter")
    rows = page.evaluate("[...document.querySelectorAll('tbody tr')].map((row) => row.dataset.key)")
    lines = as_commands(page)
    line = next((one for one in lines if one.startswith("curl") and "/certificates?" in one), None)
    if not check(line, f"As command shows no call for the list: {lines}"):
        return
    done = subprocess.run(["sh", "-c", line.replace("curl", "curl -sS", 1)], capture_output=True, text=True, timeout=30 * patience,
                          env={**os.environ, "CERTWAY_TOKEN": demo["tokens"]["administrator"]})
    answer = json.loads(done.stdout or "{}")
    check([str(one["number"]) for one in answer.get("items", [])] == rows, f"the pasted call gives other rows: {done.stdout[:200]} {done.stderr[:200]}")
    check(any(one.startswith("certway certificate list") for one in lines), f"As command shows no command for the list: {lines}")


def csv_is_safe(page):
    """Points 11 and 52: the file has the rows of the filter, each name as it is, times with their zone, and no cell that a spreadsheet would run."""
    lists = {"certificates?status=active": ("/certificates?status=active", "serialNumber"), "orders?open=true": ("/orders?open=true", "reference"),
             "people": ("/people?fields=userPrincipalName", "userPrincipalName"), "audit?outcome=refused": ("/audit-records?outcome=refused", "hash")}
    for where, (path, key) in lists.items():
        open_page(page, f"/console/{where}")
        with page.expect_download() as download:
            page.get_by_role("button", name=words(page)["action.exportCSV"]).click()
        with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        expected, after = set(), ""
        while after is not None:
            found = api(f"{path}&limit=1000" + (f"&after={quote(after, safe='')}" if after else ""))
            expected |= {item[key] for item in found["items"]}
            after = found["next"]
        # What others do meanwhile may be in one of the two alone, and names that look like a formula are text.
        got = {row[key].removeprefix("'") for row in rows}
        check(len(got ^ expected) <= 3 and len(got) > 0, f"{where}: the file has {len(got)} of {len(expected)}: {list(got ^ expected)[:5]}")
        cells = [cell for row in rows for cell in row.values()]
        bad = [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
        check(not bad, f"{where}: cells that a spreadsheet runs: {bad}")
        times = [cell for cell in cells if re.match(r"\d{4}-\d\d-\d\dT", cell)]
        check(times and all(cell.endswith("Z") for cell in times), f"{where}: times are not RFC 3339 in UTC: {times[:3]}")


def timeline_folds(page):
    """Point 57: forty-one same events are one line that unfolds, a long gap is named, and failures stand alone on demand."""
    order = api("/orders?limit=1&sort=-updatedAt")["items"][0]
    event = lambda day, minute, kind, message, stage="pending": {"at": f"2026-01-{day:02}T10:{minute:02}:00Z", "stage": stage, "kind": kind, "message": message, "data": {}, "node": None, "fence": None}
    events = [event(2, 0, "planned", "begun", "planned")] + [event(2, minute, "polled", "the CA waits") for minute in range(1, 42)] + [event(9, 0, "failed", "refused", "failed")]
    page.route("**/api/v1/orders/*/events*", lambda route: route.fulfill(json={"items": events, "next": None, "matches": {"count": len(events), "exact": True}}))
    open_page(page, f"/console/orders/{order['reference']}")
    lines = page.locator("ol.timeline > li:not(.gap)")
    check(retry(10, lambda: lines.count() == 3), f"43 events with 41 repeats are {lines.count()} lines, not 3")
    check(page.locator("ol.timeline > li.gap").count() == 1, "a gap of a week is not named")
    page.locator("ol.timeline .fold button").click()
    check(retry(5, lambda: lines.count() == 43), "the repeats do not unfold")
    page.locator(".presets button", has_text=re.compile("\\(1\\)")).click()
    check(retry(5, lambda: lines.count() == 1), "the failures do not stand alone")
    page.unroute_all()


with browser() as started:
    context = context_of(started)
    page = context.new_page()
    sign_in(page, "administrator")
    tasks = {"calls": lambda: calls_per_screen(page), "rows": lambda: same_rows_elsewhere(page, started), "states": lambda: states_of_lists(page, started),
             "html": lambda: enormous_answer(page), "palette": lambda: palette(page), "tabs": lambda: tabs(page, context), "away": lambda: away(page, context),
             "session": lambda: session_over(page, context), "editors": lambda: two_editors(page, started), "command": lambda: as_command(page), "csv": lambda: csv_is_safe(page),
             "timeline": lambda: timeline_folds(page), "times": lambda: loading_times(started)}
    for name in sys.argv[1:] or tasks:
        attempt(name, tasks[name])
    context.close()
finish()
