#!/usr/bin/env python3
# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
#
# Usage: resources-judge.py FOLDER
# Looks at the console's files as text: words in both languages, lengths, and what the console must not contain. Prints one
# JSON object {"faults": [...], "modules": n, "words": n}.

import json
import re
import sys
from pathlib import Path

folder = Path(sys.argv[1])
faults = []
code = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.js"))}
styles = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.css"))}
words = {name: json.loads((folder / "i18n" / f"{name}.json").read_text("utf-8")) for name in ("en", "de")}
forms = re.compile(r"\.(zero|one|two|few|many|other)$")

# Words: both languages have the same keys with the same placeholders.
for key in sorted(words["en"].keys() ^ words["de"].keys()):
    faults.append(f"{key}: only in {'en' if key in words['en'] else 'de'}.json")
for key in words["en"].keys() & words["de"].keys():
    places = [set(re.findall(r"\{(\w+)\}", words[name][key])) for name in ("en", "de")]
    if places[0] != places[1]:
        faults.append(f"{key}: placeholders {sorted(places[0])} in en.json, {sorted(places[1])} in de.json")
    for name in ("en", "de"):
        if not words[name][key].strip():
            faults.append(f"{key}: empty in {name}.json")
        if "!" in words[name][key] or re.search(r"success|erfolgreich", words[name][key], re.I):
            faults.append(f"{key}: '{words[name][key]}' in {name}.json: no exclamation mark, no success")
for name in ("en", "de"):
    text = (folder / "i18n" / f"{name}.json").read_text("utf-8")
    listed = re.findall(r'^\s*"([^"]+)":', text, re.M)
    if listed != sorted(set(listed)):
        faults.append(f"i18n/{name}.json: keys are not in order, or one stands twice")

# Words: each key that the code names is there, and each that is there is named. `word('state', …)` names all of `state.`;
# everything else names its key as a whole, in quotes.
quoted = {text for source in code.values() for text in re.findall(r"['`]([A-Za-z]\w*(?:\.\w+)+)['`]", source)}
prefixes = {text for source in code.values() for text in re.findall(r"\bword\(\s*'([\w.]+)'", source)}
for name, source in code.items():
    for function, key in re.findall(r"(?<![\w.$])(t|n)\(\s*'([\w.]+)'", source):
        wanted = [key] if function == "t" else [f"{key}.one", f"{key}.other"]
        faults += [f"{name}: no text for {one}" for one in wanted if one not in words["en"]]
    if re.search(r"(?<![\w.$])(t|n|word)\(\s*[`]", source):
        faults.append(f"{name}: the key of a text must stand in the code as a whole, or use word()")
for key in words["en"]:
    base = forms.sub("", key)
    if not {key, base} & quoted and not any(key.startswith(f"{one}.") for one in prefixes):
        faults.append(f"{key}: nobody uses this text")

# Size and what must not be there.
for name, source in (code | styles).items():
    lines = source.count("\n")
    if lines > 200:
        faults.append(f"{name}: {lines} lines, at most 200 are allowed")
    if "SPDX-License-Identifier: Apache-2.0" not in "\n".join(source.split("\n")[:4]):
        faults.append(f"{name}: no SPDX header")
forbidden = {
    r"\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser": "makes elements of text",
    r"\beval\(|new Function\(|setTimeout\(\s*['\"`]|setInterval\(\s*['\"`]": "runs text",
    r"\.setAttribute\(\s*['\"]style|\.style\.cssText|\bstyle\s*=\s*['\"]": "sets a style attribute, which the policy blocks",
    r"https?://(?!www\.w3\.org/2000/svg)[\w-]+\.": "names another host",
    r"\bconsole\.(log|debug)\(|\bdebugger\b": "was left from looking for a fault",
    r"\b(alert|confirm|prompt)\(": "asks with a window of the browser",
}
for name, source in code.items():
    for pattern, reason in forbidden.items():
        found = re.search(pattern, source)
        if found:
            faults.append(f"{name}: {reason}: {found[0]}")
    if name != "app/dom.js" and re.search(r"\bcreateElement(NS)?\(", source):
        faults.append(f"{name}: makes elements; only app/dom.js does")
    for target in re.findall(r"(?:from|import\()\s*'(\.[^']+)'", source):
        if not (folder / name).parent.joinpath(target).resolve().is_file():
            faults.append(f"{name}: imports {target}, which is not there")
    for names, target in re.findall(r"import \{([^}]*)\} from '(\.[^']+)'", source):
        other = (folder / name).parent.joinpath(target).resolve()
        exported = set(re.findall(r"export (?:async )?(?:function|const|let|class) (\w+)", other.read_text("utf-8"))) if other.is_file() else set()
        for one in (part.split(" as ")[0].strip() for part in names.split(",") if part.strip()):
            if one not in exported:
                faults.append(f"{name}: {target} exports no {one}")
            local = one.split(" as ")[-1].strip()
            if len(re.findall(rf"\b{re.escape(local)}\b", source)) < 2:
                faults.append(f"{name}: imports {local} and does not use it")
for name, source in styles.items():
    if re.search(r"@import|url\(|https?://", source):
        faults.append(f"{name}: loads something from elsewhere")
    for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)", source) if name not in ("styles/tokens.css", "styles/print.css") else []:
        faults.append(f"{name}: {colour}: colours stand in tokens.css")
shell = (folder / "index.html").read_text("utf-8")
if re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", shell):
    faults.append("index.html: inline script or style")

# Pages: each place has its folder, and each folder its place.
places = set(re.findall(r"page: '(\w+)'", code["app/places.js"]))
folders = {path.parent.name for path in folder.glob("pages/*/page.js")}
faults += [f"pages/{one}: no page.js" for one in sorted(places - folders)]
faults += [f"pages/{one}: app/places.js has no place for it" for one in sorted(folders - places)]

print(json.dumps({"faults": faults, "modules": len(code), "words": len(words["en"])}))
