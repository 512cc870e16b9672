# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Walks every screen in both languages, themes and widths: what axe finds, what the policy stops, what does not fit, and a picture.

usage: walk.py LANGUAGE   (en or de)
"""
import os
import re
import sys
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Error

from console import Watch, base, browser, check, context_of, finish, pictures, settle, sign_in
from screens import screens, screens_of_roles

language = sys.argv[1]
grave = {"serious", "critical"}
manual = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Sources/WebConsole/Resources/manual/pictures")
axe = AXE_FILE_PATH.read_text(encoding="utf-8")


# Members that hold sentences of the gateway and hardly ever words of a CA or of a person.
told = {"why", "waitsFor", "whoActs", "byItself", "nextStep", "meaning", "standstill", "overLimits", "problems", "plans", "warnings"}
english = re.compile(r"\b(the|is|of|and|not|was|has|with|that|are|which)\b")


def judge_language(answer, where, member=""):
    """Whether a sentence in a German answer is English still; commands and quoted words aside."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            judge_language(value, where, name)
    elif isinstance(answer, list):
        for value in answer:
            judge_language(value, where, member)
    elif isinstance(answer, str) and member in told:
        words = english.findall(re.sub(r"'[^']*'|«[^»]*»", "", answer))
        check(len(words) < 3, f"{where}: {member} is English: {answer[:300]}")


def overflow(page, where):
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    check(width <= 0, f"{where}: scrolls sideways by {width} px")


def judge(page, where, only=None):
    """What axe finds. `target-size` (WCAG 2.2: 24 px, or room around) is off unless it is asked for."""
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    if only:
        options["runOnly"] = {"type": "rule", "values": only}
    for violation in page.evaluate("(options) => axe.run(document, options)", options)["violations"]:
        if violation["impact"] in grave:
            places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
            check(False, f"{where}: axe {violation['id']}: {len(violation['nodes'])} times, such as {places}")


def hear(answer):
    """Judges the language of an answer of the API; one whose page has gone on meanwhile has no body any more."""
    if "/api/v1/" not in answer.url or not answer.ok or answer.headers.get("content-type") != "application/json":
        return
    try:
        body = answer.json()
    except Error:
        return
    judge_language(body, answer.url)


# Moments are written as people of the language write them, with the exact one in the title; commands stand out as such.
raw_texts = """(() => {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (/\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d|'certway [a-z]/.test(text.data) && !text.parentElement.closest('code, pre, textarea, .unseen')) found.push(text.data.slice(0, 200));
  }
  for (const time of document.querySelectorAll('main cw-time time')) if (!time.title.includes(time.getAttribute('datetime'))) found.push(time.outerHTML);
  return found;
})()"""


def tell(watch, name, where):
    watch.tell(f"{where}{' allowed' if name in refused else ''}")


def look(page, watch, name, path, is_main):
    """One screen, drawn once: theme and width are the style sheet's alone, so they change under the drawn page."""
    where = f"{name} {language}"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(base + path)
    settle(page)
    check(answers_like_a_page(page, path), f"{where}: {path} leads to {page.url}")
    for folded in page.locator("main details.panelled > summary").all():
        folded.click()
    settle(page)
    tell(watch, name, where)
    # What was unfolded last may have brought other things under the bar at the top.
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(axe)
    for theme in ["light", "dark"]:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": 1280, "height": 900})
        judge(page, f"{where} {theme}")
        picture(page, f"{name}-{language}-{theme}-1280", is_main)
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_timeout(60)
        if theme == "light":
            judge(page, f"{where} at 390 px", ["target-size", "scrollable-region-focusable", "label", "link-name", "button-name"])
        picture(page, f"{name}-{language}-{theme}-390", is_main)
    page.set_viewport_size({"width": 320, "height": 640})
    overflow(page, f"{where} at 320 px")
    tell(watch, name, where)
    check(page.locator("h1").inner_text().strip() != "", f"{where}: no heading")
    stray = page.evaluate("[...document.querySelectorAll('main *')].filter((e) => !e.children.length && /^[a-z]+\\.[a-zA-Z.]+$/.test(e.textContent.trim()) && !e.closest('code, pre, bdi')).map((e) => e.textContent)")
    check(not stray, f"{where}: keys in place of words: {stray}")
    if "/manual/" in path:
        # Those further below are loaded when somebody comes near.
        found = page.evaluate("Promise.all([...document.querySelectorAll('main img')].map((one) => { one.loading = 'eager'; return one.decode().then(() => [one.src, one.alt, one.naturalWidth], () => [one.src, one.alt, 0]); }))")
        check(all(alt and width > 300 for _, alt, width in found), f"{where}: a picture does not come, or has no words: {found}")
        drawn.update(urlsplit(source).path.split("/")[-1] for source, _, _ in found)
    raw = page.evaluate(raw_texts)
    check(not raw, f"{where}: moments or commands as programs write them: {raw[:3]}")
    if name in refused:
        check(page.locator("main .problem, main .empty").count() > 0 or "/auth/" in path, f"{where}: does not say what is not there")
    else:
        check(page.locator("main .problem").count() == 0, f"{where}: shows a problem: " + " ".join(page.locator("main .problem").all_inner_texts())[:300])


# Screens that are there to say that something is not.
refused = {"go-nowhere", "no-page", "recovery-administrator", "helpdesk-denied", "employee-denied", "sign-in-refused"}


def answers_like_a_page(page, path):
    return urlsplit(page.url).path == urlsplit(path).path or "/auth/" in path


def picture(page, name, is_main):
    """Of what an administrator works with each theme and width, of the rest one: pictures take longer than all that is judged."""
    if pictures and (is_main or name.endswith("light-1280")):
        page.screenshot(path=os.path.join(pictures, f"{name}.png"), full_page=True)


drawn = set()


def rounds():
    """Who looks at what."""
    others = screens_of_roles()
    yield None, others.pop(None)
    yield "administrator", screens() | others.pop("administrator")
    for role, seen in others.items():
        yield role, {f"{role}-{name}": path for name, path in seen.items()}


with browser() as started:
    main = screens()
    for role, every in rounds():
        # Without motion: half-way from one theme to the other, colours have too little contrast, and nobody reads then.
        context = context_of(started, locale={"en": "en-GB", "de": "de-DE"}[language], color_scheme="light", reduced_motion="reduce")
        context.add_init_script("document.addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))")
        page = context.new_page()
        watch = Watch(page, f"{role} {language}")
        if role:
            sign_in(page, role)
        if language == "de":
            page.on("response", hear)
        for name, path in every.items():
            look(page, watch, name, path, name in main)
        context.close()
own = {name for name in os.listdir(manual) if name.endswith(f".{language}.png")}
check(own and drawn == own, f"manual: shown are {sorted(drawn)}, there are {sorted(own)}")
finish()
