# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Roles, navigation, addresses, Back, names that are markup, and a double click."""
from urllib.parse import quote

from console import Watch, api, base, browser, check, context_of, control, finish, open_page, retry, roles, settle, sign_in, words

landings = {
    "administrator": "/console/overview", "helpdesk": "/console/people", "integrator": "/console/backend-cas", "auditor": "/console/audit",
    "requester": "/console/requests", "keyRecoveryAgent": "/console/recovery",
}
# What somebody of the role must not find in the navigation.
absent = {
    "helpdesk": ["/console/audit", "/console/plan"], "integrator": ["/console/certificates", "/console/audit", "/console/plan"],
    "auditor": [], "requester": ["/console/certificates", "/console/people", "/console/plan", "/console/audit"], "administrator": [],
    "keyRecoveryAgent": ["/console/plan", "/console/audit"],
}
evil = '\u202e<img src=x onerror="document.title=1;window.hit=1">\u2066'


def role_by_role(started):
    for role in roles:
        context = context_of(started)
        page = context.new_page()
        watch = Watch(page, role)
        sign_in(page, role)
        path = page.evaluate("location.pathname")
        if role in landings:
            check(path == landings[role], f"{role} lands on {path}, not on {landings[role]}")
        links = page.evaluate("[...document.querySelectorAll('nav.side a')].map((a) => a.getAttribute('href'))")
        for address in absent[role]:
            check(address not in links, f"{role} finds {address} in the navigation")
        watch.tell(path)
        for address in links:
            open_page(page, address)
            check(page.locator("main .problem").count() == 0, f"{role}: {address} is in the navigation and shows a problem: "
                  + " ".join(page.locator("main .problem").all_inner_texts())[:300])
            watch.tell(f"{role} {address}")
        for address in absent[role][:1]:
            open_page(page, address)
            text = page.locator("main").inner_text()
            check(words(page)["denied.title"] in text or page.locator("main .problem").count() > 0, f"{role}: {address} does not say why it is not shown")
        context.close()


def names_that_are_markup(page, watch):
    everybody = control("/control/people")["people"]
    person = next(one for one in everybody if one["isMember"] and one["mail"])
    control("/control/people", {"action": "change", "person": person["id"], "properties": {"displayName": evil}})
    # The directory is read every minute.
    name = person["userPrincipalName"]
    open_page(page, f"/console/people/{quote(name)}")
    shown = retry(150, lambda: seen(page))
    check(shown, "a name that is markup did not come to the page")
    check(page.evaluate("window.hit === undefined && !document.querySelector('main img')"), "a name was taken for markup")
    check("\u202e" not in page.locator("main").inner_text(), "a character that turns the direction is not made visible")
    open_page(page, "/console/people?q=" + quote(name))
    check(page.evaluate("window.hit === undefined && !document.querySelector('main img')"), "a name was taken for markup in the list")
    watch.tell("names")


def seen(page):
    if "<img" in page.locator("body").inner_text() or "<img" in page.title():
        return True
    page.wait_for_timeout(3000)
    page.reload()
    settle(page)
    return False


def addresses(page, watch):
    certificate = api("/certificates?limit=1&status=active")["items"][0]
    for word in [certificate["userPrincipalName"], certificate["serialNumber"], certificate["sha256Fingerprint"]]:
        open_page(page, f"/console/go/{quote(word)}")
        found = retry(10, lambda: "/console/go/" not in page.url or page.locator("main a").count() > 0)
        check(found, f"/console/go/{word} leads nowhere")
    open_page(page, f"/console/go/{quote(certificate['userPrincipalName'])}")
    watch.tell("go")


def back(page, watch):
    open_page(page, "/console/certificates?status=active")
    rows = page.locator("tbody tr a.open")
    check(rows.count() > 5, "the list of active certificates is short")
    row = rows.nth(min(20, rows.count() - 1))
    key = row.evaluate("(a) => a.closest('tr').dataset.key")
    row.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    row.click()
    page.wait_for_url("**/console/certificates/*")
    settle(page)
    page.go_back()
    page.wait_for_url("**/console/certificates?status=active")
    settle(page)
    page.wait_for_timeout(400)
    check(abs(page.evaluate("scrollY") - before) < 60, "Back does not restore the place in the list")
    check(page.evaluate("document.activeElement?.closest('tr')?.dataset.key") == key, "Back does not restore the row that was looked at")
    watch.tell("back")


