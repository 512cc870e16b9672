# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The twelve tasks of the console's design by keyboard alone (point 27): each thing is reached by Tab, is seen to have the focus, and is under
nothing. First the ways, with Escape out of each dialog; then each task to its end (`keyboard_ends.py`)."""
from console import Watch, api, attempt, browser, check, context_of, finish, open_page, retry, settle, sign_in, words
from keyboard_ends import ends, late
from keyboard_steps import deed, keys, moves, press, reach

redrawn = []


# Where what is pressed lies in a part of the page that follows what happens at the gateway.
follows = {"resend", "approve"}


def draw_anew(page, what):
    """Something happens at the gateway: the page reads and draws anew what it shows, as far as it follows that."""
    page.evaluate("""() => {
      window.witness = document.querySelector('main [data-action]');
      new BroadcastChannel('certway-events').postMessage({ kind: 'event', topic: 'resync', data: {} });
    }""")
    page.wait_for_timeout(400)
    is_new = lambda: page.evaluate("window.witness?.isConnected === false")
    if what in follows:
        retry(5, is_new)
    settle(page)
    if is_new():
        redrawn.append(what)


def has_focus(page, target, sentence):
    check(retry(5, lambda: target.first.evaluate("(e) => e === document.activeElement")), sentence)


def through_dialog(page, target, what, submit=True):
    """Opens a dialog: its button can be reached, and Escape brings the focus back, also when what was pressed has been drawn anew."""
    if not press(page, target, what):
        return
    dialog = page.locator("dialog[open]")
    if not check(retry(5, lambda: dialog.count() == 1), f"{what}: no dialog"):
        return
    if submit:
        reach(page, dialog.locator("button[type=submit]"), f"{what}, its last button")
    draw_anew(page, what)
    page.keyboard.press("Escape")
    check(retry(5, lambda: dialog.count() == 0), f"{what}: Escape does not close the dialog")
    has_focus(page, target, f"{what}: the focus is lost behind the dialog")


def row(page, what):
    """Opens the first row of a list."""
    check(retry(10, lambda: page.locator("tbody tr").count() > 0), f"{what}: no row")
    keys(page, "j")
    page.keyboard.press("Enter")


def administrator(page):
    action = lambda name: page.locator(f"main button[data-action={name}]:not([aria-disabled=true])")
    certificate = next(one for one in api("/certificates?limit=50&status=active")["items"]
                       if next(which for which in one["actions"] if which["name"] == "revoke")["allowed"])
    open_page(page, "/console/overview")

    # 1 Why has somebody no certificate?
    deed(page, certificate["userPrincipalName"], "/console/people/", "why")
    # 2 What needs me now?
    keys(page, "g", "o")
    moves(page, "/console/overview", "what needs me")
    press(page, page.locator("main ul a"), "what needs me")
    page.wait_for_timeout(300)
    check("/console/overview" not in page.url, "what needs me: Enter does not open it")
    # 3 Resend a validation mail
    deed(page, "resend", "group=subscriber", "resend")
    row(page, "resend")
    moves(page, "/console/orders/", "resend")
    if reach(page, action("resend"), "resend"):
        draw_anew(page, "resend")
        has_focus(page, action("resend"), "resend: the focus is lost when the page is drawn anew")
    # 4 Free a held order
    held = next((one for one in api("/orders?waitingFor=inDoubt&limit=20")["items"]
                 if any(which["name"] == "declareAbsent" and which["allowed"] for which in one["actions"])), None)
    if check(held, "no order is held in doubt in this demo"):
        deed(page, held["reference"], f"/console/orders/{held['reference']}", "free")
        through_dialog(page, action("decide"), "free")
    # 5 What ends soon?
    keys(page, "g", "c")
    moves(page, "/console/certificates", "ends soon")
    press(page, page.locator("main .presets button").nth(1), "ends soon")
    moves(page, "expires=30d", "ends soon")
    # 6 Revoke one
    deed(page, certificate["serialNumber"], f"/console/certificates/{certificate['number']}", "revoke")
    through_dialog(page, action("revoke"), "revoke")
    # 7 Approve a plan
    keys(page, "g", "l")
    moves(page, "/console/plan", "approve")
    through_dialog(page, action("approve"), "approve", submit=False)
    # 8 Switch a template's CA
    deed(page, "switch the CA", "/console/templates", "switch")
    row(page, "switch")
    moves(page, "/console/templates/", "switch")
    through_dialog(page, action("switchCA"), "switch")
    # 9 Add a CA
    deed(page, "add a CA", "/console/backend-cas-new", "add a CA")
    reach(page, page.locator("main select, main input"), "add a CA")
    # 10 Replace all by a deadline
    deed(page, "deadline", "/console/incidents", "replace all")
    through_dialog(page, page.get_by_role("button", name=words(page)["incidents.startMore"]), "replace all")
    # 12 Read old mail: the page of an employee has no other way than its buttons.
    open_page(page, "/my")
    through_dialog(page, page.locator("main .actions button"), "old mail", submit=False)


def key_recovery_agent(page):
    # 11 Recover a key
    deed(page, "recover", "/console/recovery", "recover")
    through_dialog(page, page.get_by_role("button", name=words(page)["recovery.new"]), "recover")


with browser() as started:
    for role, task in [("administrator", administrator), ("keyRecoveryAgent", key_recovery_agent)]:
        context = context_of(started)
        page = context.new_page()
        watch = Watch(page, role)
        sign_in(page, role)
        attempt(role, lambda: task(page))
        watch.tell(role)
        context.close()
    for role, tasks in ends.items():
        context = context_of(started)
        page = context.new_page()
        watch = Watch(page, role)
        sign_in(page, role)
        for name, task in tasks.items():
            attempt(name, lambda: task(page))
            watch.tell(name)
            # A dialog that a fault has left open would hide all that comes.
            for _ in range(page.locator("dialog[open]").count()):
                page.keyboard.press("Escape")
        context.close()
    late()
    print(f"drawn anew: {', '.join(redrawn)}")
    check(follows <= set(redrawn), f"too little has been drawn anew: {redrawn}")
finish()
