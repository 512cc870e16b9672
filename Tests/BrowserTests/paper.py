# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Points 20 and 58 of docs/console-acceptance.md: what stands on paper, and what a long list weighs in the browser."""
import io
import json
import re
import sys
import unicodedata

from pypdf import PdfReader

from console import api, attempt, base, browser, check, context_of, finish, open_page, retry, sign_in, words


def printed(page):
    """The text of what the printer gets, without line breaks and spaces, which paper puts anywhere."""
    pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    for one in pages:
        size = (float(one.mediabox.width), float(one.mediabox.height))
        check(abs(size[0] - 595.3) < 2 and abs(size[1] - 841.9) < 2, f"{page.url} is printed on {size}, not on A4")
    return squeezed("".join(one.extract_text() for one in pages))


def squeezed(text):
    # Also letters that the font draws as one.
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def paper(page):
    """Point 58: the audit trail and the plan on A4 say what was filtered, who printed it and when, and by what they can be checked."""
    text, name = words(page), page.evaluate("document.querySelector('header .name').innerText")
    open_page(page, "/console/audit?outcome=done")
    audit = printed(page)
    newest = re.search(squeezed(text["audit.hash"]) + r"(\d+):([0-9a-f]{64})", audit)
    if check(newest, f"the audit trail on paper has no hash of its newest record: {audit[:300]}"):
        check(api(f"/audit-records/{newest.group(1)}")["hash"] == newest.group(2), "the audit trail on paper has a wrong hash")
    check(squeezed(f"{text['audit.outcome']}: {text['outcome.done']}") in audit, "the audit trail on paper does not say what was filtered")
    open_page(page, "/console/plan")
    plan = api("/plan")
    plans = printed(page)
    check(squeezed(plan["fingerprint"]) in plans, "the plan on paper has no fingerprint")
    for which, found in [("audit trail", audit), ("plan", plans)]:
        check(squeezed(name) in found, f"the {which} on paper does not say who printed it")
        check(re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", found), f"the {which} on paper does not say when")
        check(squeezed(base) in found, f"the {which} on paper does not say of what address it is")
    check(page.locator(".printed").count() == 0, "what is for paper stays on the screen")


def weight(started):
    """Point 20: a tab with 2,000 rows of certificates takes less than 150 MB of its own."""
    context = context_of(started)
    page = context.new_page()
    sign_in(page, "administrator")
    row = api("/certificates?limit=1")["items"][0]
    total, size = 2000, 50

    def answer(route):
        begin = int((re.search(r"[?&]after=(\d+)", route.request.url) or [0, 0])[1])
        items = [{**row, "number": 1_000_000 + one, "userPrincipalName": f"person{one}@example.org"} for one in range(begin, begin + size)]
        after = begin + size
        route.fulfill(status=200, content_type="application/json", body=json.dumps(
            {"items": items, "next": str(after) if after < total else None, "matches": {"count": total, "exact": True}}))

    page.route(re.compile(r"/api/v1/certificates\?"), answer)
    open_page(page, "/console/certificates")
    rows = page.locator("main tbody tr")
    for shown in range(2 * size, total + 1, size):
        page.locator(".more button").click()
        if not check(retry(5, lambda: rows.count() == shown), f"{rows.count()} rows are shown, not {shown}"):
            break
    tools = context.new_cdp_session(page)
    tools.send("HeapProfiler.collectGarbage")
    system = started.new_browser_cdp_session()
    renderers = [one["id"] for one in system.send("SystemInfo.getProcessInfo")["processInfo"] if one["type"] == "renderer"]
    own = max(private(one) for one in renderers)
    print(f"a tab with {rows.count()} rows: {own // 1_000_000} MB of its own", flush=True)
    check(20_000_000 < own < 150_000_000, f"a tab with {rows.count()} rows takes {own // 1_000_000} MB")
    context.close()


def private(process):
    """Memory that a process shares with no other, in bytes."""
    with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("Private_"))


with browser() as started:
    context = context_of(started)
    page = context.new_page()
    sign_in(page, "administrator")
    tasks = {"paper": lambda: paper(page), "weight": lambda: weight(started)}
    for name in sys.argv[1:] or tasks:
        attempt(name, tasks[name])
    context.close()
finish()
