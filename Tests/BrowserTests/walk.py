# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Walks every screen in both languages, themes and widths: what axe finds, what the policy stops, what does not fit, and a picture.

usage: walk.py LANGUAGE   (en or de)
"""
import os
import re
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error

from console import Watch, browser, check, context_of, finish, open_page, pictures, settle, sign_in
from screens import screens

language = sys.argv[1]
grave = {"serious", "critical"}


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


def judge(page, where):
    found = Axe().run(page)
    for violation in found.response["violations"]:
        if violation["impact"] in grave:
            places = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            check(False, f"{where}: axe {violation['id']}: {places}")


def hear(answer):
    """Judges the language of an answer of the API; one whose page has gone on meanwhile has no body any more."""
    if "/api/v1/" not in answer.url or not answer.ok or answer.headers.get("content-type") != "application/json":
        return
    try:
        body = answer.json()
    except Error:
        return
    judge_language(body, answer.url)


with browser() as started:
    every = screens()
    for theme in ["light", "dark"]:
        context = context_of(started, locale={"en": "en-GB", "de": "de-DE"}[language], color_scheme=theme)
        context.add_init_script("document.addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI))")
        page = context.new_page()
        watch = Watch(page, f"{language} {theme}")
        sign_in(page, "administrator")
        if language == "de" and theme == "light":
            page.on("response", hear)
        for name, path in every.items():
            where = f"{name} {language} {theme}"
            page.set_viewport_size({"width": 1280, "height": 900})
            open_page(page, path)
            for folded in page.locator("main details.panelled > summary").all():
                folded.click()
            settle(page)
            watch.tell(where)
            judge(page, where)
            if pictures:
                page.screenshot(path=os.path.join(pictures, f"{name}-{language}-{theme}-1280.png"), full_page=True)
            page.set_viewport_size({"width": 390, "height": 844})
            page.wait_for_timeout(60)
            if pictures:
                page.screenshot(path=os.path.join(pictures, f"{name}-{language}-{theme}-390.png"), full_page=True)
            page.set_viewport_size({"width": 320, "height": 640})
            overflow(page, f"{where} at 320 px")
            watch.tell(where)
            unnamed = page.locator("h1").inner_text()
            check(unnamed.strip() != "", f"{where}: no heading")
            stray = page.evaluate("[...document.querySelectorAll('main *')].filter((e) => !e.children.length && /^[a-z]+\\.[a-zA-Z.]+$/.test(e.textContent.trim()) && !e.closest('code, pre, bdi')).map((e) => e.textContent)")
            check(not stray, f"{where}: keys in place of words: {stray}")
        context.close()
finish()
