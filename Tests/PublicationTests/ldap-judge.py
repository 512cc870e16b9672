# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
#
# What a directory server holds of an entry, as python3-ldap reads it: one line of JSON.
# Usage: ldap-judge.py URL ROOTS NAME PASSWORD ENTRY

import base64
import json
import sys

import ldap

url, roots, name, password, entry = sys.argv[1:]
connection = ldap.initialize(url)
connection.set_option(ldap.OPT_X_TLS_CACERTFILE, roots)
connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
if url.startswith("ldap://"):
    connection.start_tls_s()
connection.simple_bind_s(name, password)
found = connection.search_s(entry, ldap.SCOPE_BASE, "(objectClass=*)", ["*"])
attributes = {key: [base64.b64encode(value).decode() for value in values] for key, values in found[0][1].items()}
print(json.dumps(attributes, sort_keys=True))
