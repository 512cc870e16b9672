# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of the manual, smaller than those that the walk keeps.

usage: pictures.py FOLDER
"""
import os
import sys

from console import browser, context_of, finish, open_page, sign_in
from screens import screens

wanted = ["overview", "certificates", "certificate", "people", "person", "waiting", "plan", "template", "backend-ca", "incident", "audit", "my"]

with browser() as started:
    every = screens()
    page = context_of(started, viewport={"width": 1000, "height": 700}).new_page()
    sign_in(page, "administrator")
    for name in wanted:
        if name in every:
            open_page(page, every[name])
            page.screenshot(path=os.path.join(sys.argv[1], f"{name}.png"))
finish()