def double_click(page, watch):
    """A person who may have a certificate ordered: two clicks are one order."""
    orders = lambda: api("/orders?limit=1")["matches"]["count"]
    waiting = api("/orders?waitingFor=subscriber&limit=1")["items"]
    if not check(waiting, "nobody waits for a mail in this demo"):
        return
    before = orders()
    open_page(page, f"/console/orders/{waiting[0]['reference']}")
    button = page.locator("main button[data-action=resend]:not([aria-disabled=true])").first
    if button.count():
        button.dblclick()
        page.wait_for_timeout(800)
        check(page.locator("dialog[open]").count() <= 1, "a double click opens two dialogs")
    check(orders() == before, "a double click made another order")
    watch.tell("double click allowed")


def keyboard(page, watch):
    """From the overview to a person and back without a mouse."""
    open_page(page, "/console/overview")
    page.keyboard.press("Escape")
    for keys, path in [("gc", "/console/certificates"), ("gp", "/console/people"), ("gw", "/console/waiting"), ("gl", "/console/plan"),
                       ("gt", "/console/templates"), ("gb", "/console/backend-cas"), ("ga", "/console/audit")]:
        for key in keys:
            page.keyboard.press(key)
        check(retry(10, lambda: page.evaluate("location.pathname") == path), f"keys {' '.join(keys)} do not lead to {path}")
        settle(page)
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/console/people**")
    settle(page)
    page.keyboard.press("j")
    check(page.evaluate("document.activeElement?.closest('tbody tr') !== null"), "j does not go to a row")
    page.keyboard.press("Enter")
    check(retry(10, lambda: page.evaluate("location.pathname").startswith("/console/people/")), "Enter does not open the row")
    settle(page)
    page.keyboard.press("/")
    check(retry(5, lambda: page.locator("dialog[open]").count() == 1), "/ does not open the search")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check(retry(5, lambda: page.locator("dialog[open]").count() == 1), "? does not open the help")
    page.keyboard.press("Escape")
    watch.tell("keyboard")


def own_words(page, watch):
    """Words of an event: a name that may not stand there is told before anything is stored, own words are stored, and go again."""
    open_page(page, "/console/notifications/issued")
    subject = page.locator("section[lang=en] input").first
    usual = subject.input_value()
    subject.fill("It is there, {{nobody}}")
    page.locator("section[lang=en] [data-action=preview]").click()
    check(retry(10, lambda: "nobody" in " ".join(page.locator("main .problem").all_inner_texts())), "an unknown name in the words is not told")
    subject.fill("It is there, {{person}}")
    page.locator("section[lang=en] [data-action=preview]").click()
    check(retry(10, lambda: "Ada Lovelace" in " ".join(page.locator("dialog[open] h3").all_inner_texts())), "the preview does not show the typed words")
    page.keyboard.press("Escape")
    page.locator("main [data-action=store]").click()
    check(retry(10, lambda: api("/notifications/issued")["texts"]["en"]["own"]), "own words were not stored")
    reset = page.locator("main [data-action=reset]")
    reset.wait_for(timeout=120_000)
    reset.click()
    check(retry(10, lambda: api("/notifications/issued")["texts"]["en"]["subject"] == usual), "the usual words did not come back")
    watch.tell("own words allowed")


def moving_in(page, watch):
    """The list of a CA is looked at: what fits and what does not, and nothing is done by looking."""
    open_page(page, "/console/moving-in")
    before = api("/certificates?limit=1")["matches"]["count"]
    page.locator("main input[name=backendCAs][value=public-ca]").check()
    page.locator("main form button[type=submit]").click()
    check(retry(60, lambda: page.locator("main section.panelled h2").count() > 0 or page.locator("main .problem").count() > 0), "nothing is said about moving in after 60 s")
    check(page.locator("main .problem").count() == 0, "moving in: " + " ".join(page.locator("main .problem").all_inner_texts())[:300])
    check(api("/certificates?limit=1")["matches"]["count"] == before, "a look took something over")
    watch.tell("moving in allowed")


with browser() as started:
    role_by_role(started)
    context = context_of(started)
    page = context.new_page()
    watch = Watch(page, "administrator")
    sign_in(page, "administrator")
    for task in [addresses, back, keyboard, double_click, own_words, moving_in, names_that_are_markup]:
        try:
            task(page, watch)
        except Exception as error:
            check(False, f"{task.__name__}: {type(error).__name__}: {str(error)[:400]}")
    context.close()
finish()
