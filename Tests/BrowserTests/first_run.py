# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""From an empty database to the first delivered certificate, in the browser and by mouse.

usage: first_run.py FOLDER TOKEN   (FOLDER holds client-secret, intune.pem and kra.pem; CERTWAY_SANDBOX the sandbox's line)
"""
import json
import os
import sys
import time

from console import Watch, browser, check, context_of, finish, open_page, pictures, retry, settle

folder, token = sys.argv[1:3]
tenant = json.loads(os.environ["CERTWAY_SANDBOX"])["tenant"]


def step(page, name):
    # Asked of the page: what Playwright remembers of the address changes only while it is spoken to.
    found = retry(20, lambda: page.evaluate("location.search") == f"?step={name}" and page.locator("main .panelled .actions").count() > 0)
    check(found, f"the guide does not come to step {name}: {page.url} {page.locator('main').inner_text()[:300]}")
    if pictures:
        page.screenshot(path=os.path.join(pictures, f"first-run-{name}.png"), full_page=True)


def fill(page, values):
    for name, value in values.items():
        field = page.locator(f"main [name='{name}'], main #field-{name.replace('.', '_')} input").first
        if field.evaluate("(one) => one.type === 'radio'"):
            page.locator(f"main input[name='{name}']").first.check()
        elif field.evaluate("(one) => one.tagName === 'SELECT'"):
            field.select_option(value)
        else:
            field.fill(value)


def test_and_store(page, name):
    store = page.locator("main [data-action=store]")
    check(store.get_attribute("aria-disabled") == "true", f"step {name} may be stored before it was tested")
    page.locator("main [data-action=test]").click()
    good = retry(60, lambda: store.get_attribute("aria-disabled") is None)
    if check(good, f"step {name} cannot be stored: {page.locator('main').inner_text()[:600]}"):
        store.click()


with browser() as started:
    begun = time.time()
    page = context_of(started).new_page()
    watch = Watch(page, "first run")
    open_page(page, "/signin")
    page.locator("input[name=token]").fill(token)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(lambda url: "/signin" not in url)
    settle(page)
    watch.errors.clear()
    # The overview says that the set-up is next, and leads there.
    page.locator("main a[href*='/console/set-up?step=tenant']").click()
    step(page, "tenant")
    fill(page, {"id": tenant["id"], "clientID": tenant["clientID"], "clientSecret": f"file:{folder}/no-such-file",
                "login": tenant["login"], "graph": tenant["graph"]})
    page.locator("main [data-action=test]").click()
    check(retry(20, lambda: page.locator("main .problem").count() > 0), "a file that is not there passes the test")
    check(page.locator("main [data-action=store]").get_attribute("aria-disabled") == "true", "values that do not pass may be stored")
    watch.errors.clear()
    fill(page, {"clientSecret": f"file:{folder}/client-secret"})
    test_and_store(page, "tenant")
    step(page, "permissions")
    test_and_store(page, "permissions")
    step(page, "intune")
    # Left out, and taken up again.
    page.locator("main [data-action=skip]").click()
    step(page, "agent")
    open_page(page, "/console/overview")
    page.locator("main a[href*='/console/set-up?step=intune']").click()
    step(page, "intune")
    page.locator("main [data-action=skip]").click()
    check(retry(20, lambda: page.locator("main [data-state=current] ~ * [name=publicKey], main .panelled:has([data-state=current]) [name=publicKey]").count() > 0), "a step that was left out is not taken up again")
    fill(page, {"publicKey": f"{folder}/intune.pem", "providerName": tenant["intune"]["providerName"], "keyName": tenant["intune"]["keyName"]})
    test_and_store(page, "intune")
    step(page, "agent")
    fill(page, {"certificate": f"{folder}/kra.pem"})
    test_and_store(page, "agent")
    step(page, "authority")
    page.locator("main [data-action=local]").click()
    page.locator("dialog[open] button[type=submit]").click()
    check(retry(30, lambda: page.locator("main [data-action=test]").count() > 0), "the CA was not made: " + page.locator("body").inner_text()[-400:])
    test_and_store(page, "authority")
    step(page, "template")
    fill(page, {"group": tenant["groups"]["smime"]})
    test_and_store(page, "template")
    done = retry(120, lambda: page.evaluate("location.search") == "?step=first" and page.locator("main [data-state=done]").count() > 0)
    check(done, "no certificate was delivered: " + page.locator("main").inner_text()[:600])
    if pictures:
        page.screenshot(path=os.path.join(pictures, "first-run-first.png"), full_page=True)
    open_page(page, "/console/certificates")
    check(page.locator("tbody tr").count() > 0, "the list of certificates is empty after the first run")
    watch.tell("first run")
    print(f"from the empty database to the first delivered certificate in {time.time() - begun:.0f} s", flush=True)
finish()
