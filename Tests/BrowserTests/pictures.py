# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of the manual, smaller than those that the walk keeps.

usage: pictures.py FOLDER [LANGUAGE]   (with a language, as for the manual in the console: overview.de.png)
"""
import os
import struct
import sys
import zlib
from collections import Counter

from console import browser, context_of, finish, open_page, sign_in
from screens import screens

wanted = ["overview", "certificates", "certificate", "people", "person", "waiting", "plan", "template", "backend-ca", "incident", "audit", "my"]


def small(png):
    """The picture with 256 colours: a third of the bytes, which every checkout and every gateway holds. Text keeps its shades."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    if (depth, kind) not in ((8, 2), (8, 6)):
        return png
    size, data, at = 3 if kind == 2 else 4, b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at:at + 8])
        data += png[at + 8:at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    rows = unfiltered(zlib.decompress(data), width * size, size)
    pixels = [bytes(row[at:at + 3]) for row in rows for at in range(0, len(row), size)]
    counts = Counter(pixels)
    palette = [colour for colour, _ in counts.most_common(256)]
    index = {colour: number for number, colour in enumerate(palette)}
    for colour in counts:
        if colour not in index:
            index[colour] = min(range(len(palette)), key=lambda number: sum((a - b) ** 2 for a, b in zip(colour, palette[number])))
    lines = bytes(index[one] for one in pixels)
    body = b"".join(b"\0" + lines[at:at + width] for at in range(0, len(lines), width))
    chunk = lambda name, content: struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return (png[:8] + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) + chunk(b"PLTE", b"".join(palette))
            + chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b""))


def unfiltered(data, width, size):
    """Rows of a PNG as they are, without what makes them pack better (PNG section 9)."""
    before, rows = bytearray(width), []
    for at in range(0, len(data), width + 1):
        kind, row = data[at], bytearray(data[at + 1:at + 1 + width])
        for x in range(width):
            left, up, corner = (row[x - size] if x >= size else 0), before[x], (before[x - size] if x >= size else 0)
            if kind == 1:
                row[x] = row[x] + left & 255
            elif kind == 2:
                row[x] = row[x] + up & 255
            elif kind == 3:
                row[x] = row[x] + (left + up) // 2 & 255
            elif kind == 4:
                guess = left + up - corner
                nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
                row[x] = row[x] + nearest & 255
        rows.append(row)
        before = row
    return rows


with browser() as started:
    every = screens()
    language = sys.argv[2] if len(sys.argv) > 2 else None
    page = context_of(started, viewport={"width": 1000, "height": 700}, locale="de-DE" if language == "de" else "en-GB").new_page()
    sign_in(page, "administrator")
    for name in wanted:
        if name in every:
            open_page(page, every[name])
            with open(os.path.join(sys.argv[1], f"{name}.{language}.png" if language else f"{name}.png"), "wb") as file:
                file.write(small(page.screenshot()))
finish()
