# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""What a person without a mouse does: goes by Tab, presses Enter, types, chooses with the arrows. Each step judges that the focus is seen."""
import time

from console import check, retry, settle

seen = """(() => {
  const active = document.activeElement;
  const box = active.getBoundingClientRect();
  const style = getComputedStyle(active);
  const shows = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  const at = document.elementFromPoint(box.x + Math.min(box.width / 2, 40), box.y + box.height / 2);
  return [shows, at === null || active.contains(at) || at.contains(active) || at.closest('label')?.contains(active) === true];
})()"""


def reach(page, target, what):
    """Goes by Tab to the first thing that `target` finds. - Returns: whether it has the focus, seen and not covered."""
    if not check(retry(10, lambda: target.count() > 0), f"{what}: there is nothing to reach at {page.url}"):
        return False
    wanted = target.first
    for _ in range(200):
        if wanted.evaluate("(e) => e === document.activeElement"):
            shows, is_free = page.evaluate(seen)
            check(shows, f"{what}: the focus is not seen")
            return check(is_free, f"{what}: something lies over what has the focus")
        page.keyboard.press("Tab")
    return check(False, f"{what}: not reached by 200 times Tab at {page.url}")


def press(page, target, what):
    if reach(page, target, what):
        page.keyboard.press("Enter")
        return True
    return False


def keys(page, *names):
    for name in names:
        page.keyboard.press(name)
    page.wait_for_timeout(150)
    settle(page)


def moves(page, part, what):
    end = time.time() + 10
    while part not in page.url and time.time() < end:
        page.wait_for_timeout(50)
    check(part in page.url, f"{what}: is at {page.url}")
    settle(page)


def deed(page, typed, part, what):
    """Goes by the search."""
    page.keyboard.press("Control+k")
    check(retry(5, lambda: page.locator("dialog[open] input").count() == 1), f"{what}: Ctrl+K does not open the search")
    page.keyboard.type(typed)
    check(retry(5, lambda: page.locator("dialog[open] [role=option]").count() > 0), f"{what}: the search finds nothing for {typed}")
    page.keyboard.press("Enter")
    moves(page, part, what)


def write(page, target, text, what):
    """Types into a field, in place of what stands there."""
    if reach(page, target, what):
        page.keyboard.press("Control+a")
        page.keyboard.type(text)


def choose(page, target, value, what):
    """Goes through a list, or through buttons of which one is pressed in, by the arrows."""
    if not reach(page, target, what):
        return
    chosen = "(e) => e.type === 'radio' ? e.form.querySelector(`input[name='${e.name}']:checked`)?.value : e.value"
    if target.first.evaluate("(e) => e.tagName") == "SELECT":
        page.keyboard.press("Home")
    for _ in range(60):
        if target.first.evaluate(chosen) == value:
            return
        page.keyboard.press("ArrowDown")
    check(False, f"{what}: the arrows do not lead to {value}")


def submit(page, what):
    """Presses what stands last in a dialog, which goes by that. - Returns: whether it went."""
    dialog = page.locator("dialog[open]")
    if not press(page, dialog.locator("button[type=submit]:not([aria-disabled=true])"), f"{what}, its last button"):
        return False
    return check(retry(20, lambda: dialog.count() == 0), f"{what}: the dialog stays: " + " ".join(dialog.all_inner_texts())[-400:])


def opens(page, target, what):
    if not press(page, target, what):
        return False
    return check(retry(5, lambda: page.locator("dialog[open]").count() == 1), f"{what}: no dialog")
