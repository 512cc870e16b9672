# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The tasks of the console's design by keyboard to their end: what was to be done is done, and the gateway says so, not the page."""
import os
import re
import time

from console import api, check, open_page, retry, words
from keyboard_steps import choose, deed, keys, moves, opens, press, reach, submit, write

because = "[name=because]"
noted = {}


def action(page, name):
    return page.locator(f"main button[data-action={name}]:not([aria-disabled=true])")


def allowed(thing, name):
    return any(one["name"] == name and one["allowed"] for one in thing["actions"])


def field(page, name):
    return page.locator(f"dialog[open] [name='{name}']")


def why(page):
    """1 Why has somebody no certificate? The sentence stands there, with what comes next."""
    person, reason = next((one["userPrincipalName"], entry["reason"]) for one in api("/people?limit=100")["items"] for entry in one["templates"]
                          if entry["status"] == "underWay" and entry["reason"])
    deed(page, person, "/console/people/", "why")
    told = reason.split(": ")[-1][:40]
    check(retry(10, lambda: told.lower() in page.locator("main").inner_text().lower()), f"why: the page of {person} does not say: {reason}")


def resend(page):
    """3 The CA is asked to send its mail again."""
    order = next(one for one in api("/orders?waitingFor=subscriber&limit=50")["items"] if allowed(one, "resend"))
    events = lambda: len(api(f"/orders/{order['reference']}/events?limit=200")["items"])
    before = events()
    deed(page, order["reference"], order["reference"], "resend")
    press(page, action(page, "resend"), "resend")
    check(retry(20, lambda: events() > before), "resend: no event says that the mail was sent again")


def free(page):
    """4 A held order is settled: the CA does not have it, so it is ordered again."""
    held = [one for one in api("/orders?waitingFor=inDoubt&limit=20")["items"] if allowed(one, "declareAbsent")]
    if not check(held, "free: no order is held in doubt in this demo"):
        return
    reference = held[-1]["reference"]
    deed(page, reference, reference, "free")
    if opens(page, action(page, "decide"), "free"):
        choose(page, page.locator("dialog[open] input[name=finding]:checked"), "absent", "free")
        submit(page, "free")
        check(retry(20, lambda: not allowed(api(f"/orders/{reference}"), "declareAbsent")), "free: the order is in doubt still")
        kinds = [one["message"] for one in api(f"/orders/{reference}/events?limit=200")["items"]]
        check(any("@" in one or "sandbox" in one for one in kinds), f"free: no event names who has decided: {kinds[-3:]}")


def revoke(page):
    """6 One certificate is revoked, taken back within the ten seconds, and revoked again."""
    one = next(one for one in api("/certificates?limit=50&status=active&template=smime")["items"] if allowed(one, "revoke"))
    address = f"/certificates/{one['number']}"
    states = lambda: [wish["state"] for wish in api(address)["wishes"] if wish["kind"] == "revoke"]
    deed(page, one["serialNumber"], f"/console/certificates/{one['number']}", "revoke")
    for is_undone in [True, False]:
        if not opens(page, action(page, "revoke"), "revoke"):
            return
        write(page, field(page, "because"), "lost in a train", "revoke")
        submit(page, "revoke")
        asked = time.time()
        check(retry(10, lambda: any(state != "undone" for state in states())), f"revoke: nothing is recorded: {states()}")
        if is_undone:
            press(page, action(page, "undoRevocation"), "undo")
            is_late = time.time() - asked > 8
            is_back = retry(5, lambda: all(state == "undone" for state in states()))
            # A machine that takes longer than the ten seconds has revoked by then, as it must.
            if is_late and not is_back:
                break
            check(is_back, f"undo: the revocation is not taken back: {states()}")
            check(retry(10, lambda: action(page, "revoke").count() == 1), "undo: the page does not offer to revoke again")
    noted["revoked"] = address


def approve(page):
    """7 The plan over the limit is approved, by its number."""
    plan = api("/plan")
    keys(page, "g", "l")
    moves(page, "/console/plan", "approve")
    if opens(page, action(page, "approve"), "approve"):
        write(page, page.locator("dialog[open] input"), str(plan["orders"] + plan["endings"]), "approve")
        submit(page, "approve")
        check(retry(20, lambda: not api("/plan")["waitsForConsent"]), "approve: the plan waits still")


def deadline(page):
    """10 All of a template at one CA is being replaced by a deadline."""
    deed(page, "deadline", "/console/incidents", "replace all")
    if not opens(page, page.get_by_role("button", name=words(page)["incidents.startMore"]), "replace all"):
        return
    for name, text in [("name", "by-keyboard"), ("template", "mailboxes"), ("because", "the names of boxes were wrong")]:
        target = field(page, name)
        (choose if target.first.evaluate("(e) => e.tagName") == "SELECT" else write)(page, target, text, f"replace all, {name}")
    press(page, page.locator("dialog[open]").get_by_role("button", name=words(page)["button.dryRun"]), "replace all, looked at")
    if check(retry(20, lambda: page.locator("dialog[open] button[type=submit]:not([aria-disabled=true])").count() == 1), "replace all: it cannot be started after the dry run"):
        submit(page, "replace all")
        check(retry(20, lambda: any(one["incident"]["name"] == "by-keyboard" for one in api("/incidents")["items"])), "replace all: no incident has begun")


