# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Recomputes the chain of an exported audit trail by docs/manual/audit.md alone, and prints what it found as JSON.

Usage: chain-judge.py EXPORT
"""

import hashlib
import json
import sys


def text(string):
    escaped = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    return '"' + "".join(escaped.get(c, c if c >= " " else "\\u%04x" % ord(c)) for c in string) + '"'


def canonical(value):
    """RFC 8785, for values whose numbers are whole."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(text(name) + ":" + canonical(value[name]) for name in names) + "}"
    raise ValueError(f"{value!r} must not be in a record")


def judge(lines):
    faults, number, previous = [], None, None
    for line in lines:
        record = json.loads(line)
        if canonical(record) != line:
            faults.append(f"line of record {record['number']} is not canonical")
        said = record.pop("hash")
        if number is not None and record["number"] != number + 1:
            faults.append(f"record {record['number']} follows {number}")
        if number is None and record["number"] == 1:
            previous = "0" * 64
        if previous is not None and record["previous"] != previous:
            faults.append(f"record {record['number']} does not follow from the one before")
        if hashlib.sha256(canonical(record).encode()).hexdigest() != said:
            faults.append(f"record {record['number']} does not have its hash")
        number, previous = record["number"], said
    return {"last": number, "hash": previous, "faults": faults}


with open(sys.argv[1], encoding="utf-8") as export:
    print(json.dumps(judge(export.read().rstrip("\n").split("\n"))))
