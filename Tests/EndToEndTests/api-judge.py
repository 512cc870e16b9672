# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Foreign judges of the API: is its document valid OpenAPI 3.1, and does the served API keep to it?

usage: api-judge.py URL TOKEN FOLDER EXAMPLES

Prints one JSON object: {"document": [faults], "status": exit status of schemathesis, "unheard": [what says that it was mostly
turned away, by 429], "report": its words}.
"""
import json, os, re, subprocess, sys, urllib.request
from openapi_spec_validator import OpenAPIV31SpecValidator

url, token, folder, examples = sys.argv[1:5]
os.makedirs(folder, exist_ok=True)


def ask(path):
    request = urllib.request.Request(url + path, headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


document = ask("/api/v1/openapi.json")
faults = [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()]


# Names of what there is, so that not every address is that of nothing.
def first(path, member):
    items = ask("/api/v1" + path)["items"]
    return items[0][member] if items else None


known = {
    "/orders/{reference}": ("reference", first("/orders", "reference")),
    "/certificates/{number}": ("number", first("/certificates", "number")),
    "/people/{upn}": ("upn", first("/people", "userPrincipalName")),
    "/templates/{name}": ("name", first("/templates", "name")),
    "/backend-cas/{name}": ("name", first("/backend-cas", "name")),
    "/connectors/{name}": ("name", first("/connectors", "connector")),
    "/audit-records/{number}": ("number", first("/audit-records", "number")),
}
lines = [
    # Errors of our own are answers; a cursor that nobody has given is refused, which the hook below keeps out.
    "[auth.openapi.token]",
    'bearer = "${CERTWAY_JUDGED_TOKEN}"',
    # What no schema can say is refused with a sentence: a day that is over, a name that nothing has, a version that has passed.
    "[checks.positive_data_acceptance]",
    'expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422", "428", "429", "5xx"]',
    "[checks.missing_required_header]",
    'expected-statuses = ["400", "401", "403", "406", "415", "422", "428"]',
    "[checks.negative_data_rejection]",
    'expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "414", "415", "422", "428", "429", "431", "5xx"]',
]
for path in document["paths"]:
    for beginning, (name, value) in known.items():
        if value is not None and (path == beginning or path.startswith(beginning + "/")):
            # Half of the time, so that names that nothing has are asked for, too.
            for method in document["paths"][path]:
                if method != "get":
                    continue
                lines += ["[[operations]]", f'include-path = "{path}"', f'include-method = "{method.upper()}"']
                lines += [f'parameters = {{ "path.{name}" = [{json.dumps(value)}, "0"] }}']
with open(folder + "/schemathesis.toml", "w") as file:
    file.write("\n".join(lines) + "\n")
with open(folder + "/hooks.py", "w") as file:
    file.write(
        """
import uuid
from urllib.parse import urlencode

import schemathesis
from schemathesis.specs.openapi import checks

# An address whose tokens were refused too often is told to wait, which refuses, too.
checks.AUTH_REJECTION_STATUSES = {*checks.AUTH_REJECTION_STATUSES, 429}


# What is longer than the server reads at all is answered below the API (414, 431), and has tests of its own.
@schemathesis.hook
def filter_case(context, case):
    return len(urlencode(dict(case.query or {}), doseq=True)) + len(str(case.headers or "")) < 12_000


# Where a page ends, only an answer says: one that was made up is refused, and rightly. And a caller who asks for some members
# gets these, which no schema of all of them can say.
@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta and case.meta.generation.mode.is_positive and case.query:
        case.query.pop("after", None)
        case.query.pop("fields", None)
    # Needed, but for a dry run: each wish has a name of its own.
    if case.meta and case.meta.generation.mode.is_positive and case.method.upper() in ("POST", "PUT", "PATCH", "DELETE"):
        case.headers = {"Idempotency-Key": uuid.uuid4().hex, **(case.headers or {})}

"""
    )
run = subprocess.run(
    [
        os.path.join(os.path.dirname(sys.executable), "schemathesis"), "--config-file", "schemathesis.toml", "run",
        url + "/api/v1/openapi.json", "--checks", "all", "--max-examples", examples, "--rate-limit", "25/s",
        "--request-timeout", "60",
        # An event stream has no end to wait for.
        "--exclude-path", "/events", "--continue-on-failure", "--generation-deterministic", "--phases",
        "examples,coverage,fuzzing,stateful", "--no-color",
    ],
    cwd=folder, capture_output=True, text=True,
    env=dict(os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=folder, CERTWAY_JUDGED_TOKEN=token),
)
report = run.stdout + run.stderr
# What is only ever turned away is not judged. Of an employee's own things, and of keys, an administrator has none: OnlyWayTests,
# RecoveryTests and RecoveryProcessTests ask for these.
own = ("/my/", "/recoveries", "/key-drills", "/key-rewraps", "/key-recovery-agents")
unheard = []
turned_away = False
for line in (line.strip() for line in report.splitlines()):
    if "mostly returned 429" in line:
        unheard.append(line)
    if re.match(r"(401|403|429) [A-Z]", line) and "operation" in line:
        turned_away = True
    elif turned_away and line.startswith("- "):
        if not line.split()[-1].startswith(own):
            unheard.append(line)
    else:
        turned_away = False
print(json.dumps({"document": faults, "status": run.returncode, "unheard": unheard, "report": report[-60000:]}))
