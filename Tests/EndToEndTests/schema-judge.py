# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""An independent judge: what an editor would mark in YAML files, by Python's jsonschema.

usage: schema-judge.py SCHEMA FILE...     prints a JSON object: file to list of problems
"""
import json, re, sys
import jsonschema, yaml


class CoreLoader(yaml.SafeLoader):
    """The core schema of YAML 1.2, as editors and certway read it: no and on are text, dates are text."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)

with open(sys.argv[1]) as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
result = {}
for name in sys.argv[2:]:
    with open(name) as file:
        document = yaml.load(file, CoreLoader)
    result[name] = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(document)]
print(json.dumps(result))