def add(page):
    """9 A CA is added: connector, settings, test, stored."""
    configured = configuration()["public-ca"]
    # Only what lies there can be named from here, so whoever adds a CA has put it there.
    folder = api("/setup")["secretFolder"]
    os.makedirs(folder, mode=0o700, exist_ok=True)
    for name, text in configured.items():
        path = text.removeprefix("file:")
        if path.startswith("/"):
            copied = os.path.join(folder, f"second-{os.path.basename(path)}")
            with open(path, "rb") as source, open(os.open(copied, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
                target.write(source.read())
            configured[name] = text.replace(path, copied)
    deed(page, "add a CA", "/console/backend-cas-new", "add a CA")
    choose(page, page.locator("main select[name=connector]"), configured["connector"], "add a CA")
    if not check(retry(10, lambda: page.locator("main [name=acceptedRoots]").count() > 0), "add a CA: no form for the connector"):
        return
    for name, text in {"name": "second-ca", **{name: text for name, text in configured.items() if name not in ("name", "connector")}}.items():
        write(page, page.locator(f"main input[name='{name}'], main [id='field-{name}'] input"), text, f"add a CA, {name}")
    press(page, action(page, "test"), "add a CA, test")
    good = retry(30, lambda: words(page)["backendCAs.works"] in page.locator("main").inner_text())
    check(good, "add a CA: the test is not good: " + page.locator("main").inner_text()[-500:])
    if opens(page, action(page, "store"), "add a CA, store") and submit(page, "add a CA"):
        moves(page, "/console/backend-cas/second-ca", "add a CA")
        check(any(one["name"] == "second-ca" for one in api("/backend-cas")["items"]), "add a CA: it is not there")


def configuration():
    """By name of the CA: what its form asks for, as it stands in the configuration."""
    found, entry = {}, None
    for line in api("/configuration", text=True).split("backendCAs:\n")[1].split("\ntemplates:")[0].split("\n"):
        named = re.fullmatch(r"- name: (\S+)", line)
        pair = re.fullmatch(r"( +)(connector|endpoint|acceptedRoots|tlsRoots|\w+): \"?([^\"]+)\"?", line)
        if named:
            entry = found.setdefault(named.group(1), {})
        elif pair and pair.group(1) == "  " and pair.group(2) in ("connector", "endpoint", "acceptedRoots", "tlsRoots"):
            entry[pair.group(2)] = pair.group(3)
        elif pair and pair.group(1) == "    ":
            entry[f"settings.{pair.group(2)}"] = pair.group(3)
    return found


def switch(page):
    """8 A template goes to the other CA at renewal, and back."""
    ca = lambda: api("/templates/mailboxes")["backendCA"]
    open_page(page, "/console/templates/mailboxes")
    if not opens(page, action(page, "switchCA"), "switch"):
        return
    choose(page, field(page, "to"), "second-ca", "switch")
    press(page, page.locator("dialog[open]").get_by_role("button", name=words(page)["button.dryRun"]), "switch, looked at")
    check(retry(20, lambda: page.locator("dialog[open] dl").count() > 0), "switch: the dry run says nothing: " + page.locator("dialog[open]").inner_text()[-300:])
    if submit(page, "switch"):
        check(retry(20, lambda: ca() == "second-ca" or api("/templates/mailboxes")["switch"]), f"switch: the template is at {ca()}")
        if opens(page, action(page, "switchBack"), "switch back"):
            submit(page, "switch back")
            check(retry(20, lambda: ca() == "public-ca"), f"switch back: the template is at {ca()}")


def recover(page):
    """11 A key is recovered: asked for with its purpose, agreed to, and fetched."""
    serial = api("/certificates?limit=1&status=active&template=smime")["items"][0]["serialNumber"]
    latest = lambda: max(api("/recoveries", "keyRecoveryAgent")["items"], key=lambda one: one["number"])
    deed(page, "recover", "/console/recovery", "recover")
    if not opens(page, page.get_by_role("button", name=words(page)["recovery.new"]), "recover"):
        return
    write(page, field(page, "certificate"), serial, "recover")
    write(page, field(page, "purpose"), "by keyboard", "recover")
    submit(page, "recover")
    if not check(retry(10, lambda: latest()["purpose"] == "by keyboard"), "recover: it was not asked for"):
        return
    rows = page.locator("main tbody tr", has_text=latest()["id"])
    if opens(page, rows.get_by_role("button", name=words(page)["recoveryDo.fetch"]), "recover, fetch"):
        press(page, page.locator("dialog[open] button[type=submit]"), "recover, fetch")
        check(retry(20, lambda: latest()["state"] == "fetched"), f"recover: it is {latest()['state']}: " + " ".join(page.locator("dialog[open]").all_inner_texts())[-300:])
        page.keyboard.press("Escape")


def old_mail(page):
    """12 Old mail on a new phone: the earlier key is fetched."""
    fetched = lambda: sum(one["state"] == "fetched" for one in api("/recoveries", "keyRecoveryAgent")["items"])
    before = fetched()
    open_page(page, "/my")
    get = page.locator("main section li button")
    if check(retry(10, lambda: get.count() > 0), "old mail: this person has no earlier key") and opens(page, get, "old mail"):
        press(page, page.locator("dialog[open] button[type=submit]"), "old mail, its last button")
        check(retry(20, lambda: fetched() > before), "old mail: it was not fetched: " + " ".join(page.locator("dialog[open]").all_inner_texts())[-300:])
        page.keyboard.press("Escape")


def late():
    """What was revoked has left after its ten seconds."""
    if check("revoked" in noted, "revoke: nothing was revoked"):
        states = lambda: [wish["state"] for wish in api(noted["revoked"])["wishes"] if wish["kind"] == "revoke"]
        check(retry(20, lambda: any(state not in ("undone", "waiting", "planned") for state in states())), f"revoke: it has not left: {states()}")


ends = {
    "administrator": {"why": why, "resend": resend, "free": free, "revoke": revoke, "approve": approve, "deadline": deadline, "add": add, "switch": switch},
    "keyRecoveryAgent": {"recover allowed": recover},
    "helpdesk": {"old mail allowed": old_mail},
}
